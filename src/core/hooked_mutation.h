/*
 * hooked_mutation.h: a mutation of a model with before hooks (hook.h) becomes
 * mutations of the rows that the hooks saw.
 *
 *     UPDATE task SET title = 'x' WHERE done = false
 *       -> a look at the rows WHERE done = false: as they were read?
 *          UPDATE task SET title = 'x' WHERE id IN (1, 3)
 *          UPDATE task SET title = 'x', slug = 'x-2' WHERE id = 2
 *
 * The hooks run on the caller's fiber, in batches, before there is a
 * transaction. An update and a delete read their rows there, as the caller may
 * see them; a merge reads those with the keys of its rows and asks the hooks of
 * an update for those that are there, of a create for the others. What a hook
 * changes is written as if the application had sent it: the rules of the schema
 * hold, the rights of the client's columns don't.
 *
 * The transaction looks again (seen_rows.h). If the rows are not what the hooks
 * saw it fails with ERR_CONFLICT, and whoever runs it begins anew, hooks
 * included.
 *
 * Rows that go along by a foreign key or @@softDelete, and functions, call no
 * before hooks; what they did is in the feed of events, so the hooks behind the
 * commit see it.
 */
#ifndef CORE_HOOKED_MUTATION_H
#define CORE_HOOKED_MUTATION_H

#include "core/hook_chain.h"
#include "core/mutation_draft.h"
#include "core/mutation_set.h"

enum {
    HOOKED_MAX_ROWS = 20000, /* of an update or a delete */
    HOOKED_MAX_BYTES = 32 * 1024 * 1024,
};

typedef struct hooked_parts {
    const mutation **items; /* in their order */
    size_t count;
    size_t look_count; /* the first ones, whose results are nobody's */
} hooked_parts;

bool hooked_mutation_find(const caller *c, const mutation *m);

/* Does it call before hooks? An app without hooks pays a comparison. */
static inline bool hooked_mutation_is(const caller *c, const mutation *m) {
    return UNLIKELY(c->app->hook_source_count > 0) &&
           hooked_mutation_find(c, m);
}

/* In place of mutation_draft_prepare. Without parts there is nothing to do.
 * What the hooks say, ERR_TOO_LARGE, and ERR_UNSUPPORTED for rows that nobody
 * can see before the transaction. Suspends. */
fallible hooked_mutation_prepare(mutation_draft *d, const mutation_set *before,
                                 hooked_parts *out);

/* The rows were others each time. */
fallible hooked_mutation_refuse(arena *a, const model *m, bool is_alone);

#endif
