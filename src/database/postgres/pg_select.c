#include "database/postgres/pg_select.h"

#include "base/json.h"
#include "database/postgres/pg_cells.h"
#include "database/postgres/pg_filter.h"
#include "database/postgres/pg_object.h"
#include "database/shape.h"

/* ---- Limits ------------------------------------------------------------- */

/*
 * A prepared statement is planned once, for whatever values, if that plan is
 * expected to cost no more than one made for the values at hand. Of an unknown
 * limit PostgreSQL expects a tenth of all rows, so that with it each execution
 * is planned anew, which takes as long as reading the rows.
 *
 * So limits are text, but only where values can't make another plan the better
 * one. A status that few rows have is not found in the order of another column
 * as one is that many have: such a read goes on being planned each time, which
 * its unknown limit is enough for.
 */
static bool is_steady_compare(const query *q, const filter *f) {
    bool is_key = f->field->is_id || f->field->is_unique;
    const query_order *first = q->order_count > 0 ? &q->order[0] : NULL;
    bool is_ordered = first != NULL && first->field == f->field &&
                      first->derivation == NULL && first->related == NULL;
    if (f->op == COMPARE_EQ)
        return is_key;
    return f->op != COMPARE_NEQ && is_ordered;
}

static bool is_steady_filter(const query *q, const filter *f) {
    if (f->kind == FILTER_IS)
        return true; /* without a value */
    if (f->is_negated || f->derivation != NULL)
        return false;
    if (f->kind == FILTER_COMPARE)
        return is_steady_compare(q, f);
    for (size_t i = 0; f->kind == FILTER_ALL && i < f->child_count; i++)
        if (!is_steady_filter(q, f->children[i]))
            return false;
    return f->kind == FILTER_ALL;
}

static bool is_steady_order(const query_order *o) {
    return o->related == NULL || o->related->query.where == NULL;
}

static bool is_steady(const query *q) {
    if (q->call != NULL || q->offset > 0)
        return false;
    if (q->where != NULL && !is_steady_filter(q, q->where))
        return false;
    for (size_t i = 0; i < q->order_count; i++)
        if (!is_steady_order(&q->order[i]))
            return false;
    for (size_t i = 0; i < q->embed_count; i++)
        if (q->embeds[i].hop.junction_where != NULL ||
            !is_steady(&q->embeds[i].query))
            return false;
    return true;
}

static bool has_fixed_limits(const query *q) {
    bool has_limits = q->limit != QUERY_NO_LIMIT || q->embed_count > 0;
    return has_limits && is_steady(q);
}

static void write_limits_shape(buf *out, const query *q) {
    bool is_fixed = q->limit >= 0 && q->limit <= PG_FIXED_LIMIT_MAX;
    shape_put(out, is_fixed ? (size_t)q->limit + 1 : 0);
    for (size_t i = 0; i < q->embed_count; i++)
        write_limits_shape(out, &q->embeds[i].query);
}

/* ---- Rows --------------------------------------------------------------- */

void pg_select_write_shape(buf *out, const query *q) {
    query_write_shape(out, q);
    pg_object_write_shape(out, q->embeds, q->embed_count);
    if (has_fixed_limits(q))
        write_limits_shape(out, q);
}

void pg_select_write(buf *out, const query *q) {
    pg_sql w = {.out = out, .has_fixed_limits = has_fixed_limits(q)};
    pg_cells_write_query(&w, q);
}

err *pg_select_bind(arena *a, pg_arguments *out, const query *q) {
    pg_sql w = {
        .a = a, .arguments = out, .has_fixed_limits = has_fixed_limits(q)};
    pg_cells_write_query(&w, q);
    return w.failure;
}

/* ---- Counts ------------------------------------------------------------- */

static void write_matching(pg_sql *w, const query *q, str what) {
    size_t alias = w->alias_count++;
    pg_sql_put(w, STR("SELECT "));
    pg_sql_put(w, what);
    pg_sql_put(w, STR(" FROM "));
    pg_cells_write_source(w, q, alias);
    pg_filter_write_where(w, alias, q->where);
}

static void write_count(pg_sql *w, const query *q) {
    switch (q->total) {
    case TOTAL_EXACT:
        write_matching(w, q, STR("count(*)"));
        return;
    case TOTAL_PLANNED:
        pg_sql_put(w, STR("EXPLAIN (FORMAT JSON) "));
        write_matching(w, q, STR("1"));
        return;
    case TOTAL_ESTIMATED:
        pg_sql_put(w, STR("SELECT count(*) FROM ("));
        write_matching(w, q, STR("1"));
        pg_sql_put(w, STR(" LIMIT "));
        pg_sql_number(w, STR("bigint"), q->total_bound + 1);
        pg_sql_put(w, STR(") AS counted"));
        return;
    }
}

void pg_count_write(buf *out, const query *q) {
    pg_sql w = {.out = out};
    write_count(&w, q);
}

err *pg_count_bind(arena *a, pg_arguments *out, const query *q) {
    pg_sql w = {.a = a, .arguments = out};
    write_count(&w, q);
    return w.failure;
}

/* [{"Plan": {"Plan Rows": 12, ...}}] */
static bool read_plan(arena *a, str text, int64_t *out) {
    const json *j = NULL;
    if (json_parse(a, text, &j) != NULL || j->kind != JSON_ARRAY ||
        j->count == 0)
        return false;
    const json *plan = json_find(&j->items[0], STR("Plan"));
    const json *rows = plan != NULL ? json_find(plan, STR("Plan Rows")) : NULL;
    return rows != NULL && json_int64(rows, out);
}

err *pg_count_read(arena *a, total_kind kind, str cell, int64_t *out) {
    bool is_read = kind == TOTAL_PLANNED ? read_plan(a, cell, out)
                                         : str_parse_int64(cell, out);
    if (is_read)
        return NULL;
    return err_new(a, ERR_CORRUPT, "the database answers \"%.*s\" for a count",
                   STR_ARG(cell));
}
