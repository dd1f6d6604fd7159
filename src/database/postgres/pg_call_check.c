#include "database/postgres/pg_call_check.h"

#include "database/postgres/pg_call.h"
#include "database/postgres/pg_select.h"
#include "schema/function.h"

#define PREPARE "PREPARE tenon_check AS"

/* Line ends and blanks that put the text where it is in the schema file, so
 * that the server's place of a mistake is the file's. Arguments are longer as
 * parameters than as names, so behind one only the line is right. */
static void write_place(buf *out, const function *f,
                        const function_statement *s) {
    const source *file = f->span.source;
    const char *at = s->texts[0].ptr;
    bool is_in_file =
        at >= file->text.ptr && at <= file->text.ptr + file->text.len;
    uint32_t from = is_in_file ? (uint32_t)(at - file->text.ptr) : f->span.from;
    source_position place = source_locate(file, from);
    for (uint32_t line = 1; line < place.line; line++)
        buf_append_char(out, '\n');
    for (uint32_t column = 1; place.line > 1 && column < place.column; column++)
        buf_append_char(out, ' ');
    if (place.line == 1)
        buf_append_char(out, ' ');
}

static err *refuse(arena *a, const function *f, const err *cause) {
    return err_make(a, ERR_INVALID, cause, __FILE__, __LINE__,
                    "the SQL of function \"%.*s\" cannot be used",
                    STR_ARG(f->name));
}

/* sql begins with PREPARE. */
static err *prepare(arena *a, pg_connection *c, const function *f, buf *sql) {
    if (sql->is_overflown)
        return refuse(a, f, err_new(a, ERR_TOO_LARGE, "it is too large"));
    err *e = pg_connection_run(a, c, f->span.source->path, buf_str(sql));
    if (e == NULL)
        e = pg_connection_run(a, c, STR(""), STR("DEALLOCATE tenon_check"));
    if (e == NULL || e->code == ERR_UNAVAILABLE)
        return e;
    return refuse(a, f, e);
}

static err *check_statement(arena *a, pg_connection *c,
                            const function_call *call, size_t at) {
    const function *f = call->function;
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR(PREPARE));
    write_place(&sql, f, &f->statements[at]);
    pg_call_write(&sql, call, at);
    return prepare(a, c, f, &sql);
}

/* Are all the columns there that clients may ask for? */
static err *check_rows(arena *a, pg_connection *c, const function_call *call) {
    const function *f = call->function;
    query_column *columns =
        arena_new_array(a, query_column, f->row->column_count);
    size_t count = 0;
    for (size_t i = 0; i < f->row->column_count; i++) {
        if (field_is_visible(f->row->columns[i]))
            columns[count++] = query_column_of(f->row->columns[i]);
    }
    query q = {.model = f->row,
               .call = call,
               .columns = columns,
               .column_count = count,
               .limit = QUERY_NO_LIMIT};
    mutation m = {.kind = MUTATION_CALL,
                  .model = f->row,
                  .call = call,
                  .returning = columns,
                  .returning_count = count};
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR(PREPARE " "));
    pg_sql w = {.out = &sql};
    if (f->volatility == FUNCTION_VOLATILE)
        pg_call_write_last(&w, &m);
    else
        pg_select_write(&sql, &q);
    return prepare(a, c, f, &sql);
}

/* A list of aliases may be shorter than the columns, a UNION may not. */
static err *check_value(arena *a, pg_connection *c, const function_call *call) {
    const function *f = call->function;
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR(PREPARE " WITH given AS ("));
    pg_call_write(&sql, call, f->statement_count - 1);
    buf_append(&sql, STR(") SELECT NULL UNION ALL SELECT * FROM given"));
    return prepare(a, c, f, &sql);
}

/* A computed field, of a row of its table. */
static err *check_computed(arena *a, pg_connection *c, const function *f) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    pg_sql w = {.out = &sql};
    buf_append(&sql, STR(PREPARE " SELECT "));
    pg_call_write_computed(&w, f, 0);
    buf_append(&sql, STR(" FROM "));
    pg_sql_table(&w, f->computed_of);
    buf_append(&sql, STR(" AS "));
    pg_sql_alias(&w, 0);
    return prepare(a, c, f, &sql);
}

static err *check(arena *a, pg_connection *c, const function *f) {
    if (f->computed_of != NULL)
        return check_computed(a, c, f);
    value *nothing = arena_new_array(a, value, f->arguments->column_count);
    function_call call = {.function = f, .arguments = nothing};
    for (size_t i = 0; i < f->statement_count; i++)
        TRY(check_statement(a, c, &call, i));
    if (f->result == RESULT_VALUE)
        TRY(check_value(a, c, &call));
    return f->row != NULL ? check_rows(a, c, &call) : NULL;
}

err *pg_call_check_all(arena *a, pg_connection *c, const schema *s) {
    for (size_t i = 0; i < s->function_count; i++) {
        /* One of the database's own is in no file, and known to be there. */
        if (s->functions[i].span.source != NULL)
            TRY(check(a, c, &s->functions[i]));
    }
    return NULL;
}
