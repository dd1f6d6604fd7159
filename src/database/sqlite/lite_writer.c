#include "database/sqlite/lite_writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/assert.h"
#include "base/clock.h"
#include "database/sqlite/lite_checkpoint.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_file.h"
#include "database/sqlite/lite_statement.h"

enum {
    BATCH_MAX = 512,
    /* How long a transaction goes on taking in what comes meanwhile. Syncing
     * costs the same for few and for many. */
    GATHER_US = 1000,
    LOCK_RETRY_MS = 2,
    /* For readers and checkpoints to get out of the way of a log that begins
     * anew. Past its bound, for as long as a slow read may take to be ended. */
    RESTART_WAIT_MS = 50,
    RESTART_LONG_WAIT_MS = 1500,
    SHAPE_MAX = 256 * 1024,
};

struct lite_writer {
    lite_database *database;
    lite_write_connection connection;
    arena *arena; /* for one batch; jobs have their own */
    pthread_t thread;
    bool is_started;

    /* How long the log was after the last commit, and where it must get to
     * before the next checkpoint, and the next try to let it begin anew. */
    int wal_pages;
    int checkpoint_at_pages;
    int restart_at_pages;

    pthread_mutex_t mutex;
    pthread_cond_t woken;
    lite_job *first;
    lite_job *last;
    bool is_waiting;
    bool is_stopping;
};

/* A list of jobs, in order. */
typedef struct batch {
    lite_job *first;
    lite_job *last;
} batch;

/* ---- The queue ---------------------------------------------------------- */

static void append(batch *b, lite_job *job) {
    job->next = NULL;
    if (b->first == NULL)
        b->first = job;
    else
        b->last->next = job;
    b->last = job;
}

static lite_job *take_first(batch *b) {
    lite_job *job = b->first;
    if (job != NULL)
        b->first = job->next;
    return job;
}

void lite_writer_submit(lite_writer *w, lite_job *job) {
    job->next = NULL;
    pthread_mutex_lock(&w->mutex);
    if (w->first == NULL)
        w->first = job;
    else
        w->last->next = job;
    w->last = job;
    bool is_waiting = w->is_waiting;
    w->is_waiting = false;
    pthread_mutex_unlock(&w->mutex);
    if (is_waiting)
        pthread_cond_signal(&w->woken);
}

/* What is queued, up to most. With the mutex. */
static batch take_queued(lite_writer *w, int most) {
    batch b = {0};
    for (int i = 0; i < most && w->first != NULL; i++) {
        lite_job *job = w->first;
        w->first = job->next;
        append(&b, job);
    }
    return b;
}

/* Waits for jobs. Empty: it is time to stop. */
static batch take_batch(lite_writer *w) {
    pthread_mutex_lock(&w->mutex);
    while (w->first == NULL && !w->is_stopping) {
        w->is_waiting = true;
        pthread_cond_wait(&w->woken, &w->mutex);
    }
    batch b = take_queued(w, BATCH_MAX);
    pthread_mutex_unlock(&w->mutex);
    return b;
}

/* ---- Answers ------------------------------------------------------------ */

/* Gives the jobs back, those of a session at once. */
static void answer(batch b) {
    while (b.first != NULL) {
        lite_session *s = b.first->session;
        batch mine = {0};
        batch others = {0};
        for (lite_job *job; (job = take_first(&b)) != NULL;)
            append(job->session == s ? &mine : &others, job);
        lite_session_deliver(s, mine.first, mine.last);
        b = others;
    }
}

static void answer_one(lite_job *job) {
    batch b = {0};
    append(&b, job);
    answer(b);
}

/* Each in its own arena: they go different ways. */
static void fail_all(batch b, const err *e) {
    for (lite_job *job = b.first; job != NULL; job = job->next) {
        for (size_t i = 0; i < job->count; i++)
            *job->writes[i].result = (mutation_result){0};
        job->failed_at = job->count;
        job->failure = err_copy(job->arena, e);
    }
    answer(b);
}

/* ---- The connection ----------------------------------------------------- */

static int note_wal(void *writer, sqlite3 *db, const char *name, int pages) {
    (void)db;
    (void)name;
    lite_writer *w = writer;
    if (pages < w->wal_pages) { /* it began anew */
        w->checkpoint_at_pages = LITE_WAL_CHECKPOINT_PAGES;
        w->restart_at_pages = LITE_WAL_RESTART_PAGES;
    }
    w->wal_pages = pages;
    return SQLITE_OK;
}

static err *prepare_all(lite_writer *w, arena *a) {
    lite_write_connection *c = &w->connection;
    const struct {
        str sql;
        sqlite3_stmt **out;
    } ROWS[] = {
        {STR("BEGIN IMMEDIATE"), &c->begin},
        {STR("COMMIT"), &c->commit},
        {STR("SAVEPOINT job"), &c->savepoint},
        {STR("RELEASE job"), &c->release},
        {STR("ROLLBACK TO job"), &c->undo},
    };
    for (size_t i = 0; i < LENGTH(ROWS); i++)
        TRY(lite_prepare(a, c->db, ROWS[i].sql, SQLITE_PREPARE_PERSISTENT,
                         ROWS[i].out));
    return NULL;
}

static err *set_up(lite_writer *w, arena *a) {
    lite_write_connection *c = &w->connection;
    sqlite3_busy_timeout(c->db, 0);
    lite_pace_install(&c->pace, c->db);
    sqlite3_wal_hook(c->db, note_wal, w);
    c->cache = lite_cache_new();
    c->reads = lite_cache_new();
    TRY(prepare_all(w, a));
    TRY(lite_recorder_new(a, w->database, c->db, &c->recorder));
    /* What cannot be made now, as on a file that is read-only, is made before
     * the first write, or is its failure. */
    err *e = lite_recorder_prepare(c->recorder, a);
    return e != NULL && e->code == ERR_CORRUPT ? e : NULL;
}

static void close_connection(lite_writer *w) {
    lite_write_connection *c = &w->connection;
    if (c->db == NULL)
        return;
    lite_finalize(&c->begin);
    lite_finalize(&c->commit);
    lite_finalize(&c->savepoint);
    lite_finalize(&c->release);
    lite_finalize(&c->undo);
    lite_recorder_free(c->recorder);
    c->recorder = NULL;
    if (c->cache != NULL)
        lite_cache_free(c->cache);
    if (c->reads != NULL)
        lite_cache_free(c->reads);
    c->cache = NULL;
    c->reads = NULL;
    lite_disconnect(&c->db);
}

/* After an error that leaves its state in doubt. Others keep the file open, so
 * this is no checkpoint. */
static void drop_connection(lite_writer *w) {
    if (w->connection.db != NULL)
        sqlite3_db_config(w->connection.db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                          NULL);
    close_connection(w);
}

static err *ensure_connection(lite_writer *w, arena *a) {
    lite_write_connection *c = &w->connection;
    if (c->db != NULL)
        return NULL;
    TRY(lite_connect(a, w->database->path, LITE_WRITER, &c->pace, &c->db));
    err *e = set_up(w, a);
    if (e != NULL)
        drop_connection(w);
    return e;
}

/* ---- Transactions ------------------------------------------------------- */

static int run(sqlite3_stmt *statement) {
    int rc = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    return rc;
}

static void sleep_ms(long ms) {
    struct timespec t = {.tv_nsec = ms * 1000 * 1000};
    nanosleep(&t, NULL);
}

/* Takes those out whose patience is at its end and answers them. */
static void answer_impatient(batch *b, const err *e) {
    int64_t now = lite_now_ms();
    batch gone = {0};
    batch rest = {0};
    for (lite_job *job; (job = take_first(b)) != NULL;)
        append(now - job->queued_ms >= job->patience_ms ? &gone : &rest, job);
    *b = rest;
    if (gone.first != NULL)
        fail_all(gone, e);
}

/* Errors of the connection, not of a statement. */
static bool is_breaking(err_code code) {
    return code == ERR_IO || code == ERR_READ_ONLY || code == ERR_CORRUPT;
}

/* On a file that could only be opened for reading, BEGIN IMMEDIATE succeeds
 * and begins a read. */
static int begin_write(lite_writer *w) {
    int rc = run(w->connection.begin);
    if (rc != SQLITE_DONE || sqlite3_db_readonly(w->connection.db, "main") != 1)
        return rc;
    (void)run(w->connection.commit);
    return SQLITE_READONLY;
}

static void roll_back(lite_writer *w) {
    sqlite3 *db = w->connection.db;
    lite_recorder_drop(w->connection.recorder);
    if (sqlite3_get_autocommit(db) == 0 &&
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
        drop_connection(w);
}

/* Begins a transaction for b, waiting for other processes while its members
 * have patience. False: all are answered. */
static bool begin(lite_writer *w, batch *b) {
    for (;;) {
        err *e = lite_file_check_in_place(w->arena, w->database->path,
                                          w->database->claim, w->database->log);
        if (e == NULL)
            e = ensure_connection(w, w->arena);
        int rc = SQLITE_DONE;
        if (e == NULL)
            e = lite_recorder_prepare(w->connection.recorder, w->arena);
        if (e == NULL) {
            rc = begin_write(w);
            if (rc != SQLITE_DONE)
                e = lite_error(w->arena, w->connection.db, rc);
        }
        if (e == NULL) {
            e = lite_recorder_look(w->connection.recorder, w->arena);
            if (e == NULL)
                return true;
            roll_back(w);
        }
        if (e->code != ERR_BUSY) {
            if (is_breaking(e->code))
                drop_connection(w);
            fail_all(*b, e);
            return false;
        }
        answer_impatient(b, e);
        if (b->first == NULL)
            return false;
        arena_reset(w->arena);
        sleep_ms(LOCK_RETRY_MS);
    }
}

/* Whatever the system called it: a sync that says ENOSPC has lost writes, too. */
static err *unknown_outcome(lite_writer *w, const err *cause) {
    return err_make(w->arena, ERR_IO, cause, __FILE__, __LINE__,
                    "input/output error from commit: whether the change was"
                    " written is not known");
}

/* NULL: all of it is on the disk. */
static err *commit(lite_writer *w, int64_t patience_ends_ms) {
    sqlite3 *db = w->connection.db;
    err *failure = lite_recorder_write(w->connection.recorder, w->arena);
    if (failure != NULL) {
        roll_back(w);
        if (is_breaking(failure->code))
            drop_connection(w);
        return failure;
    }
    int rc = run(w->connection.commit);
    while (lite_is_locked(rc) && lite_now_ms() < patience_ends_ms) {
        sleep_ms(LOCK_RETRY_MS);
        rc = run(w->connection.commit);
    }
    if (rc == SQLITE_DONE) {
        atomic_fetch_add(&w->database->commits, 1);
        return NULL;
    }
    err *e = lite_error(w->arena, db, rc);
    if ((rc & 0xff) == SQLITE_IOERR) {
        drop_connection(w);
        return unknown_outcome(w, e);
    }
    roll_back(w);
    return e;
}

/* ---- Jobs --------------------------------------------------------------- */

/* Runs the job in the open transaction. False: the transaction is gone. */
static bool apply(lite_writer *w, lite_job *job) {
    if (job->count == 0 && job->once == NULL)
        return true;
    job->failed_at = job->count;
    lite_outcome outcome = lite_apply(&w->connection, job->arena, job->writes,
                                      job->count, job->once, &job->failed_at);
    job->failure = outcome.failure;
    if (!outcome.is_transaction && outcome.failure == NULL)
        job->failure = err_new(job->arena, ERR_UNAVAILABLE,
                               "the transaction was rolled back");
    return outcome.is_transaction;
}

/* The whole life of one job, in a transaction of its own. */
static void run_alone(lite_writer *w, lite_job *job) {
    batch b = {0};
    job->failure = NULL;
    job->queued_ms = lite_now_ms();
    append(&b, job);
    if (!begin(w, &b))
        return;
    if (!apply(w, job)) {
        roll_back(w);
        answer_one(job);
        return;
    }
    err *e = commit(w, job->queued_ms + job->patience_ms);
    if (e != NULL)
        fail_all(b, e);
    else
        answer_one(job);
}

/* The culprit ended everybody's transaction. */
static void separate(lite_writer *w, batch b, lite_job *culprit) {
    roll_back(w);
    for (lite_job *job; (job = take_first(&b)) != NULL;) {
        if (job == culprit)
            answer_one(job);
        else
            run_alone(w, job);
    }
}

/* Those that stood behind a slow write for too long. */
static void answer_late(lite_writer *w, batch *b) {
    batch late = {0};
    batch rest = {0};
    int64_t now = lite_now_ms();
    int64_t limit = w->database->statement_timeout_ms;
    for (lite_job *job; (job = take_first(b)) != NULL;)
        append(now - job->queued_ms >= limit + job->patience_ms ? &late : &rest,
               job);
    *b = rest;
    if (late.first != NULL)
        fail_all(late, err_new(w->arena, ERR_TIMEOUT,
                               "canceling statement due to statement timeout:"
                               " it waited too long for other writes"));
}

/* Takes in what was queued meanwhile, at the end of b; the first of that, or
 * NULL. */
static lite_job *gather(lite_writer *w, batch *b, int64_t began_us) {
    if (clock_monotonic_us(NULL) - began_us > GATHER_US)
        return NULL;
    pthread_mutex_lock(&w->mutex);
    batch more = take_queued(w, BATCH_MAX);
    pthread_mutex_unlock(&w->mutex);
    if (more.first == NULL)
        return NULL;
    b->last->next = more.first;
    b->last = more.last;
    return more.first;
}

static void run_batch(lite_writer *w, batch b) {
    answer_late(w, &b);
    if (b.first == NULL || !begin(w, &b))
        return;
    int64_t began_us = clock_monotonic_us(NULL);
    int64_t patience_ms = b.first->patience_ms;
    for (lite_job *job = b.first; job != NULL; job = gather(w, &b, began_us)) {
        for (; job != NULL; job = job->next) {
            if (!apply(w, job)) {
                separate(w, b, job);
                return;
            }
        }
    }
    err *e = commit(w, lite_now_ms() + patience_ms);
    if (e != NULL)
        fail_all(b, e);
    else
        answer(b);
}

/* ---- The log ------------------------------------------------------------ */

/* Waits for the readers and lets the log begin anew. */
static void restart_wal(lite_writer *w) {
    sqlite3 *db = w->connection.db;
    bool is_past_bound = w->wal_pages >= LITE_WAL_MOST_PAGES;
    if (is_past_bound)
        atomic_store(&w->database->ends_older_than_ms, lite_now_ms());
    sqlite3_busy_timeout(db, is_past_bound ? RESTART_LONG_WAIT_MS
                                           : RESTART_WAIT_MS);
    int rc = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_RESTART,
                                       NULL, NULL);
    sqlite3_busy_timeout(db, 0);
    if (rc != SQLITE_OK)
        w->restart_at_pages = w->wal_pages + LITE_WAL_CHECKPOINT_PAGES;
}

static void keep_wal_short(lite_writer *w) {
    if (w->connection.db == NULL || w->wal_pages < w->checkpoint_at_pages)
        return;
    w->checkpoint_at_pages = w->wal_pages + LITE_WAL_CHECKPOINT_PAGES;
    if (w->wal_pages >= w->restart_at_pages)
        restart_wal(w);
    else
        lite_checkpointer_wake(w->database->checkpointer);
}

/* ---- Life --------------------------------------------------------------- */

static void *run_writer(void *argument) {
    lite_writer *w = argument;
    for (batch b = take_batch(w); b.first != NULL; b = take_batch(w)) {
        run_batch(w, b);
        keep_wal_short(w);
        arena_reset(w->arena);
    }
    return NULL;
}

lite_writer *lite_writer_new(lite_database *d, sqlite3 *db) {
    lite_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        PANIC("out of memory");
    w->database = d;
    w->arena = arena_new();
    w->connection.database = d;
    w->connection.db = db;
    w->connection.scratch = buf_new(SHAPE_MAX);
    w->checkpoint_at_pages = LITE_WAL_CHECKPOINT_PAGES;
    w->restart_at_pages = LITE_WAL_RESTART_PAGES;
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->woken, NULL);
    return w;
}

err *lite_writer_start(arena *a, lite_writer *w) {
    TRY(set_up(w, a));
    if (pthread_create(&w->thread, NULL, run_writer, w) != 0)
        return err_new(a, ERR_UNAVAILABLE, "cannot start a thread");
    w->is_started = true;
    return NULL;
}

static void stop(lite_writer *w) {
    pthread_mutex_lock(&w->mutex);
    w->is_stopping = true;
    pthread_cond_signal(&w->woken);
    pthread_mutex_unlock(&w->mutex);
    pthread_join(w->thread, NULL);
}

void lite_writer_free(lite_writer *w) {
    if (w == NULL)
        return;
    if (w->is_started)
        stop(w);
    close_connection(w);
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->woken);
    buf_free(&w->connection.scratch);
    arena_free(w->arena);
    free(w);
}
