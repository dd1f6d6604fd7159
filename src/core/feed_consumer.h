/*
 * feed_consumer.h: who carries on from the feed (database/feed.h), and how far
 * it has come, which is stored under its name.
 *
 *     feed_consumer k;
 *     TRY(feed_consumer_open(&who, &f, STR("hooks"), FEED_FROM_NOW, &k));
 *     for (;;) {
 *         TRY(feed_consumer_read(&k, &who, 500, &page));
 *         ... make mutations of the events ...
 *         TRY(feed_consumer_commit(&k, &who, &page, mutations, count));
 *     }
 *
 * What it writes and its place are one transaction: either both are there or
 * neither, so a consumer that dies goes on where it was and does nothing twice.
 * Two with one name, on two nodes, take turns: who comes second writes nothing
 * and goes on behind the other. What is to happen outside of the database is a
 * job that it writes.
 *
 * New events ring app.feed_bell; those that other processes make do not, so wait
 * with a deadline. Events that nobody has taken for long are removed all the
 * same (feed_prune).
 *
 * An arena is needed for each round; callers are system_caller's.
 */
#ifndef CORE_FEED_CONSUMER_H
#define CORE_FEED_CONSUMER_H

#include "core/caller.h"
#include "database/feed.h"

/* Where one that is new begins. */
typedef enum feed_start {
    FEED_FROM_NOW,
    FEED_FROM_OLDEST, /* that there still is */
} feed_start;

typedef struct feed_consumer {
    const feed *feed;
    str name;
    int64_t position; /* as it is stored: the last event that was taken */
} feed_consumer;

/* The feed and the name are borrowed. Suspends. */
fallible feed_consumer_open(const caller *c, const feed *f, str name,
                            feed_start start, feed_consumer *out);

/* The events behind its place. Of a new page missed says how many retention has
 * taken. Suspends. */
fallible feed_consumer_read(const feed_consumer *k, const caller *c,
                            size_t most, feed_page *out);

/* Writes all of wanted, none of them a call, and moves to the page's last event.
 * *is_taken: by another one with its name, so nothing was written; read again.
 * On any other err nothing was written either, but see database_mutate.
 * Suspends. */
fallible feed_consumer_commit(feed_consumer *k, const caller *c,
                              const feed_page *page,
                              const mutation *const *wanted, size_t count,
                              bool *is_taken);

#endif
