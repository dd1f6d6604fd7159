/*
 * openapi.h: the REST interface as OpenAPI.
 *
 * Two documents say the same: OpenAPI 3.1, for whoever makes clients, and
 * Swagger 2.0 as PostgREST writes it, for tools that know that one. Both are
 * about what the view shows and nothing else.
 */
#ifndef GENERATE_OPENAPI_H
#define GENERATE_OPENAPI_H

#include "base/arena.h"
#include "base/buf.h"
#include "generate/schema_view.h"

void openapi_write(arena *a, buf *out, const schema *s,
                   const schema_view *view);

/* Without its first member: who serves it knows the host, and puts
 * {"swagger": "2.0", "host": "..." before it. */
void openapi_write_swagger(arena *a, buf *out, const schema *s,
                           const schema_view *view);

/* "tasks.title" as a name that references can have: letters, digits, dots, '-'
 * and '_', all else as _ and hexadecimal digits. */
str openapi_component(arena *a, str name);

/* Has it a path in the view: it may be called, and is the first of its name
 * that may. A path cannot tell several apart. */
bool openapi_has_function(const schema *s, const function *f,
                          const schema_view *view);

/* Is a table of the view: something may be done with it. */
bool openapi_has_model(const model *m, const schema_view *view);

#endif
