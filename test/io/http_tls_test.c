/* A server that speaks TLS, on a real socket: what it does when the socket is
 * full, when a reply is streamed, and at the end of a connection. */
#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "test/support/http_wire.h"
#include "test/support/test.h"
#include "test/support/tls_client.h"
#include "test/support/tls_pem.h"

enum { BIG = 24 * 1024 * 1024, PIECE = 100 * 1000, PIECES = 200 };

/* ---- The service --------------------------------------------------------- */

/* Copied, for a loop over all bytes takes a second in a sanitizer's build. */
static void serve_big(http_reply *reply) {
    char pattern[23 * 1024];
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (char)('a' + i % 23);
    char *to = buf_reserve(reply->body, BIG);
    for (size_t at = 0; at < BIG; at += sizeof pattern)
        memcpy(to + at, pattern,
               BIG - at < sizeof pattern ? BIG - at : sizeof pattern);
    buf_commit(reply->body, BIG);
}

static void stream(const http_request *r, http_reply *reply, bool is_whole) {
    char *piece = arena_new_array(r->arena, char, PIECE);
    memset(piece, 'x', PIECE);
    err *e = http_reply_begin(r->arena, reply);
    for (int i = 0; e == NULL && i < (is_whole ? PIECES : 1); i++)
        e = http_reply_write(r->arena, reply, (str){piece, PIECE});
    if (e == NULL && is_whole)
        e = http_reply_end(r->arena, reply);
    ASSERT(e == NULL || e->code == ERR_CANCELLED);
}

static void serve(http_service *service, const http_request *r,
                  http_reply *reply) {
    (void)service;
    if (str_equal(r->path, STR("/big")))
        serve_big(reply);
    else if (str_equal(r->path, STR("/stream")))
        stream(r, reply, true);
    else if (str_equal(r->path, STR("/half")))
        stream(r, reply, false);
    else
        buf_append(reply->body, r->path);
}

/* ---- The client ---------------------------------------------------------- */

typedef struct fixture {
    arena *a;
    http_service service;
    tls_context *context;
    wire_server server;
    int fd;
    tls_client *client;
    bool is_over; /* the server closed the TCP connection */
    bool was_reset;
} fixture;

static void start(fixture *f, void **state, const http_limits *limits) {
    tls_certificate facts;
    *f = (fixture){.a = *state, .service = {serve}};
    expect_ok(tls_context_new(
        f->a, tls_pem_of(STR(TLS_PEM_CERTIFICATE), STR(TLS_PEM_KEY)),
        &f->context, &facts));
    wire_server_start_tls(&f->server, limits, &f->service, f->context);
    f->fd = wire_connect(&f->server);
    f->client = tls_client_new((tls_client_options){0});
}

static void stop(fixture *f) {
    close(f->fd);
    tls_client_free(f->client);
    wire_server_stop(&f->server);
    tls_context_free(f->context);
}

/* One read of the socket. */
static void receive_some(fixture *f) {
    char bytes[64 * 1024];
    ssize_t n = recv(f->fd, bytes, sizeof bytes, 0);
    if (n < 0)
        assert_int_equal(errno, ECONNRESET);
    f->is_over = n <= 0;
    f->was_reset = n < 0;
    if (n > 0)
        tls_client_receive(f->client, (str){bytes, (size_t)n});
}

/* What the client has to say, whoever made it. */
static void send_some(fixture *f) {
    arena_place place = arena_mark(f->a);
    wire_send(f->fd, tls_client_send(f->a, f->client));
    arena_rewind(f->a, place);
}

static void shake_hands(fixture *f) {
    send_some(f);
    while (!tls_client_is_done(f->client) && !f->is_over)
        receive_some(f);
    assert_true(tls_client_is_done(f->client));
    send_some(f);
}

static void send_request(fixture *f, str request) {
    tls_client_write(f->client, request);
    send_some(f);
}

/* Until the server closes. */
static str read_all(fixture *f) {
    while (!f->is_over)
        receive_some(f);
    return tls_client_read(f->client);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define LAST_GET(path)                                                         \
    "GET " path " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

static bool has(str text, str part) {
    return text.len > 0 && memmem(text.ptr, text.len, part.ptr, part.len);
}

static size_t count_of(str text, char c) {
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == c;
    return n;
}

/* ---- Tests --------------------------------------------------------------- */

static void a_large_reply_arrives_whole_at_a_slow_client(void **state) {
    fixture f;
    start(&f, state, NULL);
    shake_hands(&f);
    send_request(&f, STR(LAST_GET("/big")));
    usleep(100000); /* the socket fills up meanwhile */
    str reply = read_all(&f);
    assert_true(has(str_slice(reply, 0, 200), STR("Content-Length: 25165824")));
    str body = str_slice(reply, reply.len - BIG, reply.len);
    for (size_t i = 0; i < BIG; i++) {
        if (body.ptr[i] != (char)('a' + i % 23))
            fail_msg("byte %zu is wrong", i);
    }
    assert_true(tls_client_is_at_end(f.client));
    assert_false(f.was_reset);
    stop(&f);
}

static void a_stream_waits_for_a_slow_client(void **state) {
    fixture f;
    start(&f, state, NULL);
    shake_hands(&f);
    send_request(&f, STR(GET("/stream") LAST_GET("/after")));
    usleep(100000);
    str reply = read_all(&f);
    assert_int_equal(count_of(reply, 'x'), (size_t)PIECE * PIECES);
    assert_true(str_ends_with(reply, STR("\r\n\r\n/after")));
    assert_true(tls_client_is_at_end(f.client));
    stop(&f);
}

static void a_stream_that_breaks_off_does_not_end_in_order(void **state) {
    fixture f;
    start(&f, state, NULL);
    shake_hands(&f);
    send_request(&f, STR(GET("/half")));
    str reply = read_all(&f);
    assert_int_equal(count_of(reply, 'x'), PIECE);
    assert_false(tls_client_is_at_end(f.client));
    stop(&f);
}

static void who_does_not_read_is_cut_off(void **state) {
    http_limits limits = http_limits_default();
    limits.write_ms = 200;
    fixture f;
    start(&f, state, &limits);
    shake_hands(&f);
    send_request(&f, STR(LAST_GET("/big")));
    usleep(1000 * 1000);
    str reply = read_all(&f);
    assert_true(reply.len < BIG);
    assert_false(tls_client_is_at_end(f.client));
    stop(&f);
}

/* It takes a megabyte at a time: the kernel tells the other side of room when
 * there is much of it. */
static void a_slow_reader_that_goes_on_is_not(void **state) {
    http_limits limits = http_limits_default();
    limits.write_ms = 500;
    fixture f;
    start(&f, state, &limits);
    shake_hands(&f);
    send_request(&f, STR(LAST_GET("/big")));
    for (size_t want = 1 << 20; want <= 10 << 20; want += 1 << 20) {
        usleep(150 * 1000);
        while (!f.is_over && tls_client_read(f.client).len < want)
            receive_some(&f);
        assert_false(f.is_over);
    }
    str reply = read_all(&f);
    assert_true(reply.len > BIG);
    stop(&f);
}

static void an_idle_connection_is_closed_in_order(void **state) {
    http_limits limits = http_limits_default();
    limits.idle_ms = 100;
    fixture f;
    start(&f, state, &limits);
    shake_hands(&f);
    send_request(&f, STR(GET("/once")));
    str reply = read_all(&f);
    assert_true(str_ends_with(reply, STR("/once")));
    assert_true(tls_client_is_at_end(f.client));
    stop(&f);
}

static void a_client_that_ends_its_side_gets_its_answers(void **state) {
    fixture f;
    start(&f, state, NULL);
    shake_hands(&f);
    tls_client_write(f.client, STR(GET("/1") GET("/2")));
    tls_client_end(f.client);
    send_some(&f);
    str reply = read_all(&f);
    assert_true(has(reply, STR("\r\n\r\n/1HTTP/1.1 200")));
    assert_true(str_ends_with(reply, STR("\r\n\r\n/2")));
    assert_true(tls_client_is_at_end(f.client));
    stop(&f);
}

static void keys_may_change_between_requests(void **state) {
    fixture f;
    start(&f, state, NULL);
    shake_hands(&f);
    for (int i = 0; i < 200; i++) {
        tls_client_update_keys(f.client);
        send_request(&f, i < 199 ? STR(GET("/k")) : STR(LAST_GET("/k")));
    }
    str reply = read_all(&f);
    assert_int_equal(count_of(reply, 'k'), 200);
    stop(&f);
}

static void a_drain_waits_for_a_handshake_under_way(void **state) {
    fixture f;
    start(&f, state, NULL);
    send_some(&f);
    while (!tls_client_is_done(f.client))
        receive_some(&f);
    wire_server_drain(&f.server, 5000); /* before the client's last word */
    usleep(50000);
    send_some(&f);
    usleep(50000);
    send_request(&f, STR(GET("/late")));
    str reply = read_all(&f);
    assert_true(has(reply, STR("Connection: close")));
    assert_true(str_ends_with(reply, STR("/late")));
    stop(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_large_reply_arrives_whole_at_a_slow_client),
        TEST(a_stream_waits_for_a_slow_client),
        TEST(a_stream_that_breaks_off_does_not_end_in_order),
        TEST(who_does_not_read_is_cut_off),
        TEST(a_slow_reader_that_goes_on_is_not),
        TEST(an_idle_connection_is_closed_in_order),
        TEST(a_client_that_ends_its_side_gets_its_answers),
        TEST(keys_may_change_between_requests),
        TEST(a_drain_waits_for_a_handshake_under_way),
    };
    return cmocka_run_group_tests_name("io/http_tls", tests, NULL, NULL);
}
