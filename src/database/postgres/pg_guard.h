/*
 * pg_guard.h: triggers that record each change to a row (recording.h), also
 * what is done to a database behind our back.
 *
 *     tenon.audit_log     a row for each change
 *     tenon.event         the same as a feed, which tenon.read_events reads
 *     tenon.audit()       the trigger of each table of the app that writes both
 *     tenon.touch()       keeps created_at and updated_at of tables that the
 *                         schema file does not know
 *     tenon_guard         an event trigger, which gives both to a table that
 *                         somebody makes; only a superuser can have it, else
 *                         such a table gets them by the next push or deploy
 *
 * Who it was (tenon.origin) is believed of a session that is ours: one that
 * writes as the role tenon_read_write, to which nobody else can switch, or that
 * says so (tenon.session = 'own') and has the rights of the table's owner, who
 * could switch the trigger off just as well: migrations do, which name nobody
 * and leave no record, and servers where there are no roles.
 *
 * The structure of a database is read without these triggers, so they are no
 * difference between it and its schema.
 */
#ifndef DATABASE_POSTGRES_PG_GUARD_H
#define DATABASE_POSTGRES_PG_GUARD_H

#include "base/buf.h"
#include "database/postgres/pg_connection.h"
#include "schema/schema.h"

/* By which a session says that it is ours. */
#define PG_GUARD_SESSION "SET tenon.session = 'own'"

typedef struct pg_guard_place {
    const str *schemas; /* of the app */
    size_t schema_count;
    const schema *schema; /* or NULL: then known tables stay as they are */
    bool has_roles;       /* is anything written as tenon_read_write? */
} pg_guard_place;

/* Does nothing to what is there already. What this user may not have, and a
 * table that stays locked, is told in report. Not in a transaction. Blocks. */
fallible pg_guard_install(arena *a, pg_connection *c,
                          const pg_guard_place *place, buf *report);

/* How far a database is guarded. */
typedef struct pg_guard_state {
    bool is_installed; /* as pg_guard_install would have it now */
    bool has_event_trigger;
    str unguarded; /* tables of the app, by name, a line each; or empty */
} pg_guard_state;

/* Changes nothing. Blocks. */
fallible pg_guard_look(arena *a, pg_connection *c, const pg_guard_place *place,
                       pg_guard_state *out);

/* All but the audit log. Does nothing when there are none. Blocks. */
fallible pg_guard_remove(arena *a, pg_connection *c, buf *report);

#endif
