#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "io/http_connection.h"

/* What both bufs hold behind the first sent bytes, as one system call. */
static ssize_t send_both(int fd, const buf *out, const buf *body, size_t sent) {
    size_t skipped = sent < out->len ? sent : out->len;
    if (body->len == 0)
        return send(fd, out->ptr + skipped, out->len - skipped, MSG_NOSIGNAL);
    struct iovec parts[2] = {
        {.iov_base = out->ptr, .iov_len = out->len},
        {.iov_base = body->ptr, .iov_len = body->len},
    };
    struct iovec *first = parts;
    if (skipped == out->len)
        first = &parts[1];
    size_t into_first = first == parts ? sent : sent - skipped;
    first->iov_base = (char *)first->iov_base + into_first;
    first->iov_len -= into_first;
    struct msghdr message = {
        .msg_iov = first,
        .msg_iovlen = (size_t)(parts + 2 - first),
    };
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* 0 when the socket is full; false when the connection is lost. */
static bool try_send(http_connection *c, const buf *out, const buf *body,
                     size_t *sent) {
    ssize_t n;
    if (UNLIKELY(c->tls != NULL))
        return http_tls_send(c, out, body, sent);
    do {
        n = send_both(c->fd, out, body, *sent);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK;
    *sent += (size_t)n;
    return true;
}

static void forget_output(http_exchange *x) {
    buf_clear(&x->out, HTTP_KEPT_OUT);
    if (x->is_body_ready) {
        buf_clear(&x->body, HTTP_KEPT_BODY);
        x->is_body_ready = false;
    }
}

/* The bufs change hands, so that nothing is copied. */
static void move_output(http_exchange *x, http_pending *to) {
    to->out = x->out;
    x->out = buf_new(x->out.max);
    if (x->is_body_ready) {
        to->body = x->body;
        x->body = buf_new(x->body.max);
        x->is_body_ready = false;
    }
}

void http_output_keep(http_connection *c, http_exchange *x, size_t sent) {
    c->pending = calloc(1, sizeof *c->pending);
    if (c->pending == NULL)
        PANIC("out of memory");
    c->pending->sent = sent;
    if (x != NULL)
        move_output(x, c->pending);
    http_output_advances(c);
    http_connection_enter(c, HTTP_PHASE_WRITING);
    http_connection_watch(c);
    http_budget_account(c);
}

void http_output_send(http_connection *c, str bytes) {
    static const buf NOTHING;
    buf out = buf_over((char *)(uintptr_t)bytes.ptr, bytes.len);
    size_t sent = 0;
    buf_commit(&out, bytes.len);
    if (!try_send(c, &out, &NOTHING, &sent)) {
        http_connection_abort(c);
    } else if (UNLIKELY(sent < bytes.len)) {
        http_output_keep(c, NULL, 0);
        c->pending->out = buf_new(bytes.len);
        buf_append(&c->pending->out, str_slice(bytes, sent, bytes.len));
        http_budget_account(c);
    }
}

void http_output_wait(http_connection *c) {
    if (c->pending == NULL)
        return;
    ASSERT(fiber_current() == c->fiber);
    c->is_output_awaited = true;
    while (c->pending != NULL)
        fiber_park_until_woken(); /* the time limit on writing ends it */
    c->is_output_awaited = false;
}

/* c serves nothing, and what it had to hurry with was not taken whole: what is
 * said last follows that. */
static void follow(http_connection *c, http_exchange *x) {
    buf *out = &c->pending->out;
    ASSERT(!x->is_body_ready);
    out->max += x->out.len;
    buf_append(out, buf_str(&x->out));
    forget_output(x);
    http_budget_account(c);
}

void http_output_flush(http_exchange *x) {
    static const buf NOTHING;
    http_connection *c = x->connection;
    const buf *body = x->is_body_ready ? &x->body : &NOTHING;
    size_t total = x->out.len + body->len;
    if (total == 0)
        return;
    http_turn_hurry(c);
    if (UNLIKELY(c->pending != NULL)) {
        if (c->fiber == NULL) {
            follow(c, x);
            return;
        }
        if (fiber_current() != c->fiber)
            return; /* its fiber is waiting to do it */
        http_output_wait(c);
    }
    if (c->phase == HTTP_PHASE_CLOSED) {
        forget_output(x);
        return;
    }
    size_t sent = 0;
    if (!try_send(c, &x->out, body, &sent))
        http_connection_abort(c);
    else if (UNLIKELY(sent < total)) {
        http_output_keep(c, x, sent);
        return;
    }
    forget_output(x);
}

void http_output_flush_soon(http_exchange *x) {
    http_server *s = x->server;
    if (x->is_unflushed)
        return;
    x->is_unflushed = true;
    x->next_unflushed = s->unflushed;
    s->unflushed = x;
    loop_request_turn_end(s->loop, &s->flush_hook);
}

void http_output_flush_all(loop_hook *hook) {
    http_server *s = CONTAINER_OF(hook, http_server, flush_hook);
    http_exchange *x = s->unflushed;
    s->unflushed = NULL;
    while (x != NULL) {
        http_exchange *next = x->next_unflushed;
        x->is_unflushed = false;
        http_output_flush(x); /* whoever has x by now: early does no harm */
        x = next;
    }
}

bool http_output_advances(http_connection *c) {
    int before = c->pending->in_kernel;
    if (ioctl(c->fd, SIOCOUTQ, &c->pending->in_kernel) != 0)
        return false;
    return c->pending->in_kernel < before;
}

void http_output_drop(http_connection *c) {
    if (c->pending == NULL)
        return;
    buf_free(&c->pending->out);
    buf_free(&c->pending->body);
    free(c->pending);
    c->pending = NULL;
}

/* What the socket took; of records, whole ones count in pending->sent. */
static uint64_t progress_of(const http_connection *c) {
    return c->tls != NULL ? tls_session_total_sent(c->tls) : c->pending->sent;
}

static bool is_all_sent(const http_connection *c) {
    const http_pending *p = c->pending;
    return p->sent == p->out.len + p->body.len &&
           (c->tls == NULL || tls_session_output(c->tls).len == 0);
}

bool http_output_resume(http_connection *c) {
    http_pending *p = c->pending;
    uint64_t before = progress_of(c);
    if (!try_send(c, &p->out, &p->body, &p->sent)) {
        http_connection_abort(c);
        return false;
    }
    if (is_all_sent(c)) {
        http_output_drop(c);
        return true;
    }
    if (progress_of(c) > before) { /* the client reads: its time starts again */
        http_output_advances(c);
        http_connection_enter(c, HTTP_PHASE_WRITING);
    }
    return false;
}
