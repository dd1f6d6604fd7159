#include "database/postgres/pg_replica.h"

#include "base/assert.h"
#include "database/postgres/pg_session.h"

enum {
    /* How often, while there are reads, it is asked how far they are. */
    LOOK_MS = 100,
    /* How long an answer may take. */
    PATIENCE_MS = 2000,
    PRIMARY_PATIENCE_MS = 500,
    /* Between two looks of a read that waits. */
    PAUSE_MS = 2,
};

/* What is flushed; the rest is sent to nobody yet, and that may be so for
 * seconds if no commit follows. */
static const char PRIMARY[] = "SELECT pg_current_wal_flush_lsn()";

/* The URL may lead to a server that was promoted. */
static const char REPLICA[] =
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
    " ELSE pg_current_wal_flush_lsn() END";

/* ---- Asking ------------------------------------------------------------- */

static bool take_position(const pg_session *s, const pg_ticket *t,
                          commit_position *out) {
    if (t->state != PG_DONE)
        return false;
    return commit_position_parse(str_of(s->pq->PQgetvalue(t->result, 0, 0)),
                                 out);
}

/* Suspends. */
static bool ask(pg_session *s, arena *a, pg_pool *p, const char *sql,
                deadline until, commit_position *out) {
    pg_line *line = NULL;
    err *e = pg_pool_take(p, a, PG_QUICK, until, &line);
    if (e != NULL)
        return false;
    pg_ticket t = {.fiber = fiber_current()};
    pg_pipe_part(line->pipe);
    pg_session_run(s, line->pipe, sql, &t);
    pg_pipe_part(line->pipe);
    while (t.state == PG_WAITING && e == NULL)
        e = fiber_park(a, until);
    if (t.state == PG_WAITING) {
        pg_pool_abandon(p, line, &t);
        return false;
    }
    bool is_told = take_position(s, &t, out);
    s->pq->PQclear(t.result);
    return is_told;
}

/* ---- How fresh ---------------------------------------------------------- */

static pg_sample *sample_at(pg_replicas *r, size_t number) {
    return &r->samples[number % PG_SAMPLES];
}

/* Suspends. */
static void sample_primary(pg_replicas *r, arena *a) {
    pg_session *s = r->session;
    pg_sample now = {.at_ms = loop_now(s->loop)};
    bool is_recent =
        r->sample_count > 0 &&
        now.at_ms - sample_at(r, r->sample_count - 1)->at_ms < LOOK_MS / 2;
    if (is_recent)
        return;
    deadline until = deadline_in(s->loop, PRIMARY_PATIENCE_MS);
    r->is_primary_silent =
        !ask(s, a, &s->readers, PRIMARY, until, &now.position);
    if (r->is_primary_silent)
        return;
    *sample_at(r, r->sample_count) = now;
    r->sample_count++;
}

static void note_applied(pg_replica *one, commit_position applied) {
    pg_replicas *r = one->all;
    size_t first =
        r->sample_count > PG_SAMPLES ? r->sample_count - PG_SAMPLES : 0;
    one->applied = applied;
    for (size_t i = r->sample_count; i > first; i--) {
        const pg_sample *sample = sample_at(r, i - 1);
        if (sample->position > applied)
            continue;
        if (sample->at_ms > one->fresh_ms)
            one->fresh_ms = sample->at_ms;
        return;
    }
}

void pg_replica_distrust(pg_replica *r) {
    r->applied = 0;
    r->fresh_ms = 0;
    r->failure_count++;
}

/* Suspends. */
static bool ask_replica(pg_replica *one, arena *a, deadline until) {
    commit_position applied = 0;
    bool is_told =
        ask(one->all->session, a, &one->pool, REPLICA, until, &applied);
    if (is_told)
        note_applied(one, applied);
    return is_told;
}

/* In a fiber of its own. */
static err *look(void *argument) {
    pg_replica *one = argument;
    CLEANUP(arena_release) arena *a = arena_new();
    sample_primary(one->all, a);
    deadline until = deadline_in(one->all->session->loop, PATIENCE_MS);
    if (!ask_replica(one, a, until))
        pg_replica_distrust(one);
    one->is_asked = false;
    return NULL;
}

static void look_if_due(pg_replica *one) {
    pg_replicas *r = one->all;
    int64_t now = loop_now(r->session->loop);
    if (one->is_asked || now - one->asked_ms < LOOK_MS)
        return;
    CLEANUP(arena_release) arena *a = arena_new();
    one->asked_ms = now;
    one->is_asked = true;
    err *e = fiber_start(a, &r->fibers, look, one);
    if (e != NULL) /* no fiber left */
        one->is_asked = false;
}

size_t pg_replica_look(pg_replica *r) {
    look_if_due(r);
    return r->failure_count;
}

/* ---- Choosing ----------------------------------------------------------- */

static bool is_primary_down(const pg_replicas *r) {
    return r->is_primary_silent && r->sample_count > 0;
}

/* While the primary is down nothing is committed, so a replica that was near it
 * at the end does not fall behind: reads go on. */
static int64_t age_of(const pg_replica *one) {
    pg_replicas *r = one->all;
    int64_t now = is_primary_down(r) ? sample_at(r, r->sample_count - 1)->at_ms
                                     : loop_now(r->session->loop);
    return now - one->fresh_ms;
}

/* One that has much to do is left alone if there is the primary. */
static bool is_usable(pg_replica *one) {
    look_if_due(one);
    return one->fresh_ms > 0 && age_of(one) <= one->all->limits.lag_ms &&
           (pg_pool_find_quick(&one->pool, PG_SHARED) != NULL ||
            is_primary_down(one->all));
}

/* The one that has come farthest, or one that has come far enough. */
static pg_replica *find_farthest(pg_replicas *r, commit_position seen) {
    pg_replica *best = NULL;
    size_t start = r->next++;
    for (size_t i = 0; i < r->count; i++) {
        pg_replica *one = &r->items[(start + i) % r->count];
        if (!is_usable(one))
            continue;
        if (one->applied >= seen)
            return one;
        if (best == NULL || one->applied > best->applied)
            best = one;
    }
    return best;
}

/* Suspends. */
static bool wait_for(pg_replica *one, arena *a, commit_position seen) {
    loop *l = one->all->session->loop;
    deadline until = deadline_in(l, one->all->limits.wait_ms);
    while (loop_now(l) < until.at_ms) {
        if (!ask_replica(one, a, until))
            return false;
        if (one->applied >= seen)
            return true;
        err *e = fiber_park(a, deadline_in(l, PAUSE_MS));
        if (e != NULL && e->code != ERR_TIMEOUT)
            return false;
    }
    return false;
}

pg_replica *pg_replicas_choose(pg_replicas *r, arena *a, commit_position seen) {
    if (seen == COMMIT_POSITION_UNKNOWN)
        return NULL;
    pg_replica *one = find_farthest(r, seen);
    if (one == NULL || one->applied >= seen)
        return one;
    return wait_for(one, a, seen) ? one : NULL;
}

/* ---- Life --------------------------------------------------------------- */

void pg_replicas_init(arena *a, pg_replicas *r, pg_session *s,
                      const pg_login *logins, size_t count,
                      pg_replica_limits limits) {
    *r = (pg_replicas){
        .session = s,
        .items = arena_new_array(a, pg_replica, count),
        .count = count,
        .limits = limits,
        .fibers = {.loop = s->loop},
    };
    for (size_t i = 0; i < count; i++) {
        pg_replica *one = &r->items[i];
        one->all = r;
        one->asked_ms = -LOOK_MS;
        pg_pool_init(a, &one->pool, &logins[i], PG_PATH_READ, s->loop,
                     s->database->threads, s->database->read_connections,
                     PG_SPREAD_READS);
        pg_pool_keep_one(&one->pool);
    }
}

void pg_replicas_close(pg_replicas *r) {
    ASSERT(fiber_group_is_empty(&r->fibers));
    for (size_t i = 0; i < r->count; i++)
        pg_pool_close(&r->items[i].pool);
}
