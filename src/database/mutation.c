#include "database/mutation.h"

#include <inttypes.h>

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
    shape_put(out, m->field_count);
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
    shape_put(out, m->where != NULL);
    if (m->where != NULL)
        filter_write_shape(out, m->where);
    query_write_order_shape(out, m->order, m->order_count);
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
