/*
 * mutation.h: the mutation tree, the one form in which anybody writes.
 *
 * One mutation is atomic: all of its rows or none, whatever other mutations
 * share its transaction. Values are complete when the engine sees them
 * (defaults filled in, types checked, rights checked); what is left to the
 * engine is what only the database can know.
 */
#ifndef DATABASE_MUTATION_H
#define DATABASE_MUTATION_H

#include "base/attr.h"
#include "base/err.h"
#include "database/commit_position.h"
#include "database/origin.h"
#include "database/query.h"
#include "database/relative.h"

typedef enum mutation_kind {
    MUTATION_INSERT,
    MUTATION_UPDATE,
    MUTATION_DELETE,
    MUTATION_CALL, /* a function that writes */
} mutation_kind;

typedef enum conflict_rule {
    CONFLICT_FAIL,
    CONFLICT_MERGE,  /* update the row that is there with the given fields */
    CONFLICT_IGNORE, /* leave it; the row is not in the result */
} conflict_rule;

enum { MUTATION_ANY_COUNT = -1 };

/* Whether a mutation is run can depend on how one before it went, in the same
 * transaction. One that is not run has no result, and none that depends on it
 * is run either. */
typedef enum mutation_turn {
    MUTATION_ALWAYS,
    MUTATION_IF_NONE, /* the other one affected no row */
    MUTATION_IF_SOME,
} mutation_turn;

/* What somebody who updates without fields is after. */
typedef enum mutation_aim {
    MUTATION_WRITES,
    MUTATION_LOOKS,         /* rows that may be read */
    MUTATION_LOOKS_TO_WRITE /* rows that may be updated as well */
} mutation_aim;

/* Says whether a row may stay as it was just written: cells are those of the
 * judged columns, row is the row of an insert, or counts what an update wrote.
 * Asked inside the transaction; an err undoes the whole mutation and is its
 * failure. May run on a thread of the engine's while the caller's fiber waits:
 * it must not suspend and may change nothing but the arena. */
typedef err *mutation_judge(const void *context, arena *a, size_t row,
                            const value *cells);

/* What must come of a mutation whose rows were read before, so that it writes
 * those and no others. */
typedef struct mutation_expectation {
    int64_t affected;
    int64_t inserted; /* or MUTATION_ANY_COUNT */
} mutation_expectation;

typedef struct mutation {
    mutation_kind kind;
    const model *model;

    /* INSERT: row_count rows of field_count values, row after row. UPDATE: one
     * row, the new values; without fields nothing is written, but the rows are
     * locked, judged and handed back as they are. DELETE:
     * nothing. VALUE_DEFAULT in an insert leaves the cell to the database. */
    const field *const *fields;
    size_t field_count;
    const value *values;
    size_t row_count;

    /* UPDATE, and INSERT with CONFLICT_MERGE: what becomes of each field of a
     * row that is there, field_count operators, or NULL: all are set. Of an
     * update the values are their operands. Of a merge, whose values are for
     * new rows, operands are as many as they; the engine makes the values. */
    const relative_operator *operators;
    const value *operands;

    /* INSERT only. On a merge the conflict columns themselves and the fields
     * flagged in keeps_on_merge (creation defaults, which must not overwrite)
     * stay as they are. */
    conflict_rule on_conflict;
    const field *const *conflict_fields;
    size_t conflict_field_count;
    const bool *keeps_on_merge; /* field_count flags, or NULL: none */
    /* Of the unique key with these columns: the rows that it is for. NULL: all.
     * A model has one such key for the same columns. */
    const condition *conflict_where;

    const filter *where; /* UPDATE, DELETE; NULL: all rows */
    /* UPDATE, DELETE: of these only the first in that order, and none that
     * another transaction is at. 0: all. */
    size_t take;
    const query_order *take_order;
    size_t take_order_count;

    /* There are VALUE_CELLs among the values, or in where. */
    bool refers_back;
    mutation_turn turn;
    size_t turn_of; /* the one it depends on, counted as in a VALUE_CELL */
    bool finds_one; /* where matches one row at most */
    mutation_aim aim;
    /* What it hands back is for those behind it: nobody is shown it. */
    bool is_result_hidden;
    /* Of a look: others may write the rows meanwhile, but not their keys. */
    bool locks_keys;

    /* The columns of the written rows to hand back; none when 0. */
    const query_column *returning;
    size_t returning_count;
    /* Behind them, what they lead to, as it is in the same transaction. */
    const embed *embeds;
    size_t embed_count;

    /* INSERT and UPDATE: who is asked about each written row, or NULL, and the
     * columns to show. Rows that on_conflict leaves alone are not written. */
    mutation_judge *judge;
    const void *judge_context;
    const query_column *judged;
    size_t judged_count;

    /* More rows than this: nothing is written and the err is ERR_MAX_AFFECTED.
     */
    int64_t max_rows; /* or MUTATION_ANY_COUNT */
    bool must_be_one; /* exactly one row, else ERR_NOT_SINGULAR */
    const mutation_expectation *expected; /* or NULL; else ERR_CONFLICT */

    /* An UPDATE that was a DELETE until @@softDelete made this of it. */
    bool is_soft_delete;

    /* Of a model of the system schema, complete, and wanted by Tenon itself,
     * perhaps in the transaction of somebody else: no policy is asked. */
    bool is_ours;

    /* Done, its result read, and undone; of several in one transaction, all
     * are undone with it, after the last. */
    bool is_rolled_back;

    const function_call *call; /* CALL: its rows are the result */
    /* Of a foreign model or function: in which order. Those of an INSERT whose
     * rows leave out other columns come after those before it. */
    const query_order *order;
    size_t order_count;

    int64_t time_limit_ms;       /* 0: the database's; as the scope's */
    const change_origin *origin; /* or NULL; as the scope's */
    database_scope *scope; /* or NULL; of several, the first one's counts */
} mutation;

/* In the arena given to the engine. */
typedef struct mutation_result {
    int64_t affected;  /* rows inserted, updated or deleted */
    int64_t inserted;  /* of these, newly inserted ones */
    const value *rows; /* row_count rows of cell_count values */
    size_t row_count;
    size_t cell_count;         /* mutation_cell_count */
    bool is_skipped;           /* it was not its turn */
    commit_position committed; /* for query.seen; 0 without replicas */
} mutation_result;

/* An update that sets nothing: it looks at rows and keeps them as they are. */
static inline bool mutation_is_look(const mutation *m) {
    return m->kind == MUTATION_UPDATE && m->field_count == 0;
}

/* Something has to be known of those before it before it can be run. */
static inline bool mutation_waits(const mutation *m) {
    return UNLIKELY(m->refers_back || m->turn != MUTATION_ALWAYS);
}

/* How many of those before it have to be done first, as far as that matters to
 * its values and to whether it is run. */
size_t mutation_waits_for(const mutation *m);

/* Asks about each of its VALUE_CELLs. */
typedef void mutation_cell_visitor(void *context, value_cell cell);
void mutation_visit_cells(const mutation *m, mutation_cell_visitor *visit,
                          void *context);

/* Is it run, after those with these results? */
bool mutation_has_turn(const mutation *m, const mutation_result *results);

/* Puts what read says in the place of each VALUE_CELL, which may be another
 * one. Of what the mutation points at nothing is changed. */
typedef err *mutation_cell_reader(const void *context, arena *a,
                                  value_cell cell, value *out);
fallible mutation_replace_cells(arena *a, mutation *m,
                                mutation_cell_reader *read,
                                const void *context);

/* ERR_NOT_FOUND: m refers to a row that is not there. */
err *mutation_refuse_cell(arena *a, const mutation *m, value_cell cell);

/* The mutation with what its VALUE_CELLs stand for, out of the results of the
 * `count` before it; m itself if it has none. ERR_NOT_FOUND for a row that is
 * not there. */
fallible mutation_resolve(arena *a, const mutation *m,
                          const mutation_result *results, size_t count,
                          const mutation **out);

/* What becomes of the field of that number. */
static inline relative_operator mutation_operator(const mutation *m,
                                                  size_t at) {
    return LIKELY(m->operators == NULL) ? RELATIVE_SET : m->operators[at];
}

/* The values of a row of the result: returning, then the embeds' cells. */
size_t mutation_cell_count(const mutation *m);

/* May it be that many? ERR_NOT_SINGULAR, ERR_MAX_AFFECTED. */
fallible mutation_check_count(arena *a, const mutation *m, int64_t affected);

/* The same, and is it what was expected? ERR_CONFLICT. */
fallible mutation_check_result(arena *a, const mutation *m,
                               const mutation_result *r);

/* The same contract as query_write_shape, for one row of the mutation: rows
 * that leave different cells to the database are different statements. */
void mutation_write_shape(buf *out, const mutation *m, size_t row);

#endif
