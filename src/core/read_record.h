/*
 * read_record.h: who read rows of models with @@audit(reads): a row in the audit
 * log for each place where such rows come into a read, be it that they are
 * shown, counted or looked through.
 *
 *     action read, model, record_id of a read by it, and in changes
 *     {"as": "embed", "columns": ["id", "name"], "filter": "id.eq.7"}
 *
 * It is written, and on the disk, before the database is asked: what was asked
 * for, and not what came of it. When it cannot be written, nothing is read.
 * Values of columns that are redacted are not in it, and it is never long.
 *
 * Models without it cost a comparison each.
 */
#ifndef CORE_READ_RECORD_H
#define CORE_READ_RECORD_H

#include "core/planner_hop.h"

/* How rows come into a read. */
typedef enum read_place {
    READ_ROWS,    /* those that were asked for */
    READ_EMBED,   /* as part of others */
    READ_FILTER,  /* others are chosen by them */
    READ_ORDER,   /* others are in their order */
    READ_BETWEEN, /* they stand between two tables */
    READ_WRITTEN, /* a write hands them back */
} read_place;

/* What is asked of them; NULL: nothing. */
typedef struct read_wanted {
    read_place place;
    const query_column *columns;
    size_t column_count;
    const filter *where;
    const function_call *call; /* whose result they are */
} read_wanted;

typedef struct read_note read_note;
struct read_note {
    const model *model;
    read_wanted wanted;
    const read_note *before;
};

void read_record_add(planner_walk *w, const model *m,
                     const read_wanted *wanted);

static inline void read_record_note(planner_walk *w, const model *m,
                                    const read_wanted *wanted) {
    if (UNLIKELY(m->audit.has_reads))
        read_record_add(w, m, wanted);
}

fallible read_record_write(const planner_walk *w);

/* What was noted is in the log. ERR_UNAVAILABLE where there is none. Suspends. */
static inline MUST_USE err *read_record_keep(const planner_walk *w) {
    return LIKELY(w->reads == NULL) ? NULL : read_record_write(w);
}

#endif
