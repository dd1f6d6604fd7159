/*
 * restore_related.h: which rows a deletion took along, by the audit log's
 * entries of the same request.
 */
#ifndef CORE_RESTORE_RELATED_H
#define CORE_RESTORE_RELATED_H

#include "core/caller.h"
#include "core/row_history.h"

/* A row that is to be as it was. */
typedef struct lost_row {
    const model *model;
    const row_history_entry *entry; /* what it lost it by */
    row_image image;                /* before that */
    bool is_gone;                   /* else it is there, and changed */
} lost_row;

typedef struct lost_rows {
    lost_row *items; /* whatever a row refers to is in front of it */
    size_t count;
} lost_rows;

/* Of the row that first lost, and of those that went with it, in turn. The first
 * one itself is items[0]. ERR_TOO_LARGE for more than most. */
fallible restore_related_find(const caller *c, lost_row first,
                              const row_history_entry *beside, size_t count,
                              size_t most, lost_rows *out);

#endif
