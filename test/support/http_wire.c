#include "test/support/http_wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "test/support/test.h"

/* ---- The server --------------------------------------------------------- */

static void open_socket(wire_server *s) {
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t len = sizeof address;
    s->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(s->socket >= 0);
    assert_int_equal(bind(s->socket, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(s->socket, 1024), 0);
    assert_int_equal(getsockname(s->socket, (struct sockaddr *)&address, &len),
                     0);
    s->port = ntohs(address.sin_port);
}

static void *run(void *argument) {
    wire_server *s = argument;
    loop_run(s->loop);
    http_server_free(s->server);
    loop_free(s->loop);
    return NULL;
}

static void begin_drain(loop_message *message) {
    wire_server *s = CONTAINER_OF(message, wire_server, drain);
    http_server_drain(s->server, s->grace_ms);
    loop_stop(s->loop);
}

void wire_server_start_tls(wire_server *s, const http_limits *limits,
                           http_service *service, tls_context *tls) {
    *s = (wire_server){
        .loop = loop_new(),
        .limits = limits != NULL ? *limits : http_limits_default(),
        .service = service,
        .drain = {.deliver = begin_drain},
        .grace_ms = -1,
    };
    open_socket(s);
    CLEANUP(arena_release) arena *a = arena_new();
    expect_ok(http_server_new(a, s->loop, s->socket, &s->limits, s->service,
                              &s->server));
    if (tls != NULL)
        http_server_use_tls(s->server, tls);
    assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
}

void wire_server_start(wire_server *s, const http_limits *limits,
                       http_service *service) {
    wire_server_start_tls(s, limits, service, NULL);
}

void wire_server_drain(wire_server *s, int64_t grace_ms) {
    s->grace_ms = grace_ms;
    loop_post(s->loop, &s->drain);
}

void wire_server_stop(wire_server *s) {
    if (s->grace_ms < 0)
        wire_server_drain(s, 5000);
    assert_int_equal(pthread_join(s->thread, NULL), 0);
}

/* ---- The client --------------------------------------------------------- */

static int connect_with(const wire_server *s, int buffer) {
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons(s->port),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    struct timeval patience = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (buffer > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address),
                     0);
    return fd;
}

int wire_connect(const wire_server *s) {
    return connect_with(s, 0);
}

int wire_connect_narrowly(const wire_server *s) {
    int least = 1; /* the kernel makes it as much as it must */
    setsockopt(s->socket, SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
    return connect_with(s, least);
}

void wire_send(int fd, str bytes) {
    while (bytes.len > 0) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n < 0)
            return; /* the server had enough; reading tells */
        str_take(&bytes, (size_t)n);
    }
}

/* False at the end. A client that waits in vain fails the test. */
static bool read_some(int fd, buf *in, size_t most, bool *was_reset) {
    char *to = buf_reserve(in, most);
    assert_non_null(to);
    ssize_t n = recv(fd, to, most, 0);
    if (n < 0)
        assert_int_equal(errno, ECONNRESET);
    if (was_reset != NULL)
        *was_reset = n < 0;
    buf_commit(in, n > 0 ? (size_t)n : 0);
    return n > 0;
}

enum { MAX_READ = 256 * 1024 * 1024 };

str wire_read_all(arena *a, int fd, bool *was_reset) {
    CLEANUP(buf_free) buf in = buf_new(MAX_READ);
    while (read_some(fd, &in, 64 * 1024, was_reset))
        continue;
    return arena_copy(a, buf_str(&in));
}

str wire_read_until(arena *a, int fd, str stop) {
    CLEANUP(buf_free) buf in = buf_new(MAX_READ);
    bool is_open = true;
    while (is_open && !str_ends_with(buf_str(&in), stop))
        is_open = read_some(fd, &in, 1, NULL);
    if (!is_open) {
        print_error("  the connection ended after \"%.*s\"\n",
                    STR_ARG(buf_str(&in)));
        fail();
    }
    return arena_copy(a, buf_str(&in));
}

str wire_read_exactly(arena *a, int fd, size_t n) {
    CLEANUP(buf_free) buf in = buf_new(MAX_READ);
    while (in.len < n)
        assert_true(read_some(fd, &in, n - in.len, NULL));
    return arena_copy(a, buf_str(&in));
}

str wire_exchange(arena *a, const wire_server *s, str request) {
    int fd = wire_connect(s);
    wire_send(fd, request);
    str reply = wire_read_all(a, fd, NULL);
    close(fd);
    return wire_without_date(a, reply);
}

/* "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" */
static bool is_date_line(str line) {
    static const char FORM[] = "Date: Aaa, 00 Aaa 0000 00:00:00 GMT\r\n";
    if (line.len != sizeof FORM - 1)
        return false;
    for (size_t i = 0; i < line.len; i++) {
        bool is_digit = line.ptr[i] >= '0' && line.ptr[i] <= '9';
        if (FORM[i] == '0'
                ? !is_digit
                : FORM[i] != 'a' && FORM[i] != 'A' && FORM[i] != line.ptr[i])
            return false;
    }
    return true;
}

str wire_without_date(arena *a, str reply) {
    CLEANUP(buf_free) buf out = buf_new(MAX_READ);
    while (reply.len > 0) {
        size_t end = str_find_char(reply, '\n');
        str line = str_take(&reply, end < reply.len ? end + 1 : end);
        if (!str_starts_with(line, STR("Date: ")))
            buf_append(&out, line);
        else
            assert_true(is_date_line(line));
    }
    return arena_copy(a, buf_str(&out));
}
