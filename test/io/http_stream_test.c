/* Replies that are sent in pieces. */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "io/fiber.h"
#include "test/support/http_wire.h"
#include "test/support/test.h"

typedef struct stream_service {
    http_service service;
    atomic_int pieces;
    atomic_int failures;
} stream_service;

/* cmocka's assertions jump, which must not happen on a fiber's stack. */
static void must(const err *e) {
    ASSERT(e == NULL);
}

static void stream_words(const http_request *r, http_reply *reply) {
    reply->content_type = STR("text/plain");
    http_reply_add(reply, STR("X-A"), STR("b"));
    must(http_reply_begin(r->arena, reply));
    must(http_reply_write(r->arena, reply, STR("hello ")));
    must(http_reply_write(r->arena, reply, STR("")));
    must(http_reply_write(r->arena, reply, STR("world, again")));
    must(http_reply_end(r->arena, reply));
}

/* A piece, a wait, a piece. */
static void stream_slowly(const http_request *r, http_reply *reply) {
    must(http_reply_begin(r->arena, reply));
    must(http_reply_write(r->arena, reply, STR("one")));
    err *e = fiber_park(r->arena, deadline_in(r->loop, 100));
    ASSERT(e != NULL);
    must(http_reply_write(r->arena, reply, STR("two")));
    must(http_reply_end(r->arena, reply));
}

static void stream_half(const http_request *r, http_reply *reply) {
    must(http_reply_begin(r->arena, reply));
    must(http_reply_write(r->arena, reply, STR("half")));
}

enum { PIECES = 1000, PIECE = 100 * 1000 };

static void stream_much(stream_service *s, const http_request *r,
                        http_reply *reply) {
    char *piece = arena_new_array(r->arena, char, PIECE);
    memset(piece, 'x', PIECE);
    must(http_reply_begin(r->arena, reply));
    for (int i = 0; i < PIECES; i++) {
        err *e = http_reply_write(r->arena, reply, (str){piece, PIECE});
        if (e != NULL) {
            ASSERT(e->code == ERR_CANCELLED);
            s->failures++;
            return;
        }
        s->pieces++;
    }
    must(http_reply_end(r->arena, reply));
}

static void serve(http_service *service, const http_request *r,
                  http_reply *reply) {
    stream_service *s = (stream_service *)service;
    if (str_equal(r->path, STR("/words")))
        stream_words(r, reply);
    else if (str_equal(r->path, STR("/slow")))
        stream_slowly(r, reply);
    else if (str_equal(r->path, STR("/half")))
        stream_half(r, reply);
    else if (str_equal(r->path, STR("/much")))
        stream_much(s, r, reply);
}

typedef struct fixture {
    arena *a;
    stream_service service;
    wire_server server;
} fixture;

static void start(fixture *f, void **state, const http_limits *limits) {
    *f = (fixture){.a = *state, .service = {.service = {serve}}};
    wire_server_start(&f->server, limits, &f->service.service);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define LAST_GET(path)                                                         \
    "GET " path " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-A: b\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

static void frames_what_is_written(void **state) {
    fixture f;
    start(&f, state, NULL);
    static const struct {
        str request;
        str reply;
    } CASES[] = {
        {STR_INIT(LAST_GET("/words")),
         STR_INIT(HEAD CHUNKED "Connection: close\r\n\r\n"
                               "6\r\nhello \r\nc\r\nworld, again\r\n"
                               "0\r\n\r\n")},
        {STR_INIT(GET("/words") LAST_GET("/")),
         STR_INIT(HEAD CHUNKED "\r\n6\r\nhello \r\nc\r\nworld, again\r\n"
                               "0\r\n\r\n"
                               "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                               "Connection: close\r\n\r\n")},
        {STR_INIT("GET /words HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
         STR_INIT(HEAD "Connection: close\r\n\r\nhello world, again")},
        {STR_INIT("HEAD /words HTTP/1.1\r\nHost: a\r\n"
                  "Connection: close\r\n\r\n"),
         STR_INIT(HEAD CHUNKED "Connection: close\r\n\r\n")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(wire_exchange(f.a, &f.server, CASES[i].request),
                   CASES[i].reply);
    wire_server_stop(&f.server);
}

static void sends_a_piece_before_the_next_one_is_there(void **state) {
    fixture f;
    start(&f, state, NULL);
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/slow")));
    wire_read_until(f.a, fd, STR("3\r\none\r\n"));
    expect_str(wire_read_until(f.a, fd, STR("0\r\n\r\n")),
               STR("3\r\ntwo\r\n0\r\n\r\n"));
    close(fd);
    wire_server_stop(&f.server);
}

static void breaks_off_what_was_not_ended(void **state) {
    fixture f;
    start(&f, state, NULL);
    bool was_reset;
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/half") GET("/words")));
    str reply = wire_read_all(f.a, fd, &was_reset);
    assert_true(str_ends_with(reply, STR("\r\n\r\n4\r\nhalf\r\n")));
    close(fd);

    /* where a close would mean that the body is complete */
    fd = wire_connect(&f.server);
    wire_send(fd, STR("GET /half HTTP/1.0\r\n\r\n"));
    wire_read_all(f.a, fd, &was_reset);
    assert_true(was_reset);
    close(fd);
    wire_server_stop(&f.server);
}

static void wait_until(atomic_int *value, int wanted) {
    for (int i = 0; i < 5000 && *value != wanted; i++)
        usleep(1000);
    assert_int_equal(*value, wanted);
}

/* Until it has stayed the same for a while: a busy machine is no reason to find
 * that it still grows. */
static int settled(atomic_int *value) {
    enum { STEP_US = 10 * 1000, CALM_STEPS = 20, MOST_STEPS = 1000 };
    int seen = *value;
    for (int i = 0, calm = 0; i < MOST_STEPS && calm < CALM_STEPS; i++) {
        usleep(STEP_US);
        calm = *value == seen && seen > 0 ? calm + 1 : 0;
        seen = *value;
    }
    return seen;
}

static void waits_for_a_client_that_does_not_read(void **state) {
    fixture f;
    start(&f, state, NULL);
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/much")));
    /* What the sockets hold, no more. */
    assert_in_range(settled(&f.service.pieces), 1, PIECES / 5);

    wire_read_until(f.a, fd, STR("\r\n\r\n"));
    str body = wire_read_until(f.a, fd, STR("8000\r\n"));
    expect_str(body, STR("8000\r\n"));
    size_t left = PIECES * (size_t)PIECE;
    /* Pieces were cut into chunks of at most 32 KiB. */
    for (size_t chunk = 0x8000; chunk > 0;) {
        wire_read_exactly(f.a, fd, chunk + 2);
        arena_reset(f.a);
        left -= chunk;
        str size = wire_read_until(f.a, fd, STR("\r\n"));
        chunk = strtoull(size.ptr, NULL, 16);
    }
    assert_int_equal(left, 0);
    assert_int_equal(f.service.pieces, PIECES);
    close(fd);
    wire_server_stop(&f.server);
}

static void tells_the_handler_that_the_client_is_gone(void **state) {
    fixture f;
    start(&f, state, NULL);
    for (int i = 1; i <= 2; i++) {
        int fd = wire_connect(&f.server);
        wire_send(fd, STR(GET("/much")));
        wire_read_until(f.a, fd, STR("\r\n\r\n"));
        if (i == 2)
            usleep(50000);
        close(fd);
        wait_until(&f.service.failures, i);
    }
    wire_server_stop(&f.server);
}

static void gives_up_on_a_client_that_never_reads(void **state) {
    fixture f;
    http_limits limits = http_limits_default();
    limits.write_ms = 60;
    start(&f, state, &limits);
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/much")));
    wait_until(&f.service.failures, 1);
    close(fd);
    wire_server_stop(&f.server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(frames_what_is_written),
        TEST(sends_a_piece_before_the_next_one_is_there),
        TEST(breaks_off_what_was_not_ended),
        TEST(waits_for_a_client_that_does_not_read),
        TEST(tells_the_handler_that_the_client_is_gone),
        TEST(gives_up_on_a_client_that_never_reads),
    };
    return cmocka_run_group_tests_name("io/http_stream", tests, NULL, NULL);
}
