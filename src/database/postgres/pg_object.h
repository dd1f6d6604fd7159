/*
 * pg_object.h: an embedded row as one JSON object.
 *
 *     row_to_json(t2.*)                        the cells have the keys' names
 *     json_build_object($1::text, t2.c0, ...)  they have not
 *
 * The first is a third quicker. It is for objects whose keys are all names of
 * the schema, which may stand in a statement; an alias, or the name of an
 * aggregate, came from the client and is bound.
 */
#ifndef DATABASE_POSTGRES_PG_OBJECT_H
#define DATABASE_POSTGRES_PG_OBJECT_H

#include "database/postgres/pg_sql.h"

/* Is it made by row_to_json? Then the cell of a column is named like the
 * column, that of an embed like the table that it leads to. */
bool pg_object_is_record(const query *q);

/* Of the row of that alias, whose cells are named c0, c1 ... if it is no
 * record. */
void pg_object_write(pg_sql *w, const query *q, size_t alias);

/* What the shapes of the embeds do not say: which of them are records. */
void pg_object_write_shape(buf *out, const embed *embeds, size_t count);

#endif
