/*
 * lite_note_table.h: notes as tables of SQLite's, so that one statement stores
 * all of them:
 *
 *     INSERT INTO tenon_audit_log SELECT * FROM tenon_noted_change
 *
 * tenon_noted_change has the rows of the audit log, tenon_noted_event those of
 * the feed (lite_record_tables.h). They are virtual tables of the writer's
 * connection, and exist nowhere else.
 */
#ifndef DATABASE_SQLITE_LITE_NOTE_TABLE_H
#define DATABASE_SQLITE_LITE_NOTE_TABLE_H

#include "base/rand.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "database/sqlite/lite_notes.h"

/* What the tables show. Nothing may be noted while they are read. */
typedef struct lite_note_source {
    const lite_notes *notes;
    int64_t first; /* the position of the first note */
    int64_t now_ms;
    int64_t shown_ms; /* what now says: at least now_ms */
    char now[TIMESTAMP_LENGTH];
    uuid_sequence uuids;
    rand_source random;
    buf hashed;
} lite_note_source;

/* Makes them known to db, which must not outlive it. */
fallible lite_note_table_add(arena *a, sqlite3 *db, lite_note_source *from);

#endif
