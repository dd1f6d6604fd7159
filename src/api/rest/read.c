#include "api/rest/read.h"

#include <inttypes.h>

#include "api/rest/call.h"
#include "api/rest/content_location.h"
#include "api/rest/paging.h"
#include "api/rest/range.h"
#include "api/rest/row_output.h"
#include "api/rest/row_version.h"
#include "core/planner.h"

static err *refuse_count(arena *a, int64_t count) {
    err *e = err_new(a, ERR_NOT_SINGULAR,
                     "Cannot coerce the result to a single JSON object");
    return err_with_details(
        e, arena_printf(a, "The result contains %" PRId64 " rows", count));
}

/* An empty select asks for rows without columns; the database still wants one
 * to name. */
static void choose_columns(const rest_request *r, query *q) {
    const selection *s = &r->params.selection;
    bool is_empty = s->key_count == 0;
    q->columns = is_empty ? rest_table_any_column(r->table) : s->columns;
    q->column_count = is_empty ? 1 : s->count;
    q->embeds = s->embeds;
    q->embed_count = s->embed_count;
    q->is_grouped = s->is_grouped;
    q->has_all_columns = s->has_all_columns && !is_empty;
}

static err *check_parameters(arena *a, const rest_request *r) {
    if (r->params.has_columns || r->params.has_on_conflict)
        return err_new(a, ERR_QUERY_SYNTAX,
                       "columns and on_conflict are for writes only");
    return NULL;
}

/* Rows go straight into the body; when one is wanted, how many there were
 * decides afterwards. */
static int64_t write_rows(arena *a, const rest_request *r, paging *page,
                          database_rows *rows) {
    row_output out = row_output_begin(a, r->reply->body, &r->params.selection,
                                      &r->accept, r->zone);
    while (planner_next(rows)) {
        const value *cells = rows->values;
        if (UNLIKELY(page != NULL))
            cells = paging_take(a, page, cells);
        row_output_write(&out, cells);
    }
    row_output_end(&out);
    return out.count;
}

/* The lines of the plan. */
static err *serve_plan(const rest_request *r, query *q) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    buf *body = r->reply->body;
    q->plan = &r->accept.plan;
    q->wants_total = false;
    TRY(planner_read(&r->caller, q, &rows));
    for (bool is_first = true; planner_next(rows); is_first = false) {
        buf_append(body, is_first ? STR("") : STR("\n"));
        buf_append(body, rows->values[0].text);
    }
    /* Who may see no row makes the database do nothing. */
    if (rows == NULL && r->accept.plan.is_json)
        buf_append(body, STR("[]"));
    TRY(planner_end(rows));
    r->reply->status = 200;
    r->reply->content_type = r->accept.content_type;
    return NULL;
}

static total_kind total_of(prefer_count count) {
    switch (count) {
    case COUNT_PLANNED:
        return TOTAL_PLANNED;
    case COUNT_ESTIMATED:
        return TOTAL_ESTIMATED;
    case COUNT_UNSAID:
    case COUNT_EXACT:
        break;
    }
    return TOTAL_EXACT;
}

/* A guess may be less than what was found. */
static int64_t find_total(const query *q, const database_rows *rows,
                          int64_t count) {
    if (!q->wants_total)
        return RANGE_NO_TOTAL;
    int64_t total = planner_total(rows);
    bool is_guess = q->total != TOTAL_EXACT && count > 0;
    return is_guess && total < q->offset + count ? q->offset + count : total;
}

/* The body is one object, written whole. */
static void add_version(arena *a, rest_request *r) {
    http_reply *reply = r->reply;
    if (r->accept.strips_nulls || r->call != NULL || r->zone != NULL ||
        !row_version_exists(&r->params.selection))
        return;
    str version = row_version_of(a, buf_str(reply->body));
    str known = http_request_header(r->http, STR("If-None-Match"));
    http_reply_add(reply, STR("ETag"), version);
    if (!row_version_is_in(known, version))
        return;
    reply->status = 304;
    reply->content_type = (str){0};
    buf_clear(reply->body, SIZE_MAX);
}

/* By POST a function is called, and a client may want no body. */
static prefer_return applied_return(const rest_request *r) {
    bool is_said = r->http->method == HTTP_POST &&
                   r->prefer.returns != RETURN_HEADERS_ONLY;
    return is_said ? r->prefer.returns : RETURN_UNSAID;
}

/* Of reads only calls by POST have a bound. */
static void reply_preferences(arena *a, rest_request *r, bool is_keyset) {
    bool is_bound = r->http->method == HTTP_POST && r->prefer.has_max_affected;
    r->prefer = (preferences){.returns = applied_return(r),
                              .deleted = r->prefer.deleted,
                              .count = r->prefer.count,
                              .tx = r->prefer.tx,
                              .timezone = r->prefer.timezone,
                              .is_keyset = is_keyset,
                              .is_strict = r->prefer.is_strict,
                              .is_lenient = r->prefer.is_lenient,
                              .has_max_affected = is_bound,
                              .max_affected = r->prefer.max_affected};
    preferences_reply(a, &r->prefer, r->reply);
}

err *read_serve(arena *a, rest_request *r) {
    query q = {
        .model = r->table->model,
        .call = r->call,
        .where = r->params.where,
        .order = r->params.order,
        .order_count = r->params.order_count,
        .limit = r->params.limit,
        .offset = r->params.offset,
        .wants_total = r->prefer.count != COUNT_UNSAID,
        .total = total_of(r->prefer.count),
        .total_bound = r->caller.app->max_rows,
    };
    TRY(check_parameters(a, r));
    choose_columns(r, &q);
    if (r->http->method == HTTP_GET && r->range.len > 0)
        TRY(range_apply_header(a, r->range, &q.limit, &q.offset));
    if (UNLIKELY(r->accept.is_plan))
        return serve_plan(r, &q);

    CLEANUP(paging_end) paging *page = NULL;
    if (UNLIKELY(paging_is_wanted(r)))
        TRY(paging_begin(a, r, &q, &page));

    CLEANUP(database_rows_close) database_rows *rows = NULL;
    TRY(planner_read(&r->caller, &q, &rows));
    int64_t count = write_rows(a, r, page, rows);
    int64_t total = find_total(&q, rows, count);
    TRY(planner_end(rows));

    if (r->accept.is_object && count != 1)
        return refuse_count(a, count);
    if (r->call != NULL)
        TRY(call_check_count(a, r, count));
    TRY(range_reply(a, r->reply, q.offset, count, total));
    content_location_add(a, r->http, r->reply);
    r->reply->content_type = r->accept.content_type;
    if (UNLIKELY(page != NULL))
        paging_reply(a, r, page, count);
    if (UNLIKELY(r->has_prefer || page != NULL))
        reply_preferences(a, r, page != NULL);
    if (r->accept.is_object)
        add_version(a, r);
    return NULL;
}
