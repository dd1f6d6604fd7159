/*
 * proposal.h: the migration that leads from the newest one to the schema.
 *
 * One for each engine, whichever the database at hand has: a schema is served
 * by both, so a migration is written for both. Where the schema does not load
 * for an engine its file says so and why, and does nothing.
 */
#ifndef DATABASE_MIGRATE_PROPOSAL_H
#define DATABASE_MIGRATE_PROPOSAL_H

#include "database/migrate/rehearsal.h"
#include "schema/load.h"

typedef struct proposal {
    engine_kind engine;
    migration_list migrations;
    const structure *want; /* NULL: the schema does not load for the engine */
    str trouble;           /* why */
    const plan *plan;      /* of what is missing; NULL like want */
    bool is_recalled;      /* the migrations were not run, but believed */
    rehearsal rehearsal;
    plan_options options; /* for plan_make */
} proposal;

/* The schema's structure, or trouble. */
fallible proposal_load(arena *a, const schema_files *files, str folder,
                       engine_kind engine, rehearsal_place place,
                       proposal *out);

/* For CLEANUP. */
void proposal_close(proposal *p);

/* Rehearses the migrations and makes the plan; again when there are more of
 * them. Nothing for a schema that does not load. */
fallible proposal_make(arena *a, proposal *p);

bool proposal_is_empty(const proposal *p);

/* Does it lose data, or fail on rows that are there? Then somebody must agree.
 */
bool proposal_needs_consent(const proposal *p);

/* What it is that they agree to, a line each. */
void proposal_print_warnings(buf *out, const proposal *p);

/* The text of its SQL file. */
str proposal_sql(arena *a, const proposal *p);

/* The text of the schema, of several files one: imports are left out. */
str proposal_snapshot(arena *a, const schema_files *files);

#endif
