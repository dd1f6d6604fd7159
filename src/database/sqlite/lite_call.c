#include "database/sqlite/lite_call.h"

#include "base/assert.h"
#include "database/sql.h"
#include "database/sqlite/lite_column.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_statement.h"

/* No body can mean this name, so a value's function may be called as a table
 * that it reads. */
static const str VALUE_SOURCE = STR_INIT("\"tenon value\"");

/* ---- SQL ------------------------------------------------------------------ */

void lite_call_write_statement(buf *out, const function_statement *s) {
    buf_append(out, s->texts[0]);
    for (size_t i = 0; i < s->argument_count; i++) {
        buf_append_char(out, '?');
        buf_append(out, s->texts[i + 1]);
    }
}

/* A line end behind the body, since it may end in a comment. */
void lite_call_write_source(buf *out, lite_scope s, const function *f) {
    bool is_value = f->result == RESULT_VALUE;
    buf_append_char(out, '(');
    if (is_value) {
        buf_append(out, STR("WITH "));
        buf_append(out, VALUE_SOURCE);
        buf_append_char(out, '(');
        sql_write_name(out, f->row->columns[0]->column);
        buf_append(out, STR(") AS ("));
    }
    lite_call_write_statement(out, &f->statements[0]);
    if (is_value) {
        buf_append(out, STR("\n) SELECT * FROM "));
        buf_append(out, VALUE_SOURCE);
    }
    buf_printf(out, "\n) AS t%d", s.level);
}

static int bind_arguments(arena *a, sqlite3_stmt *statement, int *at,
                          const lite_layout *layout, const function_call *call,
                          const function_statement *s) {
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < s->argument_count; i++) {
        const field *f = s->arguments[i];
        rc = lite_form_bind(a, statement, (*at)++, lite_layout_form(layout, f),
                            call->arguments[f->column_index]);
    }
    return rc;
}

err *lite_call_bind(arena *a, sqlite3_stmt *statement, int *at,
                    const lite_layout *layout, const function_call *call,
                    const function_statement *s) {
    int rc = bind_arguments(a, statement, at, layout, call, s);
    return lite_check(a, sqlite3_db_handle(statement), rc);
}

int lite_call_bind_source(arena *a, sqlite3_stmt *statement, int *at,
                          const lite_layout *layout,
                          const function_call *call) {
    return bind_arguments(a, statement, at, layout, call,
                          &call->function->statements[0]);
}

/* ---- Columns -------------------------------------------------------------- */

static int find_column(sqlite3_stmt *statement, str name) {
    int count = sqlite3_column_count(statement);
    for (int i = 0; i < count; i++) {
        if (str_equal(str_of(sqlite3_column_name(statement, i)), name))
            return i;
    }
    return -1;
}

static err *find_value(arena *a, sqlite3_stmt *statement, const function *f,
                       int *place) {
    int count = sqlite3_column_count(statement);
    *place = 0;
    if (count == 1)
        return NULL;
    return err_new(a, ERR_INVALID,
                   "function \"%.*s\" gives back one value, and its SQL has %d"
                   " columns",
                   STR_ARG(f->name), count);
}

err *lite_call_find_columns(arena *a, sqlite3_stmt *statement,
                            const function *f, int *places) {
    if (f->result == RESULT_VOID)
        return NULL;
    if (f->result == RESULT_VALUE)
        return find_value(a, statement, f, places);
    ASSERT(f->row != NULL);
    for (size_t i = 0; i < f->row->column_count; i++) {
        const field *column = f->row->columns[i];
        places[i] = find_column(statement, column->column);
        if (places[i] < 0 && field_is_visible(column))
            return err_new(a, ERR_INVALID,
                           "the SQL of function \"%.*s\" has no column"
                           " \"%.*s\", which a row of %.*s has",
                           STR_ARG(f->name), STR_ARG(column->column),
                           STR_ARG(f->row->name));
    }
    return NULL;
}

/* ---- Checks at the start -------------------------------------------------- */

/* Where byte `at` of the statement, as it was written out, is in the schema
 * file. Nowhere where an escape stands between the two. */
static source_span find_place(const function *f, const function_statement *s,
                              size_t at) {
    const source *file = f->span.source;
    size_t i = 0;
    for (; i < s->argument_count && at > s->texts[i].len; i++)
        at -= s->texts[i].len + 1;
    if (at > s->texts[i].len)
        at = s->texts[i].len;
    const char *place = s->texts[i].ptr + at;
    if (place < file->text.ptr || place > file->text.ptr + file->text.len)
        return f->span;
    uint32_t from = (uint32_t)(place - file->text.ptr);
    return (source_span){file, from, from};
}

static err *explain(arena *a, const function *f, source_span span, err *cause) {
    source_position at = source_locate(span.source, span.from);
    return err_make(a, ERR_INVALID, cause, __FILE__, __LINE__,
                    "%.*s:%u:%u: the SQL of function \"%.*s\" cannot be used",
                    STR_ARG(span.source->path), at.line, at.column,
                    STR_ARG(f->name));
}

/* What the words of it could not tell. */
static err *judge(arena *a, sqlite3_stmt *statement, const function *f,
                  const function_statement *s, bool is_last) {
    size_t parameters = (size_t)sqlite3_bind_parameter_count(statement);
    if (parameters != s->argument_count)
        return err_new(a, ERR_INVALID, "it has parameters without a name");
    if (f->volatility != FUNCTION_VOLATILE && !sqlite3_stmt_readonly(statement))
        return err_new(a, ERR_INVALID,
                       "it writes, and only a volatile function may");
    if (!is_last)
        return NULL;
    size_t columns = f->row != NULL ? f->row->column_count : 0;
    return lite_call_find_columns(a, statement, f,
                                  arena_new_array(a, int, columns));
}

static err *check_statement(arena *a, sqlite3 *db, const function *f,
                            const function_statement *s, bool is_last) {
    CLEANUP(lite_finalize) sqlite3_stmt *statement = NULL;
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    lite_call_write_statement(&sql, s);
    if (sql.is_overflown)
        return explain(a, f, f->span,
                       err_new(a, ERR_TOO_LARGE, "it is too large"));
    err *e = lite_prepare(a, db, buf_str(&sql), 0, &statement);
    if (e != NULL) {
        int at = sqlite3_error_offset(db);
        if (e->code == ERR_INTERNAL) /* SQLite's word for what it cannot read */
            e = err_new(a, ERR_INVALID, "%s", sqlite3_errmsg(db));
        return explain(a, f, find_place(f, s, at > 0 ? (size_t)at : 0), e);
    }
    e = judge(a, statement, f, s, is_last);
    return e != NULL ? explain(a, f, find_place(f, s, 0), e) : NULL;
}

/* A computed field, of a row of its table. */
static err *check_computed(arena *a, sqlite3 *db, const function *f) {
    CLEANUP(lite_finalize) sqlite3_stmt *statement = NULL;
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR("SELECT "));
    lite_computed_write(&sql, (lite_scope){.level = LITE_BARE}, f);
    buf_append(&sql, STR(" FROM "));
    sql_write_name(&sql, f->computed_of->table);
    err *e = lite_prepare(a, db, buf_str(&sql), 0, &statement);
    if (e == NULL && sqlite3_bind_parameter_count(statement) > 0)
        e = err_new(a, ERR_INVALID, "it has parameters without a name");
    else if (e != NULL && e->code == ERR_INTERNAL)
        e = err_new(a, ERR_INVALID, "%s", sqlite3_errmsg(db));
    return e != NULL ? explain(a, f, find_place(f, &f->statements[0], 0), e)
                     : NULL;
}

err *lite_call_check_all(arena *a, sqlite3 *db, const schema *s) {
    for (size_t i = 0; i < s->function_count; i++) {
        const function *f = &s->functions[i];
        if (f->computed_of != NULL) {
            TRY(check_computed(a, db, f));
            continue;
        }
        for (size_t k = 0; k < f->statement_count; k++)
            TRY(check_statement(a, db, f, &f->statements[k],
                                k + 1 == f->statement_count));
    }
    return NULL;
}
