/*
 * lite_database.h: an open SQLite database: one file, one writer thread, one
 * thread for checkpoints, and what the sessions of the workers share.
 */
#ifndef DATABASE_SQLITE_LITE_DATABASE_H
#define DATABASE_SQLITE_LITE_DATABASE_H

#include <stdatomic.h>

#include "database/engine.h"
#include "database/sqlite/lite_form.h"

struct lite_writer;
struct lite_checkpointer;

typedef struct lite_database {
    database base;
    arena *arena; /* its own; written only while it is opened */
    const schema *schema;
    const schema *system; /* or NULL */
    str path;
    int64_t statement_timeout_ms;
    size_t read_connections;
    bool has_no_events;
    lite_layout layout;
    int lock;  /* of lite_file_lock */
    int claim; /* of lite_file_claim */
    int log;   /* of lite_file_hold_log */
    struct lite_writer *writer;
    struct lite_checkpointer *checkpointer;

    /* How many transactions were committed. The writer counts after COMMIT and
     * before any answer: a snapshot taken before the count changed does not
     * show all that was acknowledged. */
    _Atomic uint64_t commits;

    /* See lite_pace.h. */
    _Atomic int64_t ends_older_than_ms;
} lite_database;

/* For a session's and a writer's code. */
static inline lite_form lite_form_in(const lite_database *d, const field *f) {
    return lite_layout_form(&d->layout, f);
}

#endif
