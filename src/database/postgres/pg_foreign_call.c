#include "database/postgres/pg_foreign_call.h"

#include "schema/function.h"

/* Around an argument: ,"c99":null */
enum { JSON_CELL_MAX = 16 };

static const field *argument_at(const function_call *call, size_t i) {
    return call->function->arguments->columns[i];
}

static bool is_given(const function_call *call, size_t i) {
    return call->arguments[i].kind != VALUE_DEFAULT;
}

static size_t count_given(const function_call *call) {
    size_t count = 0;
    for (size_t i = 0; i < call->function->arguments->column_count; i++)
        count += is_given(call, i);
    return count;
}

/* ---- As one JSON object --------------------------------------------------- */

/* {"c0":1,"c1":"ok"} */
static str json_of(arena *a, const function_call *call) {
    size_t all = call->function->arguments->column_count;
    size_t room = 2;
    size_t count = 0;
    for (size_t i = 0; i < all; i++)
        room += call->arguments[i].text.len + JSON_CELL_MAX;
    buf out = buf_over(arena_take(a, room, 1), room);
    buf_append_char(&out, '{');
    for (size_t i = 0; i < all; i++) {
        const value *v = &call->arguments[i];
        if (!is_given(call, i))
            continue;
        buf_append(&out, count > 0 ? STR(",\"c") : STR("\"c"));
        buf_append_uint(&out, count++);
        buf_append(&out, STR("\":"));
        buf_append(&out, v->kind == VALUE_TEXT ? v->text : STR("null"));
    }
    buf_append_char(&out, '}');
    return buf_str(&out);
}

/* json_to_record($1::json) AS u (c0 integer), LATERAL */
static void write_record(pg_sql *w, const function_call *call) {
    size_t count = 0;
    pg_sql_put(w, STR("json_to_record("));
    pg_sql_text(w, STR("json"),
                pg_sql_is_text(w) ? (str){0} : json_of(w->a, call));
    pg_sql_put(w, STR(") AS u ("));
    for (size_t i = 0; i < call->function->arguments->column_count; i++) {
        if (!is_given(call, i) || !pg_sql_is_text(w))
            continue;
        buf_append(w->out, count > 0 ? STR(", c") : STR("c"));
        buf_append_uint(w->out, count++);
        buf_append_char(w->out, ' ');
        buf_append(w->out, argument_at(call, i)->unsupported);
    }
    pg_sql_put(w, STR(")"));
}

/* ---- The call ------------------------------------------------------------- */

/* Of one that is variadic the type is a list's, "integer[]". */
static pg_cast cast_of(const function_call *call, const field *f) {
    static const str LIST = STR_INIT("[]");
    pg_cast c = {.name = f->unsupported};
    if (call->function->variadic == f && str_ends_with(c.name, LIST)) {
        c.name = str_slice(c.name, 0, c.name.len - LIST.len);
        c.is_list = true;
    }
    return c;
}

static void write_argument(pg_sql *w, const function_call *call, size_t i,
                           size_t at) {
    const field *f = argument_at(call, i);
    pg_sql_put(w, at > 0 ? STR(", ") : STR(""));
    pg_sql_put(w, call->function->variadic == f ? STR("VARIADIC ") : STR(""));
    if (!str_is_empty(f->name) && pg_sql_is_text(w)) {
        sql_write_name(w->out, f->name);
        buf_append(w->out, STR(" => "));
    }
    if (call->are_texts) {
        pg_sql_value(w, cast_of(call, f), &call->arguments[i]);
    } else if (pg_sql_is_text(w)) {
        buf_append(w->out, STR("u.c"));
        buf_append_uint(w->out, at);
    }
}

static void write_invocation(pg_sql *w, const function_call *call) {
    const function *f = call->function;
    size_t count = 0;
    if (pg_sql_is_text(w))
        sql_write_path(w->out, f->database_schema, f->name);
    pg_sql_put(w, STR("("));
    for (size_t i = 0; i < f->arguments->column_count; i++) {
        if (is_given(call, i))
            write_argument(w, call, i, count++);
    }
    pg_sql_put(w, STR(")"));
}

/* Columns that only a call shows FROM would not take without their names. */
void pg_foreign_call_write(pg_sql *w, const function_call *call) {
    bool is_opaque = call->function->is_opaque;
    bool has_record = !call->are_texts && count_given(call) > 0;
    pg_sql_put(w, STR("SELECT "));
    if (is_opaque && !has_record) {
        write_invocation(w, call);
        return;
    }
    /* The walk that binds meets the record's parameter first, too: the call has
     * none then. */
    if (is_opaque)
        write_invocation(w, call);
    else
        pg_sql_put(w, STR("r.*"));
    pg_sql_put(w, STR(" FROM "));
    if (has_record)
        write_record(w, call);
    if (is_opaque)
        return;
    pg_sql_put(w, has_record ? STR(", LATERAL ") : STR(""));
    write_invocation(w, call);
    pg_sql_put(w, STR(" AS r"));
}

void pg_foreign_call_write_computed(pg_sql *w, const function *f,
                                    size_t alias) {
    const model *m = f->computed_of;
    if (!pg_sql_is_text(w))
        return;
    sql_write_path(w->out, f->database_schema, f->name);
    buf_append(w->out, STR("(ROW("));
    for (size_t i = 0; i < m->column_count; i++) {
        buf_append(w->out, i > 0 ? STR(", ") : STR(""));
        pg_sql_column(w, alias, m->columns[i]->column);
    }
    buf_append(w->out, STR(")::"));
    pg_sql_table(w, m);
    buf_append_char(w->out, ')');
}
