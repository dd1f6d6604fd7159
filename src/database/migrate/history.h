/*
 * history.h: which migrations a database has had.
 *
 * A table of the database itself: tenon_migration on SQLite, tenon.migration on
 * PostgreSQL. A migration that is one transaction is written down in that
 * transaction, so it is there when and only when its changes are. One that
 * cannot be (a concurrent index) is written down first, then step by step: what
 * is not finished there goes on where it stopped.
 */
#ifndef DATABASE_MIGRATE_HISTORY_H
#define DATABASE_MIGRATE_HISTORY_H

#include "database/migrate/migration.h"
#include "database/migrate/target.h"

typedef struct history_entry {
    str name;
    str checksum;
    int64_t steps; /* parts of its file that are applied */
    bool is_finished;
    str finished_at; /* or empty */
    str log;         /* what the database said when it last failed */
} history_entry;

typedef struct history {
    const history_entry *entries;
    size_t count;
} history;

/* A database without the table has no history. */
fallible history_read(arena *a, target *t, history *out);

/* Does nothing when the table is there. */
fallible history_prepare(arena *a, target *t);

/* In the transaction that is open, if any. */
fallible history_start(arena *a, target *t, const migration *m);

fallible history_step(arena *a, target *t, const migration *m, size_t steps,
                      bool is_finished);

fallible history_fail(arena *a, target *t, const migration *m, str log);

/* Or NULL. */
const history_entry *history_find(const history *h, str name);

#endif
