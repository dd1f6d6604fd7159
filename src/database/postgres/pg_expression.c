#include "database/postgres/pg_expression.h"

/* A step's number is an integer of 32 bits there. */
static int64_t clamp_index(int64_t n) {
    return n > INT32_MAX ? INT32_MAX : n < INT32_MIN ? INT32_MIN : n;
}

static void write_step(pg_sql *w, const json_step *step, bool is_text) {
    pg_sql_put(w, is_text ? STR(" ->> ") : STR(" -> "));
    if (step->is_index)
        pg_sql_number(w, STR("integer"), clamp_index(step->index));
    else
        pg_sql_text(w, STR("text"), step->key);
    pg_sql_put(w, STR(")"));
}

static bool is_json(const field *f) {
    return f->kind == FIELD_SCALAR && f->scalar == SCALAR_JSON && !f->is_list;
}

static void write_source(pg_sql *w, size_t alias, const field *f,
                         const derivation *d) {
    bool is_wrapped = d != NULL && d->step_count > 0 && !is_json(f);
    pg_sql_put(w, is_wrapped ? STR("to_jsonb(") : STR(""));
    pg_sql_column(w, alias, f->column);
    pg_sql_put(w, is_wrapped ? STR(")") : STR(""));
}

void pg_expression_write_inner(pg_sql *w, size_t alias, const field *f,
                               const derivation *d) {
    size_t count = d != NULL ? d->step_count : 0;
    for (size_t i = 0; i < count; i++)
        pg_sql_put(w, STR("("));
    write_source(w, alias, f, d);
    for (size_t i = 0; i < count; i++)
        write_step(w, &d->steps[i], d->is_text && i + 1 == count);
    if (d != NULL && d->cast != CAST_NONE) {
        pg_sql_put(w, STR("::"));
        pg_sql_put(w, pg_cast_name(d->cast));
    }
}

static const str AGGREGATES[] = {
    [AGGREGATE_NONE] = STR_INIT(""),
    [AGGREGATE_COUNT] = STR_INIT("count("),
    [AGGREGATE_SUM] = STR_INIT("sum("),
    [AGGREGATE_AVG] = STR_INIT("avg("),
    [AGGREGATE_MIN] = STR_INIT("min("),
    [AGGREGATE_MAX] = STR_INIT("max("),
    [AGGREGATE_ROWS] = STR_INIT("count("),
};

void pg_expression_begin_aggregate(pg_sql *w, const derivation *d) {
    if (d != NULL)
        pg_sql_put(w, AGGREGATES[d->aggregate]);
}

void pg_expression_end_aggregate(pg_sql *w, const derivation *d) {
    if (!pg_is_aggregate(d))
        return;
    pg_sql_put(w, STR(")"));
    if (d->outer_cast != CAST_NONE) {
        pg_sql_put(w, STR("::"));
        pg_sql_put(w, pg_cast_name(d->outer_cast));
    }
}

static bool is_whole(const field *f) {
    return f->scalar == SCALAR_INT || f->scalar == SCALAR_BIGINT;
}

/* A Decimal without a native type is a numeric(65,30), whose thirty digits
 * nobody asked for; nor for those of an average. */
static bool is_trimmed(const field *f, const derivation *d, pg_style style) {
    if (style == PG_AS_STORED || f->is_list)
        return false;
    if (d == NULL)
        return f->scalar == SCALAR_DECIMAL && f->native.spec == NULL;
    bool is_plain = d->step_count == 0 && d->cast == CAST_NONE &&
                    d->outer_cast == CAST_NONE && d->function == NULL;
    bool is_average = d->aggregate == AGGREGATE_AVG && is_whole(f);
    bool is_amount = d->aggregate != AGGREGATE_COUNT &&
                     d->aggregate != AGGREGATE_ROWS &&
                     f->scalar == SCALAR_DECIMAL && f->native.spec == NULL;
    return is_plain && (is_average || is_amount);
}

/* A time cast to one without a zone is shown without: 2024-01-31T12:00:00 */
static bool is_local_time(const field *f, const derivation *d, pg_cast type) {
    const field *result = query_result(f, d);
    return d != NULL && result->kind == FIELD_SCALAR &&
           result->scalar == SCALAR_STRING &&
           str_equal(type.name, STR("timestamp"));
}

void pg_expression_begin_style(pg_sql *w, const field *f, const derivation *d,
                               pg_style style) {
    if (pg_sql_is_text(w) && is_trimmed(f, d, style))
        pg_sql_put(w, STR("trim_scale("));
    if (!pg_sql_is_text(w))
        return;
    pg_cast type = pg_cast_of(f, d);
    if (!type.is_list && !is_local_time(f, d, type))
        return;
    if (style == PG_AS_CELL)
        pg_sql_put(w, STR("to_json("));
    if (style == PG_AS_GROUPED)
        pg_sql_put(w, STR("to_jsonb("));
}

void pg_expression_end_style(pg_sql *w, const field *f, const derivation *d,
                             pg_style style) {
    if (!pg_sql_is_text(w) || style == PG_AS_STORED)
        return;
    if (is_trimmed(f, d, style))
        pg_sql_put(w, STR(")"));
    pg_cast type = pg_cast_of(f, d);
    bool is_local = is_local_time(f, d, type);
    str shown = is_local ? (str){0} : pg_cast_shown(type);
    /* A timestamp alone is read as it is. */
    bool is_cast =
        !str_is_empty(shown) && (style == PG_AS_JSON || type.is_list ||
                                 !str_equal(type.name, STR("timestamp")));
    if (is_cast) {
        pg_sql_put(w, STR("::"));
        pg_cast_write(w->out, (pg_cast){.name = shown, .is_list = type.is_list},
                      false);
    }
    if ((type.is_list || is_local) && style != PG_AS_JSON)
        pg_sql_put(w, STR(")"));
    if (is_local && style != PG_AS_JSON)
        pg_sql_put(w, STR(" #>> '{}'"));
}

void pg_expression_write(pg_sql *w, size_t alias, const field *f,
                         const derivation *d, pg_style style) {
    if (d == NULL && !pg_sql_is_text(w))
        return;
    pg_expression_begin_style(w, f, d, style);
    pg_expression_begin_aggregate(w, d);
    if (d != NULL && d->aggregate == AGGREGATE_ROWS)
        pg_sql_put(w, STR("*"));
    else
        pg_expression_write_inner(w, alias, f, d);
    pg_expression_end_aggregate(w, d);
    pg_expression_end_style(w, f, d, style);
}
