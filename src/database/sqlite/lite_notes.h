/*
 * lite_notes.h: what the recorder has seen and not stored yet, as the texts that
 * will be stored.
 *
 * All mutations of a transaction note into one list, which is stored before its
 * commit: many rows at once cost a fraction of what they cost one by one. A
 * mutation that is undone takes back what it noted: it begins with a mark and
 * goes back to it. What was stored since the mark is undone by SQLite.
 */
#ifndef DATABASE_SQLITE_LITE_NOTES_H
#define DATABASE_SQLITE_LITE_NOTES_H

#include "base/buf.h"
#include "database/origin.h"
#include "database/sqlite/lite_recorded.h"

/* A text in the list's buffer, which moves as it grows. */
typedef struct lite_span {
    size_t at;
    size_t length; /* 0: none */
} lite_span;

/* A change to a row. */
typedef struct lite_note {
    const lite_recorded_table *table;
    const change_origin *origin; /* or NULL; borrowed until it is stored */
    str action;
    bool is_read; /* no change: there is no event of it */
    size_t start; /* of its texts */
    lite_span record_id;
    lite_span before;
    lite_span after;
    lite_span changes;
    lite_span event_before; /* the same without what is long */
    lite_span event_after;
} lite_note;

typedef struct lite_notes {
    lite_note *list;
    size_t count;
    size_t capacity;
    uint64_t stored; /* how many there were before these */
    buf text;
    bool is_too_large; /* one of them, or all together */
} lite_notes;

lite_notes lite_notes_new(void);
void lite_notes_free(lite_notes *n);

/* Once there is too much, nothing need be noted: lite_notes_check refuses. */
static inline bool lite_notes_has_room(const lite_notes *n) {
    return !n->text.is_overflown && !n->is_too_large;
}

/* Notes a change whose texts end the buffer. */
void lite_notes_add(lite_notes *n, lite_note note);

static inline str lite_notes_text(const lite_notes *n, lite_span s) {
    return s.length == 0 ? (str){0} : (str){n->text.ptr + s.at, s.length};
}

/* Where a mutation begins, for lite_notes_undo. */
static inline uint64_t lite_notes_mark(const lite_notes *n) {
    return n->stored + n->count;
}

void lite_notes_undo(lite_notes *n, uint64_t mark);

/* They were stored. */
void lite_notes_clear(lite_notes *n);

/* ERR_TOO_LARGE when a statement changed more than can be noted. */
fallible lite_notes_check(arena *a, const lite_notes *n);

/* Is so much noted that it should be stored before more is? */
bool lite_notes_is_full(const lite_notes *n);

/* Are an event's rows those of the audit log? */
static inline bool lite_note_is_told_by_log(const lite_note *n) {
    return n->table->mode == AUDIT_FULL && n->event_before.at == n->before.at &&
           n->event_after.at == n->after.at;
}

#endif
