/*
 * load.h: from a schema file to the resolved schema.
 *
 *     diag_list diags = {0};
 *     const schema *s = NULL;
 *     err *failure = schema_load_file(a, STR("app.prisma"), &diags, &s);
 *     diag_print(out, &diags, false);
 *
 * What is wrong with the file goes to diags, sorted; the err only says how many
 * errors there are. Warnings are there after a success, too.
 */
#ifndef SCHEMA_LOAD_H
#define SCHEMA_LOAD_H

#include "base/arena.h"
#include "base/err.h"
#include "schema/diag.h"
#include "schema/schema.h"

/* path is for messages. The schema and the diags live in the arena and borrow
 * from path and text. On ERR_INVALID *out is untouched. */
fallible schema_load_text(arena *a, str path, str text, diag_list *diags,
                          const schema **out);

/* The errs of file_read, too. Blocks. */
fallible schema_load_file(arena *a, str path, diag_list *diags,
                          const schema **out);

#endif
