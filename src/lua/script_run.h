/*
 * script_run.h: what the functions of C that a script calls know of their run.
 */
#ifndef LUA_SCRIPT_RUN_H
#define LUA_SCRIPT_RUN_H

#include "core/hook.h"
#include "core/job.h"
#include "lua/sandbox.h"
#include "lua/script.h"

typedef struct script_transaction script_transaction;
typedef struct script_test script_test;
typedef struct script_tests script_tests;

struct script_run {
    arena *arena; /* of the request, or of the script while it is loaded */
    const script *script;
    const caller *caller; /* as which scripts read and write; NULL: not now */

    /* Of a hook. */
    hook_batch *batch; /* or NULL */
    const script_point *point;
    size_t row; /* of the batch, of a hook that is called for each */

    script_transaction *transaction; /* whose function runs, or NULL: nothing
                                        in it may wait for others */

    /* Of a job. */
    const script_job *declared;
    job_run *job; /* or NULL */

    script_loading *loading; /* or NULL: the files are loaded already */

    /* Of tests (script_test.h). */
    script_tests *tests; /* while a file of them is loaded, or NULL */
    const script_test *test;

    /* Errs that became errors of Lua. */
    err **raised;
    size_t raised_count;
    err *failure; /* one of them, that no script has caught */
};

static inline script_run *script_run_of(lua_State *L) {
    return sandbox_run_of(L);
}

#endif
