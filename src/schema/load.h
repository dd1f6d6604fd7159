/*
 * load.h: from schema files to the resolved schema.
 *
 *     diag_list diags = {0};
 *     const schema *s = NULL;
 *     err *failure = schema_load_file(a, STR("app.prisma"), ENGINE_SQLITE,
 *                                     &diags, &s);
 *     diag_print(out, &diags, false);
 *
 * Two steps for who must look in between: schema_files_read (files.h) parses,
 * and schema_load_files resolves for an engine.
 *
 * What is wrong with a file goes to diags, sorted; the err only says how many
 * errors there are. Warnings are there after a success, too.
 */
#ifndef SCHEMA_LOAD_H
#define SCHEMA_LOAD_H

#include "base/arena.h"
#include "base/err.h"
#include "schema/diag.h"
#include "schema/files.h"
#include "schema/schema.h"

/* diags has what schema_files_read said. The schema and the diags live in the
 * arena and borrow from the files. On ERR_INVALID *out is untouched. */
fallible schema_load_files(arena *a, const schema_files *files,
                           engine_kind engine, diag_list *diags,
                           const schema **out);

/* Of one file, which imports nothing; path is for messages. */
fallible schema_load_text(arena *a, str path, str text, engine_kind engine,
                          diag_list *diags, const schema **out);

/* Of Tenon's own tables: a text of ours, whose models have indexes from
 * first_index on. */
fallible schema_load_system(arena *a, str path, str text, engine_kind engine,
                            uint32_t first_index, const schema **out);

/* path is a file or a folder. The errs of schema_files_read, too. Blocks. */
fallible schema_load_file(arena *a, str path, engine_kind engine,
                          diag_list *diags, const schema **out);

#endif
