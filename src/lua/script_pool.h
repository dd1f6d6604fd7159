/*
 * script_pool.h: the sandboxes of a script that are not in use.
 *
 * A run takes one and gives it back; any thread may. When as many as there may
 * be are in use, a fiber waits its turn. A hook that a hook calls does not wait,
 * since it would wait for itself.
 */
#ifndef LUA_SCRIPT_POOL_H
#define LUA_SCRIPT_POOL_H

#include <pthread.h>

#include "base/err.h"
#include "io/loop.h"
#include "lua/sandbox.h"

typedef struct script script;
typedef struct script_waiter script_waiter;

typedef struct script_pool {
    const script *script;
    size_t most;
    pthread_mutex_t lock; /* over what follows */
    sandbox **idle;       /* allocated */
    size_t idle_count;
    size_t used; /* by runs that had to have a turn */
    script_waiter *first;
    script_waiter *last;
    bool is_closed; /* what is given back is freed */
} script_pool;

void script_pool_init(script_pool *p, const script *s, size_t most);

/* For a turn that the caller has, or another that needs none. */
typedef struct script_lease {
    sandbox *sandbox;
    bool has_turn;
} script_lease;

/* ERR_TIMEOUT when there is no turn within wait_ms, ERR_CANCELLED. Suspends. */
fallible script_pool_take(arena *a, script_pool *p, bool needs_turn,
                          int64_t wait_ms, script_lease *out);
void script_pool_return(script_pool *p, script_lease lease);

/* One more that is idle. */
void script_pool_give(script_pool *p, sandbox *s);

/* Frees what is idle, and later what is given back. From any thread. */
void script_pool_close(script_pool *p);

#endif
