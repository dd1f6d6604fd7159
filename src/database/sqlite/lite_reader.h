/*
 * lite_reader.h: a worker's read connections.
 *
 * A connection serves one fiber at a time, and all reads of a turn that follow
 * each other share its transaction: beginning one costs more than a point read.
 * A fiber whose statement gave way keeps its connection, and others get another
 * one from the pool, which is bounded; when all are taken, fibers wait in the
 * order in which they came, and whoever waits long has the statement ended that
 * has run the longest. The last one free is for quick reads (query.h), which so
 * never wait for long ones.
 *
 * A snapshot taken before a commit that was acknowledged since is not used for
 * a new read: an idle connection begins anew, a busy one is passed over.
 */
#ifndef DATABASE_SQLITE_LITE_READER_H
#define DATABASE_SQLITE_LITE_READER_H

#include "database/sqlite/lite_cache.h"
#include "database/sqlite/lite_database.h"
#include "database/sqlite/lite_pace.h"
#include "io/fiber.h"

typedef struct lite_reader {
    sqlite3 *db; /* NULL: not open */
    lite_cache *cache;
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    lite_pace pace;
    bool is_in_transaction;
    bool is_broken;    /* to be closed when nobody uses it */
    uint64_t snapshot; /* commits when the transaction began */
    fiber *owner;
    size_t leases;
} lite_reader;

typedef struct lite_waiter {
    fiber *fiber;
    bool is_quick;
    lite_reader *given;
    struct lite_waiter *next;
} lite_waiter;

typedef struct lite_reader_pool {
    lite_database *database;
    loop *loop;
    lite_reader *readers;
    size_t reader_count;
    size_t taken_count;  /* of these, in somebody's hands */
    lite_reader *latest; /* most likely the one to use next */
    lite_waiter *first_waiter;
    lite_waiter *last_waiter;
    loop_hook turn_end;
} lite_reader_pool;

void lite_reader_pool_init(arena *a, lite_reader_pool *p, lite_database *d,
                           loop *l);

/* Nobody may have a connection. */
void lite_reader_pool_close(lite_reader_pool *p);

/* A connection for the query, inside a transaction whose snapshot, taken already
 * or with the first read, is no older than this call. Suspends when all are
 * taken, until the deadline. */
fallible lite_reader_take(lite_reader_pool *p, arena *a, const query *q,
                          deadline until, lite_reader **out);
void lite_reader_give(lite_reader_pool *p, lite_reader *r);

#endif
