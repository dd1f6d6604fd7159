/*
 * rehearsal.h: what migrations lead to, found out on a blank database.
 *
 *     CLEANUP(rehearsal_close) rehearsal r = {.place = place};
 *     TRY(rehearsal_run(a, &r, &migrations, 3, &after_three));
 *     TRY(rehearsal_run(a, &r, &migrations, 5, &after_five));
 *
 * The database is kept in between, so that each migration is run once. It lives
 * in the arena of the first run.
 *
 * SQLite's is in memory and costs nothing. PostgreSQL's is made on the server of
 * the database that is worked on, or named; where there is none, the schema
 * that the newest migration left beside its SQL is believed.
 */
#ifndef DATABASE_MIGRATE_REHEARSAL_H
#define DATABASE_MIGRATE_REHEARSAL_H

#include "database/migrate/migration.h"
#include "database/migrate/plan.h"
#include "database/migrate/target.h"

typedef struct rehearsal_place {
    str url;            /* of a database on the server, or empty */
    str shadow;         /* of an empty database, or empty */
    const str *schemas; /* of PostgreSQL, as in target_structure */
    size_t schema_count;
} rehearsal_place;

typedef struct rehearsal {
    rehearsal_place place;
    target *blank; /* NULL before the first run */
    size_t done;   /* migrations that it has had */
} rehearsal;

/* For CLEANUP. */
void rehearsal_close(rehearsal *r);

/* Is there a database to rehearse in, for this engine? */
bool rehearsal_is_possible(const rehearsal_place *place, engine_kind engine);

/* After the first `count` of them, which are not fewer than the last time.
 * Blocks. */
fallible rehearsal_run(arena *a, rehearsal *r, const migration_list *l,
                       size_t count, structure *out);

/* From the schema beside the newest of the first `count`. Without any it is the
 * empty structure. ERR_INVALID when that schema does not load. */
fallible rehearsal_recall(arena *a, const migration_list *l, size_t count,
                          const structure **out);

/* The titles of a plan's steps, a line each: how two structures differ. */
void rehearsal_print_difference(buf *out, const plan *p);

#endif
