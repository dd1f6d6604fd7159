#include "api/rest/write.h"

#include <inttypes.h>

#include "api/rest/async_write.h"
#include "api/rest/idempotency.h"
#include "api/rest/payload.h"
#include "api/rest/put_key.h"
#include "api/rest/range.h"
#include "api/rest/row_version.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/url.h"
#include "core/mutation_engine.h"
#include "core/policy.h"

enum { KEY_TEXT_MAX = 64 * 1024 };

static bool wants_rows(const rest_request *r) {
    return r->prefer.returns == RETURN_REPRESENTATION;
}

/* What the client is told about preferences is what was applied. */
static void forget_inapplicable(rest_request *r) {
    bool is_insert = r->http->method == HTTP_POST;
    if (!is_insert) {
        r->prefer.resolution = RESOLUTION_UNSAID;
        if (r->prefer.returns == RETURN_HEADERS_ONLY)
            r->prefer.returns = RETURN_MINIMAL;
    } else {
        r->prefer.has_max_affected = false;
    }
    if (r->http->method == HTTP_PUT)
        r->prefer.has_max_affected = false;
    if (r->http->method == HTTP_DELETE)
        r->prefer.missing = MISSING_UNSAID;
}

/* The identity, for Location. Rows of a database that is served as it is found
 * may have none, and then no place of their own. */
static void plan_location(arena *a, const rest_request *r,
                          representation *plan) {
    const key *identity = model_identity(r->table->model);
    if (identity == NULL)
        return;
    query_column *columns =
        arena_new_array(a, query_column, identity->field_count);
    for (size_t i = 0; i < identity->field_count; i++)
        columns[i] = query_column_of(identity->fields[i]);
    plan->returning = columns;
    plan->returning_count = identity->field_count;
}

/* In place of the engine's words those that clients know. */
static err *explain(arena *a, const rest_request *r, err *e) {
    if (e->code == ERR_NOT_SINGULAR)
        return err_with_details(
            err_new(a, ERR_NOT_SINGULAR,
                    "Cannot coerce the result to a single JSON object"),
            e->details);
    if (e->code == ERR_MAX_AFFECTED)
        return err_with_details(
            err_new(a, ERR_MAX_AFFECTED,
                    "Query result exceeds max-affected preference constraint"),
            str_is_empty(e->details)
                ? arena_printf(a,
                               "The query affects more than %" PRId64 " rows",
                               r->prefer.max_affected)
                : e->details);
    return e;
}

/* What is the same for all: what comes back, and on what condition. */
static err *complete(arena *a, write_plan *w) {
    rest_request *r = w->request;
    mutation *m = &w->mutation;
    representation *plan = &w->representation;
    if (wants_rows(r) && r->table->model->is_foreign)
        representation_order_there(r, m);
    if (wants_rows(r))
        TRY(representation_plan(a, r, plan));
    else if (r->prefer.returns == RETURN_HEADERS_ONLY)
        plan_location(a, r, plan);
    m->model = r->table->model;
    m->returning = plan->returning;
    m->returning_count = plan->returning_count;
    m->embeds = plan->embeds;
    m->embed_count = plan->embed_count;
    m->must_be_one = r->accept.is_object && !plan->is_one;
    m->is_rolled_back = r->is_rolled_back;
    return row_version_expect(a, r, &w->has_look, &w->look);
}

/* status is for an answer without a body. */
static err *answer(arena *a, const write_plan *w, const mutation_result *result,
                   int status, int status_with_body) {
    rest_request *r = w->request;
    bool has_count = r->prefer.count != COUNT_UNSAID;
    int64_t total = has_count ? result->affected : RANGE_NO_TOTAL;
    bool is_update = r->http->method == HTTP_PATCH;
    r->reply->status = status;
    range_write(a, r->reply, 0, is_update ? result->affected : 0, total);
    preferences_reply(a, &r->prefer, r->reply);
    if (!wants_rows(r))
        return NULL;
    TRY(representation_write(a, r, &w->representation, result));
    if (r->reply->body->is_overflown)
        return err_with_hint(
            err_new(a, ERR_INTERNAL,
                    "the rows were written, but are too many to hand back"),
            STR("use Prefer: return=minimal, and read them in pages"));
    r->reply->status = status_with_body;
    r->reply->content_type = r->accept.content_type;
    return NULL;
}

/* Somebody who deletes with limit=1 must not delete all that match. */
static err *check_limit(arena *a, const rest_request *r) {
    if (wants_rows(r) || !(r->params.has_limit || r->params.has_offset))
        return NULL;
    return err_with_hint(
        err_new(a, ERR_QUERY_SYNTAX,
                "limit and offset do not limit what is written"),
        STR("they choose among the rows that Prefer: return=representation "
            "hands back"));
}

/* --- insert --- */

static err *check_insert_parameters(arena *a, const rest_request *r) {
    if (r->params.where != NULL)
        return err_new(a, ERR_QUERY_SYNTAX,
                       "POST inserts rows and takes no filters");
    return NULL;
}

/* Rows without an identity are in conflict with none. */
static void choose_conflict(const rest_request *r, mutation *m) {
    const key *identity = model_identity(r->table->model);
    bool is_named = r->params.has_on_conflict;
    if (r->prefer.resolution == RESOLUTION_UNSAID ||
        (identity == NULL && !is_named))
        return;
    bool is_merge = r->prefer.resolution == RESOLUTION_MERGE;
    m->on_conflict = is_merge ? CONFLICT_MERGE : CONFLICT_IGNORE;
    m->conflict_fields =
        is_named ? r->params.on_conflict.fields : identity->fields;
    m->conflict_field_count =
        is_named ? r->params.on_conflict.count : identity->field_count;
}

/* A foreign cell is JSON, of which a filter has the text. */
static str foreign_text(arena *a, str cell) {
    const json *tree;
    bool is_string =
        json_parse(a, cell, &tree) == NULL && tree->kind == JSON_STRING;
    return url_encode(a, is_string ? tree->text : cell);
}

/* As a filter reads it. */
static str text_of(arena *a, const field *f, const value *v) {
    CLEANUP(buf_free) buf text = buf_new(KEY_TEXT_MAX);
    switch (v->kind) {
    case VALUE_BOOL:
        return v->boolean ? STR("true") : STR("false");
    case VALUE_INT:
        return arena_printf(a, "%" PRId64, v->integer);
    case VALUE_FLOAT:
        json_write_double(&text, v->real);
        break;
    case VALUE_TEXT:
        return f->is_foreign ? foreign_text(a, v->text)
                             : url_encode(a, v->text);
    case VALUE_BYTES:
        buf_append(&text, STR("\\x"));
        hex_encode(&text, v->text);
        break;
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        break;
    }
    return url_encode(a, buf_str(&text));
}

/* Where the one new row is: /rest/v1/task?id=eq.5 */
static void add_location(arena *a, const write_plan *w,
                         const mutation_result *result) {
    const rest_request *r = w->request;
    const representation *plan = &w->representation;
    if (r->prefer.returns != RETURN_HEADERS_ONLY ||
        plan->returning_count == 0 || result->row_count != 1)
        return;
    str url = r->http->path;
    for (size_t i = 0; i < plan->returning_count; i++) {
        const field *f = plan->returning[i].field;
        str column = url_encode(a, f->column);
        str text = text_of(a, f, &result->rows[i]);
        url = arena_printf(a, "%.*s%c%.*s=eq.%.*s", STR_ARG(url),
                           i == 0 ? '?' : '&', STR_ARG(column), STR_ARG(text));
    }
    http_reply_add(r->reply, STR("Location"), url);
}

/* --- rows with others nested in them --- */

static err *refuse_nested(arena *a, const char *why, const char *hint) {
    err *e = err_new(a, ERR_BODY, "%s", why);
    return hint == NULL ? e : err_with_hint(e, str_of(hint));
}

static err *plan_nested(arena *a, write_plan *w, const payload *rows) {
    const rest_request *r = w->request;
    w->rows = rows->nested;
    w->row_count = rows->row_count;
    if (LIKELY(w->rows == NULL))
        return NULL;
    if (r->http->method == HTTP_PUT ||
        r->prefer.resolution != RESOLUTION_UNSAID)
        return refuse_nested(a,
                             "relations are written with a row that is "
                             "inserted or updated, not with one that may be "
                             "there already",
                             "nest it in its own parent as connectOrCreate or "
                             "upsert");
    if (r->caller.deleted != DELETED_LEFT_OUT)
        return refuse_nested(a,
                             "relations are not written together with deleted "
                             "rows",
                             "restore the row first");
    return NULL;
}

static err *plan_insert(arena *a, write_plan *w) {
    rest_request *r = w->request;
    payload rows;
    /* Who may not write learns nothing about the columns. */
    TRY(policy_require(&r->caller, r->table->model, OPERATION_CREATE));
    TRY(check_insert_parameters(a, r));
    TRY(check_limit(a, r));
    TRY(payload_read(a, r, &rows));
    TRY(plan_nested(a, w, &rows));
    forget_inapplicable(r);

    w->mutation = (mutation){
        .kind = MUTATION_INSERT,
        .fields = rows.fields,
        .field_count = rows.field_count,
        .values = rows.values,
        .operators = rows.operators,
        .row_count = rows.row_count,
        .max_rows = MUTATION_ANY_COUNT,
    };
    choose_conflict(r, &w->mutation);
    return NULL;
}

static err *answer_insert(arena *a, const write_plan *w,
                          const mutation_result *result) {
    bool has_inserted =
        w->mutation.on_conflict != CONFLICT_MERGE || result->inserted > 0;
    int status = has_inserted ? 201 : 200;
    add_location(a, w, result);
    return answer(a, w, result, status, status);
}

/* --- put --- */

static err *plan_put(arena *a, write_plan *w) {
    rest_request *r = w->request;
    payload row;
    TRY(policy_require(&r->caller, r->table->model, OPERATION_CREATE));
    TRY(put_key_check_address(a, r));
    TRY(payload_read(a, r, &row));
    TRY(plan_nested(a, w, &row));
    TRY(put_key_check_body(a, r, &row));
    forget_inapplicable(r);

    const key *identity = model_identity(r->table->model);
    w->mutation = (mutation){
        .kind = MUTATION_INSERT,
        .fields = row.fields,
        .field_count = row.field_count,
        .values = row.values,
        .operators = row.operators,
        .row_count = 1,
        .on_conflict = CONFLICT_MERGE,
        .conflict_fields = identity->fields,
        .conflict_field_count = identity->field_count,
        .max_rows = MUTATION_ANY_COUNT,
    };
    return NULL;
}

static err *answer_put(arena *a, const write_plan *w,
                       const mutation_result *result) {
    bool is_new = result->inserted > 0;
    return answer(a, w, result, is_new ? 201 : 204, is_new ? 201 : 200);
}

/* --- update and delete --- */

/* The statement is what people know it by; the hint says how to mean it. */
static err *require_filter(arena *a, const rest_request *r, const char *verb) {
    if (r->params.where != NULL || r->table->model->is_foreign)
        return NULL;
    const field *id = model_identity(r->table->model)->fields[0];
    return err_with_hint(
        err_new(a, ERR_NO_FILTER, "%s requires a WHERE clause", verb),
        arena_printf(a,
                     "to mean all rows, filter by something that all of "
                     "them have, such as %.*s=not.is.null",
                     STR_ARG(id->column)));
}

static int64_t max_rows(const rest_request *r) {
    return r->prefer.is_strict && r->prefer.has_max_affected
               ? r->prefer.max_affected
               : MUTATION_ANY_COUNT;
}

static err *plan_update(arena *a, write_plan *w) {
    rest_request *r = w->request;
    payload rows;
    TRY(policy_require(&r->caller, r->table->model, OPERATION_UPDATE));
    TRY(require_filter(a, r, "UPDATE"));
    TRY(check_limit(a, r));
    TRY(payload_read(a, r, &rows));
    if (rows.row_count != 1)
        return err_new(a, ERR_BODY, "the body of PATCH is one object, not %zu",
                       rows.row_count);
    TRY(plan_nested(a, w, &rows));
    forget_inapplicable(r);

    w->mutation = (mutation){
        .kind = MUTATION_UPDATE,
        .fields = rows.fields,
        .field_count = rows.field_count,
        .values = rows.values,
        .operators = rows.operators,
        .row_count = 1,
        .where = r->params.where,
        .max_rows = max_rows(r),
    };
    return NULL;
}

static err *plan_delete(arena *a, write_plan *w) {
    rest_request *r = w->request;
    TRY(policy_require(&r->caller, r->table->model, OPERATION_DELETE));
    TRY(require_filter(a, r, "DELETE"));
    TRY(check_limit(a, r));
    forget_inapplicable(r);

    w->mutation = (mutation){
        .kind = MUTATION_DELETE,
        .where = r->params.where,
        .max_rows = max_rows(r),
    };
    return NULL;
}

static err *answer_change(arena *a, const write_plan *w,
                          const mutation_result *result) {
    return answer(a, w, result, 204, 200);
}

/* --- all of them --- */

static const struct row {
    err *(*plan)(arena *a, write_plan *w);
    err *(*answer)(arena *a, const write_plan *w,
                   const mutation_result *result);
} METHODS[HTTP_OTHER_METHOD] = {
    [HTTP_POST] = {plan_insert, answer_insert},
    [HTTP_PUT] = {plan_put, answer_put},
    [HTTP_PATCH] = {plan_update, answer_change},
    [HTTP_DELETE] = {plan_delete, answer_change},
};

err *write_plan_make(arena *a, rest_request *r, write_plan *out) {
    *out = (write_plan){.request = r};
    TRY(METHODS[r->http->method].plan(a, out));
    TRY(complete(a, out));
    return LIKELY(out->rows == NULL)
               ? NULL
               : nested_write_plan(&r->caller, &out->mutation, out->rows,
                                   out->row_count, &out->nested);
}

size_t write_plan_count(const write_plan *w) {
    return (w->has_look ? 1 : 0) + (w->rows != NULL ? w->nested.step_count : 1);
}

void write_plan_list(const write_plan *w, size_t first, const mutation **out) {
    size_t count = 0;
    if (w->has_look)
        out[count++] = &w->look;
    if (w->rows == NULL) {
        out[count] = &w->mutation;
        return;
    }
    const mutation *const *nested =
        nested_plan_mutations(&w->nested, first + count);
    for (size_t i = 0; i < w->nested.step_count; i++)
        out[count + i] = nested[i];
}

static err *explain_nested(arena *a, const write_plan *w, size_t failed_at,
                           err *e) {
    err *told = nested_plan_explain(&w->nested, failed_at, e);
    if (told != e || e->code != ERR_NOT_SINGULAR)
        return told != e ? told : explain(a, w->request, e);
    return err_with_details(
        err_new(a, ERR_NOT_SINGULAR,
                "rows are nested in one row: the filter has to find exactly "
                "one"),
        e->details);
}

err *write_plan_explain(arena *a, const write_plan *w, size_t failed_at,
                        err *e) {
    size_t looks = w->has_look ? 1 : 0;
    if (failed_at < looks)
        return row_version_explain(a, e);
    return w->rows != NULL ? explain_nested(a, w, failed_at - looks, e)
                           : explain(a, w->request, e);
}

err *write_plan_answer(arena *a, const write_plan *w,
                       const mutation_result *results) {
    const mutation_result *own = &results[w->has_look ? 1 : 0];
    mutation_result nested;
    if (UNLIKELY(w->rows != NULL)) {
        nested = nested_plan_result(a, &w->nested, own);
        own = &nested;
    }
    return METHODS[w->request->http->method].answer(a, w, own);
}

static err *answer_once(void *plan, arena *a, const mutation_result *results) {
    return write_plan_answer(a, plan, results);
}

static err *serve_once(arena *a, write_plan *w, const mutation *const *list,
                       size_t count) {
    idempotent_write once = {
        .request = w->request,
        .mutations = list,
        .count = count,
        .answer = answer_once,
        .context = w,
    };
    err *e = idempotent_write_serve(a, &once);
    if (e == NULL || once.failed_at == once.count)
        return e;
    return write_plan_explain(a, w, once.failed_at, e);
}

static err *serve_several(arena *a, write_plan *w) {
    size_t count = write_plan_count(w);
    const mutation **list = arena_new_array(a, const mutation *, count);
    mutation_result *results = arena_new_array(a, mutation_result, count);
    size_t failed_at;
    write_plan_list(w, 0, list);
    if (w->request->idempotency_key.ptr != NULL)
        return serve_once(a, w, list, count);
    err *e = mutation_engine_run_all(&w->request->caller, list, count, results,
                                     &failed_at);
    if (e == NULL)
        return write_plan_answer(a, w, results);
    return failed_at < count ? write_plan_explain(a, w, failed_at, e) : e;
}

err *write_serve(arena *a, rest_request *r) {
    write_plan w;
    mutation_result result;
    TRY(write_plan_make(a, r, &w));
    if (async_write_is_wanted(r))
        return async_write_accept(a, r);
    if (UNLIKELY(r->idempotency_key.ptr != NULL || w.has_look ||
                 w.rows != NULL))
        return serve_several(a, &w);
    err *e = mutation_engine_run(&r->caller, &w.mutation, &result);
    return e != NULL ? write_plan_explain(a, &w, 0, e)
                     : write_plan_answer(a, &w, &result);
}
