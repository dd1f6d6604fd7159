#include "io/http_server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "io/http_connection.h"
#include "io/http_date.h"

enum {
    ACCEPTS_A_TURN = 64, /* so that connecting does not starve the connected */
    MAX_TICK_MS = 500,
    LINGER_MS = 2000,
};

/* ---- Time --------------------------------------------------------------- */

static int64_t phase_limit(const http_server *s, http_phase phase) {
    switch (phase) {
    case HTTP_PHASE_IDLE:
        return s->limits.idle_ms;
    case HTTP_PHASE_HEAD:
        return s->limits.head_ms;
    case HTTP_PHASE_BODY:
        return s->limits.body_ms;
    case HTTP_PHASE_WRITING:
        return s->limits.write_ms;
    case HTTP_PHASE_LINGERING:
        return LINGER_MS;
    case HTTP_PHASE_SERVING: /* the handler has its deadline */
    case HTTP_PHASES:
        break;
    }
    return INT64_MAX;
}

/* A quarter of the shortest limit: nothing is late by more than that. */
static uint64_t tick_ms(const http_server *s) {
    int64_t shortest = (int64_t)MAX_TICK_MS * 4;
    for (http_phase p = 0; p < HTTP_PHASES; p++)
        if (phase_limit(s, p) < shortest)
            shortest = phase_limit(s, p);
    return shortest < 4 ? 1 : (uint64_t)shortest / 4;
}

static void end_late_ones(http_server *s, http_phase phase) {
    int64_t limit = phase_limit(s, phase);
    int64_t now = loop_now(s->loop);
    http_connection *c;
    while ((c = s->phases[phase].first) != NULL && now - c->since >= limit)
        http_connection_time_out(c);
}

static void close_all(http_server *s) {
    for (http_phase p = 0; p < HTTP_PHASES; p++)
        while (s->phases[p].first != NULL)
            http_connection_abort(s->phases[p].first);
}

static void listen_again(http_server *s);

static void on_tick(uv_timer_t *timer) {
    http_server *s = timer->data;
    for (http_phase p = 0; p < HTTP_PHASES; p++)
        end_late_ones(s, p);
    if (s->is_draining && loop_now(s->loop) >= s->drain_until)
        close_all(s);
    if (!s->is_draining && !s->is_accepting)
        listen_again(s);
}

static void start_timer(http_server *s) {
    if (!uv_is_active((uv_handle_t *)&s->timer))
        uv_timer_start(&s->timer, on_tick, tick_ms(s), tick_ms(s));
}

str http_server_date(http_server *s) {
    int64_t now = loop_now(s->loop);
    if (now != s->date_checked_at) {
        s->date_checked_at = now;
        int64_t second = time(NULL);
        if (second != s->date_second) {
            s->date_second = second;
            http_date_write(second, s->date);
        }
    }
    return (str){s->date, HTTP_DATE_LEN};
}

/* ---- Accepting ---------------------------------------------------------- */

static void on_own_handle_closed(uv_handle_t *handle) {
    http_server *s = handle->data;
    s->open_handles--;
}

static void close_own_handle(uv_handle_t *handle) {
    if (!uv_is_closing(handle))
        uv_close(handle, on_own_handle_closed);
}

void http_server_count_in(http_server *s) {
    s->connections++;
    start_timer(s);
}

void http_server_count_out(http_server *s) {
    s->connections--;
    if (s->connections > 0)
        return;
    if (s->is_draining)
        close_own_handle((uv_handle_t *)&s->timer);
    else if (s->is_accepting)
        uv_timer_stop(&s->timer);
}

/* Out of files or memory: the kernel would tell us of the same connection over
 * and over, so look again at the next tick. */
static void pause_accepting(http_server *s) {
    s->is_accepting = false;
    uv_poll_stop(&s->listener);
    start_timer(s);
}

static bool accept_one(http_server *s) {
    struct sockaddr_storage from;
    socklen_t len = sizeof from;
    int fd = accept4(s->socket, (struct sockaddr *)&from, &len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        if (s->connections < s->limits.connections)
            http_connection_new(s, fd, (const struct sockaddr *)&from);
        else
            close(fd);
        return true;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
        errno == ENOMEM)
        pause_accepting(s);
    /* Others are about the one connection that could not be made. */
    return errno != EAGAIN && errno != EWOULDBLOCK && s->is_accepting;
}

static void accept_some(http_server *s) {
    for (int i = 0; i < ACCEPTS_A_TURN && accept_one(s); i++)
        continue;
}

static void on_listener(uv_poll_t *poll, int status, int events) {
    (void)events;
    if (status == 0)
        accept_some(poll->data);
}

static void listen_again(http_server *s) {
    s->is_accepting = true;
    int status = uv_poll_start(&s->listener, UV_READABLE, on_listener);
    ASSERT(status == 0);
    if (s->connections == 0)
        uv_timer_stop(&s->timer);
}

/* ---- Life --------------------------------------------------------------- */

err *http_server_new(arena *a, loop *l, int socket, const http_limits *limits,
                     http_service *service, http_server **out) {
    http_server *s = calloc(1, sizeof *s);
    char *block = malloc(HTTP_BLOCK);
    if (s == NULL || block == NULL)
        PANIC("out of memory");
    *s = (http_server){
        .loop = l,
        .limits = *limits,
        .service = service,
        .fibers = {.loop = l},
        .socket = socket,
        .next_id = (uint64_t)socket << 40 | 1,
        .flush_hook = {.run = http_output_flush_all},
        .date_checked_at = -1,
        .block = block,
    };
    http_turn_init(&s->turn);
    int status = uv_poll_init_socket(loop_uv(l), &s->listener, socket);
    if (status != 0) {
        http_turn_free(&s->turn);
        free(block);
        free(s);
        return err_new(a, ERR_IO, "listening: %s", uv_strerror(status));
    }
    uv_timer_init(loop_uv(l), &s->timer);
    s->listener.data = s;
    s->timer.data = s;
    s->open_handles = 2;
    /* Accepted sockets inherit it. Replies leave whole; there is nothing that
     * waiting would join them with. */
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    listen_again(s);
    *out = s;
    return NULL;
}

void http_server_use_tls(http_server *s, tls_context *c) {
    ASSERT(s->tls == NULL && s->connections == 0);
    s->tls = c;
    s->plain_block = malloc(HTTP_PLAIN_BLOCK);
    if (s->plain_block == NULL)
        PANIC("out of memory");
}

/* A request may be on its way on a connection that looks idle: look once, and
 * serve what is there. */
static void close_idle(http_server *s) {
    http_connection *c;
    while ((c = s->phases[HTTP_PHASE_IDLE].first) != NULL) {
        http_connection_read(c);
        http_turn_serve(s);
        http_turn_hurry(c);
        if (c->phase == HTTP_PHASE_IDLE)
            http_connection_close(c);
    }
}

void http_server_drain(http_server *s, int64_t grace_ms) {
    if (s->is_draining)
        return;
    accept_some(s);
    s->is_draining = true;
    s->drain_until = deadline_in(s->loop, grace_ms).at_ms;
    close_own_handle((uv_handle_t *)&s->listener);
    close(s->socket);
    close_idle(s);
    if (s->connections == 0)
        close_own_handle((uv_handle_t *)&s->timer);
}

void http_server_free(http_server *s) {
    if (s == NULL)
        return;
    ASSERT(s->connections == 0 && s->open_handles == 0);
    ASSERT(fiber_group_is_empty(&s->fibers));
    while (s->free_exchanges != NULL) {
        http_exchange *x = s->free_exchanges;
        s->free_exchanges = x->next_free;
        http_exchange_free(x);
    }
    http_turn_free(&s->turn);
    free(s->plain_block);
    free(s->block);
    free(s);
}
