#include <errno.h>
#include <sys/socket.h>

#include "base/ascii.h"
#include "base/assert.h"
#include "io/http_connection.h"

enum {
    /* Of a session's memory and OpenSSL's: gathered for one system call, and
     * encrypted in one. */
    RECORDS_AT_ONCE = 64 * 1024,
    RECORD = 16 * 1024,
};

bool http_tls_is_new(const http_connection *c) {
    return UNLIKELY(c->server->tls != NULL) &&
           (c->tls == NULL || !tls_session_is_established(c->tls));
}

/* ---- Output -------------------------------------------------------------- */

/* The next bytes of both bufs behind the first sent. */
static str next_piece(const buf *out, const buf *body, size_t sent) {
    const buf *from = out;
    if (sent >= out->len) {
        sent -= out->len;
        from = body;
    }
    size_t rest = from->len - sent;
    return str_slice(buf_str(from), sent,
                     sent + (rest < RECORD ? rest : RECORD));
}

static bool encrypt_some(http_connection *c, const buf *out, const buf *body,
                         size_t sent) {
    while (sent < out->len + body->len &&
           tls_session_output(c->tls).len < RECORDS_AT_ONCE) {
        str piece = next_piece(out, body, sent);
        if (!tls_session_write(c->tls, piece))
            return false;
        sent += piece.len;
    }
    return true;
}

/* What the session has ready, as far as the socket takes it; false when the
 * connection is lost. */
static bool send_records(http_connection *c, size_t *plain_sent) {
    str rest;
    while ((rest = tls_session_output(c->tls)).len > 0) {
        ssize_t n = send(c->fd, rest.ptr, rest.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK;
        *plain_sent += tls_session_sent(c->tls, (size_t)n);
    }
    return true;
}

/* Encrypted is only what the socket is likely to take, so that a large reply
 * does not stand in memory twice. Records once made go out before new ones are
 * made, for sent does not count them. */
bool http_tls_send(http_connection *c, const buf *out, const buf *body,
                   size_t *sent) {
    if (!send_records(c, sent))
        return false;
    while (*sent < out->len + body->len &&
           tls_session_output(c->tls).len == 0) {
        if (!encrypt_some(c, out, body, *sent) || !send_records(c, sent))
            return false;
    }
    return true;
}

void http_tls_say_end(http_connection *c) {
    size_t ignored = 0;
    if (c->tls == NULL || c->phase == HTTP_PHASE_CLOSED ||
        c->phase == HTTP_PHASE_LINGERING || c->pending != NULL)
        return;
    tls_session_end(c->tls);
    send_records(c, &ignored);
}

/* ---- Input --------------------------------------------------------------- */

/* A session is made for the first bytes: who connects and says nothing costs
 * no more than without TLS. A letter begins a request, not a record. */
static bool begin(http_connection *c, str bytes) {
    if (ascii_is_letter(bytes.ptr[0])) {
        http_connection_refuse(c, 400, STR("this port speaks https, not http"));
        return false;
    }
    c->tls = tls_session_new(c->server->tls);
    return true;
}

/* The session's own output, handshake and alerts. False when c is closed. */
static bool send_own(http_connection *c) {
    size_t none = 0; /* replies are sent, or this would not be reading */
    if (!send_records(c, &none)) {
        http_connection_abort(c);
        return false;
    }
    if (tls_session_output(c->tls).len > 0)
        http_output_keep(c, NULL, 0);
    return true;
}

/* The alert is on its way; who reads it has sent something wrong, or an alert
 * of its own. */
static void fail(http_connection *c) {
    if (c->exchange == NULL && c->pending == NULL)
        http_connection_linger(c);
    else
        http_connection_abort(c);
}

/* A client that connects ahead of time may wait with its request; not so while
 * we drain, when whatever comes now is the last. */
static void finish_handshake(http_connection *c) {
    if (c->phase == HTTP_PHASE_HEAD && c->exchange == NULL &&
        c->input.len == 0 && !c->server->is_draining)
        http_connection_enter(c, HTTP_PHASE_IDLE);
}

void http_tls_read(http_connection *c, str bytes) {
    if (UNLIKELY(c->tls == NULL) && !begin(c, bytes))
        return;
    bool was_new = http_tls_is_new(c);
    buf plain = buf_over(c->server->plain_block, HTTP_PLAIN_BLOCK);
    tls_state state = tls_session_receive(c->tls, bytes, &plain);
    if (!send_own(c))
        return;
    if (was_new && !http_tls_is_new(c))
        finish_handshake(c);
    if (plain.len > 0)
        http_connection_take(c, buf_str(&plain));
    if (c->phase == HTTP_PHASE_CLOSED || c->phase == HTTP_PHASE_LINGERING)
        return;
    if (state == TLS_FAILED)
        fail(c);
    else if (state == TLS_ENDED)
        http_connection_end_input(c);
}
