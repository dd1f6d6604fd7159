/*
 * hook_chain.h: the hooks of all sources of an app, one behind the other.
 */
#ifndef CORE_HOOK_CHAIN_H
#define CORE_HOOK_CHAIN_H

#include "core/hook.h"

bool hook_chain_find(const app *application, const model *m, hook_action action,
                     hook_time time);

/* Has some source a hook there? An app without hooks pays a comparison. */
static inline bool hook_chain_has(const app *application, const model *m,
                                  hook_action action, hook_time time) {
    return UNLIKELY(application->hook_source_count > 0) &&
           hook_chain_find(application, m, action, time);
}

/* Shows each what it may see. ERR_HOOK_DEPTH, or the first err. Suspends. */
fallible hook_chain_run(const caller *c, hook_batch *batch);

/* The hooks of a read of the model. Suspends. */
fallible hook_chain_ask_read(const caller *c, const model *m);
static inline MUST_USE err *hook_chain_require_read(const caller *c,
                                                    const model *m) {
    return hook_chain_has(c->app, m, HOOK_READ, HOOK_BEFORE)
               ? hook_chain_ask_read(c, m)
               : NULL;
}

#endif
