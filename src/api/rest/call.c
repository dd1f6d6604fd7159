#include "api/rest/call.h"

#include <inttypes.h>

#include "api/rest/call_arguments.h"
#include "api/rest/foreign_call.h"
#include "api/rest/idempotency.h"
#include "api/rest/range.h"
#include "api/rest/read.h"
#include "api/rest/representation.h"
#include "api/rest/rest_scope.h"
#include "core/function_caller.h"
#include "core/mutation_engine.h"
#include "core/planner.h"

static bool is_read(const rest_request *r) {
    return r->http->method == HTTP_GET || r->http->method == HTTP_HEAD;
}

static const char *method_name(http_method method) {
    switch (method) {
    case HTTP_PATCH:
        return "PATCH";
    case HTTP_PUT:
        return "PUT";
    case HTTP_DELETE:
        return "DELETE";
    case HTTP_GET:
    case HTTP_HEAD:
    case HTTP_POST:
    case HTTP_OPTIONS:
    case HTTP_OTHER_METHOD:
        break;
    }
    return "given";
}

static err *check_method(arena *a, const rest_request *r) {
    if (is_read(r) || r->http->method == HTTP_POST)
        return NULL;
    return err_new(a, ERR_CALL_METHOD, "Cannot use the %s method on RPC",
                   method_name(r->http->method));
}

static err *check_writes(arena *a, const rest_request *r, const function *f) {
    if (!is_read(r) || f->volatility != FUNCTION_VOLATILE)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_CALL_WRITES,
                "cannot execute function \"%.*s\" in a read-only transaction",
                STR_ARG(f->name)),
        f->is_foreign
            ? STR("it is volatile: call it with POST, or declare it STABLE if "
                  "it only reads")
            : STR("it is volatile: call it with POST, or mark it @@stable if "
                  "it only reads"));
}

/* ---- One ------------------------------------------------------------------ */

static void write_one(const rest_request *r, const function *f,
                      const value *cells) {
    const selection *s = &r->params.selection;
    row_shape shape = {s->keys, s->key_count, r->accept.strips_nulls};
    buf *body = r->reply->body;
    if (cells == NULL)
        buf_append(body, STR("null"));
    else if (f->result == RESULT_VALUE)
        row_json_write_value(body, &s->keys[0], &cells[0]);
    else
        row_json_write(body, &shape, cells);
}

static err *refuse_none(arena *a) {
    return err_with_details(
        err_new(a, ERR_NOT_SINGULAR,
                "Cannot coerce the result to a single JSON object"),
        STR("The result contains 0 rows"));
}

/* A list of rows; and in CSV and GeoJSON there is nothing else. */
static bool is_table(const rest_request *r, const function *f) {
    return (f->result == RESULT_ROW && f->is_list) || r->accept.is_csv ||
           r->accept.is_geojson;
}

/* ---- How many rows -------------------------------------------------------- */

static bool is_bound(const rest_request *r) {
    return !is_read(r) && r->prefer.is_strict && r->prefer.has_max_affected;
}

static err *check_bound(arena *a, const rest_request *r, const function *f) {
    if (!is_bound(r) || f->is_list)
        return NULL;
    return err_new(a, ERR_MAX_AFFECTED_SINGLE,
                   "Function must return SETOF or TABLE when max-affected "
                   "preference is used with handling=strict");
}

err *call_check_count(arena *a, const rest_request *r, int64_t count) {
    mutation like = {.max_rows = is_bound(r) ? r->prefer.max_affected
                                             : MUTATION_ANY_COUNT};
    return mutation_check_count(a, &like, count);
}

/* ---- Reads ---------------------------------------------------------------- */

static query plan_read(const rest_request *r) {
    const query_string *p = &r->params;
    return (query){.model = r->table->model,
                   .call = r->call,
                   .columns = p->selection.columns,
                   .column_count = p->selection.count,
                   .embeds = p->selection.embeds,
                   .embed_count = p->selection.embed_count,
                   .is_grouped = p->selection.is_grouped,
                   .where = p->where,
                   .order = p->order,
                   .order_count = p->order_count,
                   .limit = p->limit,
                   .offset = p->offset,
                   .wants_total = r->prefer.count != COUNT_UNSAID};
}

/* What a client is told is what was applied: bare values have no time zone. */
static void reply_preferences(arena *a, const rest_request *r) {
    preferences applied = {
        .returns = is_read(r) ? RETURN_UNSAID : r->prefer.returns,
        .count = r->call->function->result == RESULT_VOID ? COUNT_UNSAID
                                                          : r->prefer.count,
        .tx = r->prefer.tx,
        .is_strict = r->prefer.is_strict,
        .is_lenient = r->prefer.is_lenient,
        .has_max_affected = is_bound(r),
        .max_affected = r->prefer.max_affected,
    };
    if (applied.returns == RETURN_HEADERS_ONLY)
        applied.returns = RETURN_UNSAID;
    preferences_reply(a, &applied, r->reply);
}

static err *answer_read(arena *a, rest_request *r, int64_t offset,
                        int64_t count, int64_t total) {
    TRY(range_reply(a, r->reply, offset, count, total));
    r->reply->content_type = r->accept.content_type;
    reply_preferences(a, r);
    return NULL;
}

/* A list of values, or one of anything. */
static err *read_values(arena *a, rest_request *r, const function *f) {
    query q = plan_read(r);
    if (f->is_list && is_read(r) && r->range.len > 0)
        TRY(range_apply_header(a, r->range, &q.limit, &q.offset));
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    TRY(planner_read(&r->caller, &q, &rows));
    buf *body = r->reply->body;
    int64_t count = 0;
    if (f->is_list)
        buf_append_char(body, '[');
    while (planner_next(rows)) {
        if (count++ > 0)
            buf_append_char(body, ',');
        write_one(r, f, rows->values);
    }
    if (f->is_list)
        buf_append_char(body, ']');
    else if (count == 0 && r->accept.is_object)
        return refuse_none(a);
    else if (count == 0)
        write_one(r, f, NULL);
    int64_t total = q.wants_total ? planner_total(rows) : RANGE_NO_TOTAL;
    TRY(planner_end(rows));
    TRY(call_check_count(a, r, count));
    return answer_read(a, r, q.offset, count, total);
}

/* Nothing comes back, but it is run, and may fail. */
static err *read_nothing(arena *a, rest_request *r) {
    query q = {.model = r->table->model, .call = r->call, .limit = 1};
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    TRY(planner_read(&r->caller, &q, &rows));
    while (planner_next(rows))
        ;
    TRY(planner_end(rows));
    reply_preferences(a, r);
    r->reply->status = 204;
    return NULL;
}

/* A client that asks by POST for the count alone says so. */
static err *serve_read(arena *a, rest_request *r, const function *f) {
    bool is_silent = r->prefer.returns == RETURN_MINIMAL && !is_read(r);
    TRY(check_bound(a, r, f));
    if (f->result == RESULT_VOID)
        return read_nothing(a, r);
    if (!f->is_list)
        r->params.limit = 1;
    if (is_table(r, f))
        TRY(read_serve(a, r));
    else
        TRY(read_values(a, r, f));
    if (!is_silent)
        return NULL;
    buf_clear(r->reply->body, SIZE_MAX);
    r->reply->status = 204;
    return NULL;
}

/* ---- Writes --------------------------------------------------------------- */

static void write_values(const rest_request *r, const function *f,
                         const mutation_result *result) {
    buf *body = r->reply->body;
    if (!f->is_list) {
        write_one(r, f, result->row_count > 0 ? result->rows : NULL);
        return;
    }
    buf_append_char(body, '[');
    for (size_t i = 0; i < result->row_count; i++) {
        if (i > 0)
            buf_append_char(body, ',');
        write_one(r, f, &result->rows[i]);
    }
    buf_append_char(body, ']');
}

static err *plan_most(arena *a, const rest_request *r, const function *f,
                      mutation *m) {
    m->max_rows = is_bound(r) ? r->prefer.max_affected : MUTATION_ANY_COUNT;
    return check_bound(a, r, f);
}

/* Of the rows that came, those on the page. */
static int64_t count_shown(const rest_request *r, const function *f,
                           int64_t all) {
    const query_string *p = &r->params;
    if (!f->is_list)
        return all;
    int64_t rest = all > p->offset ? all - p->offset : 0;
    bool is_cut = p->limit != QUERY_NO_LIMIT && p->limit < rest;
    return is_cut ? p->limit : rest;
}

/* A call that writes, and what it hands back. */
typedef struct call_plan {
    rest_request *request;
    const function *function;
    mutation mutation;
    representation representation;
} call_plan;

static err *plan_write(arena *a, call_plan *p) {
    rest_request *r = p->request;
    const function *f = p->function;
    mutation *m = &p->mutation;
    representation *plan = &p->representation;
    *m = (mutation){.kind = MUTATION_CALL,
                    .model = r->table->model,
                    .call = r->call,
                    .where = r->params.where,
                    .is_rolled_back = r->is_rolled_back};
    TRY(plan_most(a, r, f, m));
    if (f->is_foreign)
        representation_order_there(r, m);
    if (f->result != RESULT_VOID)
        TRY(representation_plan(a, r, plan));
    m->returning = plan->returning;
    m->returning_count = plan->returning_count;
    m->embeds = plan->embeds;
    m->embed_count = plan->embed_count;
    m->must_be_one =
        f->result == RESULT_ROW && f->is_list && r->accept.is_object;
    return NULL;
}

static void forget_inapplicable(rest_request *r, const function *f) {
    preferences *p = &r->prefer;
    p->resolution = RESOLUTION_UNSAID;
    p->missing = MISSING_UNSAID;
    if (p->returns == RETURN_HEADERS_ONLY)
        p->returns = RETURN_UNSAID;
    if (f->result == RESULT_VOID)
        p->count = COUNT_UNSAID;
    if (!is_table(r, f))
        p->timezone = (str){0};
}

static err *answer_write(void *context, arena *a,
                         const mutation_result *result) {
    const call_plan *p = context;
    rest_request *r = p->request;
    const function *f = p->function;
    bool is_silent =
        f->result == RESULT_VOID || r->prefer.returns == RETURN_MINIMAL;
    int64_t all = (int64_t)result->row_count;
    int64_t total = r->prefer.count != COUNT_UNSAID ? all : RANGE_NO_TOTAL;
    forget_inapplicable(r, f);
    preferences_reply(a, &r->prefer, r->reply);
    TRY(range_reply(a, r->reply, r->params.offset, count_shown(r, f, all),
                    total));
    if (is_silent) {
        r->reply->status = 204;
        return NULL;
    }
    if (is_table(r, f))
        TRY(representation_write(a, r, &p->representation, result));
    else
        write_values(r, f, result);
    r->reply->content_type = r->accept.content_type;
    return NULL;
}

static err *write_once(arena *a, call_plan *p) {
    const mutation *m = &p->mutation;
    idempotent_write once = {
        .request = p->request,
        .mutations = &m,
        .count = 1,
        .answer = answer_write,
        .context = p,
    };
    return idempotent_write_serve(a, &once);
}

static err *serve_write(arena *a, rest_request *r, const function *f) {
    call_plan p = {.request = r, .function = f};
    mutation_result result;
    TRY(plan_write(a, &p));
    if (UNLIKELY(r->idempotency_key.ptr != NULL))
        return write_once(a, &p);
    TRY(mutation_engine_run(&r->caller, &p.mutation, &result));
    return answer_write(&p, a, &result);
}

/* ---- All ------------------------------------------------------------------ */

/* What is asked of the result is in that query string. */
static err *serve(arena *a, rest_request *r, str rest) {
    const function *f = r->call->function;
    bool writes = f->volatility == FUNCTION_VOLATILE && !is_read(r);
    TRY(rest_request_read_query(a, r, rest));
    return writes ? serve_write(a, r, f) : serve_read(a, r, f);
}

err *call_serve(arena *a, rest_request *r, const function *f) {
    call_arguments given;
    r->table =
        rest_tables_get(r->tables, f->row != NULL ? f->row : f->arguments);
    TRY(check_method(a, r));
    TRY(check_writes(a, r, f));
    TRY(rest_request_read_headers(a, r));
    /* Who may not call it learns nothing about its arguments. */
    TRY(function_caller_require(&r->caller, f));
    TRY(call_arguments_read(a, r, f, &given));
    function_call *call = arena_new_array(a, function_call, 1);
    *call = (function_call){.function = f, .arguments = given.values};
    r->call = call;
    return serve(a, r, given.query);
}

/* Beside a schema file a call that writes must not come by GET, and where the
 * database knows the caller it refuses that itself. */
static err *forbid_writes(arena *a, rest_request *r, const function *f) {
    bool is_own = r->caller.scope == NULL;
    if (is_read(r) && is_own)
        return check_writes(a, r, f);
    if (!is_read(r) && !is_own && f->volatility != FUNCTION_VOLATILE)
        rest_scope_make_read_only(a, r);
    return NULL;
}

/* Clients name a schema always, be it that of the tables: it has no functions
 * but those of the file. */
static bool names_tables(const rest_request *r) {
    str header = is_read(r) ? STR("Accept-Profile") : STR("Content-Profile");
    str named = http_request_header(r->http, header);
    return named.ptr != NULL && !exposure_has(&r->called->exposed, named) &&
           exposure_has(&r->tables->exposed, named);
}

err *call_serve_foreign(arena *a, rest_request *r, str schema_name, str name) {
    str profile = schema_name;
    str rest;
    const rest_tables *own = r->tables;
    if (r->called != NULL && names_tables(r))
        return call_arguments_refuse(a, own->schema, name);
    if (r->called != NULL)
        r->tables = r->called;
    TRY(check_method(a, r));
    if (str_is_empty(profile))
        TRY(rest_request_find_profile(a, r, &profile));
    TRY(rest_request_read_headers(a, r));
    TRY(foreign_call_choose(a, r, profile, name, &r->call, &rest));
    const function *f = r->call->function;
    const model *row = f->row != NULL ? f->row : f->arguments;
    if (!row->is_shape)
        r->tables = own;
    r->table = rest_tables_get(r->tables, row);
    TRY(forbid_writes(a, r, f));
    return serve(a, r, rest);
}
