#include "database/mutation.h"

#include <inttypes.h>

#include "base/assert.h"
#include "database/shape.h"

static void write_conflict(buf *out, const mutation *m) {
    shape_put(out, m->on_conflict);
    if (m->on_conflict == CONFLICT_FAIL)
        return;
    shape_put(out, m->conflict_field_count * 2 + (m->conflict_where != NULL));
    for (size_t i = 0; i < m->conflict_field_count; i++)
        shape_put_field(out, m->conflict_fields[i]);
    shape_put(out, m->keeps_on_merge != NULL);
    for (size_t i = 0; m->keeps_on_merge != NULL && i < m->field_count; i++)
        shape_put(out, m->keeps_on_merge[i]);
}

void mutation_write_shape(buf *out, const mutation *m, size_t row) {
    shape_put(out, m->model->index);
    shape_put(out, m->kind);
    shape_put(out, m->field_count * 2 + (m->operators != NULL));
    for (size_t i = 0; m->operators != NULL && i < m->field_count; i++)
        shape_put(out, m->operators[i]);
    for (size_t i = 0; i < m->field_count; i++) {
        const value *v = &m->values[row * m->field_count + i];
        shape_put(out, (size_t)m->fields[i]->column_index * 2 +
                           (v->kind == VALUE_DEFAULT));
    }
    query_write_columns_shape(out, m->returning, m->returning_count, m->embeds,
                              m->embed_count);
    query_write_columns_shape(out, m->judged, m->judged_count, NULL, 0);
    if (m->kind == MUTATION_INSERT)
        write_conflict(out, m);
    shape_put(out, (size_t)m->locks_keys * 2 + (m->where != NULL));
    if (m->where != NULL)
        filter_write_shape(out, m->where);
    query_write_order_shape(out, m->order, m->order_count);
    shape_put(out, m->take > 0);
    if (UNLIKELY(m->take > 0))
        query_write_order_shape(out, m->take_order, m->take_order_count);
    if (m->call != NULL)
        function_call_write_shape(out, m->call);
}

size_t mutation_cell_count(const mutation *m) {
    return m->returning_count + embed_cell_count(m->embeds, m->embed_count);
}

err *mutation_check_count(arena *a, const mutation *m, int64_t affected) {
    if (m->must_be_one && affected != 1)
        return err_with_details(
            err_new(a, ERR_NOT_SINGULAR,
                    "Cannot coerce the result to a single JSON object"),
            arena_printf(a, "The result contains %" PRId64 " rows", affected));
    if (m->max_rows != MUTATION_ANY_COUNT && affected > m->max_rows)
        return err_with_details(
            err_new(a, ERR_MAX_AFFECTED,
                    "Query result exceeds max-affected preference constraint"),
            arena_printf(a, "The query affects %" PRId64 " rows", affected));
    return NULL;
}

err *mutation_check_result(arena *a, const mutation *m,
                           const mutation_result *r) {
    const mutation_expectation *e = m->expected;
    TRY(mutation_check_count(a, m, r->affected));
    if (e == NULL ||
        (r->affected == e->affected &&
         (e->inserted == MUTATION_ANY_COUNT || r->inserted == e->inserted)))
        return NULL;
    return err_new(a, ERR_CONFLICT,
                   "the rows of \"%.*s\" are not those that were read before",
                   STR_ARG(m->model->table));
}

/* ---- What was done before ------------------------------------------------ */

bool mutation_has_turn(const mutation *m, const mutation_result *results) {
    if (LIKELY(m->turn == MUTATION_ALWAYS))
        return true;
    const mutation_result *other = &results[m->turn_of];
    return !other->is_skipped &&
           (other->affected > 0) == (m->turn == MUTATION_IF_SOME);
}

typedef struct visiting {
    mutation_cell_visitor *visit;
    void *context;
} visiting;

static void visit_values(const visiting *v, const value *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (values[i].kind == VALUE_CELL)
            v->visit(v->context, values[i].cell);
}

static void visit_filter(const visiting *v, const filter *f) {
    if (f == NULL)
        return;
    visit_values(v, &f->value, 1);
    visit_values(v, f->values, f->value_count);
    for (size_t i = 0; i < f->child_count; i++)
        visit_filter(v, f->children[i]);
    if (f->related == NULL)
        return;
    visit_filter(v, f->related->hop.junction_where);
    visit_filter(v, f->related->query.where);
}

void mutation_visit_cells(const mutation *m, mutation_cell_visitor *visit,
                          void *context) {
    visiting v = {visit, context};
    if (!m->refers_back)
        return;
    visit_values(&v, m->values, m->row_count * m->field_count);
    visit_filter(&v, m->where);
}

static void note_last(void *context, value_cell cell) {
    size_t *after = context;
    if (cell.mutation >= *after)
        *after = (size_t)cell.mutation + 1;
}

size_t mutation_waits_for(const mutation *m) {
    size_t after = m->turn != MUTATION_ALWAYS ? m->turn_of + 1 : 0;
    mutation_visit_cells(m, note_last, &after);
    return after;
}

typedef struct replacing {
    arena *a;
    mutation_cell_reader *read;
    const void *context;
    bool has_cells; /* still */
} replacing;

static err *replace_value(replacing *r, const value *v, value *out) {
    *out = *v;
    if (v->kind == VALUE_CELL)
        TRY(r->read(r->context, r->a, v->cell, out));
    r->has_cells |= out->kind == VALUE_CELL;
    return NULL;
}

static err *replace_values(replacing *r, const value *values, size_t count,
                           const value **out) {
    value *made = arena_new_array(r->a, value, count);
    for (size_t i = 0; i < count; i++)
        TRY(replace_value(r, &values[i], &made[i]));
    *out = made;
    return NULL;
}

static err *replace_in_filter(replacing *r, const filter *f,
                              const filter **out);

static err *replace_in_related(replacing *r, const embed *e,
                               const embed **out) {
    embed *made = arena_new_array(r->a, embed, 1);
    *made = *e;
    *out = made;
    TRY(replace_in_filter(r, e->hop.junction_where, &made->hop.junction_where));
    return replace_in_filter(r, e->query.where, &made->query.where);
}

static err *replace_in_children(replacing *r, const filter *f, filter *made) {
    const filter **children =
        arena_new_array(r->a, const filter *, f->child_count);
    for (size_t i = 0; i < f->child_count; i++)
        TRY(replace_in_filter(r, f->children[i], &children[i]));
    made->children = children;
    return NULL;
}

/* As deep as whoever made it lets filters be. */
static err *replace_in_filter(replacing *r, const filter *f,
                              const filter **out) {
    *out = f;
    if (f == NULL)
        return NULL;
    filter *made = arena_new_array(r->a, filter, 1);
    *made = *f;
    *out = made;
    TRY(replace_value(r, &f->value, &made->value));
    TRY(replace_values(r, f->values, f->value_count, &made->values));
    if (f->related != NULL)
        TRY(replace_in_related(r, f->related, &made->related));
    return replace_in_children(r, f, made);
}

err *mutation_replace_cells(arena *a, mutation *m, mutation_cell_reader *read,
                            const void *context) {
    replacing r = {.a = a, .read = read, .context = context};
    TRY(replace_values(&r, m->values, m->row_count * m->field_count,
                       &m->values));
    TRY(replace_in_filter(&r, m->where, &m->where));
    m->refers_back = r.has_cells;
    return NULL;
}

typedef struct resolving {
    const mutation *m;
    const mutation_result *results;
    size_t count;
} resolving;

static err *read_result(const void *context, arena *a, value_cell cell,
                        value *out) {
    const resolving *r = context;
    ASSERT(cell.mutation < r->count);
    const mutation_result *from = &r->results[cell.mutation];
    if (cell.row >= from->row_count)
        return mutation_refuse_cell(a, r->m, cell);
    ASSERT(cell.column < from->cell_count);
    *out = from->rows[cell.row * from->cell_count + cell.column];
    return NULL;
}

err *mutation_refuse_cell(arena *a, const mutation *m, value_cell cell) {
    return err_with_hint(
        err_new(a, ERR_NOT_FOUND,
                "a write of table \"%.*s\" refers to row %zu of write %zu of "
                "its transaction, which has no such row",
                STR_ARG(m->model->table), (size_t)cell.row + 1,
                (size_t)cell.mutation + 1),
        STR("refer to rows that were written before"));
}

err *mutation_resolve(arena *a, const mutation *m,
                      const mutation_result *results, size_t count,
                      const mutation **out) {
    resolving r = {m, results, count};
    *out = m;
    if (LIKELY(!m->refers_back))
        return NULL;
    mutation *made = arena_new_array(a, mutation, 1);
    *made = *m;
    *out = made;
    return mutation_replace_cells(a, made, read_result, &r);
}
