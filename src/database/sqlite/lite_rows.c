#include "base/assert.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_filter.h"
#include "database/sqlite/lite_select.h"
#include "database/sqlite/lite_session.h"
#include "database/sqlite/lite_sql.h"
#include "database/sqlite/lite_statement.h"
#include "schema/function.h"

/* How long to wait for a lock of another process before trying again. */
enum { LEAST_WAIT_MS = 1, MOST_WAIT_MS = 50 };

/* A running read. The connection is ours until reader is NULL. */
typedef struct lite_rows {
    engine_rows engine;
    lite_session *session;
    arena *arena;
    const query *query;
    lite_reader *reader;
    lite_cached used;
    value *values;
    lite_form *forms; /* of each column */
    char *scratch;    /* LITE_SCRATCH for each column, or NULL */
    deadline until;
    bool has_begun; /* it has a snapshot: a step cannot be tried again */
    bool has_row;
} lite_rows;

typedef void write_sql(buf *out, const query *q);

static lite_rows *of(database_rows *rows) {
    return CONTAINER_OF(rows, lite_rows, engine.rows);
}

static void release(lite_rows *r) {
    if (r->used.statement != NULL)
        lite_cache_put(r->used);
    r->used = (lite_cached){0};
    if (r->reader == NULL)
        return;
    if (r->reader->leases == 1)
        lite_pace_end(&r->reader->pace);
    lite_reader_give(&r->session->readers, r->reader);
    r->reader = NULL;
}

/* ---- Statements --------------------------------------------------------- */

enum { SHAPE_ROWS, SHAPE_COUNT };

static err *find_statement(lite_rows *r, int what, write_sql *write,
                           lite_cached *out) {
    buf *shape = &r->session->shape;
    buf_clear(shape, SIZE_MAX);
    buf_append_char(shape, (char)what);
    if (what == SHAPE_ROWS) {
        query_write_shape(shape, r->query);
    } else {
        buf_append_uint(shape, r->query->model->index);
        if (UNLIKELY(r->query->call != NULL)) {
            buf_append_char(shape, 'f');
            buf_append_uint(shape, r->query->call->function->index);
        }
        buf_append_char(shape, r->query->where != NULL ? 'w' : 'a');
        if (r->query->where != NULL)
            filter_write_shape(shape, r->query->where);
    }
    if (lite_cache_take(r->reader->cache, buf_str(shape), out))
        return NULL;
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    write(&sql, r->query);
    if (sql.is_overflown || shape->is_overflown)
        return err_new(r->arena, ERR_TOO_LARGE, "the query is too large");
    sqlite3_stmt *statement = NULL;
    TRY(lite_prepare(r->arena, r->reader->db, buf_str(&sql),
                     SQLITE_PREPARE_PERSISTENT, &statement));
    *out = lite_cache_add(r->reader->cache, buf_str(shape), statement);
    return NULL;
}

/* Errors after which the connection may not be what it was. */
static bool is_breaking(int rc) {
    int primary = rc & 0xff;
    return primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN ||
           primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ||
           primary == SQLITE_READONLY;
}

static err *step_error(lite_rows *r, int rc) {
    if ((rc & 0xff) == SQLITE_INTERRUPT && r->reader->pace.has_ended)
        return lite_pace_error(r->arena, &r->reader->pace);
    if (is_breaking(rc))
        r->reader->is_broken = true;
    err *e = lite_error(r->arena, r->reader->db, rc);
    if ((rc & 0xff) == SQLITE_MISMATCH)
        e = err_new(r->arena, ERR_VALUE_SYNTAX,
                    "LIKE pattern must not end with escape character");
    return e;
}

/* Steps; while another process has the file locked, waits without holding up
 * the loop. Suspends. */
static int step_patiently(lite_rows *r, sqlite3_stmt *statement) {
    int rc = sqlite3_step(statement);
    int64_t wait_ms = LEAST_WAIT_MS;
    while (UNLIKELY(lite_is_locked(rc)) && !r->has_begun) {
        (void)sqlite3_reset(statement);
        loop *l = r->session->readers.loop;
        if (loop_now(l) >= r->until.at_ms || fiber_current() == NULL)
            break;
        err *e = fiber_park(r->arena, deadline_in(l, wait_ms));
        if (e != NULL && e->code == ERR_CANCELLED)
            break;
        wait_ms = wait_ms * 2 < MOST_WAIT_MS ? wait_ms * 2 : MOST_WAIT_MS;
        rc = sqlite3_step(statement);
    }
    r->has_begun = true;
    return rc;
}

/* ---- Opening ------------------------------------------------------------ */

static err *read_total(lite_rows *r) {
    TRY(find_statement(r, SHAPE_COUNT, lite_count_write, &r->used));
    TRY(lite_count_bind(r->arena, r->used.statement,
                        &r->session->database->layout, r->query));
    int rc = step_patiently(r, r->used.statement);
    if (rc != SQLITE_ROW)
        return step_error(r, rc);
    r->engine.rows.total = sqlite3_column_int64(r->used.statement, 0);
    lite_cache_put(r->used);
    r->used = (lite_cached){0};
    return NULL;
}

static err *open_rows(lite_rows *r) {
    TRY(lite_filter_check(r->arena, r->query->where));
    TRY(lite_reader_take(&r->session->readers, r->arena, r->until, &r->reader));
    if (r->reader->leases == 1)
        lite_pace_begin(&r->reader->pace, loop_now(r->session->readers.loop),
                        r->session->database->statement_timeout_ms);
    if (r->query->wants_total)
        TRY(read_total(r));
    TRY(find_statement(r, SHAPE_ROWS, lite_select_write, &r->used));
    return lite_select_bind(r->arena, r->used.statement,
                            &r->session->database->layout, r->query);
}

static void prepare_columns(lite_rows *r) {
    const query *q = r->query;
    const lite_form *forms =
        r->session->database->layout.forms[q->model->index];
    bool needs_scratch = false;
    r->forms = arena_take(r->arena, q->column_count * sizeof *r->forms,
                          _Alignof(lite_form));
    for (size_t i = 0; i < q->column_count; i++) {
        r->forms[i] = forms[q->columns[i].field->column_index];
        needs_scratch |= lite_form_needs_scratch(r->forms[i]);
    }
    if (needs_scratch)
        r->scratch = arena_take(r->arena, q->column_count * LITE_SCRATCH, 1);
    r->values = arena_new_array(r->arena, value, q->column_count);
}

static err *refuse_missing(arena *a, const model *m) {
    return err_with_hint(
        err_new(a, ERR_UNKNOWN_TABLE, "the database has no view \"%.*s\"",
                STR_ARG(m->table)),
        STR("a view block describes a view that CREATE VIEW has made; restart"
            " the server when it is there"));
}

err *lite_session_query(database_session *base, arena *a, const query *q,
                        database_rows **out) {
    lite_session *s = CONTAINER_OF(base, lite_session, base);
    if (UNLIKELY(s->database->layout.is_missing[q->model->index]))
        return refuse_missing(a, q->model);
    lite_rows *r = arena_new_array(a, lite_rows, 1);
    r->engine.engine = base->engine;
    r->engine.rows.value_count = q->column_count;
    r->session = s;
    r->arena = a;
    r->query = q;
    r->until = deadline_in(s->readers.loop, s->database->statement_timeout_ms);
    prepare_columns(r);
    r->engine.rows.values = r->values;
    err *e = open_rows(r);
    if (UNLIKELY(e != NULL)) {
        release(r);
        return e;
    }
    *out = &r->engine.rows;
    return NULL;
}

/* ---- Rows --------------------------------------------------------------- */

static err *type_error(lite_rows *r, size_t column) {
    const field *f = r->query->columns[column].field;
    if (r->query->call != NULL)
        return err_new(r->arena, ERR_VALUE_TYPE,
                       "a value in column \"%.*s\" of function \"%.*s\" is not"
                       " of its type",
                       STR_ARG(f->column),
                       STR_ARG(r->query->call->function->name));
    return err_new(r->arena, ERR_CORRUPT,
                   "a value in column \"%.*s\" of table \"%.*s\" is not of its"
                   " type",
                   STR_ARG(f->column), STR_ARG(f->model->table));
}

static err *read_row(lite_rows *r) {
    sqlite3_stmt *row = r->used.statement;
    const lite_form *forms = r->forms;
    char *scratch = r->scratch;
    value *values = r->values;
    size_t count = r->query->column_count;
    for (size_t i = 0; i < count; i++) {
        char *own = scratch != NULL ? scratch + i * LITE_SCRATCH : NULL;
        if (UNLIKELY(!lite_form_read(row, (int)i, forms[i], own, &values[i])))
            return type_error(r, i);
    }
    return NULL;
}

static bool fail(lite_rows *r, err *e) {
    r->engine.rows.failure = e;
    release(r);
    return false;
}

bool lite_rows_next(database_rows *rows) {
    lite_rows *r = of(rows);
    if (r->reader == NULL)
        return false;
    if (r->has_row && r->query->finds_one)
        return fail(r, NULL);
    lite_pace *pace = &r->reader->pace;
    if (UNLIKELY(lite_pace_is_over(pace, loop_now(r->session->readers.loop))))
        return fail(r, lite_pace_error(r->arena, pace));
    int rc = step_patiently(r, r->used.statement);
    if (LIKELY(rc == SQLITE_ROW)) {
        r->has_row = true;
        err *e = read_row(r);
        return LIKELY(e == NULL) || fail(r, e);
    }
    return fail(r, rc == SQLITE_DONE ? NULL : step_error(r, rc));
}

err *lite_rows_end(database_rows *rows) {
    lite_rows *r = of(rows);
    release(r);
    return rows->failure;
}
