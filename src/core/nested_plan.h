/*
 * nested_plan.h: the mutations of a nested write while they are collected.
 *
 * They are added in whatever order a walk over the tree finds them, each behind
 * those that it depends on, and run by stages: a stage is what can be sent
 * when the answers of those before it are there. What comes behind another one
 * without reading its result, because a key must be free by then, says so.
 */
#ifndef CORE_NESTED_PLAN_H
#define CORE_NESTED_PLAN_H

#include "core/nested_write.h"

/* For whom a mutation has to wait. */
typedef struct nested_scope {
    mutation_turn turn; /* is it run at all? */
    size_t turn_of;     /* a step */
    size_t after;       /* a step, or NESTED_AT_ONCE */
    int depth;          /* how many rows it is nested in */
} nested_scope;
#define NESTED_AT_ONCE SIZE_MAX

/* Behind that step. */
nested_scope nested_scope_after(nested_scope s, size_t step);

/* Only if that step finds or writes nothing, or something. */
nested_scope nested_scope_if(nested_scope s, mutation_turn turn, size_t step);

/* Of what is nested in a row. */
nested_scope nested_scope_inside(nested_scope s);

/* ERR_TOO_COMPLEX for what is nested too deep. */
fallible nested_scope_check(arena *a, nested_scope s,
                            const nested_place *place);

/* *out is its place among the steps. ERR_TOO_COMPLEX. */
fallible nested_plan_add(nested_plan *p, const mutation *m, nested_scope s,
                         const nested_place *place, size_t *out);

/* What a column of a row is or will be; the row's step hands it back if need
 * be. */
value nested_plan_cell(nested_plan *p, nested_ref row, const field *f);

/* Sorts them into stages; nothing is added from here on. */
void nested_plan_finish(nested_plan *p);

/* "tasks[2].create: " before what is wrong. */
err *nested_place_refuse(arena *a, const nested_place *place, const char *why);

/* What a row must have for the operation to mean anything. ERR_BODY. */
fallible nested_where_require_key(arena *a, const nested_operation *op,
                                  const model *target, const key **out);

/* ---- Cells and filters --------------------------------------------------- */

/* NULL: it is not among them. */
const value *nested_cells_find(const nested_cells *cells, const field *f);
void nested_cells_add(arena *a, nested_cells *cells, const field *f, value v);
void nested_cells_change(arena *a, nested_cells *cells, const field *f,
                         relative_operator op, value operand);

/* Equal to all of them; NULL for none. */
const filter *nested_cells_filter(arena *a, const nested_cells *cells);

const filter *nested_filter_equal(arena *a, const field *f, value v);
const filter *nested_filter_and(arena *a, const filter *x, const filter *y);

/* That row alone, by its key. */
const filter *nested_filter_row(nested_plan *p, const model *m, nested_ref row);

/* What creates a row has the cells that it is looked for by, too: adds them.
 * ERR_BODY when it says otherwise. */
fallible nested_cells_merge(arena *a, const nested_operation *op,
                            nested_row *create);

/* The unique key that the cells name, so that they match one row at most; or
 * NULL. */
const key *nested_cells_key(const model *m, const nested_cells *cells);

#endif
