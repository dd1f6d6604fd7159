#include <stdlib.h>

#include "base/assert.h"
#include "io/http1_reply.h"
#include "io/http_connection.h"

enum {
    /* Requests up to this are copied out of the input, larger ones take the
     * whole buffer along. */
    COPIED_REQUEST = 16 * 1024,

    MIN_BODY = 1024,       /* our own replies always fit */
    MAX_OUT = 1024 * 1024, /* a batch of replies and the largest head */
    MAX_FREE = 128,        /* exchanges; more are given back */
};

/* ---- The pool ----------------------------------------------------------- */

static http_exchange *exchange_new(http_server *s) {
    size_t size =
        sizeof(http_exchange) + s->limits.header_count * sizeof(http_header);
    http_exchange *x = calloc(1, size);
    if (x == NULL)
        PANIC("out of memory");
    x->server = s;
    x->arena = arena_new();
    arena_meter(x->arena, &s->serving);
    size_t max = s->limits.reply_bytes;
    x->body = buf_new(max > MIN_BODY ? max : MIN_BODY);
    x->out = buf_new(MAX_OUT);
    x->request.headers = x->headers;
    x->request.arena = x->arena;
    x->request.loop = s->loop;
    http_stream_init(x);
    return x;
}

void http_exchange_free(http_exchange *x) {
    arena_free(x->arena);
    buf_free(&x->bytes);
    buf_free(&x->body);
    buf_free(&x->out);
    free(x);
}

http_exchange *http_exchange_take(http_server *s, http_connection *c) {
    http_exchange *x = s->free_exchanges;
    if (x != NULL) {
        s->free_exchanges = x->next_free;
        s->free_count--;
    } else {
        x = exchange_new(s);
    }
    x->connection = c;
    return x;
}

void http_exchange_put(http_exchange *x) {
    http_server *s = x->server;
    DEBUG_ASSERT(x->out.len == 0 && x->body.len == 0);
    if (s->free_count >= MAX_FREE && !x->is_unflushed) {
        http_exchange_free(x);
        return;
    }
    x->next_free = s->free_exchanges;
    s->free_exchanges = x;
    s->free_count++;
}

void http_exchange_clear(http_exchange *x) {
    if (x->bytes.ptr != NULL) {
        atomic_fetch_sub_explicit(&x->server->serving, x->bytes.capacity,
                                  memory_order_relaxed);
        buf_free(&x->bytes);
    }
    buf_clear(&x->body, HTTP_KEPT_BODY);
    arena_reset(x->arena);
    x->is_body_ready = false;
    x->is_stream_begun = false;
    x->is_stream_ended = false;
}

/* ---- The request -------------------------------------------------------- */

/* Takes the first total bytes of the input to where they stay until the reply
 * is done: the input may move or be overwritten meanwhile. */
static const char *take_bytes(http_exchange *x, size_t total) {
    http_connection *c = x->connection;
    if (c->kept.len == 0 || total <= COPIED_REQUEST) {
        char *copy = arena_take(x->arena, total, 1);
        memcpy(copy, str_take(&c->input, total).ptr, total);
        return copy;
    }
    size_t start = c->kept.len - c->input.len;
    str rest = str_slice(c->input, total, c->input.len);
    x->bytes = c->kept;
    atomic_fetch_add_explicit(&x->server->serving, x->bytes.capacity,
                              memory_order_relaxed);
    c->kept = buf_new(x->bytes.max);
    buf_append(&c->kept, rest);
    c->input = buf_str(&c->kept);
    return x->bytes.ptr + start;
}

typedef struct move {
    str from;
    const char *to;
} move;

static bool is_inside(str slice, str whole) {
    return slice.ptr >= whole.ptr &&
           slice.ptr + slice.len <= whole.ptr + whole.len;
}

static str moved(move m, str slice) {
    if (slice.len == 0)
        return (str){m.to, 0};
    ASSERT(is_inside(slice, m.from));
    return (str){m.to + (slice.ptr - m.from.ptr), slice.len};
}

static void take_request(http_exchange *x, const http1_head *head,
                         size_t body_len, size_t total) {
    http_connection *c = x->connection;
    http_server *s = x->server;
    move m = {.from = str_slice(c->input, 0, total)};
    m.to = take_bytes(x, total);
    for (size_t i = 0; i < head->header_count; i++) {
        x->headers[i].name = moved(m, x->headers[i].name);
        x->headers[i].value = moved(m, x->headers[i].value);
    }
    http_request *r = &x->request;
    x->is_head = head->method == HTTP_HEAD;
    x->is_http10 = head->is_http10;
    x->is_kept_alive = head->is_kept_alive;
    r->method = x->is_head ? HTTP_GET : head->method;
    /* "/" and "*" may be literals. */
    r->path = is_inside(head->path, m.from) ? moved(m, head->path) : head->path;
    r->query = moved(m, head->query);
    r->header_count = head->header_count;
    r->authorization = head->authorization > 0
                           ? x->headers[head->authorization - 1].value
                           : (str){0};
    r->body = (str){m.to + head->len, body_len};
    r->peer = (str){c->peer, c->peer_len};
    r->kept = &c->number;
    r->id = s->next_id++;
    r->deadline = deadline_in(s->loop, s->limits.request_ms);
    c->needed = 0;
    c->chunks_at = 0;
    c->has_continued = false;
}

/* Decodes in place: between reads the input is the head and what of the body
 * was decoded. */
static http1_outcome read_chunks(http_connection *c, size_t head_len,
                                 size_t *body_len, size_t *total) {
    char *start = c->kept.ptr + (c->kept.len - c->input.len);
    if (c->chunks_at == 0) {
        c->chunks_at = head_len;
        c->chunked = (http1_chunked){0};
    }
    str raw = str_slice(c->input, c->chunks_at, c->input.len);
    char *to = start + c->chunks_at;
    http1_outcome outcome = http1_chunked_read(&c->chunked, &raw, &to,
                                               c->server->limits.body_bytes);
    size_t end = (size_t)(to - start);
    *body_len = end - head_len;
    *total = c->input.len - raw.len;
    if (outcome == HTTP1_MORE) {
        c->kept.len -= c->input.len - end;
        c->input.len = end;
        c->chunks_at = end;
        c->needed = end + 1;
    }
    return outcome;
}

static http1_outcome read_body(http_connection *c, const http1_head *head,
                               size_t *body_len, size_t *total) {
    if (head->is_chunked)
        return read_chunks(c, head->len, body_len, total);
    *body_len = (size_t)head->content_length;
    *total = head->len + *body_len;
    if (c->input.len >= *total)
        return HTTP1_READY;
    c->needed = *total;
    return HTTP1_MORE;
}

/* RFC 9110 10.1.1: the client waits for leave to send the body, unless it has
 * begun to. */
static void let_continue(http_exchange *x, const http1_head *head) {
    http_connection *c = x->connection;
    if (!head->expects_continue || c->has_continued || c->input.len > head->len)
        return;
    c->has_continued = true;
    buf_append(&x->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
}

static http1_outcome read_head(http_exchange *x, http1_head *head) {
    http_connection *c = x->connection;
    const http_limits *limits = &x->server->limits;
    http1_outcome outcome =
        http1_head_parse(c->input, &c->looked_at, limits, x->headers, head);
    if (outcome != HTTP1_READY)
        return outcome;
    c->looked_at = 0;
    if (!head->is_chunked || c->input.ptr == c->kept.ptr)
        return outcome;
    /* Chunks are decoded in place, so in a place of our own. */
    http_connection_keep_input(c);
    outcome =
        http1_head_parse(c->input, &c->looked_at, limits, x->headers, head);
    c->looked_at = 0;
    return outcome;
}

http1_outcome http_exchange_read(http_exchange *x) {
    http_connection *c = x->connection;
    if (c->input.len == 0 || c->input.len < c->needed)
        return HTTP1_MORE;
    http1_head head;
    http1_outcome outcome = read_head(x, &head);
    http1_refusal refusal = head.refusal;
    if (outcome == HTTP1_READY) {
        size_t body_len;
        size_t total;
        outcome = read_body(c, &head, &body_len, &total);
        refusal = c->chunked.refusal;
        if (outcome == HTTP1_READY && !http_budget_allows(x->server, total)) {
            refusal = (http1_refusal){503, STR("too much is in progress")};
            outcome = HTTP1_REFUSED;
        }
        if (outcome == HTTP1_READY)
            take_request(x, &head, body_len, total);
        else if (outcome == HTTP1_MORE)
            let_continue(x, &head);
    }
    if (outcome == HTTP1_REFUSED)
        http_exchange_refuse(x, refusal.status, refusal.reason);
    return outcome;
}

/* ---- The reply ---------------------------------------------------------- */

void http_exchange_begin_reply(http_exchange *x) {
    http_reply *reply = &x->reply;
    reply->status = 200;
    reply->content_type = (str){0};
    reply->header_count = 0;
    reply->body = &x->body;
    reply->stream = &x->stream;
}

static void write_plain_reply(http_exchange *x, int status, str text) {
    http_exchange_begin_reply(x);
    x->reply.status = status;
    x->reply.content_type = STR("text/plain; charset=utf-8");
    buf_clear(&x->body, HTTP_KEPT_BODY);
    buf_append(&x->body, text);
    buf_append_char(&x->body, '\n');
    if (status == 503)
        http_reply_add(&x->reply, STR("Retry-After"), STR("1"));
    http_exchange_reply(x);
}

void http_exchange_refuse(http_exchange *x, int status, str reason) {
    x->is_kept_alive = false;
    x->is_head = false;
    x->is_http10 = false;
    write_plain_reply(x, status, reason);
}

bool http_exchange_is_last(http_exchange *x) {
    http_connection *c = x->connection;
    if (!x->is_kept_alive || x->server->is_draining)
        c->is_last = true;
    return c->is_last;
}

void http_exchange_reply(http_exchange *x) {
    if (x->body.is_overflown) {
        write_plain_reply(x, 500, STR("the reply is too large"));
        return;
    }
    bool has_body = http1_status_has_body(x->reply.status);
    http1_reply_write_head(
        &x->out, (http1_reply){
                     .reply = &x->reply,
                     .framing = has_body ? HTTP1_BY_LENGTH : HTTP1_NO_BODY,
                     .body_len = x->body.len,
                     .is_last = http_exchange_is_last(x),
                     .is_http10 = x->is_http10,
                     .date = http_server_date(x->server),
                 });
    if (UNLIKELY(x->out.is_overflown)) {
        x->out.is_overflown = false;
        write_plain_reply(x, 500, STR("the head of the reply is too large"));
        return;
    }
    x->is_body_ready = has_body && !x->is_head;
    if (!x->is_body_ready || x->body.len <= HTTP_COPIED_BODY) {
        if (x->is_body_ready)
            buf_append(&x->out, buf_str(&x->body));
        buf_clear(&x->body, HTTP_KEPT_BODY);
        x->is_body_ready = false;
    }
}
