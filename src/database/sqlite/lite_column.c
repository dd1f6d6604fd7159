#include "database/sqlite/lite_column.h"

#include "base/assert.h"
#include "database/sqlite/lite_json.h"
#include "database/sqlite/lite_sql.h"
#include "database/sqlite/lite_statement.h"
#include "schema/function.h"

/* What a value is on its way through a derivation. */
typedef struct stage {
    scalar_type scalar;
    lite_form form;
} stage;

/* Decimals that are made, unlike those in columns, are exact texts. */
static const lite_form MADE[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = LITE_TEXT,       [SCALAR_BOOLEAN] = LITE_BOOLEAN,
    [SCALAR_INT] = LITE_INTEGER,       [SCALAR_BIGINT] = LITE_INTEGER,
    [SCALAR_FLOAT] = LITE_REAL,        [SCALAR_DECIMAL] = LITE_DECIMAL_TEXT,
    [SCALAR_DATETIME] = LITE_DATETIME, [SCALAR_JSON] = LITE_JSON,
    [SCALAR_BYTES] = LITE_BYTES,
};

static stage made(scalar_type scalar) {
    return (stage){scalar, MADE[scalar]};
}

/* ---- Stages ------------------------------------------------------------- */

static scalar_type scalar_of_cast(const derivation *d, cast_type cast) {
    switch (cast) {
    case CAST_INT2:
    case CAST_INT4:
        return SCALAR_INT;
    case CAST_INT8:
        return SCALAR_BIGINT;
    case CAST_FLOAT4:
    case CAST_FLOAT8:
        return SCALAR_FLOAT;
    case CAST_NUMERIC:
        return SCALAR_DECIMAL;
    case CAST_BOOL:
        return SCALAR_BOOLEAN;
    case CAST_DATE:
    case CAST_TIME:
    case CAST_TIMESTAMP:
    case CAST_TIMESTAMPTZ:
        /* A door may want them as the text that they are on the wire. */
        return d->result.scalar == SCALAR_STRING ? SCALAR_STRING
                                                 : SCALAR_DATETIME;
    case CAST_BYTEA:
        return SCALAR_BYTES;
    case CAST_JSON:
    case CAST_JSONB:
        return SCALAR_JSON;
    case CAST_NONE:
    case CAST_TEXT:
    case CAST_UUID:
        break;
    }
    return SCALAR_STRING;
}

static stage stage_of_column(const lite_layout *layout, const field *f) {
    return (stage){f->is_list ? SCALAR_JSON : f->scalar,
                   lite_layout_form(layout, f)};
}

static stage after_steps(stage s, const derivation *d) {
    if (d->step_count == 0)
        return s;
    return made(d->is_text ? SCALAR_STRING : SCALAR_JSON);
}

static stage after_cast(stage s, const derivation *d, cast_type cast) {
    return cast == CAST_NONE ? s : made(scalar_of_cast(d, cast));
}

static scalar_type scalar_of_sum(scalar_type scalar) {
    if (scalar == SCALAR_INT)
        return SCALAR_BIGINT;
    return scalar == SCALAR_FLOAT ? SCALAR_FLOAT : SCALAR_DECIMAL;
}

static stage after_aggregate(stage s, aggregate a) {
    switch (a) {
    case AGGREGATE_NONE:
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        return s;
    case AGGREGATE_COUNT:
    case AGGREGATE_ROWS:
        return made(SCALAR_BIGINT);
    case AGGREGATE_SUM:
        return made(scalar_of_sum(s.scalar));
    case AGGREGATE_AVG:
        return made(s.scalar == SCALAR_FLOAT ? SCALAR_FLOAT : SCALAR_DECIMAL);
    }
    PANIC("no such aggregate");
}

static stage inner_stage(const lite_layout *layout, const field *f,
                         const derivation *d) {
    return after_cast(after_steps(stage_of_column(layout, f), d), d, d->cast);
}

static stage final_stage(const lite_layout *layout, const field *f,
                         const derivation *d) {
    if (d == NULL)
        return stage_of_column(layout, f);
    stage s = after_aggregate(inner_stage(layout, f, d), d->aggregate);
    return after_cast(s, d, d->outer_cast);
}

lite_form lite_column_form(const lite_layout *layout, const field *f,
                           const derivation *d) {
    return final_stage(layout, f, d).form;
}

/* ---- SQL ---------------------------------------------------------------- */

void lite_name_write(buf *out, lite_scope s, str column) {
    if (s.level != LITE_BARE)
        buf_printf(out, "t%d.", s.level);
    sql_write_name(out, column);
}

void lite_table_write(buf *out, lite_scope s, str table) {
    sql_write_name(out, table);
    buf_printf(out, " AS t%d", s.level);
}

/* A column of the outer row, whatever the SQL around it has for tables. */
static void write_outer_name(buf *out, lite_scope s, const field *f) {
    if (s.level == LITE_BARE) {
        sql_write_name(out, f->model->table);
        buf_append_char(out, '.');
    }
    lite_name_write(out, s, f->column);
}

/* (SELECT t0."first" || t0."last") */
void lite_computed_write(buf *out, lite_scope s, const function *f) {
    const function_statement *body = &f->statements[0];
    buf_append_char(out, '(');
    buf_append(out, body->texts[0]);
    for (size_t i = 0; i < body->argument_count; i++) {
        write_outer_name(out, s, body->arguments[i]);
        buf_append(out, body->texts[i + 1]);
    }
    buf_append(out, STR("\n)"));
}

static void write_path(buf *out, lite_scope s, const field *f,
                       const derivation *d) {
    if (d->step_count > 0)
        buf_append(out, STR("tenon_json("));
    if (d->function != NULL)
        lite_computed_write(out, s, d->function);
    else
        lite_name_write(out, s, f->column);
    if (d->step_count > 0)
        buf_append(out, d->is_text ? STR(", 1, ?)") : STR(", 0, ?)"));
}

static void write_cast(buf *out, stage before, const derivation *d,
                       cast_type cast) {
    if (cast != CAST_NONE)
        buf_printf(out, ", %d, %d, %d)", (int)before.scalar, (int)cast,
                   (int)scalar_of_cast(d, cast));
}

void lite_column_write_inner(buf *out, lite_scope s, const field *f,
                             const derivation *d) {
    if (d == NULL) {
        lite_name_write(out, s, f->column);
        return;
    }
    if (d->cast != CAST_NONE)
        buf_append(out, STR("tenon_cast("));
    write_path(out, s, f, d);
    write_cast(out, after_steps(stage_of_column(s.layout, f), d), d, d->cast);
}

void lite_collation_write(buf *out, lite_form form) {
    if (form == LITE_JSON || form == LITE_JSON_NUMERIC)
        buf_append(out, STR(" COLLATE tenon_json"));
    else if (form == LITE_DECIMAL_TEXT)
        buf_append(out, STR(" COLLATE tenon_decimal"));
}

void lite_column_begin_aggregate(buf *out, const derivation *d) {
    static const str NAMES[] = {
        [AGGREGATE_NONE] = STR_INIT(""),
        [AGGREGATE_COUNT] = STR_INIT("count("),
        [AGGREGATE_SUM] = STR_INIT("tenon_sum("),
        [AGGREGATE_AVG] = STR_INIT("tenon_avg("),
        [AGGREGATE_MIN] = STR_INIT("min("),
        [AGGREGATE_MAX] = STR_INIT("max("),
        [AGGREGATE_ROWS] = STR_INIT("count("),
    };
    if (d == NULL)
        return;
    if (d->outer_cast != CAST_NONE)
        buf_append(out, STR("tenon_cast("));
    buf_append(out, NAMES[d->aggregate]);
}

void lite_column_end_aggregate(buf *out, const lite_layout *layout,
                               const field *f, const derivation *d) {
    if (d == NULL)
        return;
    stage in = inner_stage(layout, f, d);
    if (d->aggregate == AGGREGATE_MIN || d->aggregate == AGGREGATE_MAX)
        lite_collation_write(out, in.form);
    if (d->aggregate == AGGREGATE_SUM || d->aggregate == AGGREGATE_AVG)
        buf_printf(out, ", %d", (int)in.scalar);
    if (d->aggregate != AGGREGATE_NONE)
        buf_append_char(out, ')');
    write_cast(out, after_aggregate(in, d->aggregate), d, d->outer_cast);
}

void lite_column_write(buf *out, lite_scope s, const field *f,
                       const derivation *d) {
    lite_column_begin_aggregate(out, d);
    if (d != NULL && d->aggregate == AGGREGATE_ROWS)
        buf_append_char(out, '*');
    else
        lite_column_write_inner(out, s, f, d);
    lite_column_end_aggregate(out, s.layout, f, d);
}

bool lite_column_is_ranked(const field *f, const derivation *d) {
    return f->kind == FIELD_ENUM && d == NULL;
}

void lite_ranks_write(buf *out, const enumeration *e) {
    for (size_t i = 0; i < e->value_count; i++) {
        buf_append(out, STR(" WHEN "));
        sql_write_text(out, e->values[i].database_name);
        buf_printf(out, " THEN %zu", i);
    }
    buf_append(out, STR(" END"));
}

void lite_column_write_rank(buf *out, lite_scope s, const field *f) {
    buf_append(out, STR("CASE "));
    lite_name_write(out, s, f->column);
    lite_ranks_write(out, f->enumeration);
}

void lite_parameter_write_rank(buf *out, const field *f) {
    buf_append(out, STR("CASE ?"));
    lite_ranks_write(out, f->enumeration);
}

/* Numbers that a column has made of JSON are JSON again as text. */
void lite_column_write_collated(buf *out, lite_scope s, const field *f,
                                const derivation *d) {
    lite_form form = lite_column_form(s.layout, f, d);
    bool is_number = form == LITE_JSON_NUMERIC;
    buf_append(out, is_number ? STR("CAST(") : STR(""));
    lite_column_write(out, s, f, d);
    buf_append(out, is_number ? STR(" AS TEXT)") : STR(""));
    lite_collation_write(out, form);
}

/* ---- Parameters --------------------------------------------------------- */

static bool has_path(const derivation *d) {
    return d != NULL && d->step_count > 0 && d->aggregate != AGGREGATE_ROWS;
}

size_t lite_column_parameters(const derivation *d) {
    return has_path(d);
}

int lite_column_bind(arena *a, sqlite3_stmt *statement, int *at,
                     const derivation *d) {
    if (LIKELY(!has_path(d)))
        return SQLITE_OK;
    return lite_bind_bytes(statement, (*at)++,
                           lite_json_make_path(a, d->steps, d->step_count));
}
