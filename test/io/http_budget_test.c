/* What all clients of a worker together make it hold. */
#include <sys/socket.h>
#include <unistd.h>

#include "io/fiber.h"
#include "io/http_limits.h"
#include "test/support/http_wire.h"
#include "test/support/test.h"

enum { KB = 1024, MB = 1024 * KB };

typedef struct budget_service {
    http_service service;
    fiber *held;
} budget_service;

/* /hold takes a megabyte and waits for /release; /big is eight megabytes, /some
 * are seven kilobytes; /busy lets nothing else happen meanwhile. */
static void serve(http_service *service, const http_request *r,
                  http_reply *reply) {
    budget_service *s = (budget_service *)service;
    if (str_equal(r->path, STR("/hold"))) {
        arena_alloc(r->arena, MB, 1);
        s->held = fiber_current();
        err *e = fiber_park(r->arena, r->deadline);
        reply->status = e == NULL ? 200 : 504;
    } else if (str_equal(r->path, STR("/release"))) {
        fiber_unpark(s->held);
    } else if (str_equal(r->path, STR("/big"))) {
        char *to = buf_reserve(reply->body, (size_t)8 * MB);
        memset(to, 'x', (size_t)8 * MB);
        buf_commit(reply->body, (size_t)8 * MB);
    } else if (str_equal(r->path, STR("/some"))) {
        char *to = buf_reserve(reply->body, (size_t)7 * KB);
        memset(to, 'x', (size_t)7 * KB);
        buf_commit(reply->body, (size_t)7 * KB);
    } else if (str_equal(r->path, STR("/busy"))) {
        usleep(50 * 1000);
    }
    if (reply->body->len == 0)
        buf_append_uint(reply->body, r->body.len);
}

typedef struct fixture {
    arena *a;
    budget_service service;
    wire_server server;
} fixture;

static void start(fixture *f, void **state, size_t waiting, size_t serving) {
    http_limits limits = http_limits_default();
    limits.waiting_bytes = waiting;
    limits.serving_bytes = serving;
    *f = (fixture){.a = *state, .service = {.service = {serve}}};
    wire_server_start(&f->server, &limits, &f->service.service);
}

#define LAST "Host: a\r\nConnection: close\r\n"

static void expect_status(fixture *f, str reply, str status) {
    str line = str_split(&reply, '\r');
    expect_str(line, arena_printf(f->a, "HTTP/1.1 %.*s", STR_ARG(status)));
}

static void expect_reply(fixture *f, int fd, str status) {
    expect_status(f, wire_read_all(f->a, fd, NULL), status);
    close(fd);
}

static void get(fixture *f, const char *path, str status) {
    str request = arena_printf(f->a, "GET %s HTTP/1.1\r\n" LAST "\r\n", path);
    expect_status(f, wire_exchange(f->a, &f->server, request), status);
}

static void send_xs(fixture *f, int fd, size_t n) {
    char *xs = arena_take(f->a, n, 1);
    memset(xs, 'x', n);
    wire_send(fd, (str){xs, n});
}

/* Sends the head of a POST and the first bytes of its body, and waits until
 * they have been read. */
static int begin_post(fixture *f, size_t length, size_t sent) {
    int fd = wire_connect(&f->server);
    wire_send(fd, arena_printf(f->a,
                               "POST / HTTP/1.1\r\n" LAST
                               "Content-Length: %zu\r\n\r\n",
                               length));
    send_xs(f, fd, sent);
    for (int i = 0; i < 20; i++)
        get(f, "/", STR("200 OK"));
    return fd;
}

static void drops_the_body_that_has_waited_longest(void **state) {
    fixture f;
    start(&f, state, (size_t)1200 * KB, MB);
    int first = begin_post(&f, 500 * KB, 300 * KB);
    int second = begin_post(&f, 500 * KB, 300 * KB);
    send_xs(&f, first, 1); /* now it is the second that waits */
    int third = begin_post(&f, 500 * KB, 300 * KB);
    expect_reply(&f, second, STR("503 Service Unavailable"));
    send_xs(&f, third, 200 * KB);
    expect_reply(&f, third, STR("200 OK"));
    send_xs(&f, first, 200 * KB - 1);
    expect_reply(&f, first, STR("200 OK"));
    wire_server_stop(&f.server);
}

static void drops_the_reply_that_has_waited_longest(void **state) {
    enum { CLIENTS = 3 };
    fixture f;
    int fds[CLIENTS];
    start(&f, state, (size_t)20 * MB, MB);
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = wire_connect(&f.server);
        wire_send(fds[i], STR("GET /big HTTP/1.1\r\n" LAST "\r\n"));
        wire_read_until(f.a, fds[i], STR("\r\n\r\n"));
        usleep(20 * 1000); /* phases are ordered by the millisecond */
    }
    bool was_reset;
    str part = wire_read_all(f.a, fds[0], &was_reset);
    assert_true(was_reset && part.len < (size_t)8 * MB);
    for (int i = 1; i < CLIENTS; i++)
        wire_read_exactly(f.a, fds[i], (size_t)8 * MB);
    for (int i = 0; i < CLIENTS; i++)
        close(fds[i]);
    wire_server_stop(&f.server);
}

/* Its reply waits for the end of the turn when others make the server drop it,
 * and the socket takes only a part. Nobody else reads what it is told. */
static void drops_who_has_a_reply_on_its_way(void **state) {
    enum { CLIENTS = 4 };
    fixture f;
    int fds[CLIENTS];
    start(&f, state, (size_t)30 * KB, MB);
    int busy = wire_connect(&f.server);
    for (int i = CLIENTS - 1; i >= 0; i--) {
        fds[i] =
            i == 0 ? wire_connect_narrowly(&f.server) : wire_connect(&f.server);
        wire_send(fds[i], STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        wire_read_until(f.a, fds[i], STR("\r\n\r\n0"));
    }
    wire_send(busy, STR("GET /busy HTTP/1.1\r\n" LAST "\r\n"));
    usleep(10 * 1000);
    for (int i = 0; i < CLIENTS; i++)
        wire_send(fds[i],
                  arena_printf(f.a,
                               "GET /some HTTP/1.1\r\nHost: a\r\n\r\n"
                               "GET / HTTP/1.1\r\nHost: a\r\nX: %06000d",
                               1));
    expect_reply(&f, busy, STR("200 OK"));
    str reply = wire_read_all(f.a, fds[0], NULL);
    assert_non_null(strstr(arena_cstr(f.a, reply), "xxxHTTP/1.1 503 "));
    for (int i = 0; i < CLIENTS; i++) {
        get(&f, "/", STR("200 OK"));
        close(fds[i]);
    }
    wire_server_stop(&f.server);
}

static void takes_no_large_request_while_too_much_is_in_progress(void **state) {
    fixture f;
    start(&f, state, MB, MB / 2 + MB / 4);
    int holder = wire_connect(&f.server);
    wire_send(holder, STR("GET /hold HTTP/1.1\r\n" LAST "\r\n"));
    get(&f, "/", STR("200 OK"));
    int large = begin_post(&f, 10 * KB, 10 * KB);
    str refusal = wire_read_all(f.a, large, NULL);
    expect_status(&f, refusal, STR("503 Service Unavailable"));
    const char *text = arena_cstr(f.a, refusal);
    assert_non_null(strstr(text, "\r\nRetry-After: 1\r\n"));
    assert_non_null(strstr(text, "\r\nConnection: close\r\n"));
    close(large);
    expect_reply(&f, begin_post(&f, 1 * KB, 1 * KB), STR("200 OK"));
    get(&f, "/release", STR("200 OK"));
    expect_reply(&f, holder, STR("200 OK"));
    expect_reply(&f, begin_post(&f, 10 * KB, 10 * KB), STR("200 OK"));
    wire_server_stop(&f.server);
}

static void takes_no_request_at_twice_as_much(void **state) {
    fixture f;
    start(&f, state, MB, MB / 4);
    int holder = wire_connect(&f.server);
    int early = wire_connect(&f.server);
    wire_send(holder, STR("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    usleep(50 * 1000);
    wire_send(early, STR("GET / HTTP/1.1\r\n" LAST "\r\n"));
    expect_reply(&f, early, STR("503 Service Unavailable"));
    close(holder); /* cancels its request */
    usleep(50 * 1000);
    get(&f, "/", STR("200 OK"));
    wire_server_stop(&f.server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(drops_the_body_that_has_waited_longest),
        TEST(drops_the_reply_that_has_waited_longest),
        TEST(drops_who_has_a_reply_on_its_way),
        TEST(takes_no_large_request_while_too_much_is_in_progress),
        TEST(takes_no_request_at_twice_as_much),
    };
    return cmocka_run_group_tests_name("io/http_budget", tests, NULL, NULL);
}
