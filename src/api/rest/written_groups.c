#include "api/rest/written_groups.h"

#include <math.h>
#include <stdlib.h>

#include "api/rest/value_order.h"
#include "base/assert.h"
#include "base/decimal_sum.h"
#include "database/grouping.h"

/* ---- Planning ----------------------------------------------------------- */

static err *refuse(arena *a, const char *what) {
    return err_with_hint(
        err_new(a, ERR_UNSUPPORTED, "%s of written rows is not supported",
                what),
        STR("write with return=minimal, and read what is there then"));
}

static err *check_column(arena *a, const query_column *c) {
    if (!grouping_is_aggregate(c->derivation))
        return NULL;
    if (c->field->is_foreign)
        return refuse(a, "an aggregate");
    return c->derivation->outer_cast != CAST_NONE
               ? refuse(a, "a cast of an aggregate")
               : NULL;
}

/* The rows that a spread has, if it is one: count() counts them. */
static query_column input_of(query_column c) {
    const key *identity = model_identity(c.field->model);
    if (!grouping_is_aggregate(c.derivation))
        return c;
    bool is_rows = c.derivation->aggregate == AGGREGATE_ROWS;
    if (is_rows && identity != NULL)
        c.field = identity->fields[0];
    c.derivation = is_rows ? NULL : c.derivation->inner;
    return c;
}

static err *plan_columns(arena *a, const query_column *columns, size_t count,
                         const query_column **out) {
    query_column *made = arena_new_array(a, query_column, count);
    for (size_t i = 0; i < count; i++) {
        TRY(check_column(a, &columns[i]));
        made[i] = input_of(columns[i]);
    }
    *out = made;
    return NULL;
}

/* Those of embeds that are no spread are about their own rows. As deep as
 * tables may be embedded. */
static err *plan_embeds(arena *a, const embed *embeds, size_t count,
                        const embed **out) {
    embed *made = arena_new_array(a, embed, count);
    for (size_t i = 0; i < count; i++) {
        made[i] = embeds[i];
        query *q = &made[i].query;
        if (!made[i].is_spread || !made[i].hop.is_to_one)
            continue;
        TRY(plan_columns(a, q->columns, q->column_count, &q->columns));
        TRY(plan_embeds(a, q->embeds, q->embed_count, &q->embeds));
    }
    *out = made;
    return NULL;
}

err *written_groups_plan(arena *a, const selection *s, selection *out) {
    *out = *s;
    out->is_grouped = false;
    TRY(plan_columns(a, s->columns, s->count, &out->columns));
    return plan_embeds(a, s->embeds, s->embed_count, &out->embeds);
}

/* ---- Cells -------------------------------------------------------------- */

typedef struct cell {
    aggregate aggregate; /* or AGGREGATE_NONE: grouped by */
    const field *type;   /* of what is aggregated; NULL: JSON */
} cell;

static cell cell_of(const query_column *c, bool is_lifted) {
    const derivation *d = c->derivation;
    if (!grouping_is_aggregate(d))
        return (cell){.type = query_result(c->field, d)};
    bool is_rows = d->aggregate == AGGREGATE_ROWS;
    return (cell){is_rows && is_lifted ? AGGREGATE_COUNT : d->aggregate,
                  query_result(c->field, is_rows ? NULL : d->inner)};
}

static cell *put_cells(const query_column *columns, size_t count,
                       const embed *embeds, size_t embed_count, bool is_lifted,
                       cell *to) {
    for (size_t i = 0; i < count; i++)
        *to++ = cell_of(&columns[i], is_lifted);
    for (size_t i = 0; i < embed_count; i++) {
        const query *q = &embeds[i].query;
        if (embeds[i].is_spread && embeds[i].hop.is_to_one)
            to = put_cells(q->columns, q->column_count, q->embeds,
                           q->embed_count, true, to);
        else
            to += embed_cell_count(&embeds[i], 1); /* zero: JSON */
    }
    return to;
}

static const cell *cells_of(arena *a, const selection *s) {
    cell *cells = arena_new_array(a, cell, s->key_count);
    (void)put_cells(s->columns, s->count, s->embeds, s->embed_count, false,
                    cells);
    return cells;
}

static bool has_key(const query_column *columns, size_t count,
                    const embed *embeds, size_t embed_count) {
    for (size_t i = 0; i < count; i++)
        if (!grouping_is_aggregate(columns[i].derivation))
            return true;
    for (size_t i = 0; i < embed_count; i++) {
        const query *q = &embeds[i].query;
        bool is_lifted = embeds[i].is_spread && embeds[i].hop.is_to_one;
        if (!is_lifted ||
            has_key(q->columns, q->column_count, q->embeds, q->embed_count))
            return true;
    }
    return false;
}

bool written_groups_are_one(const selection *s) {
    return s->is_grouped &&
           !has_key(s->columns, s->count, s->embeds, s->embed_count);
}

/* ---- Groups ------------------------------------------------------------- */

typedef struct grouping {
    arena *a;
    const cell *cells;
    size_t cell_count;
} grouping;

static int compare_cells(const grouping *g, const cell *c, const value *x,
                         const value *y) {
    bool x_is_null = x->kind == VALUE_NULL;
    bool y_is_null = y->kind == VALUE_NULL;
    if (x_is_null || y_is_null)
        return x_is_null - y_is_null;
    return value_compare(g->a, c->type, x, y);
}

static int compare_keys(const grouping *g, const value *x, const value *y) {
    for (size_t i = 0; i < g->cell_count; i++) {
        if (g->cells[i].aggregate != AGGREGATE_NONE)
            continue;
        int order = compare_cells(g, &g->cells[i], &x[i], &y[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_rows(const void *left, const void *right, void *context) {
    return compare_keys(context, *(const value *const *)left,
                        *(const value *const *)right);
}

/* ---- Aggregates --------------------------------------------------------- */

/* The values of one cell in the rows of a group. */
typedef struct column {
    arena *a;
    const cell *cell;
    const value **rows;
    size_t count;
    size_t at;
} column;

static err *refuse_sum(arena *a) {
    return err_new(a, ERR_INTERNAL,
                   "the rows were written, but their sum is out of range");
}

static value count_values(const column *c) {
    int64_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->cell->aggregate == AGGREGATE_ROWS ||
                 c->rows[i][c->at].kind != VALUE_NULL;
    return (value){.kind = VALUE_INT, .integer = count};
}

static value find_end(const column *c) {
    const value *end = NULL;
    for (size_t i = 0; i < c->count; i++) {
        const value *v = &c->rows[i][c->at];
        if (v->kind == VALUE_NULL)
            continue;
        int order =
            end == NULL ? 0 : value_compare(c->a, c->cell->type, v, end);
        if (end == NULL ||
            (c->cell->aggregate == AGGREGATE_MIN ? order < 0 : order > 0))
            end = v;
    }
    return end != NULL ? *end : (value){.kind = VALUE_NULL};
}

static err *add_reals(const column *c, value *out) {
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        const value *v = &c->rows[i][c->at];
        if (v->kind == VALUE_NULL)
            continue;
        if (v->kind != VALUE_FLOAT) /* an infinity is a text */
            return refuse_sum(c->a);
        sum += v->real;
        count++;
    }
    if (!isfinite(sum))
        return refuse_sum(c->a);
    bool is_average = c->cell->aggregate == AGGREGATE_AVG;
    if (count > 0)
        *out = (value){.kind = VALUE_FLOAT,
                       .real = is_average ? sum / (double)count : sum};
    return NULL;
}

static err *decimal_of(arena *a, const value *v, str *out) {
    if (v->kind == VALUE_INT) {
        *out = arena_printf(a, "%lld", (long long)v->integer);
        return NULL;
    }
    return decimal_parse(a, v->text, out) == NULL ? NULL : refuse_sum(a);
}

static str without_zeros(str decimal) {
    if (decimal_scale(decimal) == 0)
        return decimal;
    while (str_ends_with(decimal, STR("0")))
        decimal.len--;
    if (str_ends_with(decimal, STR(".")))
        decimal.len--;
    return decimal;
}

/* A sum of integers is an integer, all else a decimal. */
static err *give_sum(const column *c, decimal_sum *sum, size_t count,
                     value *out) {
    bool is_average = c->cell->aggregate == AGGREGATE_AVG;
    str text = is_average ? decimal_sum_average(c->a, sum, (int64_t)count)
                          : decimal_sum_text(c->a, sum);
    *out = (value){.kind = VALUE_TEXT, .text = without_zeros(text)};
    if (is_average || c->cell->type->scalar != SCALAR_INT)
        return NULL;
    out->kind = VALUE_INT;
    return str_parse_int64(text, &out->integer) ? NULL : refuse_sum(c->a);
}

static err *add_decimals(const column *c, value *out) {
    decimal_sum *sum = arena_new_array(c->a, decimal_sum, 1);
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        const value *v = &c->rows[i][c->at];
        str decimal;
        if (v->kind == VALUE_NULL)
            continue;
        TRY(decimal_of(c->a, v, &decimal));
        decimal_sum_add(sum, decimal);
        count++;
    }
    return count > 0 ? give_sum(c, sum, count, out) : NULL;
}

static err *make_cell(const column *c, value *out) {
    *out = (value){.kind = VALUE_NULL};
    switch (c->cell->aggregate) {
    case AGGREGATE_NONE:
        *out = c->rows[0][c->at];
        return NULL;
    case AGGREGATE_COUNT:
    case AGGREGATE_ROWS:
        *out = count_values(c);
        return NULL;
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        *out = find_end(c);
        return NULL;
    case AGGREGATE_SUM:
    case AGGREGATE_AVG:
        return c->cell->type->scalar == SCALAR_FLOAT ? add_reals(c, out)
                                                     : add_decimals(c, out);
    }
    PANIC("no such aggregate");
}

/* ---- All ---------------------------------------------------------------- */

static err *make_group(const grouping *g, const value **rows, size_t count,
                       const value **out) {
    value *cells = arena_new_array(g->a, value, g->cell_count);
    for (size_t i = 0; i < g->cell_count; i++) {
        column c = {g->a, &g->cells[i], rows, count, i};
        TRY(make_cell(&c, &cells[i]));
    }
    *out = cells;
    return NULL;
}

err *written_groups_make(arena *a, const selection *s, const value **rows,
                         size_t count, const value ***out, size_t *out_count) {
    grouping g = {a, cells_of(a, s), s->key_count};
    size_t room = count > 0 ? count : 1;
    const value **groups = arena_new_array(a, const value *, room);
    *out = groups;
    *out_count = 0;
    if (count > 0)
        qsort_r(rows, count, sizeof *rows, compare_rows, &g);
    else if (written_groups_are_one(s))
        return make_group(&g, rows, 0, &groups[(*out_count)++]);
    for (size_t first = 0; first < count;) {
        size_t end = first + 1;
        while (end < count && compare_keys(&g, rows[first], rows[end]) == 0)
            end++;
        TRY(make_group(&g, rows + first, end - first, &groups[(*out_count)++]));
        first = end;
    }
    return NULL;
}
