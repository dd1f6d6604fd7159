/* Connections: what goes over the wire, in which order, and how they end. */
#include "io/http_server.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "io/fiber.h"
#include "test/support/http_wire.h"
#include "test/support/test.h"

/* ---- A service that does what the path says ----------------------------- */

typedef struct test_service {
    http_service service;
    atomic_int cancelled;
    atomic_int served;
    fiber *held; /* of /hold, until /release */
} test_service;

static void serve_echo(const http_request *r, http_reply *reply) {
    reply->content_type = STR("text/plain");
    buf_append(reply->body, r->path);
    buf_append_char(reply->body, ' ');
    buf_append(reply->body, r->query);
    buf_append_char(reply->body, ' ');
    buf_append(reply->body, r->body);
}

static void serve_status(const http_request *r, http_reply *reply) {
    int64_t status = 0;
    bool is_number = str_parse_int64(r->query, &status);
    ASSERT(is_number);
    reply->status = (int)status;
    buf_append(reply->body, STR("body"));
}

/* As many bytes as the query says. */
static void serve_big(const http_request *r, http_reply *reply) {
    int64_t size = 0;
    bool is_number = str_parse_int64(r->query, &size);
    ASSERT(is_number);
    char *to = buf_reserve(reply->body, (size_t)size);
    memset(to, 'x', (size_t)size);
    buf_commit(reply->body, (size_t)size);
}

static void serve_hold(test_service *s, const http_request *r,
                       http_reply *reply) {
    s->held = fiber_current();
    if (fiber_park(r->arena, r->deadline) != NULL) {
        s->cancelled++;
        reply->status = 503;
    }
    s->held = NULL;
    buf_append(reply->body, STR("held"));
}

static void serve_pause(const http_request *r, http_reply *reply) {
    int64_t ms = 0;
    bool is_number = str_parse_int64(r->query, &ms);
    err *e = fiber_park(r->arena, deadline_in(r->loop, ms));
    ASSERT(is_number && e != NULL);
    serve_echo(r, reply);
}

/* Works for 0.3 ms. */
static void serve_spin(http_reply *reply) {
    struct timespec began;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &began);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - began.tv_sec) * 1000000000 + now.tv_nsec -
               began.tv_nsec <
           300000);
    buf_append(reply->body, STR("spun"));
}

static void serve(http_service *service, const http_request *r,
                  http_reply *reply) {
    test_service *s = (test_service *)service;
    ASSERT(fiber_loop(fiber_current()) == r->loop);
    ASSERT(str_starts_with(r->peer, STR("127.0.0.1:")));
    s->served++;
    if (str_equal(r->path, STR("/status")))
        serve_status(r, reply);
    else if (str_equal(r->path, STR("/big")))
        serve_big(r, reply);
    else if (str_equal(r->path, STR("/hold")))
        serve_hold(s, r, reply);
    else if (str_equal(r->path, STR("/pause")))
        serve_pause(r, reply);
    else if (str_equal(r->path, STR("/spin")))
        serve_spin(reply);
    else if (str_equal(r->path, STR("/release")) && s->held != NULL)
        fiber_unpark(s->held);
    else
        serve_echo(r, reply);
}

typedef struct fixture {
    arena *a;
    test_service service;
    wire_server server;
} fixture;

static void start(fixture *f, void **state, const http_limits *limits) {
    *f = (fixture){.a = *state, .service = {.service = {serve}}};
    wire_server_start(&f->server, limits, &f->service.service);
}

static void stop(fixture *f) {
    wire_server_stop(&f->server);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define LAST_GET(path)                                                         \
    "GET " path " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
#define TEXT(length)                                                           \
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"                          \
    "Content-Length: " length "\r\n"

/* ---- Requests and replies ----------------------------------------------- */

static void answers(void **state) {
    fixture f;
    start(&f, state, NULL);
    static const struct {
        str request;
        str reply;
    } CASES[] = {
        {STR_INIT(LAST_GET("/a?b")),
         STR_INIT(TEXT("5") "Connection: close\r\n\r\n/a b ")},
        {STR_INIT("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                  "Connection: close\r\n\r\nxyz"),
         STR_INIT(TEXT("7") "Connection: close\r\n\r\n/a  xyz")},
        {STR_INIT("POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n"
                  "1\r\nx\r\n2;e\r\nyz\r\n0\r\nT: v\r\n\r\n"),
         STR_INIT(TEXT("7") "Connection: close\r\n\r\n/a  xyz")},
        /* two requests, the second pipelined */
        {STR_INIT(GET("/1") LAST_GET("/2")),
         STR_INIT(
             TEXT("4") "\r\n/1  " TEXT("4") "Connection: close\r\n\r\n/2  ")},
        /* what follows the last request is not a request */
        {STR_INIT(LAST_GET("/1") GET("/2")),
         STR_INIT(TEXT("4") "Connection: close\r\n\r\n/1  ")},
        {STR_INIT("GET /1 HTTP/1.0\r\n\r\n"),
         STR_INIT(TEXT("4") "Connection: close\r\n\r\n/1  ")},
        {STR_INIT("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                  "GET /2 HTTP/1.0\r\n\r\n"),
         STR_INIT(TEXT("4") "Connection: keep-alive\r\n\r\n/1  " TEXT(
             "4") "Connection: close\r\n\r\n/2  ")},
        /* HEAD is GET without the body */
        {STR_INIT("HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n" LAST_GET("/2")),
         STR_INIT(TEXT("4") "\r\n" TEXT("4") "Connection: close\r\n\r\n/2  ")},
        {STR_INIT(GET("/status?204") LAST_GET("/status?304")),
         STR_INIT("HTTP/1.1 204 No Content\r\n\r\n"
                  "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")},
        {STR_INIT(LAST_GET("/status?406")),
         STR_INIT("HTTP/1.1 406 Not Acceptable\r\nContent-Length: 4\r\n"
                  "Connection: close\r\n\r\nbody")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(wire_exchange(f.a, &f.server, CASES[i].request),
                   CASES[i].reply);
    stop(&f);
}

static void does_not_care_how_bytes_are_cut(void **state) {
    fixture f;
    start(&f, state, NULL);
    str request =
        STR(GET("/1") "\r\n"
                      "POST /2 HTTP/1.1\r\nHost: a\r\n"
                      "Content-Length: 5\r\n\r\nhello"
                      "POST /3 HTTP/1.1\r\nHost: a\r\n"
                      "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                      "3\r\nabc\r\n2;x=\"y\"\r\nde\r\n0\r\n\r\n");
    str whole = wire_exchange(f.a, &f.server, request);
    assert_true(str_ends_with(whole, STR("/3  abcde")));
    for (size_t cut = 1; cut < request.len; cut++) {
        int fd = wire_connect(&f.server);
        wire_send(fd, str_slice(request, 0, cut));
        usleep(300); /* for two reads; if it is one, nothing is lost */
        wire_send(fd, str_slice(request, cut, request.len));
        expect_str(wire_without_date(f.a, wire_read_all(f.a, fd, NULL)), whole);
        close(fd);
    }
    stop(&f);
}

static void takes_byte_by_byte(void **state) {
    fixture f;
    start(&f, state, NULL);
    str request = STR("POST /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n"
                      "3\r\nabc\r\n0\r\n\r\n");
    int fd = wire_connect(&f.server);
    for (size_t i = 0; i < request.len; i++) {
        wire_send(fd, str_slice(request, i, i + 1));
        usleep(200);
    }
    expect_str(wire_without_date(f.a, wire_read_all(f.a, fd, NULL)),
               STR(TEXT("7") "Connection: close\r\n\r\n/1  abc"));
    close(fd);
    stop(&f);
}

static void keeps_the_order_of_pipelined_requests(void **state) {
    fixture f;
    start(&f, state, NULL);
    enum { COUNT = 3000 };
    CLEANUP(buf_free) buf requests = buf_new(1 << 20);
    CLEANUP(buf_free) buf replies = buf_new(1 << 20);
    for (int i = 0; i < COUNT; i++) {
        /* Some wait, so that later ones gather. */
        const char *path = i % 500 == 7 ? "/pause" : "/x";
        const char *last = i == COUNT - 1 ? "Connection: close\r\n" : "";
        buf_printf(&requests, "GET %s?%d HTTP/1.1\r\nHost: a\r\n%s\r\n", path,
                   i % 10, last);
        buf_printf(&replies, TEXT("%zu") "%s\r\n%s %d ", strlen(path) + 3, last,
                   path, i % 10);
    }
    expect_str(wire_exchange(f.a, &f.server, buf_str(&requests)),
               buf_str(&replies));
    assert_int_equal(f.service.served, COUNT);
    stop(&f);
}

static void lets_others_in_between_pipelined_requests(void **state) {
    fixture f;
    start(&f, state, NULL);
    enum { COUNT = 1000 };
    CLEANUP(buf_free) buf requests = buf_new(1 << 20);
    for (int i = 0; i < COUNT; i++)
        buf_append(&requests, STR(GET("/spin")));
    int greedy = wire_connect(&f.server);
    wire_send(greedy, buf_str(&requests));
    wire_read_until(f.a, greedy, STR("spun"));
    wire_exchange(f.a, &f.server, STR(LAST_GET("/1")));
    assert_in_range(f.service.served, 1, COUNT);
    close(greedy);
    stop(&f);
}

static void sends_earlier_replies_while_a_request_waits(void **state) {
    fixture f;
    start(&f, state, NULL);
    int waiting = wire_connect(&f.server);
    wire_send(waiting, STR(GET("/1") GET("/hold")));
    wire_read_until(f.a, waiting, STR("\r\n\r\n/1  "));
    wire_exchange(f.a, &f.server, STR(LAST_GET("/release")));
    wire_read_until(f.a, waiting, STR("\r\n\r\nheld"));
    close(waiting);
    stop(&f);
}

static void reset(int fd) {
    struct linger at_once = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

/* What comes while the loop is held up it finds in one turn. */
static void serves_many_connections_in_one_turn(void **state) {
    enum { COUNT = 200, HELD = 60, LARGE = 300000 };
    fixture f;
    start(&f, state, NULL);
    int holding = wire_connect(&f.server);
    int fds[COUNT];
    for (int i = 0; i < COUNT; i++)
        fds[i] = wire_connect(&f.server);
    for (int i = 0; i < HELD; i++)
        wire_send(holding, STR(GET("/spin")));
    for (int i = 0; i < COUNT; i++) {
        const char *path = i % 10 == 1 ? "/big?300000" : "/x";
        wire_send(fds[i], arena_printf(f.a, GET("%s") GET("/%d"), path, i));
    }
    reset(fds[COUNT - 1]);
    for (int i = 0; i < COUNT - 1; i++) {
        if (i % 10 == 1)
            wire_read_exactly(f.a, fds[i], LARGE);
        wire_read_until(f.a, fds[i], arena_printf(f.a, "\r\n\r\n/%d  ", i));
        close(fds[i]);
    }
    close(holding);
    stop(&f);
}

static void sends_and_takes_large_bodies(void **state) {
    fixture f;
    http_limits limits = http_limits_default();
    limits.body_bytes = 3 << 20;
    start(&f, state, &limits);
    static const size_t SIZES[] = {8191,  8192,   8193,    65535,
                                   65536, 100000, 1000000, 3 << 20};
    for (size_t i = 0; i < LENGTH(SIZES); i++) {
        CLEANUP(buf_free) buf body = buf_new(SIZES[i]);
        for (size_t n = 0; n < SIZES[i]; n++)
            buf_append_char(&body, (char)('a' + n % 26));
        str request = arena_printf(f.a,
                                   "POST / HTTP/1.1\r\nHost: a\r\n"
                                   "Content-Length: %zu\r\n\r\n%.*s" GET("/x"),
                                   SIZES[i], STR_ARG(buf_str(&body)));
        int fd = wire_connect(&f.server);
        wire_send(fd, request);
        wire_read_until(f.a, fd, STR("\r\n\r\n/  "));
        expect_str(wire_read_exactly(f.a, fd, SIZES[i]), buf_str(&body));
        wire_read_until(f.a, fd, STR("\r\n\r\n/x  "));
        close(fd);
    }
    stop(&f);
}

static void takes_large_chunked_bodies(void **state) {
    fixture f;
    start(&f, state, NULL);
    CLEANUP(buf_free) buf request = buf_new(1 << 22);
    buf_append(&request, STR("POST / HTTP/1.1\r\nHost: a\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n"));
    size_t total = 0;
    for (size_t n = 1; n < 2000; n++) {
        buf_printf(&request, "%zx\r\n", n);
        for (size_t i = 0; i < n; i++)
            buf_append_char(&request, (char)('a' + total++ % 26));
        buf_append(&request, STR("\r\n"));
    }
    buf_append(&request, STR("0\r\n\r\n" GET("/x")));
    int fd = wire_connect(&f.server);
    wire_send(fd, buf_str(&request));
    wire_read_until(f.a, fd, STR("\r\n\r\n/  "));
    str body = wire_read_exactly(f.a, fd, total);
    for (size_t i = 0; i < total; i++)
        assert_int_equal(body.ptr[i], 'a' + i % 26);
    wire_read_until(f.a, fd, STR("\r\n\r\n/x  "));
    close(fd);
    stop(&f);
}

/* ---- Expect: 100-continue ----------------------------------------------- */

static void lets_a_client_continue(void **state) {
    fixture f;
    start(&f, state, NULL);
    static const char *FRAMINGS[] = {"Content-Length: 3",
                                     "Transfer-Encoding: chunked"};
    static const char *BODIES[] = {"xyz", "3\r\nxyz\r\n0\r\n\r\n"};
    for (size_t i = 0; i < 2; i++) {
        int fd = wire_connect(&f.server);
        wire_send(fd, arena_printf(f.a,
                                   "POST /1 HTTP/1.1\r\nHost: a\r\n%s\r\n"
                                   "Expect: 100-continue\r\n\r\n",
                                   FRAMINGS[i]));
        expect_str(wire_read_until(f.a, fd, STR("\r\n\r\n")),
                   STR("HTTP/1.1 100 Continue\r\n\r\n"));
        wire_send(fd, str_of(BODIES[i]));
        wire_read_until(f.a, fd, STR("\r\n\r\n/1  xyz"));
        close(fd);
    }
    stop(&f);
}

static void does_not_say_continue_in_vain(void **state) {
    fixture f;
    start(&f, state, NULL);
    /* the body is there already, or the head is refused */
    expect_str(wire_exchange(f.a, &f.server,
                             STR("POST /1 HTTP/1.1\r\nHost: a\r\n"
                                 "Content-Length: 3\r\nConnection: close\r\n"
                                 "Expect: 100-continue\r\n\r\nxyz")),
               STR(TEXT("7") "Connection: close\r\n\r\n/1  xyz"));
    str reply = wire_exchange(f.a, &f.server,
                              STR("POST /1 HTTP/1.1\r\nHost: a\r\n"
                                  "Content-Length: 999999999\r\n"
                                  "Expect: 100-continue\r\n\r\n"));
    assert_true(str_starts_with(reply, STR("HTTP/1.1 413 ")));
    stop(&f);
}

/* ---- Clients that go ---------------------------------------------------- */

static void wait_until(atomic_int *value, int wanted) {
    for (int i = 0; i < 5000 && *value != wanted; i++)
        usleep(1000);
    assert_int_equal(*value, wanted);
}

static void cancels_the_handler_of_a_client_that_went(void **state) {
    fixture f;
    start(&f, state, NULL);
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/hold")));
    wait_until(&f.service.served, 1);
    close(fd);
    wait_until(&f.service.cancelled, 1);

    fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/hold")));
    wait_until(&f.service.served, 2);
    reset(fd);
    wait_until(&f.service.cancelled, 2);
    stop(&f);
}

static void replies_to_a_client_that_only_ended_sending(void **state) {
    fixture f;
    start(&f, state, NULL);
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/1") GET("/hold") GET("/2")));
    shutdown(fd, SHUT_WR);
    str reply = wire_without_date(f.a, wire_read_all(f.a, fd, NULL));
    expect_str(reply, STR(TEXT("4") "\r\n/1  "
                                    "HTTP/1.1 503 Service Unavailable\r\n"
                                    "Content-Length: 4\r\n\r\nheld" TEXT(
                                        "4") "\r\n/2  "));
    close(fd);
    stop(&f);
}

static void survives_resets_at_any_point(void **state) {
    fixture f;
    start(&f, state, NULL);
    static const char *STARTS[] = {
        "",
        "G",
        GET("/1"),
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
        GET("/big?20000000"),
        GET("/pause?2"),
        GET("/pause?2") GET("/big?9000000") GET("/1"),
        "bad\r\n\r\n",
    };
    for (size_t i = 0; i < LENGTH(STARTS) * 10; i++) {
        int fd = wire_connect(&f.server);
        wire_send(fd, str_of(STARTS[i % LENGTH(STARTS)]));
        usleep((useconds_t)(i / LENGTH(STARTS)) * 300);
        if (i % 2 == 0)
            reset(fd);
        else
            close(fd);
    }
    wire_exchange(f.a, &f.server, STR(LAST_GET("/1")));
    stop(&f);
}

/* ---- Draining ----------------------------------------------------------- */

static void drains_gracefully(void **state) {
    fixture f;
    start(&f, state, NULL);
    int idle = wire_connect(&f.server);
    wire_send(idle, STR(GET("/1")));
    wire_read_until(f.a, idle, STR("/1  "));
    int busy = wire_connect(&f.server);
    wire_send(busy, STR(GET("/pause?200")));
    wait_until(&f.service.served, 2);

    wire_server_drain(&f.server, 5000);
    expect_str(wire_read_all(f.a, idle, NULL), STR(""));
    expect_str(wire_without_date(f.a, wire_read_all(f.a, busy, NULL)),
               STR(TEXT("11") "Connection: close\r\n\r\n/pause 200 "));
    close(idle);
    close(busy);
    stop(&f);
}

/* The drain begins in the turn that finds the requests. */
static void drains_behind_requests_that_arrived(void **state) {
    enum { COUNT = 100, HELD = 60 };
    fixture f;
    start(&f, state, NULL);
    int holding = wire_connect(&f.server);
    int fds[COUNT];
    for (int i = 0; i < COUNT; i++)
        fds[i] = wire_connect(&f.server);
    for (int i = 0; i < COUNT; i++) { /* now it is accepted */
        wire_send(fds[i], STR(GET("/0")));
        wire_read_until(f.a, fds[i], STR("/0  "));
    }
    for (int i = 0; i < HELD; i++)
        wire_send(holding, STR(GET("/spin")));
    for (int i = 0; i < COUNT; i++)
        wire_send(fds[i], STR(GET("/1")));
    wire_server_drain(&f.server, 5000);
    for (int i = 0; i < COUNT; i++) {
        wire_read_until(f.a, fds[i], STR("\r\n\r\n/1  "));
        expect_str(wire_read_all(f.a, fds[i], NULL), STR(""));
        close(fds[i]);
    }
    close(holding);
    stop(&f);
}

/* So many requests are served before the turn's other events are seen to. */
static void drains_behind_a_reply_that_a_socket_takes_in_parts(void **state) {
    enum { FULL_STAGE = 64, HELD = 60, SIZE = 7000 };
    fixture f;
    start(&f, state, NULL);
    int holding = wire_connect(&f.server);
    int fds[FULL_STAGE];
    for (int i = 0; i < FULL_STAGE; i++) {
        fds[i] =
            i == 0 ? wire_connect_narrowly(&f.server) : wire_connect(&f.server);
        wire_send(fds[i], STR(GET("/0"))); /* now it is accepted */
        wire_read_until(f.a, fds[i], STR("/0  "));
    }
    for (int i = 0; i < HELD; i++)
        wire_send(holding, STR(GET("/spin")));
    wire_send(fds[0], STR(GET("/big?7000")));
    for (int i = 1; i < FULL_STAGE; i++)
        wire_send(fds[i], STR(GET("/1")));
    wire_server_drain(&f.server, 500);
    str reply = wire_read_all(f.a, fds[0], NULL);
    assert_true(reply.len > SIZE && str_ends_with(reply, STR("xxx")));
    for (int i = 0; i < FULL_STAGE; i++)
        close(fds[i]);
    close(holding);
    stop(&f);
}

static void closes_what_is_left_after_the_grace(void **state) {
    fixture f;
    start(&f, state, NULL);
    int held = wire_connect(&f.server);
    wire_send(held, STR(GET("/hold")));
    wait_until(&f.service.served, 1);
    int slow = wire_connect(&f.server);
    wire_send(slow, STR("GET / HT"));
    usleep(20000);

    wire_server_drain(&f.server, 50);
    expect_str(wire_read_all(f.a, held, NULL), STR(""));
    expect_str(wire_read_all(f.a, slow, NULL), STR(""));
    wait_until(&f.service.cancelled, 1);
    close(held);
    close(slow);
    stop(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(answers),
        TEST(does_not_care_how_bytes_are_cut),
        TEST(takes_byte_by_byte),
        TEST(keeps_the_order_of_pipelined_requests),
        TEST(lets_others_in_between_pipelined_requests),
        TEST(sends_earlier_replies_while_a_request_waits),
        TEST(serves_many_connections_in_one_turn),
        TEST(sends_and_takes_large_bodies),
        TEST(takes_large_chunked_bodies),
        TEST(lets_a_client_continue),
        TEST(does_not_say_continue_in_vain),
        TEST(cancels_the_handler_of_a_client_that_went),
        TEST(replies_to_a_client_that_only_ended_sending),
        TEST(survives_resets_at_any_point),
        TEST(drains_gracefully),
        TEST(drains_behind_requests_that_arrived),
        TEST(drains_behind_a_reply_that_a_socket_takes_in_parts),
        TEST(closes_what_is_left_after_the_grace),
    };
    return cmocka_run_group_tests_name("io/http_server", tests, NULL, NULL);
}
