/*
 * hook_dispatcher.h: makes a job of each change that a hook behind the commit
 * (hook.h, HOOK_AFTER) is to see.
 *
 * It reads the feed behind its place, and writes the jobs and the new place in
 * one transaction: so there is one job for each event, whatever dies when, and
 * however many processes do the same. What the job does says hook_after.h.
 *
 * Events that no hook is for move its place only now and then. An app without
 * such hooks needs none of it.
 */
#ifndef CORE_HOOK_DISPATCHER_H
#define CORE_HOOK_DISPATCHER_H

#include "core/feed_consumer.h"

enum {
    HOOK_DISPATCH_EVENTS = 500, /* of one round */
    /* How far the stored place may be behind what was looked at: so much is
     * read again after a start. */
    HOOK_DISPATCH_BEHIND = 10000,
};

typedef struct hook_dispatcher {
    const app *app;
    database_session *session;
    feed feed;
    feed_consumer consumer;
    bool is_open;
    int64_t seen; /* up to here there is nothing more to make a job of */
    fiber_group fibers;
} hook_dispatcher;

/* Has some model such a hook? */
bool hook_dispatcher_is_needed(const app *application);

void hook_dispatcher_init(hook_dispatcher *d, const app *application,
                          database_session *session);

/* The next events. A new dispatcher begins with what happens from now on. a is
 * for this round. Suspends. */
fallible hook_dispatcher_round(hook_dispatcher *d, arena *a, bool *is_more);

/* Begins to do so on the loop: whenever the feed's bell rings, and every few
 * seconds for what other processes write. On the loop's thread. */
fallible hook_dispatcher_start(hook_dispatcher *d, arena *a, loop *l);

/* It ends soon, and with it what the loop waits for. Before or after a start. */
void hook_dispatcher_drain(hook_dispatcher *d);

#endif
