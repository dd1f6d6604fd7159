/*
 * deployment.h: what a database has had of the migrations of a folder, and the
 * rest of them.
 *
 *     deployment d;
 *     TRY(deployment_read(a, t, &migrations, &d));
 *     TRY(deployment_check(a, &d));
 *     for (size_t i = 0; i < d.count; i++)
 *         TRY(deployment_apply(a, t, &d.items[i]));
 *
 * Histories only grow at their end. What was applied and then edited, removed
 * or overtaken is refused, because nobody could say any more what the database
 * is: a mistake is mended by another migration.
 */
#ifndef DATABASE_MIGRATE_DEPLOYMENT_H
#define DATABASE_MIGRATE_DEPLOYMENT_H

#include "database/migrate/history.h"

typedef enum migration_state {
    MIGRATION_APPLIED,
    MIGRATION_PENDING,
    MIGRATION_UNFINISHED, /* stopped between two of its steps; can go on */
    MIGRATION_EDITED,     /* since it was applied */
    MIGRATION_MISSING,    /* applied, and no longer in the folder */
    MIGRATION_LATE,       /* pending, but older than one that is applied */
} migration_state;

typedef struct deployment_item {
    str name;
    migration_state state;
    const migration *migration; /* NULL of a missing one */
    const history_entry *entry; /* NULL of a pending one */
} deployment_item;

typedef struct deployment {
    deployment_item *items; /* by name */
    size_t count;
    size_t pending; /* how many deployment_apply has to do */
} deployment;

/* "edited after it was applied" */
str migration_state_text(migration_state state);

/* t is NULL where there is no database yet. */
fallible deployment_read(arena *a, target *t, const migration_list *migrations,
                         deployment *out);

/* ERR_CONFLICT, with what to do, for the first one that must not be; then for
 * pending SQL that loses data without saying so. */
fallible deployment_check(arena *a, const deployment *d);

/* Does nothing for what is applied. The history's table must be there. On an
 * err the database is as it was, or the err says how far it came and that the
 * next run goes on there. */
fallible deployment_apply(arena *a, target *t, const deployment_item *item);

/* Writes down that it is applied, without running it. */
fallible deployment_record(arena *a, target *t, const deployment_item *item);

/* Runs the whole migration and writes nothing down: on a blank database. */
fallible deployment_replay(arena *a, target *t, const migration *m);

#endif
