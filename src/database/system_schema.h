/*
 * system_schema.h: the models of Tenon's own tables.
 *
 *     tenon_job on SQLite, tenon.job on PostgreSQL
 *
 * One text in the schema language, in the binary: so these tables are made,
 * read and written by what makes, reads and writes an application's. They are
 * not part of an application: no caller finds them by name, they are not in its
 * migrations, and changes of their rows are in neither the audit log nor the
 * feed of events.
 *
 * A column that comes with a later release is optional or has a default, so that
 * it is added to a table that is there.
 *
 * Who serves loads it beside the application's schema, for the same engine:
 *
 *     TRY(system_schema_load(a, app_schema, app_schema->engine, &system));
 *     const model *m = system_schema_model(system, SYSTEM_JOB);
 *     const field *f = system_schema_field(system, SYSTEM_JOB, STR("status"));
 *
 * Its rules let the operator read; the rest takes a caller that is Tenon itself
 * (system_caller.h), or a mutation that is (mutation.is_ours).
 */
#ifndef DATABASE_SYSTEM_SCHEMA_H
#define DATABASE_SYSTEM_SCHEMA_H

#include "base/arena.h"
#include "base/err.h"
#include "database/structure.h"
#include "schema/schema.h"

/* In the order of the text. */
typedef enum system_model {
    SYSTEM_AUDIT_LOG, /* these three are made by who records (recording.h) */
    SYSTEM_EVENT,
    SYSTEM_AUDIT_SEAL,
    SYSTEM_JOB,
    SYSTEM_SCHEDULE,
    SYSTEM_TOKEN,
    SYSTEM_FEED_POSITION,
    SYSTEM_ASYNC_REQUEST,
    SYSTEM_MODEL_COUNT,
} system_model;

/* beside: the application's, whose models come first; NULL: alone. */
fallible system_schema_load(arena *a, const schema *beside, engine_kind engine,
                            const schema **out);

const model *system_schema_model(const schema *system, system_model which);

/* The schema of PostgreSQL that the tables are in, and what clients call it. */
extern const str SYSTEM_SCHEMA_NAME;

/* By the name that clients know, the same on both engines: "audit_log". Or
 * NULL. */
const model *system_schema_find(const schema *system, str table);

/* By its column, which must be there. */
const field *system_schema_field(const schema *system, system_model which,
                                 const char *column);

/* Of the tables that are made from it: not of what records. */
const structure *system_schema_structure(arena *a, const schema *system);

/* What of have, a database's structure, is wanted: the rest, which may be a
 * later release's, is nobody's to drop. */
structure system_schema_narrow(arena *a, const structure *have,
                               const structure *want);

#endif
