#include "api/rest/representation.h"

#include <stdlib.h>

#include "api/rest/row_output.h"
#include "base/decimal.h"

typedef struct sorting {
    const query_order *order;
    const size_t *at;
    size_t count;
} sorting;

static err *check(arena *a, const query_string *params) {
    if (params->selection.is_grouped)
        return err_new(a, ERR_UNSUPPORTED,
                       "aggregates of written rows are not supported");
    for (size_t i = 0; i < params->order_count; i++) {
        if (params->order[i].related != NULL)
            return err_new(a, ERR_UNSUPPORTED,
                           "written rows cannot be ordered by a related table");
    }
    return NULL;
}

static bool is_same(const query_column *column, const query_order *term) {
    return column->field == term->field && column->derivation == NULL &&
           term->derivation == NULL;
}

err *representation_plan(arena *a, const rest_request *r, representation *out) {
    const query_string *params = &r->params;
    const selection *s = &params->selection;
    representation plan = {
        .embeds = s->embeds,
        .embed_count = s->embed_count,
        .order_at = arena_new_array(a, size_t, params->order_count),
    };
    TRY(check(a, params));
    /* Without a column there would be no rows to count. */
    size_t room = s->count + params->order_count + 1;
    query_column *columns = arena_new_array(a, query_column, room);
    size_t count = s->count;
    if (count > 0)
        memcpy(columns, s->columns, count * sizeof *columns);
    if (count == 0)
        columns[count++] = *rest_table_any_column(r->table);
    for (size_t i = 0; i < params->order_count; i++) {
        const query_order *term = &params->order[i];
        size_t at = 0;
        while (at < count && !is_same(&columns[at], term))
            at++;
        if (at == count)
            columns[count++] = (query_column){term->field, term->field->column,
                                              term->derivation};
        plan.order_at[i] = at;
    }
    plan.returning = columns;
    plan.returning_count = count;
    *out = plan;
    return NULL;
}

/* An enum is ordered as it is declared. */
static int rank(const enumeration *e, str name) {
    int at = 0;
    while (at < (int)e->value_count &&
           !str_equal(e->values[at].database_name, name))
        at++;
    return at;
}

static int compare_values(const field *f, const value *a, const value *b) {
    switch (a->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
        return 0;
    case VALUE_BOOL:
        return a->boolean - b->boolean;
    case VALUE_INT:
        return (a->integer > b->integer) - (a->integer < b->integer);
    case VALUE_FLOAT:
        return (a->real > b->real) - (a->real < b->real);
    case VALUE_TEXT:
        if (f->kind == FIELD_ENUM)
            return rank(f->enumeration, a->text) -
                   rank(f->enumeration, b->text);
        return f->scalar == SCALAR_DECIMAL ? decimal_compare(a->text, b->text)
                                           : str_compare(a->text, b->text);
    case VALUE_BYTES:
        return str_compare(a->text, b->text);
    }
    return 0;
}

static int compare_rows(const void *left, const void *right, void *context) {
    const value *a = *(const value *const *)left;
    const value *b = *(const value *const *)right;
    const sorting *by = context;
    for (size_t i = 0; i < by->count; i++) {
        const query_order *term = &by->order[i];
        const value *x = &a[by->at[i]];
        const value *y = &b[by->at[i]];
        bool x_is_null = x->kind == VALUE_NULL;
        bool y_is_null = y->kind == VALUE_NULL;
        if (x_is_null != y_is_null)
            return x_is_null == term->are_nulls_first ? -1 : 1;
        int order =
            compare_values(query_result(term->field, term->derivation), x, y);
        if (order != 0)
            return term->is_descending ? -order : order;
    }
    return 0;
}

static const value **sort_rows(arena *a, const rest_request *r,
                               const representation *plan,
                               const mutation_result *result) {
    const value **rows = arena_new_array(a, const value *, result->row_count);
    size_t embed_cells = embed_cell_count(plan->embeds, plan->embed_count);
    for (size_t i = 0; i < result->row_count; i++)
        rows[i] = result->rows + i * (plan->returning_count + embed_cells);
    sorting by = {r->params.order, plan->order_at, r->params.order_count};
    if (by.count > 0)
        qsort_r(rows, result->row_count, sizeof *rows, compare_rows, &by);
    return rows;
}

static void cut(const rest_request *r, int64_t *first, int64_t *last) {
    *first = r->params.offset < *last ? r->params.offset : *last;
    if (r->params.limit != QUERY_NO_LIMIT && r->params.limit < *last - *first)
        *last = *first + r->params.limit;
}

/* What is shown of a row: the selected columns and then the embeds' cells,
 * without the columns between that are only sorted by. */
static const value *shown_cells(value *room, const selection *s,
                                const representation *plan, const value *row) {
    if (s->count == plan->returning_count || s->key_count == s->count)
        return row;
    if (s->count > 0)
        memcpy(room, row, s->count * sizeof *room);
    memcpy(room + s->count, row + plan->returning_count,
           (s->key_count - s->count) * sizeof *room);
    return room;
}

void representation_write(arena *a, const rest_request *r,
                          const representation *plan,
                          const mutation_result *result) {
    const selection *s = &r->params.selection;
    const value **rows = sort_rows(a, r, plan, result);
    value *room = arena_new_array(a, value, s->key_count);
    int64_t first = 0;
    int64_t last = (int64_t)result->row_count;
    /* The database saw to it that one row was written; it is shown. */
    if (!r->accept.is_object)
        cut(r, &first, &last);

    row_output out =
        row_output_begin(a, r->reply->body, s, &r->accept, r->zone);
    for (int64_t i = first; i < last; i++)
        row_output_write(&out, shown_cells(room, s, plan, rows[i]));
    row_output_end(&out);
}
