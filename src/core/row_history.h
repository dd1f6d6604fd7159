/*
 * row_history.h: what a row was at any time, from what the audit log kept of it
 * (recording.h). Pure: entries in, versions out.
 *
 *     row_history h = row_history_of(a, model, entries, count);
 *     const row_image *then = row_history_at(&h, when);
 *
 * A version is the row as an entry left it. Where the log has whole rows
 * (@@audit(full)) that is the entry's `after`. Where it has only what differs
 * (@@audit(changes)), cells become known from the entries before and behind it,
 * and from the row as it is now, if that is given.
 *
 * A cell that is not known is NULL: it is redacted, longer than what changes
 * keep, of a column that is newer than the version, or never changed where only
 * changes are kept.
 */
#ifndef CORE_ROW_HISTORY_H
#define CORE_ROW_HISTORY_H

#include "base/json.h"
#include "base/timestamp.h"
#include "schema/schema.h"

typedef struct row_history_entry {
    str id; /* of the log's row */
    timestamp created_at;
    str model;
    str record_id;
    str action; /* create, update, delete; others end what is known */
    str user_id;
    str token_id;
    str reason;
    str request_id;
    const json *before; /* each an object, or NULL */
    const json *after;
    const json *changes;
} row_history_entry;

/* The row at some time. */
typedef struct row_image {
    bool is_there;
    const json **cells; /* pairwise with model->columns; NULL when !is_there */
} row_image;

typedef struct row_history {
    const model *model;
    const row_history_entry *entries; /* oldest first */
    row_image *versions;              /* behind each */
    size_t count;
    row_image first; /* before the first of them */
} row_history;

/* entries, oldest first, must live as long as the history. now is the row as it
 * is, NULL where nobody looked. */
row_history row_history_of(arena *a, const model *m,
                           const row_history_entry *entries, size_t count,
                           const row_image *now);

/* An object with a row's columns, as recorded; NULL is an image of no row. */
row_image row_history_image(arena *a, const model *m, const json *object);

/* The row at that time, between its changes: one that happened at that very time
 * has happened. */
const row_image *row_history_at(const row_history *h, timestamp when);

/* NULL if there is none with that id. */
const row_image *row_history_version(const row_history *h, str id);

/* {"column": {"from": ..., "to": ...}} of the columns whose cells are known in
 * both and differ; a row that is not there has null cells. */
void row_history_write_diff(buf *out, const model *m, const row_image *from,
                            const row_image *to);

/* The known cells; null for no row. */
void row_history_write_image(buf *out, const model *m, const row_image *image);

#endif
