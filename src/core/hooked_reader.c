#include "core/hooked_reader.h"

#include "base/assert.h"
#include "core/hook.h"
#include "core/planner.h"
#include "core/policy.h"
#include "database/filter.h"

/* ---- Filters ------------------------------------------------------------ */

/* The first `same` columns are equal, and the next one, if there is one, is
 * greater. */
static const filter *behind_in(arena *a, const key *k, const value *last,
                               size_t same) {
    const filter **terms = arena_new_array(a, const filter *, same + 1);
    size_t count = 0;
    for (; count < same; count++)
        terms[count] =
            filter_compare(a, k->fields[count], COMPARE_EQ, last[count]);
    if (same < k->field_count)
        terms[count++] =
            filter_compare(a, k->fields[same], COMPARE_GT, last[same]);
    return filter_all(a, terms, count);
}

static const filter *behind(arena *a, const key *k, const value *last) {
    const filter **ways = arena_new_array(a, const filter *, k->field_count);
    for (size_t i = 0; i < k->field_count; i++)
        ways[i] = behind_in(a, k, last, i);
    return filter_any(a, ways, k->field_count);
}

const filter *hooked_reader_filter(arena *a, const model *m, const value *ids,
                                   size_t count) {
    const key *k = model_identity(m);
    if (k->field_count == 1)
        return count == 1 ? filter_compare(a, k->fields[0], COMPARE_EQ, ids[0])
                          : filter_in(a, k->fields[0], ids, count);
    const filter **rows = arena_new_array(a, const filter *, count);
    for (size_t i = 0; i < count; i++)
        rows[i] = behind_in(a, k, ids + i * k->field_count, k->field_count);
    return filter_any(a, rows, count);
}

/* ---- Rows --------------------------------------------------------------- */

value hooked_reader_keep(arena *a, value v) {
    if (v.kind == VALUE_TEXT || v.kind == VALUE_BYTES)
        v.text = arena_copy(a, v.text);
    return v;
}

void hooked_reader_identity(arena *a, const model *m, const value *row,
                            value *out) {
    const key *k = model_identity(m);
    for (size_t i = 0; i < k->field_count; i++)
        out[i] = hooked_reader_keep(a, row[k->fields[i]->column_index]);
}

static query page_of(const hooked_reader *r, query_order *order) {
    arena *a = r->caller->arena;
    const model *m = r->seen->model;
    const key *k = model_identity(m);
    query q = {
        .model = m,
        .columns = r->seen->columns,
        .column_count = r->seen->column_count,
        .where = r->where,
        .limit = QUERY_NO_LIMIT,
        .scope = r->caller->scope,
        .finds_one = planner_finds_one(r->where),
    };
    if (q.finds_one)
        return q;
    for (size_t i = 0; i < k->field_count; i++)
        order[i] = (query_order){.field = k->fields[i]};
    q.order = order;
    q.order_count = k->field_count;
    q.limit = HOOK_BATCH_ROWS;
    if (r->last != NULL)
        q.where = policy_narrow(a, r->where, behind(a, k, r->last));
    return q;
}

static void take_row(hooked_reader *r, arena *a, const value *cells,
                     value *row) {
    const seen_rows *s = r->seen;
    for (size_t i = 0; i < s->model->column_count; i++)
        row[i] = (value){.kind = VALUE_DEFAULT};
    for (size_t i = 0; i < s->column_count; i++) {
        value v = hooked_reader_keep(a, cells[i]);
        row[s->columns[i].field->column_index] = v;
        r->bytes += sizeof v;
        if (v.kind == VALUE_TEXT || v.kind == VALUE_BYTES)
            r->bytes += v.text.len;
    }
    seen_rows_add(r->seen, cells);
}

static void remember_last(hooked_reader *r, const value *row) {
    const key *k = model_identity(r->seen->model);
    value *last = arena_new_array(r->caller->arena, value, k->field_count);
    hooked_reader_identity(r->caller->arena, r->seen->model, row, last);
    r->last = last;
}

err *hooked_reader_next(hooked_reader *r, arena *a, value **rows,
                        size_t *count) {
    CLEANUP(database_rows_close) database_rows *found = NULL;
    size_t width = r->seen->model->column_count;
    query_order *order = arena_new_array(a, query_order, width);
    query q = page_of(r, order);
    *count = 0;
    TRY(database_query(r->caller->session, a, &q, &found));
    while (database_rows_next(found)) {
        ASSERT(*count < HOOK_BATCH_ROWS);
        rows[*count] = arena_new_array(a, value, width);
        take_row(r, a, found->values, rows[*count]);
        (*count)++;
    }
    TRY(database_rows_end(found));
    r->is_done = *count < HOOK_BATCH_ROWS;
    if (!r->is_done)
        remember_last(r, rows[*count - 1]);
    return NULL;
}
