#include "database/postgres/pg_reading.h"

#include "database/postgres/pg_scope.h"
#include "database/postgres/pg_select.h"
#include "database/shape.h"
#include "schema/function.h"

static void write_plan(buf *out, const query_plan *p) {
    buf_append(out, STR("EXPLAIN (FORMAT "));
    buf_append(out, p->is_json ? STR("JSON") : STR("TEXT"));
    buf_append(out, p->is_run ? STR(", ANALYZE") : STR(""));
    buf_append(out, p->is_verbose ? STR(", VERBOSE") : STR(""));
    buf_append(out, p->has_settings ? STR(", SETTINGS") : STR(""));
    buf_append(out, p->has_buffers ? STR(", BUFFERS") : STR(""));
    buf_append(out, p->has_wal && p->is_run ? STR(", WAL") : STR(""));
    buf_append(out, STR(") "));
}

static void write_select(buf *out, const void *tree) {
    const query *q = tree;
    if (UNLIKELY(q->plan != NULL))
        write_plan(out, q->plan);
    pg_select_write(out, q);
}

static void write_count(buf *out, const void *q) {
    pg_count_write(out, q);
}

static void make_count_shape(buf *out, const query *q) {
    buf_clear(out, SIZE_MAX);
    buf_append_char(out, 'c');
    pg_scope_write_generation(out, q->scope);
    shape_put(out, q->model->index);
    shape_put(out, (size_t)q->total * 4 + (size_t)(q->call != NULL) * 2 +
                       (q->where != NULL));
    if (q->call != NULL)
        function_call_write_shape(out, q->call);
    if (q->where != NULL)
        filter_write_shape(out, q->where);
}

static void make_rows_shape(buf *out, const query *q) {
    buf_clear(out, SIZE_MAX);
    buf_append_char(out, LIKELY(q->plan == NULL) ? 'r' : 'p');
    if (UNLIKELY(q->plan != NULL))
        write_plan(out, q->plan);
    if (UNLIKELY(q->scope != NULL))
        pg_scope_write_generation(out, q->scope);
    pg_select_write_shape(out, q);
}

bool pg_reading_has(const pg_reading *r, int what) {
    const query *q = r->query;
    switch (what) {
    case PG_TICKET_SET:
        return pg_scope_has(q->scope, PG_SCOPE_SET);
    case PG_TICKET_BEFORE:
        return pg_scope_has(q->scope, PG_SCOPE_BEFORE);
    case PG_TICKET_COUNT:
        return q->wants_total;
    case PG_TICKET_AFTER:
        return pg_scope_has(q->scope, PG_SCOPE_AFTER);
    default:
        return true;
    }
}

int pg_reading_first(const pg_reading *r) {
    int what = PG_TICKET_SET;
    while (!pg_reading_has(r, what))
        what++;
    return what;
}

int pg_reading_last(const pg_reading *r) {
    return pg_reading_has(r, PG_TICKET_AFTER) ? PG_TICKET_AFTER
                                              : PG_TICKET_ROWS;
}

static err *send_one(pg_reading *r, int what, pg_sql_writer *write,
                     const void *tree, const pg_arguments *arguments) {
    pg_pipe *pipe = r->line->pipe;
    pg_prepared_use use;
    TRY(UNLIKELY(r->is_unprepared)
            ? pg_session_unprepared(r->session, r->arena, write, tree, &use)
            : pg_session_statement(r->session, r->arena, pipe, write, tree,
                                   &use));
    r->statements[what] = use.statement != NULL ? use.statement->number : 0;
    pg_pipe_run(pipe, &use, arguments, &r->tickets[what]);
    return NULL;
}

/* The number of rows and the rows are of one snapshot. The setting is that of
 * the implicit transaction, which must not have begun before. */
static void ask_for_snapshot(pg_reading *r) {
    pg_session_run(r->session, r->line->pipe,
                   "SET transaction_isolation = 'repeatable read'", NULL);
}

static err *send_count(pg_reading *r) {
    make_count_shape(&r->session->shape, r->query);
    return send_one(r, PG_TICKET_COUNT, write_count, r->query,
                    &r->count_arguments);
}

static void write_scope(buf *out, const void *part) {
    pg_scope_write(out, part);
}

static err *send_scope(pg_reading *r, int what, pg_scope_step step) {
    if (!pg_reading_has(r, what))
        return NULL;
    pg_arguments arguments = {0};
    pg_scope_part part = {.scope = r->query->scope, .step = step};
    buf_clear(&r->session->shape, SIZE_MAX);
    pg_scope_write_shape(&r->session->shape, &part);
    pg_scope_bind(r->arena, &arguments, &part);
    return send_one(r, what, write_scope, &part, &arguments);
}

err *pg_reading_send(pg_reading *r) {
    const query *q = r->query;
    bool is_apart = r->is_alone || q->wants_total || q->scope != NULL;
    memset(r->tickets, 0, sizeof r->tickets);
    r->tickets[pg_reading_last(r)].fiber = fiber_current();
    if (is_apart)
        pg_pipe_part(r->line->pipe);
    if (q->wants_total)
        ask_for_snapshot(r);
    TRY(send_scope(r, PG_TICKET_SET, PG_SCOPE_SET));
    TRY(send_scope(r, PG_TICKET_BEFORE, PG_SCOPE_BEFORE));
    if (q->wants_total)
        TRY(send_count(r));
    make_rows_shape(&r->session->shape, q);
    TRY(send_one(r, PG_TICKET_ROWS, write_select, q, &r->arguments));
    TRY(send_scope(r, PG_TICKET_AFTER, PG_SCOPE_AFTER));
    if (is_apart)
        pg_pipe_part(r->line->pipe);
    return NULL;
}
