/*
 * lite_witness.h: puts into words what SQLite's hook shows of a change to a row,
 * before it happens: the row before and after as JSON, what differs, the
 * record's id, all without what is to be kept out (recording.h). The words are
 * added to the notes.
 */
#ifndef DATABASE_SQLITE_LITE_WITNESS_H
#define DATABASE_SQLITE_LITE_WITNESS_H

#include "database/sqlite/lite_notes.h"

typedef struct lite_witness {
    sqlite3 *db;
    lite_notes *notes;
    bool has_events;
    const change_origin *origin; /* of what is at work, or NULL */

    /* The rest is private. */
    const map *tables;
    const lite_recorded_table *last; /* most rows are of the last one's table */
    lite_span *old_cells;            /* of the row at hand, by position */
    lite_span *new_cells;
    buf id; /* one part of it */
} lite_witness;

lite_witness lite_witness_new(sqlite3 *db, lite_notes *notes, bool has_events);
void lite_witness_free(lite_witness *w);

/* Of lite_recorded_list. They and what is made in the arena must live until
 * others are known. */
void lite_witness_know(arena *a, lite_witness *w, const map *tables);

/* Only in the hook: action is its SQLITE_INSERT, SQLITE_UPDATE or SQLITE_DELETE.
 * Of tables that are not known nothing is noted. */
void lite_witness_see(lite_witness *w, int action, const char *table);

/* A note to be completed and added. */
lite_note lite_witness_begin(const lite_witness *w,
                             const lite_recorded_table *t, str action);

#endif
