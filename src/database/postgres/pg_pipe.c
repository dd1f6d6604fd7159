#include "database/postgres/pg_pipe.h"

#include <inttypes.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "io/socket_watch.h"

enum {
    FIRST_ROOM = 64, /* a power of two */
    WHY_MAX = 512,
    LEAST_READ = 8192,
};

typedef enum slot_kind { SLOT_PREPARE, SLOT_RUN, SLOT_SYNC } slot_kind;

/* One answer that is to come. */
typedef struct slot {
    slot_kind kind;
    pg_ticket *ticket;  /* or NULL: abandoned */
    uint64_t statement; /* its number, or 0: it is not prepared */
} slot;

/* Slots lie in a ring: place i at i & (room - 1), those from begin to end are
 * awaited. libpq sends some of what it is given before it is told to, so all
 * that it took, the slots before given, may have left. */
struct pg_pipe {
    loop *loop;
    const pg_library *pq;
    PGconn *pg;
    socket_watch *watch;
    void (*on_lost)(void *owner);
    void *owner;

    slot *slots;
    size_t room;
    uint64_t begin;
    uint64_t end;
    uint64_t given;
    int64_t busy_since;
    bool needs_sync; /* the last slot is no SLOT_SYNC */
    loop_hook turn_end;

    pg_statements *statements;
    uint64_t *unused; /* numbers of those that the server is to forget */
    size_t unused_count;
    size_t unused_room;
    bool is_partial;       /* some of the first answer has come */
    uint64_t partial_from; /* the kernel's count of bytes when it began */
    uint64_t local_count;  /* on a local socket, which the kernel counts not */
    bool is_retired;
    bool is_lost;
    char why[WHY_MAX];
};

/* ---- Slots -------------------------------------------------------------- */

static slot *slot_at(const pg_pipe *p, uint64_t place) {
    return &p->slots[place & (p->room - 1)];
}

static void grow(pg_pipe *p) {
    size_t room = p->room == 0 ? FIRST_ROOM : p->room * 2;
    slot *slots = malloc(room * sizeof *slots);
    if (slots == NULL)
        PANIC("out of memory");
    for (uint64_t i = p->begin; i < p->end; i++)
        slots[i & (room - 1)] = *slot_at(p, i);
    free(p->slots);
    p->slots = slots;
    p->room = room;
}

static void push(pg_pipe *p, slot s) {
    if (p->end - p->begin == p->room)
        grow(p);
    if (p->begin == p->end)
        p->busy_since = loop_now(p->loop);
    if (s.ticket != NULL) {
        s.ticket->place = p->end;
        s.ticket->is_sent = true;
    }
    *slot_at(p, p->end++) = s;
}

static void pop(pg_pipe *p) {
    p->begin++;
    p->busy_since = p->begin < p->end ? loop_now(p->loop) : INT64_MAX;
}

static void answer(pg_ticket *t, pg_ticket_state state, PGresult *result) {
    t->state = state;
    t->result = result;
    if (t->fiber != NULL)
        fiber_unpark(t->fiber);
}

/* The first slot's ticket, if somebody waits; else the result is dropped. Who is
 * answered is gone before the next answer comes: it is forgotten here, also by
 * the statement whose preparation failed. */
static void answer_first(pg_pipe *p, pg_ticket_state state, PGresult *result) {
    slot *s = slot_at(p, p->begin);
    pg_ticket *t = s->ticket;
    if (t == NULL) {
        p->pq->PQclear(result);
        return;
    }
    s->ticket = NULL;
    if (p->begin + 1 < p->end && slot_at(p, p->begin + 1)->ticket == t)
        slot_at(p, p->begin + 1)->ticket = NULL;
    answer(t, state, result);
}

/* ---- Loss --------------------------------------------------------------- */

/* The first line will do. */
static void note_why(pg_pipe *p, const char *text) {
    size_t len = strcspn(text, "\n");
    (void)snprintf(p->why, sizeof p->why, "%.*s",
                   (int)(len < sizeof p->why ? len : sizeof p->why - 1), text);
}

static bool is_commit(const slot *s) {
    return s->kind == SLOT_SYNC || (s->ticket != NULL && s->ticket->is_commit);
}

/* is_refused: the server said, in place of the first answer, that it closes the
 * connection. What it has not answered by then it has not done, unless it was
 * committing. */
static void lose(pg_pipe *p, bool is_refused) {
    if (p->is_lost)
        return;
    p->is_lost = true;
    if (p->why[0] == '\0')
        note_why(p, p->pq->PQerrorMessage(p->pg));
    socket_watch_close(p->watch);
    p->watch = NULL;
    bool was_committing = p->begin < p->end && is_commit(slot_at(p, p->begin));
    for (uint64_t i = p->begin; i < p->end; i++) {
        pg_ticket *t = slot_at(p, i)->ticket;
        bool is_next = i == p->begin;
        if (t == NULL || t->state != PG_WAITING)
            continue;
        t->is_untouched =
            i >= p->given || (is_refused && !(is_next && was_committing));
        answer(t, PG_LOST, NULL);
    }
    p->begin = p->end;
    p->busy_since = INT64_MAX;
    p->on_lost(p->owner);
}

/* ---- Answers ------------------------------------------------------------ */

static bool is_farewell(const pg_pipe *p, const PGresult *r) {
    const char *severity =
        p->pq->PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    /* Without one it is libpq's own: the connection broke. */
    return severity == NULL || strcmp(severity, "FATAL") == 0 ||
           strcmp(severity, "PANIC") == 0;
}

/* Behind a preparation that failed stand those who counted on it: nobody has
 * taken that from the server. */
static bool has_lost_statement(const pg_pipe *p, const slot *s,
                               const PGresult *r) {
    const char *state = p->pq->PQresultErrorField(r, PG_DIAG_SQLSTATE);
    return state != NULL && strcmp(state, "26000") == 0 &&
           (s->statement == 0 ||
            pg_statements_has(p->statements, s->statement));
}

static void take_error(pg_pipe *p, slot *s, PGresult *r) {
    if (is_farewell(p, r)) {
        note_why(p, p->pq->PQresultErrorMessage(r));
        bool is_servers =
            p->pq->PQresultErrorField(r, PG_DIAG_SQLSTATE) != NULL;
        p->pq->PQclear(r);
        lose(p, is_servers);
        return;
    }
    if (s->kind == SLOT_PREPARE)
        pg_statements_forget(p->statements, s->statement);
    if (UNLIKELY(has_lost_statement(p, s, r))) {
        p->is_retired = true;
        note_why(p, p->pq->PQresultErrorMessage(r));
    }
    answer_first(p, PG_FAILED, r);
}

static void take_success(pg_pipe *p, slot *s, PGresult *r) {
    if (LIKELY(s->kind == SLOT_RUN)) {
        answer_first(p, PG_DONE, r);
        return;
    }
    if (s->kind == SLOT_PREPARE)
        pg_statements_set_ready(p->statements, s->statement);
    p->pq->PQclear(r);
}

static void take_skipped(pg_pipe *p, slot *s, PGresult *r) {
    p->pq->PQclear(r);
    if (s->kind == SLOT_PREPARE)
        pg_statements_forget(p->statements, s->statement);
    else
        answer_first(p, PG_SKIPPED, NULL);
}

static void take_sync(pg_pipe *p, slot *s, PGresult *r) {
    p->pq->PQclear(r);
    ASSERT(s->kind == SLOT_SYNC);
    answer_first(p, PG_DONE, NULL);
    pop(p);
}

/* Every answer but that to a Sync ends with a NULL. */
static void take(pg_pipe *p, PGresult *r) {
    slot *s = slot_at(p, p->begin);
    if (r == NULL) {
        if (s->kind != SLOT_SYNC)
            pop(p);
        return;
    }
    ExecStatusType status = p->pq->PQresultStatus(r);
    if (LIKELY(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)) {
        take_success(p, s, r);
    } else if (status == PGRES_PIPELINE_SYNC) {
        take_sync(p, s, r);
    } else if (status == PGRES_PIPELINE_ABORTED) {
        take_skipped(p, s, r);
    } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
        take_error(p, s, r);
    } else { /* a COPY, which no statement of ours begins */
        p->pq->PQclear(r);
        lose(p, false);
    }
}

/* Bytes that came in all. On a local socket those that libpq read for sure: it
 * reads what is there, or LEAST_READ. */
static uint64_t count_received(pg_pipe *p) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    int fd = p->pq->PQsocket(p->pg);
    int waiting = 0;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0)
        return info.tcpi_bytes_received;
    if (ioctl(fd, FIONREAD, &waiting) == 0)
        p->local_count +=
            waiting < LEAST_READ ? (uint64_t)waiting : (uint64_t)LEAST_READ;
    return p->local_count;
}

/* A result that comes in one part is not measured. */
static void measure(pg_pipe *p) {
    if (count_received(p) - p->partial_from <= PG_RESULT_MAX)
        return;
    answer_first(p, PG_TOO_MUCH, NULL);
    pg_pipe_break(p, "a result is too large");
}

static bool take_what_came(pg_pipe *p) {
    uint64_t first = p->begin;
    bool is_alive = p->pq->PQconsumeInput(p->pg) == 1;
    /* Asked even when nothing is awaited: it reads what the server remarks. */
    while (p->pq->PQisBusy(p->pg) == 0 && p->begin < p->end)
        take(p, p->pq->PQgetResult(p->pg));
    bool was_partial = p->is_partial && p->begin == first;
    p->is_partial = p->begin < p->end && p->begin == first;
    if (p->is_partial && !was_partial)
        p->partial_from = count_received(p);
    return is_alive && p->pq->PQstatus(p->pg) == CONNECTION_OK;
}

static void read_answers(pg_pipe *p) {
    do {
        if (UNLIKELY(p->is_partial))
            measure(p);
        if (UNLIKELY(p->is_lost))
            return;
        if (!take_what_came(p) || (p->is_retired && p->begin == p->end))
            lose(p, false);
    } while (!p->is_lost && pg_library_has_pending(p->pq, p->pg));
}

/* ---- Questions ---------------------------------------------------------- */

static void flush(pg_pipe *p) {
    int rc = p->pq->PQflush(p->pg);
    if (rc < 0) {
        /* What the server said before it hung up is worth hearing. */
        read_answers(p);
        lose(p, false);
        return;
    }
    socket_watch_writing(p->watch, rc == 1);
}

static void on_ready(void *self, bool is_readable, bool is_writable) {
    pg_pipe *p = self;
    if (is_readable)
        read_answers(p);
    if (is_writable && !p->is_lost)
        flush(p);
}

/* Behind a Sync and before one each, so that nothing takes one of them along:
 * nobody else remembers that the server holds it. */
static void send_drops(pg_pipe *p) {
    static const pg_arguments NONE;
    for (size_t i = 0; i < p->unused_count; i++) {
        char sql[64];
        (void)snprintf(sql, sizeof sql, "DEALLOCATE t%" PRIu64, p->unused[i]);
        pg_pipe_run(p, &(pg_prepared_use){.sql = sql}, &NONE, NULL);
        pg_pipe_sync(p, NULL);
    }
    p->unused_count = 0;
}

static void end_turn(loop_hook *hook) {
    pg_pipe *p = CONTAINER_OF(hook, pg_pipe, turn_end);
    pg_pipe_part(p);
    send_drops(p);
    if (!p->is_lost)
        flush(p);
}

void pg_pipe_part(pg_pipe *p) {
    if (p->needs_sync)
        pg_pipe_sync(p, NULL);
}

/* Nobody would answer what comes behind a failed send. */
static void append(pg_pipe *p, slot s, bool is_sent) {
    if (UNLIKELY(p->is_lost)) {
        if (s.ticket != NULL && s.ticket->state == PG_WAITING) {
            s.ticket->is_untouched = true;
            answer(s.ticket, PG_LOST, NULL);
        }
        return;
    }
    push(p, s);
    p->needs_sync = s.kind != SLOT_SYNC;
    if (UNLIKELY(!is_sent)) {
        lose(p, false);
        return;
    }
    p->given = p->end;
    loop_request_turn_end(p->loop, &p->turn_end);
}

void pg_pipe_sync(pg_pipe *p, pg_ticket *ticket) {
    bool is_sent = !p->is_lost && p->pq->PQpipelineSync(p->pg) == 1;
    append(p, (slot){.kind = SLOT_SYNC, .ticket = ticket}, is_sent);
}

static void prepare(pg_pipe *p, const pg_prepared_use *use, pg_ticket *ticket) {
    bool is_sent =
        !p->is_lost && p->pq->PQsendPrepare(p->pg, use->statement->name,
                                            use->sql, 0, NULL) == 1;
    append(p,
           (slot){.kind = SLOT_PREPARE,
                  .ticket = ticket,
                  .statement = use->statement->number},
           is_sent);
}

void pg_pipe_run(pg_pipe *p, const pg_prepared_use *use,
                 const pg_arguments *arguments, pg_ticket *ticket) {
    bool is_sent = false;
    uint64_t number = use->statement != NULL ? use->statement->number : 0;
    if (UNLIKELY(use->statement != NULL && use->sql != NULL))
        prepare(p, use, ticket);
    if (UNLIKELY(p->is_lost))
        is_sent = false;
    else if (LIKELY(use->statement != NULL))
        is_sent = p->pq->PQsendQueryPrepared(
                      p->pg, use->statement->name, (int)arguments->count,
                      arguments->values, arguments->lengths, arguments->formats,
                      0) == 1;
    else
        is_sent =
            p->pq->PQsendQueryParams(
                p->pg, use->sql, (int)arguments->count, NULL, arguments->values,
                arguments->lengths, arguments->formats, 0) == 1;
    append(p, (slot){.kind = SLOT_RUN, .ticket = ticket, .statement = number},
           is_sent);
}

void pg_pipe_drop(pg_pipe *p, uint64_t number) {
    if (p->unused_count == p->unused_room) {
        p->unused_room = p->unused_room == 0 ? 8 : p->unused_room * 2;
        p->unused = realloc(p->unused, p->unused_room * sizeof *p->unused);
        if (p->unused == NULL)
            PANIC("out of memory");
    }
    p->unused[p->unused_count++] = number;
    loop_request_turn_end(p->loop, &p->turn_end);
}

/* ---- Looking ------------------------------------------------------------ */

/* Its own slot, and that of its statement's preparation. */
void pg_pipe_abandon(pg_pipe *p, pg_ticket *ticket) {
    ASSERT(ticket->state == PG_WAITING);
    slot_at(p, ticket->place)->ticket = NULL;
    if (ticket->place > p->begin &&
        slot_at(p, ticket->place - 1)->ticket == ticket)
        slot_at(p, ticket->place - 1)->ticket = NULL;
}

size_t pg_pipe_load(const pg_pipe *p) {
    return (size_t)(p->end - p->begin);
}

bool pg_pipe_is_first(const pg_pipe *p, const pg_ticket *ticket) {
    uint64_t i = p->begin;
    while (i < ticket->place && (slot_at(p, i)->kind == SLOT_SYNC ||
                                 slot_at(p, i)->ticket == ticket))
        i++;
    return i == ticket->place;
}

bool pg_pipe_ends_part(const pg_pipe *p, const pg_ticket *ticket) {
    uint64_t next = ticket->place + 1;
    return next == p->end || slot_at(p, next)->kind == SLOT_SYNC;
}

/* The answer to its own preparation may come together with its own. */
bool pg_pipe_is_next(const pg_pipe *p, uint64_t place) {
    uint64_t i = p->begin;
    while (i < place &&
           (slot_at(p, i)->kind == SLOT_SYNC ||
            (slot_at(p, i)->kind == SLOT_PREPARE && i + 1 == place)))
        i++;
    return i == place && i < p->end;
}

int64_t pg_pipe_busy_since(const pg_pipe *p) {
    return p->busy_since;
}

bool pg_pipe_is_lost(const pg_pipe *p) {
    return p->is_lost;
}

bool pg_pipe_is_retired(const pg_pipe *p) {
    return p->is_retired;
}

str pg_pipe_why_lost(const pg_pipe *p) {
    return str_of(p->why);
}

pg_statements *pg_pipe_statements(pg_pipe *p) {
    return p->statements;
}

PGcancel *pg_pipe_canceller(pg_pipe *p) {
    return p->is_lost ? NULL : p->pq->PQgetCancel(p->pg);
}

void pg_pipe_break(pg_pipe *p, const char *why) {
    note_why(p, why);
    lose(p, false);
}

/* ---- Life --------------------------------------------------------------- */

static void ignore_notice(void *self, const PGresult *r) {
    (void)self;
    (void)r;
}

pg_pipe *pg_pipe_new(loop *l, const pg_library *pq, PGconn *pg,
                     void (*on_lost)(void *owner), void *owner) {
    pg_pipe *p = calloc(1, sizeof *p);
    if (p == NULL)
        PANIC("out of memory");
    p->loop = l;
    p->pq = pq;
    p->pg = pg;
    p->on_lost = on_lost;
    p->owner = owner;
    p->busy_since = INT64_MAX;
    p->turn_end.run = end_turn;
    p->statements = pg_statements_new();
    (void)pq->PQsetNoticeReceiver(pg, ignore_notice, NULL);
    bool is_ready =
        pq->PQsetnonblocking(pg, 1) == 0 && pq->PQenterPipelineMode(pg) == 1;
    ASSERT(is_ready); /* else it was not idle */
    p->watch = socket_watch_open(l, pq->PQsocket(pg), on_ready, p);
    if (p->watch == NULL) {
        pg_pipe_free(p);
        return NULL;
    }
    return p;
}

bool pg_pipe_can_be_freed(const pg_pipe *p) {
    return !p->turn_end.is_requested;
}

static void do_nothing(void *owner) {
    (void)owner;
}

void pg_pipe_free(pg_pipe *p) {
    p->on_lost = do_nothing;
    lose(p, false);
    p->pq->PQfinish(p->pg);
    pg_statements_free(p->statements);
    free(p->slots);
    free(p->unused);
    free(p);
}
