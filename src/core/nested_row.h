/*
 * nested_row.h: one row of a nested write, with all that is nested in it: what
 * its foreign keys refer to before it, what refers to it behind.
 */
#ifndef CORE_NESTED_ROW_H
#define CORE_NESTED_ROW_H

#include "core/nested_plan.h"

/* What rows become of, but for their cells. */
typedef struct nested_insert {
    const mutation *like; /* model, is_result_hidden, conflict ... */
    nested_cells link;    /* what all of them have besides their own cells */
    nested_scope scope;
    const nested_place *place; /* NULL: the rows are those of the request */
} nested_insert;

/* Inserts rows that have the same columns together. refs: of each row. One that
 * may be in conflict is the only one; what is nested in it is written if it
 * is. */
fallible nested_row_insert(nested_plan *p, const nested_insert *in,
                           const nested_row *rows, size_t count,
                           nested_ref *refs);

/* The row that an update or a delete is about. */
typedef struct nested_target {
    const model *model;
    const filter *where;
    bool finds_one; /* where does */
    nested_scope scope;
    const nested_place *place;
    const mutation *like; /* of the request's own row; or NULL */
} nested_target;

/* Updates one row. */
fallible nested_row_update(nested_plan *p, const nested_target *t,
                           const nested_row *row, nested_ref *out);

/* Looks at one row, which the caller must be able to read, or with
 * MUTATION_LOOKS_TO_WRITE to update. */
fallible nested_row_look(nested_plan *p, const nested_target *t,
                         mutation_aim aim, nested_ref *out);

/* A change of one row, or of any number, that has nothing nested in it. */
fallible nested_row_set(nested_plan *p, const nested_target *t,
                        const nested_cells *cells, bool must_be_one,
                        nested_ref *out);
fallible nested_row_delete(nested_plan *p, const nested_target *t,
                           bool must_be_one);

#endif
