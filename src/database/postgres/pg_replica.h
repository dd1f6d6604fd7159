/*
 * pg_replica.h: a worker's connections to copies of the database, which take
 * reads off it.
 *
 * A replica is behind by milliseconds, by hours when something is wrong, or
 * gone. So before a read goes there two things must be known:
 *
 * - It has what the reader's session has seen: the position of the session's
 *   last write is one that the replica has applied. If not, the read waits for
 *   a moment, and then goes to the primary.
 * - It is not far behind: what was committed so and so long ago it has. That
 *   is found out without comparing clocks. Every now and then, when there are
 *   reads, the primary is asked how far it is, and each replica how far it is;
 *   the newest answer of the primary that a replica has reached tells since
 *   when the replica is behind.
 *
 * While the primary is down, reads go on from a replica that was near it.
 *
 * A replica that does not answer is not used until it does; nobody waits for
 * it, and nobody gets an error because of it.
 */
#ifndef DATABASE_POSTGRES_PG_REPLICA_H
#define DATABASE_POSTGRES_PG_REPLICA_H

#include "database/commit_position.h"
#include "database/postgres/pg_pool.h"

typedef struct pg_replica_limits {
    int64_t lag_ms;  /* farther behind than this, it is not used */
    int64_t wait_ms; /* so long a read waits for what its session has seen */
} pg_replica_limits;

/* The primary's position, and when it was asked. */
typedef struct pg_sample {
    commit_position position;
    int64_t at_ms;
} pg_sample;

enum { PG_SAMPLES = 32 };

typedef struct pg_session pg_session;
typedef struct pg_replicas pg_replicas;

typedef struct pg_replica {
    pg_pool pool;
    pg_replicas *all;
    commit_position applied;
    int64_t fresh_ms; /* it has all that was committed by then; 0: not known */
    size_t failure_count;
    int64_t asked_ms;
    bool is_asked;
} pg_replica;

struct pg_replicas {
    pg_session *session;
    pg_replica *items;
    size_t count; /* 0: there are none, and nothing below is used */
    size_t next;  /* they take turns */
    pg_replica_limits limits;
    pg_sample samples[PG_SAMPLES]; /* a ring */
    size_t sample_count;           /* so far */
    bool is_primary_silent;        /* when it was last asked */
    fiber_group fibers;
};

/* logins: one for each, which must outlive it. */
void pg_replicas_init(arena *a, pg_replicas *r, pg_session *s,
                      const pg_login *logins, size_t count,
                      pg_replica_limits limits);
void pg_replicas_close(pg_replicas *r);

/* The replica to read from, or NULL: the primary. Suspends, if the session has
 * seen what no replica has yet. */
pg_replica *pg_replicas_choose(pg_replicas *r, arena *a, commit_position seen);

/* A read failed there as no read should. */
void pg_replica_distrust(pg_replica *r);

/* How often it did not answer, so far. Whoever waits for it looks now and then,
 * and waits no longer when it is more. */
size_t pg_replica_look(pg_replica *r);

#endif
