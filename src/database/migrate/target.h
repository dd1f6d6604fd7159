/*
 * target.h: the database that migrations and introspection work on, whatever
 * the engine: one connection that blocks its thread.
 *
 *     CLEANUP(target_close) target *t = NULL;
 *     TRY(target_open(a, url, TARGET_CHANGE, &t));
 *     TRY(target_lock(a, t, 10000));
 *     TRY(target_begin(a, t));
 *     TRY(target_run(a, t, STR("sqlite.sql"), sql));
 *     TRY(target_commit(a, t));
 *
 * A blank target is a database of its own for trying something out: in memory
 * on SQLite; on PostgreSQL one that is made on the same server and dropped when
 * it is closed.
 *
 * On SQLite foreign keys are not enforced while a migration runs, because a
 * table that is made anew must not take its children along: target_commit
 * checks all of them instead, and fails when a row has lost its parent.
 *
 * A target lives in the arena that it was opened with. All functions block.
 */
#ifndef DATABASE_MIGRATE_TARGET_H
#define DATABASE_MIGRATE_TARGET_H

#include "base/buf.h"
#include "base/err.h"
#include "database/protection.h"
#include "database/structure.h"

typedef struct target target;

typedef enum target_access {
    TARGET_READ,   /* what is there is looked at and left as it is */
    TARGET_CHANGE, /* a SQLite file that is not there is made by target_lock */
    /* Rows of tables that only Tenon knows are written, also beside a server:
     * foreign keys are left alone. A file must be there. */
    TARGET_WRITE,
} target_access;

/* Cells in text, row by row; NULL has no ptr. */
typedef struct target_rows {
    size_t row_count;
    size_t column_count;
    const str *cells;
} target_rows;

static inline str target_cell(const target_rows *r, size_t row, size_t column) {
    return r->cells[row * r->column_count + column];
}

/* Without TARGET_CHANGE, ERR_NOT_FOUND when there is no such database. */
fallible target_open(arena *a, str url, target_access access, target **out);

/* shadow is the URL of an empty database to use, or nothing: then one is made
 * beside the one of url, which may be empty for SQLite. The shadow is emptied
 * when it is closed. ERR_CONFLICT when it is not empty now. */
fallible target_open_blank(arena *a, engine_kind engine, str url, str shadow,
                           target **out);

/* Undoes what is not committed, lets go of the lock. For CLEANUP; NULL inside
 * is fine. */
void target_close(target **t);

engine_kind target_engine(const target *t);

/* "app.db", "db.example.com:5432/app": without a password. */
str target_label(const target *t);

/* schemas are those of PostgreSQL to read; none: that of the connection. */
fallible target_structure(arena *a, target *t, const str *schemas, size_t count,
                          structure *out);

/* Before want is compared with what target_structure read: *settled is want, but
 * a default that the database takes for the same as the one it has is spelt like
 * that. It borrows from both. */
fallible target_settle(arena *a, target *t, const structure *have,
                       const structure *want, const structure **settled);

/* Keeps other migrations away, and on SQLite servers too, until the target is
 * closed. Waits for as long as that; then ERR_BUSY. The same time is how long a
 * statement waits for a lock of PostgreSQL. 0 is not at all on SQLite, for ever
 * on PostgreSQL. */
fallible target_lock(arena *a, target *t, int64_t timeout_ms);

/* Writers only; others may go on reading until target_commit. */
fallible target_begin(arena *a, target *t);
fallible target_commit(arena *a, target *t);

/* Does nothing outside of a transaction. */
void target_rollback(target *t);

/* Any number of statements. The err begins with name:line where there is a
 * name. */
fallible target_run(arena *a, target *t, str name, str sql);

/* One statement; $1 .. $n in it are the parameters, NULL without ptr. */
fallible target_query(arena *a, target *t, str sql, const str *parameters,
                      size_t count, target_rows *out);

/* After a change, and when there was nothing to change: gives the database what
 * it lacks of the protection. s is the schema that it is of, or NULL when that
 * is not known. What cannot be had is no failure: it is told in report, with
 * what is lost. Not in a transaction. */
fallible target_protect(arena *a, target *t, const schema *s,
                        const protection *p, buf *report);

/* Removes everything in it: for a database of development. schemas are those of
 * PostgreSQL that go beside "public" and "tenon". */
fallible target_wipe(arena *a, target *t, const str *schemas, size_t count);

#endif
