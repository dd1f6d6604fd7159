#include "api/rest/batch.h"

#include "api/reply.h"
#include "api/rest/async_write.h"
#include "api/rest/idempotency.h"
#include "api/rest/payload.h"
#include "api/rest/write.h"
#include "base/assert.h"
#include "base/json.h"
#include "core/mutation_engine.h"

enum {
    MAX_ITEM_HEADERS = 16,
    MAX_MUTATIONS = 10000, /* an item with others nested in it is many */
};

typedef struct item {
    http_request http;
    http_reply reply;
    rest_request request;
    write_plan plan;
} item;

typedef struct batch {
    rest_request *whole;
    item *items;
    size_t count;
    buf *scratch; /* the body of one answer */

    const mutation **mutations; /* of all items */
    size_t *owners;             /* whose each of them is */
    size_t *firsts;             /* of each item the first */
    size_t mutation_count;
} batch;

/* --- reading --- */

static err *refuse(arena *a, const char *why) {
    return err_with_hint(
        err_new(a, ERR_BODY, "%s", why),
        STR("an item is {\"method\", \"path\", \"headers\", \"body\"}, such as "
            "{\"method\": \"DELETE\", \"path\": \"task?id=eq.5\"}"));
}

static bool is_clean(str text, char first) {
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < first || text.ptr[i] > '~')
            return false;
    return true;
}

static err *read_method(arena *a, const json *j, http_method *out) {
    static const struct {
        str name;
        http_method method;
    } METHODS[] = {
        {STR_INIT("POST"), HTTP_POST},
        {STR_INIT("PATCH"), HTTP_PATCH},
        {STR_INIT("PUT"), HTTP_PUT},
        {STR_INIT("DELETE"), HTTP_DELETE},
    };
    for (size_t i = 0; j->kind == JSON_STRING && i < LENGTH(METHODS); i++) {
        if (!str_equal(METHODS[i].name, j->text))
            continue;
        *out = METHODS[i].method;
        return NULL;
    }
    return refuse(a, "the method of an item is POST, PATCH, PUT or DELETE");
}

/* What it may hold is what a request line may. */
static err *read_path(arena *a, const batch *b, const json *j, item *it,
                      str *out) {
    if (j->kind != JSON_STRING || !is_clean(j->text, '!') ||
        str_find_char(j->text, '#') < j->text.len)
        return refuse(a, "the path of an item is a table and its parameters, "
                         "percent-encoded");
    str parameters = j->text;
    str table = str_split(&parameters, '?');
    it->http.path = arena_printf(a, "%.*s%.*s", STR_ARG(b->whole->http->path),
                                 STR_ARG(table));
    it->http.query = parameters;
    *out = table;
    return NULL;
}

static err *read_headers(arena *a, const batch *b, const json *j, item *it) {
    http_header *headers =
        arena_new_array(a, http_header, MAX_ITEM_HEADERS + 1);
    size_t count = 0;
    if (j->kind != JSON_OBJECT || j->count > MAX_ITEM_HEADERS)
        return refuse(a, "the headers of an item are an object of a few texts");
    for (uint32_t i = 0; i < j->count; i++) {
        if (j->items[i].kind != JSON_STRING || !is_clean(j->items[i].text, ' '))
            return refuse(a, "the headers of an item are an object of texts");
        headers[count++] = (http_header){j->keys[i], j->items[i].text};
    }
    /* Its own comes before it, if there is one. */
    str profile = http_request_header(b->whole->http, STR("Content-Profile"));
    if (profile.ptr != NULL)
        headers[count++] = (http_header){STR("Content-Profile"), profile};
    it->http.headers = headers;
    it->http.header_count = count;
    return NULL;
}

static err *check_keys(arena *a, const json *j) {
    static const str KEYS[] = {STR_INIT("method"), STR_INIT("path"),
                               STR_INIT("headers"), STR_INIT("body")};
    if (j->kind != JSON_OBJECT)
        return refuse(a, "an item of a batch is an object");
    for (uint32_t i = 0; i < j->count; i++) {
        size_t at = 0;
        while (at < LENGTH(KEYS) && !str_equal(KEYS[at], j->keys[i]))
            at++;
        if (at == LENGTH(KEYS))
            return refuse(a, "an item of a batch has a key that none has");
    }
    return NULL;
}

static const json *member(const json *object, str name, const json *absent) {
    const json *found = json_find(object, name);
    return found != NULL ? found : absent;
}

static err *check_whole(arena *a, const rest_request *r) {
    if (r->prefer.tx != PREFER_TX_UNSAID)
        return err_new(a, ERR_PREFERENCE, "tx is for the whole batch");
    if (r->prefer.deleted != PREFER_DELETED_UNSAID)
        return err_new(a, ERR_PREFERENCE, "deleted is for the whole batch");
    if (r->idempotency_key.ptr != NULL)
        return err_new(a, ERR_BODY,
                       "an Idempotency-Key is for the whole batch: send it as "
                       "a header of the request");
    return NULL;
}

static err *read_item(arena *a, const batch *b, const json *j, item *it) {
    static const json NOTHING = {.kind = JSON_NULL};
    static const json NO_HEADERS = {.kind = JSON_OBJECT};
    TRY(check_keys(a, j));
    str table = {0};
    it->http = *b->whole->http;
    it->reply.body = b->scratch;
    it->request = (rest_request){
        .tables = b->whole->tables,
        .http = &it->http,
        .reply = &it->reply,
        .caller = b->whole->caller,
    };
    TRY(read_method(a, member(j, STR("method"), &NOTHING), &it->http.method));
    TRY(read_path(a, b, member(j, STR("path"), &NOTHING), it, &table));
    TRY(read_headers(a, b, member(j, STR("headers"), &NO_HEADERS), it));
    it->http.body = member(j, STR("body"), &NOTHING)->text;
    TRY(rest_request_find_table(a, &it->request, table));
    TRY(rest_request_read(a, &it->request));
    TRY(check_whole(a, &it->request));
    it->request.is_rolled_back = b->whole->is_rolled_back;
    return write_plan_make(a, &it->request, &it->plan);
}

static err *read_all(arena *a, batch *b, int64_t *failed_at) {
    const json *list;
    err *e = json_parse(a, b->whole->http->body, &list);
    if (e != NULL)
        return payload_refuse_json(a, e->message);
    if (list->kind != JSON_ARRAY)
        return refuse(a, "the body of a batch is a list of items");
    if (list->count > BATCH_MAX)
        return err_new(a, ERR_TOO_LARGE, "more than %d items in a batch",
                       BATCH_MAX);
    b->count = list->count;
    b->items = arena_new_array(a, item, b->count);
    for (size_t i = 0; i < b->count; i++) {
        *failed_at = (int64_t)i;
        TRY(read_item(a, b, &list->items[i], &b->items[i]));
    }
    *failed_at = -1;
    return NULL;
}

/* --- answering --- */

static void write_header(buf *out, bool is_first, str name, str text) {
    buf_append(out, is_first ? STR("") : STR(","));
    json_write_string(out, name);
    buf_append_char(out, ':');
    json_write_string(out, text);
}

static void write_body(buf *out, const http_reply *reply) {
    str body = buf_str(reply->body);
    if (str_is_empty(body))
        buf_append(out, STR("null"));
    else if (str_contains(reply->content_type, STR("json")))
        buf_append(out, body);
    else
        json_write_string(out, body);
}

static void write_answer(buf *out, const http_reply *reply) {
    bool has_type = !str_is_empty(reply->content_type);
    buf_printf(out, "{\"status\":%d,\"headers\":{", reply->status);
    if (has_type)
        write_header(out, true, STR("Content-Type"), reply->content_type);
    for (size_t i = 0; i < reply->header_count; i++)
        write_header(out, i == 0 && !has_type, reply->headers[i].name,
                     reply->headers[i].value);
    buf_append(out, STR("},\"body\":"));
    write_body(out, reply);
    buf_append_char(out, '}');
}

/* The items' replies begin with headers of every answer. */
static err *answer(void *context, arena *a, const mutation_result *made) {
    batch *b = context;
    buf *out = b->whole->reply->body;
    buf_append_char(out, '[');
    for (size_t i = 0; i < b->count; i++) {
        item *it = &b->items[i];
        size_t headers_before = it->reply.header_count;
        buf_clear(b->scratch, SIZE_MAX);
        ASSERT(b->firsts != NULL);
        TRY(write_plan_answer(a, &it->plan, &made[b->firsts[i]]));
        buf_append(out, i > 0 ? STR(",") : STR(""));
        write_answer(out, &it->reply);
        it->reply.header_count = headers_before;
    }
    buf_append_char(out, ']');
    if (out->is_overflown)
        return err_with_hint(
            err_new(a, ERR_INTERNAL,
                    "the rows were written, but are too many to hand back"),
            STR("use Prefer: return=minimal, and read them in pages"));
    b->whole->reply->status = 200;
    b->whole->reply->content_type = REPLY_JSON;
    preferences_reply(a, &(preferences){.tx = b->whole->prefer.tx},
                      b->whole->reply);
    return NULL;
}

/* --- running --- */

static err *collect(arena *a, batch *b) {
    size_t count = 0;
    for (size_t i = 0; i < b->count; i++)
        count += write_plan_count(&b->items[i].plan);
    if (count > MAX_MUTATIONS)
        return err_new(a, ERR_TOO_COMPLEX,
                       "a batch of more than %d changes, with those that are "
                       "nested",
                       MAX_MUTATIONS);
    b->mutations = arena_new_array(a, const mutation *, count);
    b->owners = arena_new_array(a, size_t, count);
    b->firsts = arena_new_array(a, size_t, b->count);
    b->mutation_count = count;
    count = 0;
    for (size_t i = 0; i < b->count; i++) {
        const write_plan *w = &b->items[i].plan;
        b->firsts[i] = count;
        write_plan_list(w, count, b->mutations + count);
        for (size_t k = 0; k < write_plan_count(w); k++)
            b->owners[count++] = i;
    }
    return NULL;
}

static err *explain(arena *a, const batch *b, size_t failed, err *e,
                    int64_t *failed_at) {
    if (failed == b->mutation_count)
        return e;
    ASSERT(b->owners != NULL);
    size_t owner = b->owners[failed];
    *failed_at = (int64_t)owner;
    return write_plan_explain(a, &b->items[owner].plan,
                              failed - b->firsts[owner], e);
}

static err *run(arena *a, batch *b, int64_t *failed_at) {
    size_t failed;
    mutation_result *made =
        arena_new_array(a, mutation_result, b->mutation_count);
    err *e = mutation_engine_run_all(&b->whole->caller, b->mutations,
                                     b->mutation_count, made, &failed);
    return e != NULL ? explain(a, b, failed, e, failed_at) : answer(b, a, made);
}

static err *run_once(arena *a, batch *b, int64_t *failed_at) {
    idempotent_write once = {
        .request = b->whole,
        .mutations = b->mutations,
        .count = b->mutation_count,
        .answer = answer,
        .context = b,
    };
    err *e = idempotent_write_serve(a, &once);
    return e != NULL ? explain(a, b, once.failed_at, e, failed_at) : NULL;
}

static err *serve(arena *a, batch *b, int64_t *failed_at) {
    TRY(rest_request_read_headers(a, b->whole));
    TRY(read_all(a, b, failed_at));
    if (async_write_is_wanted(b->whole))
        return async_write_accept(a, b->whole);
    TRY(collect(a, b));
    return b->whole->idempotency_key.ptr != NULL ? run_once(a, b, failed_at)
                                                 : run(a, b, failed_at);
}

err *batch_serve(arena *a, rest_request *r, int64_t *failed_at) {
    CLEANUP(buf_free) buf scratch = buf_new(r->reply->body->max);
    batch b = {.whole = r, .scratch = &scratch};
    *failed_at = -1;
    return serve(a, &b, failed_at);
}
