/*
 * hook.h: where code of an application joins the life of a mutation
 * (mutation_engine.h), whatever language it is written in.
 *
 * A hook source knows the hooks of one kind: files in Lua, a module in C. The
 * app lists the sources; the engine asks them in that order, and each sees what
 * those before it changed.
 *
 *   before  on the caller's fiber, outside of any transaction, between the
 *           values (step 2) and the validation (step 3); may suspend, so it may
 *           read, write other rows and use the network; may change the cells of
 *           `after`; its err refuses the mutation. The rows of an update or a
 *           delete are those read there: the transaction looks again whether
 *           they are still the same, and all is done over, up to three times,
 *           when they are not.
 *   after   as a job behind the commit, so at least once; its err is the job's.
 *   read    HOOK_READ, before: asked before rows of a model are read, also as
 *           part of others; there are no rows in the batch; its err refuses.
 *
 * A mutation may be tried several times, and fail after its hooks have run: what
 * is to happen only when it was written belongs behind the commit.
 */
#ifndef CORE_HOOK_H
#define CORE_HOOK_H

#include "core/caller.h"
#include "database/value.h"

typedef enum hook_time {
    HOOK_BEFORE,
    HOOK_AFTER,
} hook_time;

typedef enum hook_action {
    HOOK_CREATE,
    HOOK_UPDATE,
    HOOK_DELETE,
    HOOK_READ,
} hook_action;

enum {
    HOOK_BATCH_ROWS = 500, /* the most that a hook sees at once */
    HOOK_MAX_DEPTH = 8,    /* hooks that write, and so call hooks */
    HOOK_MAX_TRIES = 3,
};

/* Cells are pairwise with model->columns. One that a hook is not shown is
 * VALUE_DEFAULT: what is redacted in the audit log (field.is_redacted) and not
 * null, what no client sees, what only the database can know, as a default or
 * the key of a row that is written in the same transaction. Left as it is it
 * stays what it was. */
typedef struct hook_row {
    const value *before; /* NULL: a row that is created */
    value *after;        /* NULL: one that is deleted */
} hook_row;

typedef struct hook_batch {
    const model *model;
    hook_action action;
    hook_time time;
    hook_row *rows;
    size_t row_count;
    /* Which row of the body each is, counted from 0: problems name it
     * (hook_refusal.h). NULL: there is one, or they were not in the body. */
    const size_t *numbers;
} hook_batch;

typedef struct hook_source hook_source;
struct hook_source {
    /* Cheap: asked for each mutation, and for each model of a read. */
    bool (*has)(const hook_source *self, const model *m, hook_action action,
                hook_time time);
    /* The values that it puts into rows are such as the column has (coerce.h),
     * and in the caller's arena; passwords and columns that no client sees are
     * not its to set. ERR_HOOK_* with the file and line of what went wrong, or
     * what the hook refused with. Suspends. */
    err *(*run)(const hook_source *self, const caller *c, hook_batch *batch);
    bool sees_redacted; /* a part of the server, and no code of the app's */
};

#endif
