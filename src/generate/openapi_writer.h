/*
 * openapi_writer.h: an OpenAPI 3.1 document while it is written, between the
 * files that do so.
 *
 * Parameters, schemas and responses that come more than once are components,
 * and used by reference.
 */
#ifndef GENERATE_OPENAPI_WRITER_H
#define GENERATE_OPENAPI_WRITER_H

#include "base/json_page.h"
#include "generate/json_schema.h"
#include "generate/openapi.h"
#include "schema/function.h"

typedef struct openapi_writer {
    arena *a;
    json_page page;
    const schema *schema;
    const schema_view *view;
} openapi_writer;

/* ---- Names of components -------------------------------------------------- */

str openapi_component(arena *a, str name);
str openapi_row_name(const openapi_writer *w, const model *m, row_purpose why);
str openapi_filter_name(const openapi_writer *w, const model *m,
                        const field *f);

/* kind: "schemas", "parameters", "responses" */
void openapi_write_reference(openapi_writer *w, str member, const char *kind,
                             str name);

/* ---- Parameters ----------------------------------------------------------- */

/* All that are components. */
void openapi_write_parameters(openapi_writer *w);

void openapi_use_parameters(openapi_writer *w, const str *names, size_t count);

/* What a list of rows takes: select, order, limit ... */
void openapi_use_list_parameters(openapi_writer *w);

/* The columns and computed fields that are seen. */
const field **openapi_columns(const openapi_writer *w, const model *m,
                              size_t *count);

/* A filter for each of them. */
void openapi_use_filters(openapi_writer *w, const model *m);

/* ---- Operations ----------------------------------------------------------- */

void openapi_open_operation(openapi_writer *w, const char *method, str id,
                            str tag, str description);
str openapi_operation_id(const openapi_writer *w, const char *verb, str name);
void openapi_open_content(openapi_writer *w, const char *media_type);
void openapi_close_content(openapi_writer *w);
void openapi_write_list_of(openapi_writer *w, str member, str component);
/* A response that is a list of rows, and one without a body. */
void openapi_write_rows(openapi_writer *w, const char *status, const char *what,
                        const model *m);
void openapi_write_empty(openapi_writer *w, const char *status,
                         const char *what);
void openapi_write_failure(openapi_writer *w);

/* ---- Related rows ---------------------------------------------------------- */

/* A body of columns and relations: a component of that name. */
bool openapi_has_related(const openapi_writer *w, const model *m);
str openapi_related_name(const openapi_writer *w, const model *m);
void openapi_write_related(openapi_writer *w, const model *m);

/* What relations in a body are made of: components, too. */
void openapi_write_related_operations(openapi_writer *w);

/* ---- Functions ------------------------------------------------------------ */

bool openapi_may_call(const openapi_writer *w, const function *f);

/* For each type that is the row of a function which may be called, once. */
void openapi_for_each_shape(openapi_writer *w,
                            void (*act)(openapi_writer *w, const model *m));

/* Its path. */
void openapi_write_function(openapi_writer *w, const function *f);

#endif
