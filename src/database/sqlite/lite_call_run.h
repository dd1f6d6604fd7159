/*
 * lite_call_run.h: a function that writes, inside the writer's transaction.
 *
 * Its statements run in their order, and the rows of the last are the result.
 * Where these are to be filtered, they go through a second statement: SQLite
 * has no query over what a write returns.
 */
#ifndef DATABASE_SQLITE_LITE_CALL_RUN_H
#define DATABASE_SQLITE_LITE_CALL_RUN_H

#include "database/sqlite/lite_apply.h"

/* m is a MUTATION_CALL. affected counts the rows of the result. */
fallible lite_call_run(lite_write_connection *c, arena *a, const mutation *m,
                       mutation_result *out);

#endif
