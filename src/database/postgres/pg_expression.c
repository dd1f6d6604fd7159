#include "database/postgres/pg_expression.h"

#include "database/geometry.h"
#include "database/grouping.h"
#include "database/postgres/pg_call.h"

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
    if (f->is_foreign)
        return str_equal(f->unsupported, STR("json")) ||
               str_equal(f->unsupported, STR("jsonb"));
    return f->kind == FIELD_SCALAR && f->scalar == SCALAR_JSON && !f->is_list;
}

/* A Decimal without a native type is a numeric(65,30), whose thirty digits
 * nobody asked for. */
static bool has_free_scale(const field *f) {
    return f->kind == FIELD_SCALAR && f->scalar == SCALAR_DECIMAL &&
           f->native.spec == NULL;
}

static str wrapping_of(const field *f, const derivation *d) {
    if (d == NULL || f->is_list)
        return d != NULL && d->step_count > 0 ? STR("to_jsonb(") : (str){0};
    if (d->step_count > 0)
        return is_json(f) ? (str){0} : STR("to_jsonb(");
    bool is_text = d->cast == CAST_TEXT;
    return is_text && has_free_scale(f) ? STR("trim_scale(") : (str){0};
}

static void write_source(pg_sql *w, size_t alias, const field *f,
                         const derivation *d) {
    str wrapping = wrapping_of(f, d);
    pg_sql_put(w, wrapping);
    if (d != NULL && d->function != NULL)
        pg_call_write_computed(w, d->function, alias);
    else
        pg_sql_column(w, alias, f->column);
    pg_sql_put(w, str_is_empty(wrapping) ? STR("") : STR(")"));
}

/* postgis.ST_AsGeoJSON(t0."place")::json. The place is the catalog's, quoted
 * where that is needed. */
static void write_geojson(pg_sql *w, size_t alias, const field *f) {
    if (pg_sql_is_text(w))
        buf_append(w->out, geometry_place(f));
    pg_sql_put(w, STR("ST_AsGeoJSON("));
    pg_sql_column(w, alias, f->column);
    pg_sql_put(w, STR(")::json"));
}

void pg_expression_write_inner(pg_sql *w, size_t alias, const field *f,
                               const derivation *d) {
    size_t count = d != NULL ? d->step_count : 0;
    if (d != NULL && d->is_geojson) {
        write_geojson(w, alias, f);
        return;
    }
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

/* Nor did anybody ask for those of an average. */
static bool is_trimmed(const field *f, const derivation *d) {
    if (d->step_count > 0 || d->cast != CAST_NONE || f->is_list)
        return false;
    switch (d->aggregate) {
    case AGGREGATE_NONE:
    case AGGREGATE_COUNT:
    case AGGREGATE_ROWS:
        return false;
    case AGGREGATE_AVG:
        return scalar_type_is_whole(f->scalar) || has_free_scale(f);
    case AGGREGATE_SUM:
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        break;
    }
    return has_free_scale(f);
}

void pg_expression_begin_aggregate(pg_sql *w, const field *f,
                                   const derivation *d) {
    if (!grouping_is_aggregate(d))
        return;
    pg_sql_put(w, is_trimmed(f, d) ? STR("trim_scale(") : STR(""));
    pg_sql_put(w, AGGREGATES[d->aggregate]);
}

void pg_expression_end_aggregate(pg_sql *w, const field *f,
                                 const derivation *d) {
    if (!grouping_is_aggregate(d))
        return;
    pg_sql_put(w, is_trimmed(f, d) ? STR("))") : STR(")"));
    if (d->outer_cast != CAST_NONE) {
        pg_sql_put(w, STR("::"));
        pg_sql_put(w, pg_cast_name(d->outer_cast));
    }
}

/* A time cast to one without a zone is shown without: 2024-01-31T12:00:00 */
static bool is_local_time(const field *f, const derivation *d, pg_cast type) {
    const field *result = query_result(f, d);
    return d != NULL && result->kind == FIELD_SCALAR &&
           result->scalar == SCALAR_STRING &&
           str_equal(type.name, STR("timestamp"));
}

/* How a cell of some kind is written: what stands around the value. */
typedef struct wrapping {
    str before;
    str after;
} wrapping;

/* Zeros at the end of the numbers in a JSON array. */
#define TRIMMED "::text, '(\\.[0-9]*[1-9])0+|\\.0+', '\\1', 'g')"

static const wrapping LISTS[] = {
    [PG_AS_STORED] = {STR_INIT(""), STR_INIT("")},
    [PG_AS_CELL] = {STR_INIT("to_json("), STR_INIT(")")},
    [PG_AS_JSON] = {STR_INIT(""), STR_INIT("")},
    [PG_AS_GROUPED] = {STR_INIT("to_jsonb("), STR_INIT(")")},
};

static const wrapping DECIMAL_LISTS[] = {
    [PG_AS_STORED] = {STR_INIT(""), STR_INIT("")},
    [PG_AS_CELL] = {STR_INIT("regexp_replace(to_json("), STR_INIT(")" TRIMMED)},
    [PG_AS_JSON] = {STR_INIT("regexp_replace(to_json("),
                    STR_INIT(")" TRIMMED "::jsonb")},
    [PG_AS_GROUPED] = {STR_INIT("regexp_replace(to_json("),
                       STR_INIT(")" TRIMMED)},
};

static const wrapping LOCAL_TIMES[] = {
    [PG_AS_STORED] = {STR_INIT(""), STR_INIT("")},
    [PG_AS_CELL] = {STR_INIT("to_json("), STR_INIT(") #>> '{}'")},
    [PG_AS_JSON] = {STR_INIT(""), STR_INIT("")},
    [PG_AS_GROUPED] = {STR_INIT("to_json("), STR_INIT(") #>> '{}'")},
};

static const wrapping DECIMALS[] = {
    [PG_AS_STORED] = {STR_INIT(""), STR_INIT("")},
    [PG_AS_CELL] = {STR_INIT("trim_scale("), STR_INIT(")")},
    [PG_AS_JSON] = {STR_INIT("trim_scale("), STR_INIT(")")},
    [PG_AS_GROUPED] = {STR_INIT("trim_scale("), STR_INIT(")")},
};

static wrapping find_wrapping(const field *f, const derivation *d, pg_cast type,
                              pg_style style) {
    bool is_column = d == NULL && has_free_scale(f);
    if (query_result(f, d)->is_foreign)
        return LISTS[style];
    if (type.is_list)
        return is_column ? DECIMAL_LISTS[style] : LISTS[style];
    if (is_local_time(f, d, type))
        return LOCAL_TIMES[style];
    return is_column ? DECIMALS[style] : (wrapping){{0}, {0}};
}

void pg_expression_begin_style(pg_sql *w, const field *f, const derivation *d,
                               pg_style style) {
    if (pg_sql_is_text(w))
        pg_sql_put(w, find_wrapping(f, d, pg_cast_of(f, d), style).before);
}

/* A timestamp alone is read as it is. What is grouped by is compared. */
static str shown_as(const field *f, const derivation *d, pg_cast type,
                    pg_style style) {
    if (style == PG_AS_GROUPED && pg_cast_is_plain_json(type))
        return pg_cast_compared(type).name;
    bool is_as_it_is = style != PG_AS_JSON && !type.is_list &&
                       str_equal(type.name, STR("timestamp"));
    if (style == PG_AS_STORED || is_as_it_is || is_local_time(f, d, type))
        return (str){0};
    return pg_cast_shown(type);
}

void pg_expression_end_style(pg_sql *w, const field *f, const derivation *d,
                             pg_style style) {
    if (!pg_sql_is_text(w))
        return;
    pg_cast type = pg_cast_of(f, d);
    str shown = shown_as(f, d, type, style);
    if (!str_is_empty(shown)) {
        pg_sql_put(w, STR("::"));
        pg_cast_write(w->out, (pg_cast){.name = shown, .is_list = type.is_list},
                      false);
    }
    pg_sql_put(w, find_wrapping(f, d, type, style).after);
}

void pg_expression_write(pg_sql *w, size_t alias, const field *f,
                         const derivation *d, pg_style style) {
    if (d == NULL && !pg_sql_is_text(w))
        return;
    pg_expression_begin_style(w, f, d, style);
    pg_expression_begin_aggregate(w, f, d);
    if (d != NULL && d->aggregate == AGGREGATE_ROWS)
        pg_sql_put(w, STR("*"));
    else
        pg_expression_write_inner(w, alias, f, d);
    pg_expression_end_aggregate(w, f, d);
    pg_expression_end_style(w, f, d, style);
}

void pg_expression_write_compared(pg_sql *w, size_t alias, const field *f,
                                  const derivation *d) {
    pg_expression_write(w, alias, f, d, PG_AS_STORED);
    if (pg_sql_is_text(w) && pg_cast_is_plain_json(pg_cast_of(f, d)))
        pg_sql_put(w, STR("::jsonb"));
}
