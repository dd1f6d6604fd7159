#include "database/sqlite/lite_call_run.h"

#include "base/assert.h"
#include "database/shape.h"
#include "database/sql.h"
#include "database/sqlite/lite_call.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_embed.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_filter.h"
#include "database/sqlite/lite_select.h"
#include "database/sqlite/lite_statement.h"

/* What one call may hand back. */
enum { RESULT_MAX_BYTES = 64 * 1024 * 1024 };

typedef struct run {
    lite_write_connection *connection;
    arena *a;
    const mutation *m;
    const function *function;
    int *places; /* by column of the row: where the last statement has it */
    mutation_result *result;
    value *cells;
    size_t cell_count;
    size_t bytes;
    char scratch[LITE_SCRATCH];
} run;

/* ---- What may go wrong ---------------------------------------------------- */

static err *explain_constraint(const run *r, int rc, str said) {
    static const struct {
        int rc;
        err_code code;
        const char *what;
    } ROWS[] = {
        {SQLITE_CONSTRAINT_UNIQUE, ERR_UNIQUE_VIOLATION, "a unique"},
        {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_UNIQUE_VIOLATION, "a unique"},
        {SQLITE_CONSTRAINT_ROWID, ERR_UNIQUE_VIOLATION, "a unique"},
        {SQLITE_CONSTRAINT_NOTNULL, ERR_NOT_NULL_VIOLATION, "a not-null"},
        {SQLITE_CONSTRAINT_CHECK, ERR_CHECK_VIOLATION, "a check"},
    };
    err_code code = ERR_FOREIGN_KEY_VIOLATION;
    const char *what = "a foreign key";
    for (size_t i = 0; i < LENGTH(ROWS); i++) {
        if (ROWS[i].rc == rc) {
            code = ROWS[i].code;
            what = ROWS[i].what;
        }
    }
    err *e = err_new(r->a, code,
                     "the call of function \"%.*s\" violates %s constraint",
                     STR_ARG(r->function->name), what);
    return err_with_details(e, said);
}

static err *explain(const run *r, int rc) {
    lite_write_connection *c = r->connection;
    if ((rc & 0xff) == SQLITE_INTERRUPT && c->pace.has_ended)
        return lite_pace_error(r->a, &c->pace);
    str said = arena_copy(r->a, str_of(sqlite3_errmsg(c->db)));
    if ((rc & 0xff) == SQLITE_CONSTRAINT)
        return explain_constraint(r, rc, said);
    err *e = lite_error(r->a, c->db, rc);
    /* What the SQL itself refuses, as by abs() of the least integer. */
    if ((rc & 0xff) == SQLITE_ERROR)
        return err_wrap(r->a, e, "function \"%.*s\": %.*s",
                        STR_ARG(r->function->name), STR_ARG(said));
    return e;
}

static err *refuse_size(const run *r) {
    return err_new(r->a, ERR_TOO_LARGE,
                   "the rows of function \"%.*s\" are too many to hand back",
                   STR_ARG(r->function->name));
}

/* ---- Rows ----------------------------------------------------------------- */

static err *keep_cell(run *r, value v) {
    r->bytes += sizeof v;
    bool has_bytes = v.kind == VALUE_TEXT || v.kind == VALUE_BYTES;
    if (has_bytes)
        r->bytes += v.text.len;
    if (r->bytes > RESULT_MAX_BYTES)
        return refuse_size(r);
    if (has_bytes)
        v.text = arena_copy(r->a, v.text);
    ARENA_PUSH(r->a, r->cells, r->cell_count, v);
    return NULL;
}

static err *take_cell(run *r, sqlite3_stmt *row, int place,
                      const query_column *c) {
    const field *f = c->field;
    lite_form form =
        lite_column_form(&r->connection->database->layout, f, c->derivation);
    value v = {0};
    if (!lite_form_read(row, place, form, r->scratch, &v))
        return err_new(r->a, ERR_VALUE_TYPE,
                       "a value in column \"%.*s\" of function \"%.*s\" is not"
                       " of its type",
                       STR_ARG(f->column), STR_ARG(r->function->name));
    return keep_cell(r, v);
}

/* place_of NULL: the cells stand in the order of returning. */
static err *take_row(run *r, sqlite3_stmt *row, const int *place_of) {
    for (size_t i = 0; i < r->m->returning_count; i++) {
        const query_column *c = &r->m->returning[i];
        int place =
            place_of != NULL ? place_of[c->field->column_index] : (int)i;
        TRY(take_cell(r, row, place, c));
    }
    r->result->row_count++;
    r->result->affected++;
    return NULL;
}

/* ---- Through a second statement ------------------------------------------- */

/* Copies of SQLite's own values, which a parameter takes as they are. */
typedef struct kept {
    sqlite3_value **values;
    size_t count;
    size_t row_count;
} kept;

static void release(kept *k) {
    for (size_t i = 0; i < k->count; i++)
        sqlite3_value_free(k->values[i]);
    k->count = 0;
}

static err *keep_row(run *r, sqlite3_stmt *row, kept *k) {
    const model *m = r->function->row;
    ASSERT(m != NULL); /* what gives back no rows gives none to keep */
    for (size_t i = 0; i < m->column_count; i++) {
        if (r->places[i] < 0)
            continue;
        if (k->count == LITE_MAX_PARAMETERS)
            return refuse_size(r);
        sqlite3_value *v =
            sqlite3_value_dup(sqlite3_column_value(row, r->places[i]));
        ARENA_PUSH(r->a, k->values, k->count, v);
    }
    k->row_count++;
    return NULL;
}

/* WITH "tenon rows"("id", "title") AS (VALUES (?, ?), (?, ?))
 * SELECT "id" FROM "tenon rows" AS "task" WHERE ... */
static void write_filter(buf *out, const run *r, const kept *k) {
    const model *m = r->function->row;
    size_t columns = 0;
    buf_append(out, STR("WITH \"tenon rows\"("));
    for (size_t i = 0; i < m->column_count; i++) {
        if (r->places[i] < 0)
            continue;
        if (columns++ > 0)
            buf_append(out, STR(", "));
        sql_write_name(out, m->columns[i]->column);
    }
    buf_append(out, STR(") AS (VALUES "));
    for (size_t row = 0; row < k->row_count; row++) {
        buf_append(out, row > 0 ? STR(", (?") : STR("(?"));
        for (size_t i = 1; i < columns; i++)
            buf_append(out, STR(", ?"));
        buf_append_char(out, ')');
    }
    lite_scope s = {&r->connection->database->layout, 0};
    buf_append(out, STR(") SELECT "));
    lite_select_columns(out, s, r->m->returning, r->m->returning_count);
    lite_select_links(out, s, r->m->embeds, r->m->embed_count);
    buf_append(out, STR(" FROM "));
    lite_table_write(out, s, STR("tenon rows"));
    lite_filter_write(out, s, r->m->where);
}

/* The cells of what the row leads to. */
static err *take_embeds(run *r, lite_embeds *embeds, const lite_cells *cells,
                        sqlite3_stmt *row) {
    size_t count = embed_cell_count(r->m->embeds, r->m->embed_count);
    value *links = arena_new_array(r->a, value, cells->link_count);
    value *found = arena_new_array(r->a, value, count);
    lite_cells_read_links(cells, row, links);
    TRY(lite_embeds_read(r->a, embeds, links, found));
    for (size_t i = 0; i < count; i++)
        TRY(keep_cell(r, found[i]));
    return NULL;
}

static err *take_each(run *r, sqlite3_stmt *statement, lite_embeds *embeds) {
    lite_cells cells = {
        .count = r->m->returning_count,
        .link_count = lite_select_link_count(r->m->embeds, r->m->embed_count),
    };
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        TRY(take_row(r, statement, NULL));
        TRY(take_embeds(r, embeds, &cells, statement));
    }
    return rc == SQLITE_DONE ? NULL : explain(r, rc);
}

static err *take_rows(run *r, sqlite3_stmt *statement) {
    lite_write_connection *c = r->connection;
    lite_source from = lite_apply_source(c);
    lite_embeds *embeds = NULL;
    TRY(lite_embeds_open(r->a, &from, r->m->embeds, r->m->embed_count,
                         &embeds));
    err *e = take_each(r, statement, embeds);
    lite_embeds_close(embeds);
    return e;
}

/* Are they what the function gives, as it gives it? */
static bool is_plain(const mutation *m) {
    for (size_t i = 0; i < m->returning_count; i++)
        if (m->returning[i].derivation != NULL)
            return false;
    return m->where == NULL && m->embed_count == 0;
}

static err *filter_rows(run *r, const kept *k) {
    if (k->row_count == 0)
        return NULL;
    TRY(lite_filter_check(r->a, &r->connection->database->layout, r->m->where));
    sqlite3 *db = r->connection->db;
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    write_filter(&sql, r, k);
    if (sql.is_overflown)
        return refuse_size(r);
    CLEANUP(lite_finalize) sqlite3_stmt *statement = NULL;
    TRY(lite_prepare(r->a, db, buf_str(&sql), 0, &statement));
    int at = 1;
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < k->count; i++)
        rc = sqlite3_bind_value(statement, at++, k->values[i]);
    TRY(lite_check(r->a, db, rc));
    rc = lite_select_bind_columns(r->a, statement, &at, r->m->returning,
                                  r->m->returning_count);
    TRY(lite_check(r->a, db, rc));
    TRY(lite_filter_bind(r->a, statement, &at, &r->connection->database->layout,
                         r->m->where));
    return take_rows(r, statement);
}

/* ---- Statements ----------------------------------------------------------- */

static err *find_statement(run *r, size_t at, lite_cached *out) {
    lite_write_connection *c = r->connection;
    buf *shape = &c->scratch;
    buf_clear(shape, SIZE_MAX);
    buf_append(shape, STR("call"));
    shape_put(shape, r->function->index);
    shape_put(shape, at);
    if (lite_cache_take(c->cache, buf_str(shape), out))
        return NULL;
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    lite_call_write_statement(&sql, &r->function->statements[at]);
    if (sql.is_overflown)
        return err_new(r->a, ERR_TOO_LARGE, "the statement is too large");
    sqlite3_stmt *statement = NULL;
    TRY(lite_prepare(r->a, c->db, buf_str(&sql), SQLITE_PREPARE_PERSISTENT,
                     &statement));
    *out = lite_cache_add(c->cache, buf_str(shape), statement);
    return NULL;
}

static err *step_all(run *r, sqlite3_stmt *statement, bool is_last, kept *k) {
    bool has_rows = is_last && r->m->returning_count + r->m->embed_count > 0;
    if (has_rows)
        TRY(lite_call_find_columns(r->a, statement, r->function, r->places));
    int rc = SQLITE_DONE;
    size_t count = 0;
    bool is_done = false;
    while (!is_done && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        if (has_rows && !is_plain(r->m))
            TRY(keep_row(r, statement, k));
        else if (has_rows)
            TRY(take_row(r, statement, r->places));
        count++;
        /* A write is done as a whole before its first row comes. */
        is_done = is_last && !r->function->is_list && count == 1;
    }
    return rc == SQLITE_DONE || is_done ? NULL : explain(r, rc);
}

static err *run_statement(run *r, size_t at, kept *k) {
    const function_statement *s = &r->function->statements[at];
    lite_cached used;
    int first = 1;
    TRY(find_statement(r, at, &used));
    err *e = lite_call_bind(r->a, used.statement, &first,
                            &r->connection->database->layout, r->m->call, s);
    if (e == NULL)
        e = step_all(r, used.statement, at + 1 == r->function->statement_count,
                     k);
    lite_cache_put(used);
    return e;
}

err *lite_call_run(lite_write_connection *c, arena *a, const mutation *m,
                   mutation_result *out) {
    const function *f = m->call->function;
    size_t columns = f->row != NULL ? f->row->column_count : 0;
    run r = {.connection = c,
             .a = a,
             .m = m,
             .function = f,
             .places = arena_new_array(a, int, columns),
             .result = out};
    CLEANUP(release) kept k = {0};
    for (size_t i = 0; i < f->statement_count; i++)
        TRY(run_statement(&r, i, &k));
    TRY(filter_rows(&r, &k));
    out->rows = r.cells;
    return NULL;
}
