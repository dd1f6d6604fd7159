/*
 * lite_recorder.h: sees what the writer's connection does to rows, and keeps it
 * in the audit log and the feed of events (recording.h), inside the same
 * transaction.
 *
 * SQLite calls a hook before it writes a row, whoever caused it: the statement,
 * a cascade, a trigger. The hook may not run statements, so it notes what it
 * sees (lite_notes.h). All of a transaction's notes are stored at its end, or
 * when there are many:
 *
 *     uint64_t mark = lite_recorder_begin(r, origin);
 *     ... a mutation, which failed:
 *     lite_recorder_undo(r, mark);
 *     ...
 *     TRY(lite_recorder_write(r, a));
 *     COMMIT
 *
 * What is stored inside a savepoint goes when that is undone, whoever noted it.
 */
#ifndef DATABASE_SQLITE_LITE_RECORDER_H
#define DATABASE_SQLITE_LITE_RECORDER_H

#include "database/origin.h"
#include "database/sqlite/lite_database.h"

typedef struct lite_recorder lite_recorder;

/* Begins to see what db does. Both must live until the recorder is freed. */
fallible lite_recorder_new(arena *a, const lite_database *d, sqlite3 *db,
                           lite_recorder **out);

/* Before a transaction: makes its tables when they are missing. Does nothing
 * once they are there; ERR_READ_ONLY, and what else writing may say. */
fallible lite_recorder_prepare(lite_recorder *r, arena *a);

/* Inside of a transaction, before it changes anything: a row's columns are known
 * by their position, which a migration of another process may have changed. */
fallible lite_recorder_look(lite_recorder *r, arena *a);

/* Before its connection is closed. NULL is fine. */
void lite_recorder_free(lite_recorder *r);

/* A mutation begins; what it does is noted with its origin, or NULL, which must
 * live until it is stored. Returns its mark. */
uint64_t lite_recorder_begin(lite_recorder *r, const change_origin *origin);

/* Forgets what was noted since the mark. */
void lite_recorder_undo(lite_recorder *r, uint64_t mark);

/* Forgets all: the transaction is gone. */
void lite_recorder_drop(lite_recorder *r);

/* At a mutation's end: ERR_TOO_LARGE when a statement changed more than can be
 * noted. */
fallible lite_recorder_check(const lite_recorder *r, arena *a);

/* Is so much noted that it should be stored before more is? */
bool lite_recorder_is_full(const lite_recorder *r);

/* Stores what was noted, in the order in which it happened. */
fallible lite_recorder_write(lite_recorder *r, arena *a);

#endif
