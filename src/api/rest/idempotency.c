#include "api/rest/idempotency.h"

#include "api/rest/idempotency_key.h"
#include "base/clock.h"
#include "base/sha256.h"
#include "core/mutation_engine.h"

enum { HEADERS_MAX = 64 * 1024 };

/* One serve of a write. */
typedef struct serving {
    idempotent_write *write;
    size_t headers_before; /* which every answer to the request has */
} serving;

/* ---- Which request it is ------------------------------------------------ */

/* Headers that change what is done or what comes back. */
static const str TELLING[] = {
    STR_INIT("Accept"),   STR_INIT("Content-Profile"), STR_INIT("Content-Type"),
    STR_INIT("If-Match"), STR_INIT("If-None-Match"),   STR_INIT("Prefer"),
};

static bool is_telling(str name) {
    for (size_t i = 0; i < LENGTH(TELLING); i++)
        if (str_equal_ignoring_case(name, TELLING[i]))
            return true;
    return false;
}

/* Parts are apart by line ends, which none of them can hold; the name's length
 * says which it is, whatever its case. */
static str fingerprint(arena *a, const http_request *http) {
    str body = sha256_hex(a, http->body);
    str text =
        arena_printf(a, "%d\n%.*s\n%.*s\n%.*s\n", http->method,
                     STR_ARG(http->path), STR_ARG(http->query), STR_ARG(body));
    for (size_t i = 0; i < http->header_count; i++) {
        const http_header *h = &http->headers[i];
        if (is_telling(h->name))
            text = arena_printf(a, "%.*s%zu:%.*s\n", STR_ARG(text), h->name.len,
                                STR_ARG(h->value));
    }
    return sha256_hex(a, text);
}

/* ---- Its answer --------------------------------------------------------- */

/* A line each; the first is the content type. */
static str write_headers(arena *a, const http_reply *reply, size_t first) {
    CLEANUP(buf_free) buf out = buf_new(HEADERS_MAX);
    buf_append(&out, reply->content_type);
    buf_append_char(&out, '\n');
    for (size_t i = first; i < reply->header_count; i++)
        buf_printf(&out, "%.*s: %.*s\n", STR_ARG(reply->headers[i].name),
                   STR_ARG(reply->headers[i].value));
    return arena_copy(a, buf_str(&out));
}

static void read_headers(str text, http_reply *reply) {
    reply->content_type = str_split(&text, '\n');
    while (!str_is_empty(text)) {
        str rest = str_split(&text, '\n');
        str name = str_split(&rest, ':');
        http_reply_add(reply, name, str_trim(rest));
    }
}

static err *refuse_size(arena *a) {
    return err_with_hint(
        err_new(a, ERR_TOO_LARGE,
                "the rows are too many to hand back, so nothing was written"),
        STR("use Prefer: return=minimal, and read them in pages"));
}

/* May be asked again when the transaction is tried again. */
static err *seal(void *context, arena *a, const mutation_result *results,
                 receipt_answer *out) {
    const serving *s = context;
    idempotent_write *w = s->write;
    http_reply *reply = w->request->reply;
    reply->header_count = s->headers_before;
    reply->content_type = (str){0};
    buf_clear(reply->body, SIZE_MAX);
    err *e = w->answer(w->context, a, results);
    /* It says that the rows were written, and they are about to be undone. */
    bool is_too_much =
        reply->body->is_overflown || (e != NULL && e->code == ERR_INTERNAL);
    if (is_too_much)
        return refuse_size(a);
    *out = (receipt_answer){
        .status = reply->status,
        .headers = write_headers(a, reply, s->headers_before),
        .body = buf_str(reply->body),
    };
    return e;
}

static void replay(const receipt *r, http_reply *reply) {
    reply->status = r->answer.status;
    read_headers(r->answer.headers, reply);
    buf_append(reply->body, r->answer.body);
    http_reply_add(reply, STR("Idempotent-Replayed"), STR("true"));
}

/* ---- A write ------------------------------------------------------------ */

static err *check_place(arena *a, const rest_request *r) {
    if (r->caller.app->impersonation == NULL)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_UNSUPPORTED,
                "a database that is served as it is found keeps no "
                "Idempotency-Key"),
        STR("keys are kept in a table of Tenon's, which only databases with a "
            "schema file have: send the request without the header"));
}

/* Everybody is one caller as long as nobody signs in. */
str idempotency_scope(const principal *p) {
    switch (p->kind) {
    case PRINCIPAL_ANONYMOUS:
        break;
    case PRINCIPAL_OPERATOR:
        return STR("operator");
    case PRINCIPAL_SYSTEM:
        return STR("system");
    }
    return STR("anonymous");
}

err *idempotent_write_serve(arena *a, idempotent_write *w) {
    rest_request *r = w->request;
    serving s = {w, r->reply->header_count};
    receipt once = {
        .scope = idempotency_scope(&r->caller.principal),
        .now_ms = clock_wall_ms(r->caller.app->clock),
        .seal = seal,
        .context = &s,
    };
    w->failed_at = w->count;
    TRY(check_place(a, r));
    TRY(idempotency_key_parse(a, r->idempotency_key, &once.key));
    once.fingerprint = fingerprint(a, r->http);
    mutation_result *results = arena_new_array(a, mutation_result, w->count);
    TRY(mutation_engine_run_once(&r->caller, w->mutations, w->count, &once,
                                 results, &w->failed_at));
    if (once.is_repeat)
        replay(&once, r->reply);
    return NULL;
}
