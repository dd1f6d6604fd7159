/*
 * row_history_log.h: the audit log's entries for row_history.h, and a row as it is, read
 * by whoever works for Tenon itself (system_caller.h).
 */
#ifndef CORE_ROW_HISTORY_LOG_H
#define CORE_ROW_HISTORY_LOG_H

#include "core/caller.h"
#include "core/row_history.h"

enum {
    ROW_HISTORY_MOST = 10000, /* entries of one row, and of one request */
    /* How far apart the changes of one request may be. */
    ROW_HISTORY_REQUEST_MS = 60 * 1000,
};

/* A row's key: of one field the text, of several a JSON list of texts. */
typedef struct record_key {
    const field *const *fields;
    const value *values;
    size_t count;
} record_key;

/* ERR_INVALID when it is no key of the model, or its key is not in the log. */
fallible record_key_parse(arena *a, const model *m, str record_id,
                          record_key *out);

/* The id in the form of the log: ["1", "x"] of several columns. What is no list
 * stays as it is. */
str record_id_normal(arena *a, str record_id);

/* The row with the key. Lives in a. */
const filter *record_key_filter(arena *a, const record_key *id);

/* The row as it is, deleted ones of @@softDelete too; one that is not there if
 * there is none. Suspends. */
fallible row_history_read_row(const caller *c, const model *m,
                              const record_key *id, row_image *out);

/* All that the log has of the row, oldest first, and what follows from it.
 * ERR_TOO_LARGE for more than ROW_HISTORY_MOST entries. Suspends. */
fallible row_history_read(const caller *c, const model *m, str record_id,
                          row_history *out);

/* What was changed together with the entry, itself among it, oldest first: by
 * the same request, or where there is none by the system for the same reason,
 * within ROW_HISTORY_REQUEST_MS. ERR_TOO_LARGE. Suspends. */
fallible row_history_read_beside(const caller *c, const row_history_entry *e,
                                 const row_history_entry **out, size_t *count);

#endif
