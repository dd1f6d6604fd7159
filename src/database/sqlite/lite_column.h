/*
 * lite_column.h: a column, or what is derived from it, as SQL.
 *
 *     t0."price"
 *     tenon_cast(tenon_json(t0."data", 1, ?), 0, 4, 2)
 *
 * SQLite has types of its own and no errors for texts that are no numbers, so
 * paths, casts and sums are functions of ours (lite_function.h). What SQLite
 * would not order as PostgreSQL does, JSON and exact decimals, is text with a
 * collation of ours.
 */
#ifndef DATABASE_SQLITE_LITE_COLUMN_H
#define DATABASE_SQLITE_LITE_COLUMN_H

#include <sqlite3.h>

#include "base/buf.h"
#include "database/query.h"
#include "database/sqlite/lite_form.h"

/* Where a name is looked up: the table of FROM is t0, that of a query inside
 * of it t1, and so on. */
typedef struct lite_scope {
    const lite_layout *layout;
    int level; /* or LITE_BARE: names stand alone */
} lite_scope;

enum { LITE_BARE = -1 };

static inline lite_scope lite_scope_inside(lite_scope s) {
    return (lite_scope){s.layout, s.level + 1};
}

/* t1."name" */
void lite_name_write(buf *out, lite_scope s, str column);

/* "table" AS t1 */
void lite_table_write(buf *out, lite_scope s, str table);

/* A computed field of the row. */
void lite_computed_write(buf *out, lite_scope s, const function *f);

void lite_column_write(buf *out, lite_scope s, const field *f,
                       const derivation *d);

/* Its parts: what comes before and behind what is aggregated, and that, for a
 * column that is looked up elsewhere. */
void lite_column_begin_aggregate(buf *out, const derivation *d);
void lite_column_write_inner(buf *out, lite_scope s, const field *f,
                             const derivation *d);
void lite_column_end_aggregate(buf *out, const lite_layout *layout,
                               const field *f, const derivation *d);

/* The same for where values are compared, grouped or ordered. */
void lite_column_write_collated(buf *out, lite_scope s, const field *f,
                                const derivation *d);

/* Its place in the declaration of its enum, by which PostgreSQL orders what
 * SQLite stores as text; of the parameter that is next the same. */
bool lite_column_is_ranked(const field *f, const derivation *d);
void lite_column_write_rank(buf *out, lite_scope s, const field *f);
void lite_parameter_write_rank(buf *out, const field *f);
void lite_ranks_write(buf *out, const enumeration *e); /* behind CASE x */

/* What stands behind a value of that form where it is compared. */
void lite_collation_write(buf *out, lite_form form);

/* How its values come out, and how values to compare it with are bound. */
lite_form lite_column_form(const lite_layout *layout, const field *f,
                           const derivation *d);

/* Binds what the SQL has parameters for. SQLite's result code. */
int lite_column_bind(arena *a, sqlite3_stmt *statement, int *at,
                     const derivation *d);

/* How many these are. */
size_t lite_column_parameters(const derivation *d);

#endif
