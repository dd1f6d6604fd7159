#include "io/http_connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"

enum {
    /* What a client may still send that nobody reads, before it is cut off. */
    MAX_LINGERED = 32 * 1024 * 1024,

    /* Pipelined requests of one client; then others have a turn. */
    REQUESTS_A_TURN = 64,
};

/* ---- Phases ------------------------------------------------------------- */

static void leave_phase(http_connection *c) {
    http_phase_list *list = &c->server->phases[c->phase];
    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        list->first = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    else
        list->last = c->previous;
}

static void join_phase(http_connection *c, http_phase phase) {
    http_phase_list *list = &c->server->phases[phase];
    c->phase = phase;
    c->since = loop_now(c->server->loop);
    c->previous = list->last;
    c->next = NULL;
    if (list->last != NULL)
        list->last->next = c;
    else
        list->first = c;
    list->last = c;
}

void http_connection_enter(http_connection *c, http_phase phase) {
    ASSERT(c->phase != HTTP_PHASE_CLOSED);
    leave_phase(c);
    if (phase == HTTP_PHASE_CLOSED)
        c->phase = phase;
    else
        join_phase(c, phase);
}

/* ---- Events ------------------------------------------------------------- */

static void resume_output(http_connection *c) {
    if (!http_output_resume(c))
        return;
    if (c->exchange == NULL) {
        http_connection_go_on(c);
        return;
    }
    http_connection_enter(c, HTTP_PHASE_SERVING);
    if (c->is_output_awaited)
        fiber_unpark(c->fiber);
    http_connection_watch(c);
    http_budget_account(c);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    http_connection *c = CONTAINER_OF(poll, http_connection, poll);
    if (UNLIKELY(status < 0))
        http_connection_abort(c);
    else if (UNLIKELY((events & UV_WRITABLE) != 0))
        resume_output(c);
    else
        http_connection_read(c);
}

/* Output first: who does not read replies may not send requests either. */
static int wanted_events(const http_connection *c) {
    if (c->pending != NULL)
        return UV_WRITABLE;
    bool is_full = c->exchange != NULL && c->input.len > HTTP_MAX_UNREAD;
    return c->is_input_ended || is_full ? 0 : UV_READABLE;
}

void http_connection_watch(http_connection *c) {
    if (c->phase == HTTP_PHASE_CLOSED)
        return;
    int events = wanted_events(c);
    if (LIKELY(events == c->events))
        return;
    c->events = events;
    int status = events != 0 ? uv_poll_start(&c->poll, events, on_poll)
                             : uv_poll_stop(&c->poll);
    ASSERT(status == 0);
}

/* ---- Life --------------------------------------------------------------- */

static void write_peer(http_connection *c, const struct sockaddr *from) {
    char host[INET6_ADDRSTRLEN] = "";
    const void *address = NULL;
    unsigned port = 0;
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)from;
        address = &in->sin_addr;
        port = ntohs(in->sin_port);
    } else if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)from;
        address = &in6->sin6_addr;
        port = ntohs(in6->sin6_port);
    }
    if (address == NULL ||
        inet_ntop(from->sa_family, address, host, sizeof host) == NULL)
        return;
    bool is_v6 = from->sa_family == AF_INET6;
    int len = snprintf(c->peer, sizeof c->peer, is_v6 ? "[%s]:%u" : "%s:%u",
                       host, port);
    ASSERT(len > 0 && (size_t)len < sizeof c->peer);
    c->peer_len = (uint8_t)len;
}

void http_connection_new(http_server *s, int fd, const struct sockaddr *from) {
    http_connection *c = calloc(1, sizeof *c);
    if (c == NULL)
        PANIC("out of memory");
    if (uv_poll_init_socket(loop_uv(s->loop), &c->poll, fd) != 0) {
        close(fd);
        free(c);
        return;
    }
    c->server = s;
    c->fd = fd;
    /* Heads and bodies have limits of their own; this is the sum with what one
     * read brings. */
    c->kept = buf_new(s->limits.head_bytes + s->limits.body_bytes +
                      HTTP_MAX_UNREAD + (size_t)2 * HTTP_BLOCK);
    write_peer(c, from);
    join_phase(c, s->tls != NULL ? HTTP_PHASE_HEAD : HTTP_PHASE_IDLE);
    http_server_count_in(s);
    http_connection_watch(c);
}

static void free_if_done(http_connection *c) {
    if (!c->is_handle_closed || c->exchange != NULL)
        return;
    buf_free(&c->kept);
    tls_session_free(c->tls);
    free(c);
}

static void on_handle_closed(uv_handle_t *handle) {
    http_connection *c =
        CONTAINER_OF((uv_poll_t *)handle, http_connection, poll);
    c->is_handle_closed = true;
    free_if_done(c);
}

void http_connection_abort(http_connection *c) {
    http_turn_leave(c);
    if (c->phase == HTTP_PHASE_CLOSED)
        return;
    http_connection_enter(c, HTTP_PHASE_CLOSED);
    http_output_drop(c);
    buf_free(&c->kept);
    c->input = (str){0};
    http_budget_account(c);
    uv_close((uv_handle_t *)&c->poll, on_handle_closed);
    close(c->fd);
    if (c->exchange != NULL)
        fiber_cancel(c->fiber);
    if (c->is_output_awaited)
        fiber_unpark(c->fiber);
    http_server_count_out(c->server);
}

void http_connection_close(http_connection *c) {
    http_tls_say_end(c);
    http_connection_abort(c);
}

void http_connection_reset(http_connection *c) {
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (c->phase != HTTP_PHASE_CLOSED)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    http_connection_abort(c);
}

/* ---- Input -------------------------------------------------------------- */

static void set_input_len(http_connection *c, size_t len) {
    c->input = str_slice(buf_str(&c->kept), c->kept.len - len, c->kept.len);
}

/* Makes kept hold the input and nothing else. */
void http_connection_keep_input(http_connection *c) {
    size_t len = c->input.len;
    if (c->kept.len == 0)
        buf_append(&c->kept, c->input);
    else
        buf_drop_front(&c->kept, c->kept.len - len);
    if (len == 0)
        buf_free(&c->kept);
    ASSERT(!c->kept.is_overflown);
    set_input_len(c, len);
}

static void add_input(http_connection *c, str bytes) {
    if (c->kept.len == 0 && c->exchange == NULL) {
        c->input = bytes;
        return;
    }
    size_t len = c->input.len + bytes.len;
    http_connection_keep_input(c);
    buf_append(&c->kept, bytes);
    ASSERT(!c->kept.is_overflown);
    set_input_len(c, len);
}

void http_connection_end_input(http_connection *c) {
    http_turn_hurry(c);
    c->is_input_ended = true;
    if (c->exchange != NULL)
        fiber_cancel(c->fiber);
    else if (c->pending == NULL) {
        http_connection_close(c);
        return;
    }
    http_connection_watch(c);
}

/* Reads and forgets, so that the client can read our last reply: closing a
 * socket with unread bytes resets it. RFC 9112 9.6. */
static void forget(http_connection *c, size_t n) {
    c->lingered += n;
    if (c->lingered > MAX_LINGERED)
        http_connection_abort(c);
}

/* A pause that is too long is the timer's to see; this is for those who never
 * pause for long. */
static bool is_trickling(const http_connection *c) {
    const http_limits *limits = &c->server->limits;
    if (LIKELY(c->phase != HTTP_PHASE_BODY) || limits->body_rate == 0)
        return false;
    int64_t for_ms = loop_now(c->server->loop) - c->body_since;
    int64_t rest_ms = for_ms - limits->body_ms;
    return rest_ms > (int64_t)c->input.len * 1000 / limits->body_rate;
}

void http_connection_take(http_connection *c, str bytes) {
    add_input(c, bytes);
    if (UNLIKELY(is_trickling(c))) {
        http_connection_time_out(c);
        return;
    }
    if (c->exchange == NULL) {
        http_connection_go_on(c);
        return;
    }
    http_connection_watch(c);
    http_budget_account(c);
}

void http_connection_read(http_connection *c) {
    if (UNLIKELY(c->is_arrived)) /* the loop will tell us again */
        return;
    size_t room;
    char *block = http_turn_room(c->server, &room);
    ssize_t n = recv(c->fd, block, room, 0);
    if (UNLIKELY(n == 0)) {
        http_connection_end_input(c);
    } else if (UNLIKELY(n < 0)) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            http_connection_abort(c);
    } else if (UNLIKELY(c->phase == HTTP_PHASE_LINGERING)) {
        forget(c, (size_t)n);
    } else if (UNLIKELY(c->server->tls != NULL)) {
        http_tls_read(c, (str){block, (size_t)n});
    } else if (!http_turn_arrive(c, (str){block, (size_t)n})) {
        http_connection_take(c, (str){block, (size_t)n});
    }
}

/* ---- Requests ----------------------------------------------------------- */

void http_connection_linger(http_connection *c) {
    buf_free(&c->kept);
    c->input = (str){0};
    http_tls_say_end(c);
    shutdown(c->fd, SHUT_WR);
    http_connection_enter(c, HTTP_PHASE_LINGERING);
}

/* All replies are sent: what to wait for now. */
static void settle(http_connection *c) {
    if (c->is_input_ended) {
        http_connection_close(c);
    } else if (c->is_last) {
        http_connection_linger(c);
    } else if (c->input.len == 0) {
        http_connection_enter(c, http_tls_is_new(c) ? HTTP_PHASE_HEAD
                                                    : HTTP_PHASE_IDLE);
    } else if (c->needed > 0) {
        if (c->phase != HTTP_PHASE_BODY)
            c->body_since = loop_now(c->server->loop);
        http_connection_enter(c, HTTP_PHASE_BODY);
    } else if (c->phase != HTTP_PHASE_HEAD) {
        http_connection_enter(c, HTTP_PHASE_HEAD);
    }
}

/* Gives x back; there is no complete request in the input, or it must wait. */
static void rest(http_exchange *x) {
    http_connection *c = x->connection;
    if (UNLIKELY(!http_turn_depart(x)))
        http_output_flush(x);
    http_exchange_clear(x);
    http_exchange_put(x);
    c->exchange = NULL;
    c->fiber = NULL;
    if (c->phase == HTTP_PHASE_CLOSED) {
        free_if_done(c);
        return;
    }
    if (c->input.len > 0 || c->kept.ptr != NULL)
        http_connection_keep_input(c);
    if (c->pending == NULL)
        settle(c);
    http_connection_watch(c);
    http_budget_account(c);
}

static bool can_take(const http_connection *c) {
    return !c->is_last && c->pending == NULL && c->phase != HTTP_PHASE_CLOSED;
}

static void serve_one(http_exchange *x) {
    http_service *service = x->server->service;
    http_exchange_begin_reply(x);
    service->serve(service, &x->request, &x->reply);
    if (x->is_stream_begun)
        http_stream_finish(x);
    else
        http_exchange_reply(x);
    if (x->is_body_ready || x->out.len >= HTTP_GATHERED)
        http_output_flush(x);
    http_exchange_clear(x);
}

static void give_way(http_exchange *x) {
    http_output_flush(x);
    fiber_yield();
}

/* The fiber of a connection: one request after the other while there is a
 * complete one, then it ends. */
static err *serve(void *argument) {
    http_connection *c = argument;
    http_exchange *x = c->exchange;
    c->fiber = fiber_current();
    serve_one(x);
    for (int n = 1; can_take(c); n++) {
        if (n % REQUESTS_A_TURN == 0)
            give_way(x);
        if (!can_take(c) || http_exchange_read(x) != HTTP1_READY)
            break;
        http_output_flush_soon(x);
        http_connection_watch(c);
        serve_one(x);
    }
    rest(x);
    return NULL;
}

static void start(http_exchange *x) {
    http_connection *c = x->connection;
    c->exchange = x;
    if (fiber_start(x->arena, &x->server->fibers, serve, c) != NULL) {
        http_exchange_refuse(x, 503, STR("too many requests at once"));
        rest(x);
        return;
    }
    if (c->exchange == NULL || c->phase == HTTP_PHASE_CLOSED)
        return;
    /* It waits for something; the block is needed for other reads. */
    http_connection_keep_input(c);
    if (c->pending == NULL)
        http_connection_enter(c, HTTP_PHASE_SERVING);
    http_connection_watch(c);
    http_budget_account(c);
}

void http_connection_go_on(http_connection *c) {
    http_exchange *x = http_exchange_take(c->server, c);
    if (can_take(c) && http_exchange_read(x) == HTTP1_READY)
        start(x);
    else
        rest(x);
}

void http_connection_refuse(http_connection *c, int status, str reason) {
    ASSERT(c->phase == HTTP_PHASE_HEAD || c->phase == HTTP_PHASE_BODY);
    http_exchange *x = http_exchange_take(c->server, c);
    http_exchange_refuse(x, status, reason);
    rest(x);
}

/* ---- Time --------------------------------------------------------------- */

void http_connection_time_out(http_connection *c) {
    if (c->is_arrived) { /* in time: it is served when the timers have run */
        http_connection_enter(c, c->phase);
        return;
    }
    if (c->phase == HTTP_PHASE_WRITING) {
        if (http_output_advances(c))
            http_connection_enter(c, HTTP_PHASE_WRITING);
        else
            http_connection_reset(c);
        return;
    }
    if ((c->phase != HTTP_PHASE_HEAD && c->phase != HTTP_PHASE_BODY) ||
        http_tls_is_new(c)) {
        http_connection_close(c);
        return;
    }
    http_connection_refuse(c, 408,
                           c->phase == HTTP_PHASE_HEAD
                               ? STR("the request came too slowly")
                               : STR("the body came too slowly"));
}

void http_connection_drop(http_connection *c) {
    if (c->phase == HTTP_PHASE_WRITING || http_tls_is_new(c))
        http_connection_reset(c);
    else
        http_connection_refuse(c, 503, STR("too much is being sent at once"));
}
