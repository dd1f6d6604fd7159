/* What a client may cost: at each limit and one past it. */
#include "io/http_limits.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/sanitizer.h"
#include "io/fiber.h"
#include "test/support/http_wire.h"
#include "test/support/test.h"

typedef struct limit_service {
    http_service service;
    atomic_int served;
    fiber *held;
} limit_service;

static void serve(http_service *service, const http_request *r,
                  http_reply *reply) {
    limit_service *s = (limit_service *)service;
    s->served++;
    if (str_equal(r->path, STR("/hold"))) {
        s->held = fiber_current();
        err *e = fiber_park(r->arena, r->deadline);
        reply->status = e == NULL ? 200 : 504;
    } else if (str_equal(r->path, STR("/release"))) {
        fiber_unpark(s->held);
    } else if (str_equal(r->path, STR("/big"))) {
        int64_t size = 0;
        bool is_number = str_parse_int64(r->query, &size);
        ASSERT(is_number);
        char *to = buf_reserve(reply->body, (size_t)size);
        if (to != NULL) {
            memset(to, 'x', (size_t)size);
            buf_commit(reply->body, (size_t)size);
        }
    } else {
        buf_append_uint(reply->body, r->body.len);
    }
}

typedef struct fixture {
    arena *a;
    limit_service service;
    http_limits limits;
    wire_server server;
} fixture;

static void prepare(fixture *f, void **state) {
    *f = (fixture){
        .a = *state,
        .service = {.service = {serve}},
        .limits = http_limits_default(),
    };
}

static void start(fixture *f) {
    wire_server_start(&f->server, &f->limits, &f->service.service);
}

static void stop(fixture *f) {
    wire_server_stop(&f->server);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define LAST_GET(path)                                                         \
    "GET " path " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
#define POST(headers)                                                          \
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" headers "\r\n\r\n"

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void expect_status(fixture *f, str request, str status) {
    str reply = wire_exchange(f->a, &f->server, request);
    expect_str(str_slice(reply, 0, reply.len < 12 ? reply.len : 12),
               arena_printf(f->a, "HTTP/1.1 %.*s", STR_ARG(status)));
}

/* ---- Sizes -------------------------------------------------------------- */

static str filled(arena *a, const char *before, size_t n, const char *after) {
    char *fill = arena_new_array(a, char, n + 1);
    memset(fill, 'a', n);
    return arena_printf(a, "%s%s%s", before, fill, after);
}

static void bounds_heads(void **state) {
    fixture f;
    prepare(&f, state);
    f.limits.head_bytes = 300;
    f.limits.header_count = 4;
    start(&f);
    const char *start_line = "GET / HTTP/1.1\r\nHost: a\r\n"
                             "Connection: close\r\nX: ";
    size_t rest = strlen(start_line) + 4;
    expect_status(&f, filled(f.a, start_line, 300 - rest, "\r\n\r\n"),
                  STR("200"));
    expect_status(&f, filled(f.a, start_line, 301 - rest, "\r\n\r\n"),
                  STR("431"));
    expect_status(&f, filled(f.a, "GET /", 10000, ""), STR("414"));
    expect_status(&f, STR(POST("A:b\r\nC:d")), STR("200"));
    expect_status(&f, STR(POST("A:b\r\nC:d\r\nE:f")), STR("431"));
    stop(&f);
}

static void bounds_bodies(void **state) {
    fixture f;
    prepare(&f, state);
    f.limits.body_bytes = 10;
    start(&f);
    expect_status(&f, STR(POST("Content-Length: 10\r\n\r\n0123456789")),
                  STR("200"));
    expect_status(&f, STR(POST("Content-Length: 11")), STR("413"));
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"
    expect_status(&f, STR(POST(CHUNKED "a\r\n0123456789\r\n0\r\n")),
                  STR("200"));
    expect_status(&f, STR(POST(CHUNKED "b\r\n")), STR("413"));
    expect_status(&f, STR(POST(CHUNKED "5\r\n01234\r\n6\r\n0")), STR("413"));
    stop(&f);
}

static void bounds_replies(void **state) {
    fixture f;
    prepare(&f, state);
    f.limits.reply_bytes = 100000;
    start(&f);
    expect_status(&f, STR(LAST_GET("/big?100000")), STR("200"));
    str reply = wire_exchange(f.a, &f.server, STR(LAST_GET("/big?100001")));
    expect_str(reply, STR("HTTP/1.1 500 Internal Server Error\r\n"
                          "Content-Type: text/plain; charset=utf-8\r\n"
                          "Content-Length: 23\r\nConnection: close\r\n\r\n"
                          "the reply is too large\n"));
    stop(&f);
}

/* The client sends on without looking; it must still get to read why. */
static void lets_the_client_read_the_refusal(void **state) {
    fixture f;
    prepare(&f, state);
    start(&f);
    str request = filled(f.a, POST("Content-Length: 99999999"), 3 << 20, "");
    for (int i = 0; i < 5; i++)
        expect_status(&f, request, STR("413"));
    stop(&f);
}

/* ---- Time --------------------------------------------------------------- */

static void gives_up_on_slow_heads(void **state) {
    fixture f;
    prepare(&f, state);
    f.limits.head_ms = 100;
    start(&f);
    int64_t began = now_ms();
    int fd = wire_connect(&f.server);
    str head = STR("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    wire_send(fd, head);
    /* Sending more does not help: the whole head has that long. */
    while (now_ms() - began < 90) {
        wire_send(fd, STR("x"));
        usleep(10000);
    }
    str reply = wire_read_all(f.a, fd, NULL);
    assert_true(str_starts_with(reply, STR("HTTP/1.1 408 ")));
    assert_in_range(now_ms() - began, 90, 1000);
    close(fd);
    stop(&f);
}

static void gives_up_on_bodies_that_stop(void **state) {
    fixture f;
    prepare(&f, state);
    f.limits.body_ms = 100;
    f.limits.body_rate = 0;
    f.limits.head_ms = 50;
    start(&f);
    int64_t began = now_ms();
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(POST("Content-Length: 100")));
    /* Each byte starts the time again. */
    for (int i = 0; i < 10; i++) {
        wire_send(fd, STR("x"));
        usleep(30000);
    }
    str reply = wire_read_all(f.a, fd, NULL);
    assert_true(str_starts_with(reply, STR("HTTP/1.1 408 ")));
    assert_in_range(now_ms() - began, 300, 2000);
    close(fd);
    stop(&f);
}

static bool has_answer(int fd) {
    struct pollfd answer = {.fd = fd, .events = POLLIN};
    return poll(&answer, 1, 0) > 0;
}

/* Sends pieces until there is an answer or all are sent. */
static str trickle(fixture *f, str piece, int count, useconds_t pause_us) {
    int fd = wire_connect(&f->server);
    wire_send(fd, STR(POST("Content-Length: 1000")));
    for (int i = 0; i < count && !has_answer(fd); i++) {
        wire_send(fd, piece);
        usleep(pause_us);
    }
    str reply = wire_read_all(f->a, fd, NULL);
    close(fd);
    return reply;
}

/* A byte now and then makes no long pause, and holds the connection. */
static void gives_up_on_bodies_that_trickle(void **state) {
    static const char PIECE[100] = "piece";
    fixture f;
    prepare(&f, state);
    f.limits.body_ms = 300;
    f.limits.body_rate = 1000;
    start(&f);
    int64_t began = now_ms();
    str reply = trickle(&f, STR("x"), 500, 10000);
    assert_true(str_starts_with(reply, STR("HTTP/1.1 408 ")));
    assert_in_range(now_ms() - began, 300, 3000);

    reply = trickle(&f, (str){PIECE, sizeof PIECE}, 10, 20000);
    assert_true(str_starts_with(reply, STR("HTTP/1.1 200 ")));
    stop(&f);
}

static void closes_idle_connections_in_silence(void **state) {
    fixture f;
    prepare(&f, state);
    f.limits.idle_ms = 100;
    start(&f);
    int fd = wire_connect(&f.server);
    int64_t began = now_ms();
    expect_str(wire_read_all(f.a, fd, NULL), STR(""));
    assert_in_range(now_ms() - began, 90, 2000);
    close(fd);

    fd = wire_connect(&f.server);
    usleep(60000);
    wire_send(fd, STR(GET("/")));
    wire_read_until(f.a, fd, STR("\r\n\r\n0"));
    began = now_ms();
    expect_str(wire_read_all(f.a, fd, NULL), STR(""));
    assert_in_range(now_ms() - began, 90, 2000);
    close(fd);
    stop(&f);
}

static void gives_up_on_clients_that_do_not_read(void **state) {
    fixture f;
    prepare(&f, state);
    f.limits.write_ms = 100;
    start(&f);
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/big?30000000")));
    usleep(300000);
    bool was_reset;
    str reply = wire_read_all(f.a, fd, &was_reset);
    assert_true(was_reset && reply.len < 30000000);
    close(fd);
    stop(&f);
}

/* Slowly means: too little for the kernel to tell the server of new room. The
 * small buffer lets what was read be seen soon. */
static void is_patient_with_clients_that_read_slowly(void **state) {
    enum { SIZE = 20 * 1000 * 1000, PIECE = 64 * 1000, PIECES = 20 };
    fixture f;
    prepare(&f, state);
    f.limits.write_ms = 1000;
    start(&f);
    int fd = wire_connect(&f.server);
    int small = 128 * 1024;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    wire_send(fd, STR(LAST_GET("/big?20000000")));
    for (int i = 0; i < PIECES; i++) {
        wire_read_exactly(f.a, fd, PIECE);
        usleep(80000);
    }
    str rest = wire_read_all(f.a, fd, NULL);
    size_t left = SIZE - PIECES * PIECE;
    assert_in_range(rest.len, left, left + 1000);
    close(fd);
    stop(&f);
}

static void gives_handlers_a_deadline(void **state) {
    fixture f;
    prepare(&f, state);
    f.limits.request_ms = 50;
    start(&f);
    expect_status(&f, STR(LAST_GET("/hold")), STR("504"));
    stop(&f);
}

/* ---- Memory and connections --------------------------------------------- */

static void stops_reading_when_too_much_is_pipelined(void **state) {
    fixture f;
    prepare(&f, state);
    start(&f);
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/hold")));
    /* More than the sockets' buffers and the server's bound. */
    str request = STR(GET("/x"));
    size_t sent = 0;
    size_t most = (size_t)256 << 20;
    for (int idle = 0; idle < 20 && sent < most;) {
        ssize_t n = send(fd, request.ptr + sent % request.len,
                         request.len - sent % request.len, MSG_DONTWAIT);
        if (n > 0)
            sent += (size_t)n;
        idle = n > 0 ? 0 : idle + 1;
        if (n < 0)
            usleep(5000);
    }
    assert_in_range(sent, 64 << 10, most - 1);
    expect_status(&f, STR(LAST_GET("/release")), STR("200"));
    /* All of them are answered, once there is somebody to read. */
    wire_read_until(f.a, fd, STR("\r\n\r\n"));
    str first = wire_read_until(f.a, fd, STR("\r\n\r\n0"));
    size_t more = sent / request.len - 1;
    str rest = wire_read_exactly(f.a, fd, first.len * more);
    for (size_t i = 0; i < more; i++)
        assert_true(str_ends_with(str_take(&rest, first.len),
                                  STR("Content-Length: 1\r\n\r\n0")));
    close(fd);
    stop(&f);
}

static void bounds_connections(void **state) {
    fixture f;
    prepare(&f, state);
    f.limits.connections = 2;
    start(&f);
    int fds[3];
    for (int i = 0; i < 3; i++)
        fds[i] = wire_connect(&f.server);
    expect_str(wire_read_all(f.a, fds[2], NULL), STR(""));
    for (int i = 0; i < 2; i++) {
        wire_send(fds[i], STR(LAST_GET("/")));
        wire_read_until(f.a, fds[i], STR("\r\n\r\n0"));
        close(fds[i]);
    }
    close(fds[2]);
    /* and when they have gone there is room again */
    for (int i = 0; i < 100 && f.service.served < 3; i++) {
        usleep(10000);
        wire_exchange(f.a, &f.server, STR(LAST_GET("/")));
    }
    assert_int_equal(f.service.served, 3);
    stop(&f);
}

static void keeps_little_for_idle_connections(void **state) {
    enum { COUNT = 1500, MOST = 1024, IS_SANITIZED = ASAN_IS_ON + TSAN_IS_ON };
    fixture f;
    prepare(&f, state);
    start(&f);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    rlim_t before = files.rlim_cur;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 2 * COUNT + 100) {
        stop(&f);
        skip();
    }
    int fds[COUNT];
    fds[0] = wire_connect(&f.server);
    wire_send(fds[0], STR(GET("/")));
    wire_read_until(f.a, fds[0], STR("\r\n\r\n0"));
    size_t used = mallinfo2().uordblks;
    for (int i = 1; i < COUNT; i++) {
        fds[i] = wire_connect(&f.server);
        wire_send(fds[i], STR(GET("/")));
    }
    for (int i = 1; i < COUNT; i++)
        wire_read_until(f.a, fds[i], STR("\r\n\r\n0"));
    arena_reset(f.a);
    size_t each = (mallinfo2().uordblks - used) / COUNT;
    if (!IS_SANITIZED)
        assert_in_range(each, 1, MOST);
    for (int i = 0; i < COUNT; i++)
        close(fds[i]);
    stop(&f);
    files.rlim_cur = before;
    setrlimit(RLIMIT_NOFILE, &files);
}

static int64_t cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void waits_for_files_when_there_are_none(void **state) {
    fixture f;
    prepare(&f, state);
    start(&f);
    int fd = wire_connect(&f.server);
    wire_send(fd, STR(GET("/")));
    wire_read_until(f.a, fd, STR("\r\n\r\n0"));
    /* One file for the client, none for the server. */
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    rlim_t before = files.rlim_cur;
    int next = dup(fd);
    close(next);
    files.rlim_cur = (rlim_t)next + 1;
    setrlimit(RLIMIT_NOFILE, &files);
    int late = wire_connect(&f.server);
    wire_send(late, STR(LAST_GET("/")));
    int64_t spent = cpu_ms();
    usleep(300000);
    assert_in_range(cpu_ms() - spent, 0, 100);
    wire_send(fd, STR(GET("/"))); /* others do not suffer */
    wire_read_until(f.a, fd, STR("\r\n\r\n0"));
    files.rlim_cur = before;
    setrlimit(RLIMIT_NOFILE, &files);
    wire_read_until(f.a, late, STR("\r\n\r\n0"));
    close(late);
    close(fd);
    stop(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(bounds_heads),
        TEST(bounds_bodies),
        TEST(bounds_replies),
        TEST(lets_the_client_read_the_refusal),
        TEST(gives_up_on_slow_heads),
        TEST(gives_up_on_bodies_that_stop),
        TEST(gives_up_on_bodies_that_trickle),
        TEST(closes_idle_connections_in_silence),
        TEST(gives_up_on_clients_that_do_not_read),
        TEST(is_patient_with_clients_that_read_slowly),
        TEST(gives_handlers_a_deadline),
        TEST(stops_reading_when_too_much_is_pipelined),
        TEST(bounds_connections),
        TEST(keeps_little_for_idle_connections),
        TEST(waits_for_files_when_there_are_none),
    };
    return cmocka_run_group_tests_name("io/http_limits", tests, NULL, NULL);
}
