/* Requests that go out, to a server of ours on loopback: which ones may, what
 * arrives, and what becomes of answers that are late, large or elsewhere. */
#include "io/http_client.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/file.h"
#include "io/fiber.h"
#include "test/support/http_wire.h"
#include "test/support/test.h"
#include "test/support/tls_pem.h"

/* ---- The other side ------------------------------------------------------ */

static void echo(const http_request *r, http_reply *reply) {
    static const char *const METHODS[] = {
        [HTTP_GET] = "GET",     [HTTP_POST] = "POST",     [HTTP_PUT] = "PUT",
        [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
    };
    str agent = http_request_header(r, STR("User-Agent"));
    str type = http_request_header(r, STR("Content-Type"));
    str mark = http_request_header(r, STR("X-Mark"));
    http_reply_add(reply, STR("X-Seen"), STR("yes"));
    buf_printf(reply->body, "%s %.*s agent=%.*s type=%.*s mark=%.*s body=%.*s",
               METHODS[r->method], STR_ARG(r->path), STR_ARG(agent),
               STR_ARG(type), STR_ARG(mark), STR_ARG(r->body));
}

static void serve(http_service *service, const http_request *r,
                  http_reply *reply) {
    (void)service;
    if (str_equal(r->path, STR("/away"))) {
        reply->status = 302;
        http_reply_add(reply, STR("Location"), STR("/echo"));
    } else if (str_equal(r->path, STR("/late"))) {
        if (fiber_park(r->arena, deadline_in(r->loop, 10 * 1000)) != NULL)
            reply->status = 503;
    } else {
        echo(r, reply);
    }
}

/* ---- This side ----------------------------------------------------------- */

typedef struct world {
    arena *a;
    http_service service;
    wire_server server;
    tls_context *context; /* or NULL */
    http_client_config config;
    address_range allowed;
    http_client *client;
    loop *loop;
    fiber_group group;
    http_client_request request;
    http_client_answer answer;
    err *failure;
} world;

static void start_client(world *w, const char *allowed) {
    if (allowed != NULL) {
        expect_ok(address_range_parse(w->a, str_of(allowed), &w->allowed));
        w->config.allowed = &w->allowed;
        w->config.allowed_count = 1;
    }
    w->loop = loop_new();
    w->group.loop = w->loop;
    w->client = http_client_new(w->a, &w->config);
    w->request = (http_client_request){
        .method = STR_INIT("GET"), .timeout_ms = 5000, .most_bytes = 1024};
}

static void start(world *w, void **state, const char *allowed) {
    *w = (world){.a = *state, .service = {serve}};
    wire_server_start(&w->server, NULL, &w->service);
    start_client(w, allowed);
}

/* The server's certificate says localhost and is its own authority. */
static void start_tls(world *w, void **state) {
    tls_certificate facts;
    *w = (world){.a = *state, .service = {serve}};
    expect_ok(tls_context_new(
        w->a, tls_pem_of(STR(TLS_PEM_CERTIFICATE), STR(TLS_PEM_KEY)),
        &w->context, &facts));
    wire_server_start_tls(&w->server, NULL, &w->service, w->context);
    start_client(w, "127.0.0.1");
}

static void stop(world *w) {
    http_client_free(w->client);
    loop_free(w->loop);
    wire_server_stop(&w->server);
    if (w->context != NULL)
        tls_context_free(w->context);
}

static err *send_one(void *argument) {
    world *w = argument;
    w->failure = http_client_send(w->client, w->a, &w->request, &w->answer);
    loop_stop(w->loop);
    return NULL;
}

static err *ask_url(world *w, str url) {
    w->request.url = url;
    expect_ok(fiber_start(w->a, &w->group, send_one, w));
    loop_run(w->loop);
    return w->failure;
}

static err *ask(world *w, const char *path) {
    return ask_url(
        w, arena_printf(w->a, "http://127.0.0.1:%d%s", w->server.port, path));
}

/* ---- What arrives -------------------------------------------------------- */

static void sends_a_request_and_brings_the_answer(void **state) {
    static const http_client_header HEADERS[] = {
        {STR_INIT("X-Mark"), STR_INIT("m1")},
        {STR_INIT("content-type"), STR_INIT("application/json")},
    };
    world w;
    start(&w, state, "127.0.0.1");
    w.request.method = STR("PATCH");
    w.request.headers = HEADERS;
    w.request.header_count = LENGTH(HEADERS);
    w.request.body = STR("{\"a\":1}");
    expect_ok(ask(&w, "/echo"));
    assert_int_equal(w.answer.status, 200);
    expect_str(w.answer.body, STR("PATCH /echo agent=tenon type=application/"
                                  "json mark=m1 body={\"a\":1}"));
    bool has_seen = false;
    for (size_t i = 0; i < w.answer.header_count; i++)
        has_seen =
            has_seen || (str_equal(w.answer.headers[i].name, STR("x-seen")) &&
                         str_equal(w.answer.headers[i].value, STR("yes")));
    assert_true(has_seen);
    stop(&w);
}

static void sends_what_is_asked_and_nothing_of_before(void **state) {
    world w;
    start(&w, state, "127.0.0.1");
    w.request.method = STR("POST");
    w.request.body = STR("secret");
    expect_ok(ask(&w, "/first"));
    w.request.method = STR("GET");
    w.request.body = (str){0};
    expect_ok(ask(&w, "/second"));
    expect_str(w.answer.body, STR("GET /second agent=tenon type= mark= body="));
    stop(&w);
}

static void does_not_follow_a_redirect(void **state) {
    world w;
    start(&w, state, "127.0.0.1");
    expect_ok(ask(&w, "/away"));
    assert_int_equal(w.answer.status, 302);
    stop(&w);
}

static void takes_no_proxy_from_the_environment(void **state) {
    world w;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    start(&w, state, "127.0.0.1");
    expect_ok(ask(&w, "/echo"));
    stop(&w);
    unsetenv("http_proxy");
}

/* ---- Where it may go ----------------------------------------------------- */

static void an_internal_address_is_refused_whatever_its_name(void **state) {
    static const char *const NAMES[] = {"127.0.0.1", "localhost", "0x7f.1",
                                        "2130706433", "[::ffff:127.0.0.1]"};
    world w;
    start(&w, state, NULL);
    for (size_t i = 0; i < LENGTH(NAMES); i++) {
        err *e = ask_url(&w, arena_printf(w.a, "http://%s:%d/echo", NAMES[i],
                                          w.server.port));
        assert_non_null(e);
        assert_int_equal(e->code, ERR_DENIED);
        assert_true(str_contains(e->hint, STR("--outbound-allow")));
    }
    stop(&w);
}

static void an_allowed_port_does_not_open_another(void **state) {
    world w;
    start(&w, state, "127.0.0.1:1");
    err *e = ask(&w, "/echo");
    assert_non_null(e);
    expect_err(e, ERR_DENIED,
               arena_printf(w.a,
                            "requests to 127.0.0.1:%d (127.0.0.1) are not "
                            "allowed",
                            w.server.port));
    stop(&w);
}

static void says_what_is_no_request(void **state) {
    static const http_client_header TWO_IN_ONE = {STR_INIT("X-A"),
                                                  STR_INIT("1\r\nX-B: 2")};
    static const http_client_header FRAME = {STR_INIT("Content-Length"),
                                             STR_INIT("5")};
    static const http_client_header NAMELESS = {STR_INIT("X A"), STR_INIT("1")};
    static const struct {
        const char *method;
        const char *url;
        const http_client_header *header;
        const char *says;
    } CASES[] = {
        {"get", "http://127.0.0.1/", NULL, "'get' is no method to ask with"},
        {"CONNECT", "http://127.0.0.1/", NULL,
         "'CONNECT' is no method to ask with"},
        {"GET /\r\n", "http://127.0.0.1/", NULL,
         "'GET /\r\n' is no method to ask with"},
        {"GET", "file:///etc/passwd", NULL,
         "the URL of the request does not begin with https://"},
        {"GET", "gopher://127.0.0.1:6379/", NULL,
         "the URL of the request does not begin with https://"},
        {"GET", "http://a:b@127.0.0.1/", NULL,
         "the URL of the request has a user or a password in it"},
        {"GET", "http://", NULL,
         "the URL of the request cannot be read as one"},
        {"GET", "http://127.0.0.1/", &TWO_IN_ONE,
         "the value of the header X-A has control characters"},
        {"GET", "http://127.0.0.1/", &FRAME,
         "the header Content-Length is not yours to set"},
        {"GET", "http://127.0.0.1/", &NAMELESS, "'X A' is no name of a header"},
    };
    world w;
    start(&w, state, "127.0.0.1");
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        w.request.method = str_of(CASES[i].method);
        w.request.headers = CASES[i].header;
        w.request.header_count = CASES[i].header != NULL;
        expect_err(ask_url(&w, str_of(CASES[i].url)), ERR_INVALID,
                   str_of(CASES[i].says));
    }
    stop(&w);
}

static void asks_whom_the_authorities_vouch_for(void **state) {
    char folder[] = "/tmp/tenon-client-XXXXXX";
    world w;
    start_tls(&w, state);
    assert_non_null(mkdtemp(folder));
    w.config.authorities = arena_printf(w.a, "%s/ca.pem", folder);
    expect_ok(file_create(w.a, w.config.authorities, STR(TLS_PEM_CERTIFICATE)));
    expect_ok(ask_url(
        &w, arena_printf(w.a, "https://localhost:%d/echo", w.server.port)));
    assert_int_equal(w.answer.status, 200);
    unlink(arena_cstr(w.a, w.config.authorities));
    rmdir(folder);
    stop(&w);
}

static void asks_nobody_whom_they_do_not_know(void **state) {
    world w;
    start_tls(&w, state);
    err *e = ask_url(
        &w, arena_printf(w.a, "https://localhost:%d/echo", w.server.port));
    assert_non_null(e);
    assert_int_equal(e->code, ERR_UNAVAILABLE);
    stop(&w);
}

/* ---- Answers that do not come as they should ----------------------------- */

static void a_late_answer_is_none(void **state) {
    world w;
    start(&w, state, "127.0.0.1");
    w.request.timeout_ms = 100;
    expect_err(ask(&w, "/late"), ERR_TIMEOUT,
               STR("127.0.0.1 did not answer within 100 ms"));
    stop(&w);
}

static void a_large_answer_is_none(void **state) {
    world w;
    start(&w, state, "127.0.0.1");
    w.request.most_bytes = 10;
    expect_err(ask(&w, "/echo"), ERR_TOO_LARGE,
               STR("the answer of 127.0.0.1 has more than 10 bytes"));
    stop(&w);
}

static void says_that_nobody_is_there(void **state) {
    world w;
    start(&w, state, "127.0.0.1");
    err *e = ask_url(&w, STR("http://127.0.0.1:1/"));
    assert_non_null(e);
    assert_int_equal(e->code, ERR_UNAVAILABLE);
    stop(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(sends_a_request_and_brings_the_answer),
        TEST(sends_what_is_asked_and_nothing_of_before),
        TEST(does_not_follow_a_redirect),
        TEST(takes_no_proxy_from_the_environment),
        TEST(an_internal_address_is_refused_whatever_its_name),
        TEST(an_allowed_port_does_not_open_another),
        TEST(says_what_is_no_request),
        TEST(asks_whom_the_authorities_vouch_for),
        TEST(asks_nobody_whom_they_do_not_know),
        TEST(a_late_answer_is_none),
        TEST(a_large_answer_is_none),
        TEST(says_that_nobody_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
