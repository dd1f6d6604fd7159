#include "core/nested_row.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/map.h"
#include "core/nested_key.h"
#include "core/nested_link.h"

static arena *arena_of(const nested_plan *p) {
    return p->caller->arena;
}

/* ---- Cells ---------------------------------------------------------------- */

/* In the order of the columns, so that rows with the same ones are alike. */
static nested_cells sort_cells(arena *a, const nested_cells *cells) {
    nested_cells sorted = {0};
    const model *m = cells->count > 0 ? cells->fields[0]->model : NULL;
    size_t columns = m != NULL ? m->column_count : 0;
    const value **of = arena_new_array(a, const value *, columns);
    for (size_t i = 0; i < cells->count; i++)
        of[cells->fields[i]->column_index] = &cells->values[i];
    for (size_t i = 0; i < columns; i++)
        if (of[i] != NULL)
            nested_cells_add(a, &sorted, m->columns[i], *of[i]);
    return sorted;
}

static nested_cells copy_cells(arena *a, const nested_cells *cells) {
    nested_cells copy = {0};
    for (size_t i = 0; i < cells->count; i++)
        nested_cells_change(a, &copy, cells->fields[i], cells->operators[i],
                            cells->values[i]);
    return copy;
}

static const relative_operator *operators_of(const nested_cells *cells) {
    for (size_t i = 0; i < cells->count; i++)
        if (cells->operators[i] != RELATIVE_SET)
            return cells->operators;
    return NULL;
}

/* The link is said by where the row is nested. */
static err *add_link(nested_plan *p, const nested_row *row,
                     const nested_cells *link, nested_cells *cells) {
    for (size_t i = 0; i < link->count; i++) {
        if (nested_cells_find(cells, link->fields[i]) != NULL)
            return nested_key_refuse_twice(arena_of(p), row->place,
                                           link->fields[i]);
        nested_cells_add(arena_of(p), cells, link->fields[i], link->values[i]);
    }
    return NULL;
}

/* ---- Inserts -------------------------------------------------------------- */

/* Rows with the same columns. */
typedef struct row_group {
    nested_cells first; /* its fields are those of all */
    value *values;
    size_t value_count;
    size_t row_count;
    size_t step;
} row_group;

typedef struct grouping {
    arena *a;
    map *by_columns;
    row_group **groups;
    size_t count;
} grouping;

static row_group *find_group(grouping *g, const nested_cells *cells) {
    uint32_t *columns = arena_new_array(g->a, uint32_t, cells->count);
    for (size_t i = 0; i < cells->count; i++)
        columns[i] = cells->fields[i]->column_index;
    str name = {(const char *)columns, cells->count * sizeof *columns};
    row_group *found = map_find(g->by_columns, name);
    if (found != NULL)
        return found;
    found = arena_new_array(g->a, row_group, 1);
    found->first = *cells;
    map_add(g->by_columns, name, found);
    ARENA_PUSH(g->a, g->groups, g->count, found);
    return found;
}

static void add_to_group(arena *a, row_group *g, const nested_cells *cells) {
    for (size_t i = 0; i < cells->count; i++)
        ARENA_PUSH(a, g->values, g->value_count, cells->values[i]);
    g->row_count++;
}

static err *add_insert(nested_plan *p, const nested_insert *in, row_group *g) {
    mutation m = *in->like;
    m.fields = g->first.fields;
    m.field_count = g->first.count;
    m.values = g->values;
    m.row_count = g->row_count;
    return nested_plan_add(p, &m, in->scope, in->place, &g->step);
}

static err *make_cells(nested_plan *p, const nested_insert *in,
                       const nested_row *row, nested_cells *out) {
    arena *a = arena_of(p);
    *out = copy_cells(a, &row->cells);
    TRY(add_link(p, row, &in->link, out));
    nested_key_context k = {.row = row,
                            .scope = in->scope,
                            .may_be_in_conflict =
                                in->like->on_conflict != CONFLICT_FAIL};
    TRY(nested_key_before(p, &k, out));
    *out = sort_cells(a, out);
    return NULL;
}

/* What is nested in the rows, behind them. */
static err *add_nested(nested_plan *p, const nested_insert *in,
                       const nested_row *rows, size_t count,
                       const nested_ref *refs) {
    bool is_sure = in->like->on_conflict == CONFLICT_FAIL;
    for (size_t i = 0; i < count; i++) {
        nested_scope s = nested_scope_after(in->scope, refs[i].step);
        if (!is_sure)
            s = nested_scope_if(s, MUTATION_IF_SOME, refs[i].step);
        TRY(nested_link_add(p, &rows[i], refs[i], s, true));
    }
    return NULL;
}

err *nested_row_insert(nested_plan *p, const nested_insert *in,
                       const nested_row *rows, size_t count, nested_ref *refs) {
    arena *a = arena_of(p);
    grouping g = {.a = a, .by_columns = map_new(a)};
    row_group **group_of = arena_new_array(a, row_group *, count);
    TRY(nested_scope_check(a, in->scope, in->place));
    ASSERT(count == 1 || in->like->on_conflict == CONFLICT_FAIL);
    for (size_t i = 0; i < count; i++) {
        nested_cells cells;
        TRY(make_cells(p, in, &rows[i], &cells));
        group_of[i] = find_group(&g, &cells);
        refs[i].row = group_of[i]->row_count;
        add_to_group(a, group_of[i], &cells);
    }
    for (size_t i = 0; i < g.count; i++)
        TRY(add_insert(p, in, g.groups[i]));
    for (size_t i = 0; i < count; i++)
        refs[i].step = group_of[i]->step;
    return add_nested(p, in, rows, count, refs);
}

/* ---- Looks, updates, deletes ---------------------------------------------- */

static mutation make_mutation(const nested_target *t, mutation_kind kind) {
    mutation m = {.max_rows = MUTATION_ANY_COUNT, .is_result_hidden = true};
    if (t->like != NULL)
        m = *t->like;
    m.kind = kind;
    m.model = t->model;
    m.where = t->where;
    m.finds_one = t->finds_one;
    return m;
}

static const value NOTHING = {.kind = VALUE_NULL};

err *nested_row_look(nested_plan *p, const nested_target *t, mutation_aim aim,
                     nested_ref *out) {
    mutation m = make_mutation(t, MUTATION_UPDATE);
    m.values = &NOTHING;
    m.row_count = 1;
    m.aim = aim;
    m.locks_keys = aim == MUTATION_LOOKS;
    m.must_be_one = true;
    *out = (nested_ref){0};
    return nested_plan_add(p, &m, t->scope, t->place, &out->step);
}

err *nested_row_set(nested_plan *p, const nested_target *t,
                    const nested_cells *cells, bool must_be_one,
                    nested_ref *out) {
    mutation m = make_mutation(t, MUTATION_UPDATE);
    m.fields = cells->fields;
    m.field_count = cells->count;
    m.values = cells->values;
    m.operators = operators_of(cells);
    m.row_count = 1;
    m.must_be_one = must_be_one;
    *out = (nested_ref){0};
    return nested_plan_add(p, &m, t->scope, t->place, &out->step);
}

err *nested_row_delete(nested_plan *p, const nested_target *t,
                       bool must_be_one) {
    mutation m = make_mutation(t, MUTATION_DELETE);
    size_t step;
    m.must_be_one = must_be_one;
    return nested_plan_add(p, &m, t->scope, t->place, &step);
}

err *nested_row_update(nested_plan *p, const nested_target *t,
                       const nested_row *row, nested_ref *out) {
    arena *a = arena_of(p);
    nested_ref old = {0};
    nested_key_context k = {.row = row, .scope = t->scope, .old = &old};
    bool needs_old = nested_key_reads_old(row);
    nested_cells cells = copy_cells(a, &row->cells);
    nested_target target = *t;
    TRY(nested_scope_check(a, t->scope, t->place));
    if (needs_old) {
        TRY(nested_row_look(p, t, MUTATION_LOOKS_TO_WRITE, &old));
        k.scope = nested_scope_after(k.scope, old.step);
        target.scope = k.scope;
    }
    TRY(nested_key_before(p, &k, &cells));
    if (cells.count > 0)
        TRY(nested_row_set(p, &target, &cells, true, out));
    else if (needs_old)
        *out = old;
    else
        TRY(nested_row_look(p, t, MUTATION_LOOKS_TO_WRITE, out));
    k.scope = nested_scope_after(k.scope, out->step);
    TRY(nested_key_behind(p, &k, t->model, *out));
    return nested_link_add(p, row, *out, k.scope, false);
}
