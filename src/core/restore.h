/*
 * restore.h: makes a row what it was, and brings back one that was deleted, with
 * what went with it.
 *
 * All of it is ordinary mutations in one transaction (mutation_engine.h): rules,
 * state machines, hooks, foreign keys and the audit log see a restore as they
 * see any change, and may refuse it. Who restores needs the rights to write what
 * is restored.
 *
 *   a row that is there      gets the cells of the version. Its key, its
 *                            @updatedAt and what the log does not know stay.
 *   a row that was deleted   is inserted with its key. A cell that the log does
 *                            not know (a secret, a newer column) gets its default
 *                            or what the caller sets; a required one without
 *                            either is refused by name.
 *   what went with it        if asked for: rows that its deletion deleted, or
 *                            whose foreign key it emptied, or that @@softDelete
 *                            took along, and what went with those. They are
 *                            known by the log: same request (row_history_log.h).
 */
#ifndef CORE_RESTORE_H
#define CORE_RESTORE_H

#include "core/caller.h"
#include "core/row_history_log.h"

enum { RESTORE_MOST = 1000 }; /* rows at once */

typedef struct restore_wanted {
    const model *model;
    str record_id;
    str version;    /* an entry's id; empty: see when */
    timestamp when; /* the row as it was then */
    bool has_related;
    bool is_trial;   /* done and undone */
    const json *set; /* cells in place of the version's, by column; or NULL */
} restore_wanted;

typedef struct restore_result {
    size_t inserted;
    size_t updated;
} restore_result;

/* ERR_NOT_FOUND for a version that is not there, or that is of no row;
 * ERR_INVALID for what cannot be set; ERR_TOO_LARGE for more than RESTORE_MOST
 * rows; what the mutations say. Suspends. */
fallible restore_run(const caller *c, const restore_wanted *wanted,
                     restore_result *out);

#endif
