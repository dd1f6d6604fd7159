#include "api/rest/representation.h"

#include <stdlib.h>

#include "api/rest/row_output.h"
#include "api/rest/value_order.h"
#include "api/rest/written_groups.h"
#include "database/grouping.h"

/* ---- Planning ----------------------------------------------------------- */

static bool is_same(const query_column *column, const query_order *term) {
    return column->field == term->field && column->derivation == NULL &&
           term->derivation == NULL;
}

static query_column column_of(const query_order *term) {
    return (query_column){term->field, term->field->column, term->derivation};
}

/* Its place among the columns, behind which it is added if it is not there. */
static size_t find_column(query_column *columns, size_t *count,
                          const query_order *term) {
    size_t at = 0;
    while (at < *count && !is_same(&columns[at], term))
        at++;
    if (at == *count)
        columns[(*count)++] = column_of(term);
    return at;
}

/* The one related row is spread, for its one column. */
static embed spread_of(arena *a, const query_order *term) {
    query_column *column = arena_new_array(a, query_column, 1);
    row_column *made_key = arena_new_array(a, row_column, 1);
    const field *type = query_result(term->field, term->derivation);
    *column = column_of(term);
    *made_key = (row_column){row_json_make_key(a, column->name), type->scalar};
    embed made = *term->related;
    made.query.columns = column;
    made.query.column_count = 1;
    made.keys = made_key;
    made.is_spread = true;
    return made;
}

/* The cells of the embeds are behind all columns. */
static void plan_order(arena *a, const query_string *params,
                       representation *plan, query_column *columns) {
    embed *embeds =
        arena_new_array(a, embed, plan->embed_count + params->order_count);
    size_t more = 0;
    if (plan->embed_count > 0)
        memcpy(embeds, plan->embeds, plan->embed_count * sizeof *embeds);
    for (size_t i = 0; i < params->order_count; i++) {
        const query_order *term = &params->order[i];
        if (term->related == NULL)
            plan->order_at[i] =
                find_column(columns, &plan->returning_count, term);
        else
            embeds[plan->embed_count + more++] = spread_of(a, term);
    }
    size_t at = plan->returning_count +
                embed_cell_count(plan->embeds, plan->embed_count);
    for (size_t i = 0; i < params->order_count; i++)
        if (params->order[i].related != NULL)
            plan->order_at[i] = at++;
    plan->embeds = embeds;
    plan->embed_count += more;
}

/* Groups are ordered by what they are grouped by. */
static err *plan_group_order(arena *a, const query_string *params,
                             representation *plan) {
    const selection *s = &params->selection;
    const query groups = {.columns = s->columns,
                          .column_count = s->count,
                          .embeds = s->embeds,
                          .embed_count = s->embed_count};
    for (size_t i = 0; i < params->order_count; i++) {
        const query_order *term = &params->order[i];
        if (!grouping_find(&groups, term, &plan->order_at[i]))
            return err_new(a, ERR_GROUPING,
                           "column \"%.*s.%.*s\" must appear in the GROUP BY "
                           "clause or be used in an aggregate function",
                           STR_ARG(term->field->model->table),
                           STR_ARG(term->field->column));
    }
    return NULL;
}

/* Groups are made here, and so are sorted here. */
void representation_order_there(rest_request *r, mutation *m) {
    if (r->params.selection.is_grouped)
        return;
    m->order = r->params.order;
    m->order_count = r->params.order_count;
    r->params.order_count = 0;
}

err *representation_plan(arena *a, const rest_request *r, representation *out) {
    const query_string *params = &r->params;
    selection s = params->selection;
    bool is_grouped = s.is_grouped;
    if (is_grouped)
        TRY(written_groups_plan(a, &params->selection, &s));
    representation plan = {
        .returning_count = s.count,
        .embeds = s.embeds,
        .embed_count = s.embed_count,
        .order_at = arena_new_array(a, size_t, params->order_count),
    };
    /* Without a column there would be no rows to count. */
    size_t room = s.count + params->order_count + 1;
    query_column *columns = arena_new_array(a, query_column, room);
    if (s.count > 0)
        memcpy(columns, s.columns, s.count * sizeof *columns);
    else
        columns[plan.returning_count++] = *rest_table_any_column(r->table);
    if (is_grouped)
        TRY(plan_group_order(a, params, &plan));
    else
        plan_order(a, params, &plan, columns);
    plan.returning = columns;
    plan.is_one = written_groups_are_one(&params->selection);
    *out = plan;
    return NULL;
}

/* ---- Order -------------------------------------------------------------- */

typedef struct sorting {
    arena *a;
    const query_order *order;
    const size_t *at;
    size_t count;
} sorting;

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
        if (x_is_null && y_is_null)
            continue;
        if (x_is_null != y_is_null)
            return x_is_null == term->are_nulls_first ? -1 : 1;
        int order = value_compare(
            by->a, query_result(term->field, term->derivation), x, y);
        if (order != 0)
            return term->is_descending ? -order : order;
    }
    return 0;
}

static void sort_rows(arena *a, const rest_request *r,
                      const representation *plan, const value **rows,
                      size_t count) {
    sorting by = {a, r->params.order, plan->order_at, r->params.order_count};
    if (by.count > 0 && count > 1)
        qsort_r(rows, count, sizeof *rows, compare_rows, &by);
}

static void cut(const rest_request *r, int64_t *first, int64_t *last) {
    *first = r->params.offset < *last ? r->params.offset : *last;
    if (r->params.limit != QUERY_NO_LIMIT && r->params.limit < *last - *first)
        *last = *first + r->params.limit;
}

/* ---- Rows --------------------------------------------------------------- */

/* What is shown of a row: the selected columns and then their embeds' cells,
 * without what is only sorted by. */
static const value *shown_cells(arena *a, const selection *s,
                                const representation *plan, const value *row) {
    if (s->count == plan->returning_count || s->key_count == s->count)
        return row;
    value *cells = arena_new_array(a, value, s->key_count);
    if (s->count > 0)
        memcpy(cells, row, s->count * sizeof *cells);
    memcpy(cells + s->count, row + plan->returning_count,
           (s->key_count - s->count) * sizeof *cells);
    return cells;
}

static const value **rows_of(arena *a, const representation *plan,
                             const mutation_result *result) {
    const value **rows = arena_new_array(a, const value *, result->row_count);
    size_t width = plan->returning_count +
                   embed_cell_count(plan->embeds, plan->embed_count);
    for (size_t i = 0; i < result->row_count; i++)
        rows[i] = result->rows + i * width;
    return rows;
}

static void show(arena *a, const selection *s, const representation *plan,
                 const value **rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        rows[i] = shown_cells(a, s, plan, rows[i]);
}

err *representation_write(arena *a, const rest_request *r,
                          const representation *plan,
                          const mutation_result *result) {
    const selection *s = &r->params.selection;
    size_t count = result->row_count;
    const value **rows = rows_of(a, plan, result);
    if (s->is_grouped) {
        show(a, s, plan, rows, count);
        TRY(written_groups_make(a, s, rows, count, &rows, &count));
        sort_rows(a, r, plan, rows, count);
    } else {
        sort_rows(a, r, plan, rows, count);
        show(a, s, plan, rows, count);
    }
    int64_t first = 0;
    int64_t last = (int64_t)count;
    /* The database saw to it that one row was written; it is shown. */
    if (!r->accept.is_object)
        cut(r, &first, &last);

    row_output out =
        row_output_begin(a, r->reply->body, s, &r->accept, r->zone);
    for (int64_t i = first; i < last; i++)
        row_output_write(&out, rows[i]);
    row_output_end(&out);
    return NULL;
}
