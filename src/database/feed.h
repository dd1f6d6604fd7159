/*
 * feed.h: the events of recording.h in the order of their sequences, for who
 * carries on from them: hooks behind a commit, webhooks, realtime.
 *
 *     feed f = feed_of(system);
 *     for (feed_page p = {.last = behind}; ; use(&p)) {
 *         TRY(feed_read(&f, session, a, p.last, 500, &p));
 *
 * Who goes on behind the last sequence that it has seen misses nothing, whoever
 * writes at the same time: nothing comes later that stands before it. Between
 * two processes that read, each gets all. Where one has got to is its own to
 * keep (core/feed_consumer.h).
 *
 * What an event says is for the server. What somebody may see of it says
 * core/feed_view.h.
 */
#ifndef DATABASE_FEED_H
#define DATABASE_FEED_H

#include "database/database.h"
#include "schema/function.h"

enum { FEED_COLUMN_COUNT = 8 };

typedef struct feed_event {
    int64_t sequence;
    str created_at; /* on PostgreSQL with six digits */
    str audit_id;   /* of the log's row; empty: the model has @@audit(off) */
    str action;     /* create, update, delete */
    str model;
    str record_id;
    str before; /* a JSON object of columns, redacted; empty: a create */
    str after;  /* the same; empty: a delete */
} feed_event;

typedef struct feed_page {
    feed_event *events;
    size_t count;
    int64_t last; /* sequence: read on behind it */
    /* How many there were before the first of these that retention has taken,
     * so nobody sees them any more. */
    int64_t missed;
} feed_page;

typedef struct feed {
    const model *event;
    const function *number; /* gives sequences and reads; or NULL: no need to */
    query_column columns[FEED_COLUMN_COUNT];
    query_order order;
} feed;

/* system is the schema of Tenon's own tables. Borrows from it. */
feed feed_of(const schema *system);

/* The first of the events behind that sequence, at most so many, in the arena.
 * behind is 0 or a sequence that was read. Suspends. */
fallible feed_read(const feed *f, database_session *s, arena *a, int64_t behind,
                   size_t most, feed_page *out);

/* The sequence of the newest event, for who wants none of those that there are;
 * 0: there is none. Suspends. */
fallible feed_end(const feed *f, database_session *s, arena *a, int64_t *out);

#endif
