/*
 * typescript_writer.h: the types of a schema while they are written, between
 * the files that do so.
 */
#ifndef GENERATE_TYPESCRIPT_WRITER_H
#define GENERATE_TYPESCRIPT_WRITER_H

#include "generate/schema_view.h"
#include "generate/typescript_page.h"
#include "schema/function.h"

typedef struct typescript_writer {
    arena *a;
    typescript_page page;
    const schema *schema;
    const schema_view *view;
    const str *schemas; /* of the database, exposed */
    size_t schema_count;
} typescript_writer;

/* Database["public"]["Enums"]["Plan"] */
str typescript_path(const typescript_writer *w, str database_schema,
                    const char *kind, str name);

bool typescript_is_exposed(const typescript_writer *w, str database_schema);

/* Has a model tables or views in the types? */
bool typescript_has_model(const typescript_writer *w, const model *m);

/* ---- Rows ----------------------------------------------------------------- */

/* A member that holds values of a column's type. */
void typescript_write_value(typescript_writer *w, str member, const field *f,
                            bool is_list, bool is_nullable);

/* What is read: the columns that the view shows and the computed fields, as an
 * object. */
void typescript_write_row(typescript_writer *w, str member, const model *m,
                          str suffix);

/* What an insert and an update may send. */
void typescript_write_insert(typescript_writer *w, const model *m);
void typescript_write_update(typescript_writer *w, const model *m);

/* The relations that these may have in them; nothing where there is none. */
void typescript_write_related(typescript_writer *w, const model *m);

/* Which members of the row `*` leaves out; none is false, and nothing is
 * written. */
bool typescript_has_hidden(const typescript_writer *w, const model *m);
void typescript_write_hidden(typescript_writer *w, const model *m);

/* ---- Functions ------------------------------------------------------------ */

void typescript_write_function(typescript_writer *w, const function *f);

#endif
