#include "database/postgres/pg_sql.h"

#include "base/assert.h"
#include "database/postgres/pg_array.h"

void pg_sql_alias(pg_sql *w, size_t alias) {
    if (w->out == NULL)
        return;
    buf_append_char(w->out, 't');
    buf_append_uint(w->out, alias);
}

void pg_sql_column(pg_sql *w, size_t alias, str column) {
    if (w->out == NULL)
        return;
    pg_sql_alias(w, alias);
    buf_append_char(w->out, '.');
    sql_write_name(w->out, column);
}

void pg_sql_cell(pg_sql *w, size_t alias, size_t cell) {
    if (w->out == NULL)
        return;
    pg_sql_alias(w, alias);
    buf_append(w->out, STR(".c"));
    buf_append_uint(w->out, cell);
}

void pg_sql_table(pg_sql *w, const model *m) {
    if (w->out != NULL)
        sql_write_path(w->out, m->database_schema, m->table);
}

static void put_place(pg_sql *w) {
    buf_append_char(w->out, '$');
    buf_append_uint(w->out, ++w->parameter_count);
}

static void put_number(pg_sql *w) {
    put_place(w);
    buf_append(w->out, STR("::"));
}

/* $1::numeric::money */
static void put_parameter(pg_sql *w, pg_cast type, bool is_array) {
    str first = pg_cast_first(type);
    if (type.is_open) {
        put_place(w);
        return;
    }
    put_number(w);
    if (!str_is_empty(first)) {
        pg_cast_write(w->out, (pg_cast){.name = first, .is_list = type.is_list},
                      is_array);
        buf_append(w->out, STR("::"));
    }
    pg_cast_write(w->out, type, is_array);
}

/* ---- Arguments ---------------------------------------------------------- */

static void fail(pg_sql *w, err *e) {
    if (w->failure == NULL)
        w->failure = e;
}

static bool is_json_list(pg_cast type) {
    return str_equal(type.name, STR("json")) ||
           str_equal(type.name, STR("jsonb"));
}

static str literal_of(pg_sql *w, pg_cast type, str list) {
    str out = STR("{}");
    fail(w, pg_array_of_list(w->a, list, is_json_list(type), &out));
    return out;
}

static void add_text(pg_sql *w, pg_cast type, str text) {
    text = pg_cast_text(type, text);
    if (type.is_list)
        pg_arguments_add_text(w->a, w->arguments, literal_of(w, type, text));
    else if (!type.is_open && pg_cast_takes_bytes(type))
        pg_arguments_add_bytes(w->a, w->arguments, text);
    else
        pg_arguments_add_text(w->a, w->arguments, text);
}

static void add_value(pg_sql *w, pg_cast type, const value *v) {
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
        pg_arguments_add_null(w->a, w->arguments);
        return;
    case VALUE_BOOL:
        pg_arguments_add_bool(w->a, w->arguments, v->boolean);
        return;
    case VALUE_INT:
        pg_arguments_add_int(w->a, w->arguments, v->integer);
        return;
    case VALUE_FLOAT:
        pg_arguments_add_real(w->a, w->arguments, v->real);
        return;
    case VALUE_TEXT:
        add_text(w, type, v->text);
        return;
    case VALUE_BYTES:
        pg_arguments_add_bytes(w->a, w->arguments, v->text);
        return;
    case VALUE_CELL:
        break;
    }
    PANIC("the value of a cell is not known yet");
}

static void add_values(pg_sql *w, pg_cast type, const value *values,
                       size_t count, size_t stride) {
    value *sent = arena_new_array(w->a, value, count);
    for (size_t i = 0; i < count; i++) {
        sent[i] = values[i * stride];
        if (sent[i].kind == VALUE_TEXT)
            sent[i].text = pg_cast_text(type, sent[i].text);
    }
    pg_arguments_add_text(w->a, w->arguments,
                          pg_array_of_values(w->a, sent, count, 1));
}

/* ---- Both --------------------------------------------------------------- */

void pg_sql_value(pg_sql *w, pg_cast type, const value *v) {
    if (w->out != NULL)
        put_parameter(w, type, false);
    else
        add_value(w, type, v);
}

void pg_sql_values(pg_sql *w, pg_cast type, const value *values, size_t count,
                   size_t stride) {
    if (w->out != NULL)
        put_parameter(w, type, true);
    else
        add_values(w, type, values, count, stride);
}

void pg_sql_text(pg_sql *w, str type, str text) {
    if (w->out == NULL) {
        pg_arguments_add_bytes(w->a, w->arguments, text);
        return;
    }
    put_number(w);
    buf_append(w->out, type);
}

void pg_sql_number(pg_sql *w, str type, int64_t n) {
    if (w->out == NULL) {
        pg_arguments_add_int(w->a, w->arguments, n);
        return;
    }
    put_number(w);
    buf_append(w->out, type);
}

void pg_sql_limit(pg_sql *w, int64_t limit) {
    if (!w->has_fixed_limits || limit > PG_FIXED_LIMIT_MAX)
        pg_sql_number(w, STR("bigint"), limit);
    else if (w->out != NULL)
        buf_append_uint(w->out, (uint64_t)limit);
}
