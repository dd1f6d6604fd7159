#include "base/assert.h"
#include "database/sqlite/lite_embed.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_explain.h"
#include "database/sqlite/lite_session.h"

/* How long to wait for a lock of another process before trying again. */
enum { LEAST_WAIT_MS = 1, MOST_WAIT_MS = 50 };

/* A running read. The connection is ours until reader is NULL. */
typedef struct lite_rows {
    engine_rows engine;
    lite_session *session;
    arena *arena;
    const query *query;
    lite_reader *reader;
    lite_source source; /* of the reader's statements */
    lite_cached used;
    lite_cells cells;
    value *values;
    lite_embeds *embeds; /* or NULL: none */
    value *links;
    deadline until;
    bool has_begun; /* it has a snapshot: a step cannot be tried again */
    bool has_row;
} lite_rows;

static lite_rows *of(database_rows *rows) {
    return CONTAINER_OF(rows, lite_rows, engine.rows);
}

static void release(lite_rows *r) {
    if (UNLIKELY(r->embeds != NULL))
        lite_embeds_close(r->embeds);
    r->embeds = NULL;
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

/* ---- Steps -------------------------------------------------------------- */

/* Errors after which the connection may not be what it was. */
static bool is_breaking(int rc) {
    int primary = rc & 0xff;
    return primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN ||
           primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ||
           primary == SQLITE_READONLY;
}

static err *step_error(lite_rows *r, int rc) {
    err *e = lite_source_error(r->arena, &r->source, rc);
    if (is_breaking(rc) || e->code == ERR_IO || e->code == ERR_CORRUPT)
        r->reader->is_broken = true;
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
    TRY(lite_select_find(r->arena, &r->source, LITE_SELECT_COUNT, r->query,
                         NULL, &r->used));
    TRY(lite_count_bind(r->arena, r->used.statement, r->source.layout,
                        r->query));
    int rc = step_patiently(r, r->used.statement);
    if (rc != SQLITE_ROW)
        return step_error(r, rc);
    r->engine.rows.total = sqlite3_column_int64(r->used.statement, 0);
    lite_cache_put(r->used);
    r->used = (lite_cached){0};
    return NULL;
}

static err *open_rows(lite_rows *r) {
    const query *q = r->query;
    TRY(lite_reader_take(&r->session->readers, r->arena, q, r->until,
                         &r->reader));
    r->source = (lite_source){
        .db = r->reader->db,
        .cache = r->reader->cache,
        .pace = &r->reader->pace,
        .layout = &r->session->database->layout,
        .shape = &r->session->shape,
    };
    if (r->reader->leases == 1)
        lite_pace_begin(&r->reader->pace, loop_now(r->session->readers.loop),
                        r->session->database->statement_timeout_ms);
    if (r->query->wants_total && q->plan == NULL)
        TRY(read_total(r));
    TRY(lite_select_find(r->arena, &r->source,
                         LIKELY(q->plan == NULL) ? LITE_SELECT_ROWS
                                                 : LITE_SELECT_PLAN,
                         q, NULL, &r->used));
    lite_cells_init(r->arena, r->source.layout, q, r->used, &r->cells);
    if (UNLIKELY(q->embed_count > 0))
        r->links = arena_new_array(r->arena, value, r->cells.link_count);
    if (UNLIKELY(q->embed_count > 0) && q->plan == NULL)
        TRY(lite_embeds_open(r->arena, &r->source, q->embeds, q->embed_count,
                             &r->embeds));
    return lite_select_bind(r->arena, r->used.statement, r->source.layout, q,
                            r->cells.has_derived, r->embeds, NULL, NULL);
}

err *lite_session_query(database_session *base, arena *a, const query *q,
                        database_rows **out) {
    lite_session *s = CONTAINER_OF(base, lite_session, base);
    const lite_layout *layout = &s->database->layout;
    TRY(lite_select_check(a, layout, q));
    lite_rows *r = arena_new_array(a, lite_rows, 1);
    r->engine.engine = base->engine;
    r->engine.rows.value_count =
        LIKELY(q->embed_count == 0) ? q->column_count : query_cell_count(q);
    r->session = s;
    r->arena = a;
    r->query = q;
    r->until = deadline_in(s->readers.loop, s->database->statement_timeout_ms);
    /* One more: for a plan, when no columns are asked for. */
    r->values = arena_new_array(a, value, r->engine.rows.value_count + 1);
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

static err *read_embeds(lite_rows *r) {
    if (r->query->is_grouped) /* they are cells like others */
        return NULL;
    lite_cells_read_links(&r->cells, r->used.statement, r->links);
    err *e = lite_embeds_read(r->arena, r->embeds, r->links,
                              r->values + r->cells.count);
    if (e != NULL && (e->code == ERR_IO || e->code == ERR_CORRUPT))
        r->reader->is_broken = true;
    return e;
}

static err *read_row(lite_rows *r) {
    TRY(lite_cells_read(r->arena, &r->cells, r->used.statement, r->values));
    return LIKELY(r->embeds == NULL) ? NULL : read_embeds(r);
}

static bool fail(lite_rows *r, err *e) {
    r->engine.rows.failure = e;
    release(r);
    return false;
}

/* All of the plan is one row. */
static bool next_plan(lite_rows *r) {
    r->values[0].kind = VALUE_TEXT;
    int rc = lite_explain(r->arena, r->used.statement, r->query->plan->is_json,
                          &r->values[0].text);
    r->engine.rows.value_count = 1;
    (void)fail(r, rc == SQLITE_DONE ? NULL : step_error(r, rc));
    return rc == SQLITE_DONE;
}

bool lite_rows_next(database_rows *rows) {
    lite_rows *r = of(rows);
    if (r->reader == NULL)
        return false;
    if (UNLIKELY(r->query->plan != NULL))
        return next_plan(r);
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
