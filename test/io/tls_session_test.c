/* A session and OpenSSL's own client, in memory: what they agree on, what goes
 * through, and what a client that does not play by the rules gets. */
#include "io/tls_session.h"

#include "test/support/test.h"
#include "test/support/tls_client.h"
#include "test/support/tls_pem.h"

enum { MAX_PLAIN = 64 * 1024 * 1024 };

typedef struct pair {
    arena *a;
    tls_context *context;
    tls_session *session;
    tls_client *client;
    buf plain; /* what the server got */
    tls_state state;
} pair;

static tls_context *context_of(arena *a) {
    tls_context *c = NULL;
    tls_certificate facts;
    expect_ok(tls_context_new(
        a, tls_pem_of(STR(TLS_PEM_CERTIFICATE), STR(TLS_PEM_KEY)), &c, &facts));
    return c;
}

static void connect_again(pair *p, tls_client_options options) {
    p->session = tls_session_new(p->context);
    p->client = tls_client_new(options);
    p->plain = buf_new(MAX_PLAIN);
    p->state = tls_client_talk(p->a, p->client, p->session, &p->plain);
}

static void begin(pair *p, void **state, tls_client_options options) {
    *p = (pair){.a = *state, .context = context_of(*state)};
    connect_again(p, options);
}

static void disconnect(pair *p) {
    buf_free(&p->plain);
    tls_client_free(p->client);
    tls_session_free(p->session);
}

static void end(pair *p) {
    disconnect(p);
    tls_context_free(p->context);
}

static void talk(pair *p) {
    p->state = tls_client_talk(p->a, p->client, p->session, &p->plain);
}

/* ---- What they agree on -------------------------------------------------- */

static void speaks_tls_1_3_and_1_2(void **state) {
    static const struct {
        int max;
        str version;
    } CASES[] = {
        {0, STR_INIT("TLSv1.3")},
        {TLS1_2_VERSION, STR_INIT("TLSv1.2")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        pair p;
        begin(&p, state, (tls_client_options){.max_version = CASES[i].max});
        assert_int_equal(p.state, TLS_OPEN);
        assert_true(tls_client_is_done(p.client));
        assert_true(tls_session_is_established(p.session));
        expect_str(tls_client_version(p.client), CASES[i].version);
        end(&p);
    }
}

static void refuses_older_versions_with_an_alert(void **state) {
    pair p;
    begin(&p, state,
          (tls_client_options){.min_version = TLS1_VERSION,
                               .max_version = TLS1_1_VERSION});
    assert_int_equal(tls_session_is_established(p.session), false);
    assert_int_equal(p.state, TLS_FAILED);
    assert_true(tls_client_has_failed(p.client));
    end(&p);
}

static void chooses_http_1_1_of_what_is_offered(void **state) {
    static const struct {
        str offered;
        str chosen; /* empty: an alert */
    } CASES[] = {
        {STR_INIT("\x08http/1.1"), STR_INIT("http/1.1")},
        {STR_INIT("\x02h2\x08http/1.1"), STR_INIT("http/1.1")},
        {STR_INIT("\x08http/1.0\x08http/1.1"), STR_INIT("http/1.1")},
        {STR_INIT("\x08http/1.0"), STR_INIT("http/1.0")},
        {STR_INIT("\x02h2"), STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        pair p;
        begin(&p, state, (tls_client_options){.protocols = CASES[i].offered});
        expect_str(tls_client_protocol(p.client), CASES[i].chosen);
        assert_int_equal(tls_client_has_failed(p.client),
                         CASES[i].chosen.len == 0);
        end(&p);
    }
}

static void resumes_a_session_by_its_ticket(void **state) {
    static const int VERSIONS[] = {TLS1_3_VERSION, TLS1_2_VERSION};
    for (size_t i = 0; i < LENGTH(VERSIONS); i++) {
        tls_client_options options = {.max_version = VERSIONS[i]};
        pair p;
        begin(&p, state, options);
        assert_false(tls_client_is_resumed(p.client));
        options.resumed = tls_client_remember(p.client);
        tls_client_end(p.client); /* or the client would forget it */
        disconnect(&p);
        connect_again(&p, options);
        assert_true(tls_client_is_done(p.client));
        assert_true(tls_client_is_resumed(p.client));
        tls_client_forget(p.client, options.resumed);
        end(&p);
    }
}

/* ---- What goes through --------------------------------------------------- */

static void carries_bytes_both_ways(void **state) {
    pair p;
    begin(&p, state, (tls_client_options){0});
    tls_client_write(p.client, STR("request"));
    talk(&p);
    expect_str(buf_str(&p.plain), STR("request"));
    assert_true(tls_session_write(p.session, STR("first,")));
    assert_true(tls_session_write(p.session, STR("second")));
    talk(&p);
    expect_str(tls_client_read(p.client), STR("first,second"));
    end(&p);
}

/* Whatever the reads of the socket bring. */
static void does_not_care_how_bytes_are_cut(void **state) {
    pair p;
    begin(&p, state, (tls_client_options){0});
    char *sent = arena_alloc(p.a, 100000, 1);
    for (size_t i = 0; i < 100000; i++)
        sent[i] = (char)(i * 7 % 251);
    tls_client_write(p.client, (str){sent, 100000});
    str records = tls_client_send(p.a, p.client);
    static const size_t CUTS[] = {1, 2, 5, 16, 1000, 16401, 65536};
    for (size_t i = 0; records.len > 0; i++) {
        size_t n = CUTS[i % LENGTH(CUTS)];
        str piece = str_take(&records, n < records.len ? n : records.len);
        assert_int_equal(tls_session_receive(p.session, piece, &p.plain),
                         TLS_OPEN);
    }
    str want = {sent, 100000};
    expect_str(buf_str(&p.plain), want);
    end(&p);
}

static void counts_plain_bytes_when_all_records_are_out(void **state) {
    pair p;
    begin(&p, state, (tls_client_options){0});
    tls_session_write(p.session, STR("hello"));
    tls_session_write(p.session, STR(", world"));
    uint64_t before = tls_session_total_sent(p.session);
    size_t len = tls_session_output(p.session).len;
    assert_int_equal(tls_session_sent(p.session, len - 1), 0);
    assert_int_equal(tls_session_output(p.session).len, 1);
    assert_int_equal(tls_session_sent(p.session, 1), 12);
    assert_int_equal(tls_session_output(p.session).len, 0);
    assert_int_equal(tls_session_total_sent(p.session) - before, len);
    end(&p);
}

/* ---- The end ------------------------------------------------------------- */

static void says_when_the_client_ends(void **state) {
    pair p;
    begin(&p, state, (tls_client_options){0});
    tls_client_write(p.client, STR("last"));
    tls_client_end(p.client);
    str sent = tls_client_send(p.a, p.client);
    assert_int_equal(tls_session_receive(p.session, sent, &p.plain), TLS_ENDED);
    expect_str(buf_str(&p.plain), STR("last"));
    /* The answer still goes out. */
    assert_true(tls_session_write(p.session, STR("answer")));
    str output = tls_session_output(p.session);
    tls_client_receive(p.client, output);
    end(&p);
}

static void tells_the_client_when_it_ends(void **state) {
    pair p;
    begin(&p, state, (tls_client_options){0});
    tls_session_write(p.session, STR("last"));
    tls_session_end(p.session);
    assert_false(tls_session_write(p.session, STR("more")));
    talk(&p);
    expect_str(tls_client_read(p.client), STR("last"));
    assert_true(tls_client_is_at_end(p.client));
    end(&p);
}

/* ---- Who does not play by the rules -------------------------------------- */

static void answers_garbage_with_an_alert(void **state) {
    pair p = {.a = *state, .context = context_of(*state)};
    p.session = tls_session_new(p.context);
    p.plain = buf_new(MAX_PLAIN);
    assert_int_equal(tls_session_receive(
                         p.session, STR("\x16\x03\x01\x00\x05hello"), &p.plain),
                     TLS_FAILED);
    str alert = tls_session_output(p.session);
    assert_int_equal(alert.len, 7);
    assert_int_equal(alert.ptr[0], 21); /* RFC 8446 5.1: alert */
    assert_false(tls_session_write(p.session, STR("more")));
    /* What comes behind is not looked at. */
    assert_int_equal(tls_session_receive(p.session, STR("x"), &p.plain),
                     TLS_FAILED);
    assert_int_equal(p.plain.len, 0);
    buf_free(&p.plain);
    tls_session_free(p.session);
    tls_context_free(p.context);
}

static void a_changed_record_ends_it(void **state) {
    pair p;
    begin(&p, state, (tls_client_options){0});
    tls_client_write(p.client, STR("transfer 1"));
    str sent = tls_client_send(p.a, p.client);
    char *changed = arena_alloc(p.a, sent.len, 1);
    memcpy(changed, sent.ptr, sent.len);
    changed[sent.len - 1] ^= 1;
    assert_int_equal(
        tls_session_receive(p.session, (str){changed, sent.len}, &p.plain),
        TLS_FAILED);
    assert_int_equal(p.plain.len, 0);
    end(&p);
}

static void does_not_renegotiate(void **state) {
    pair p;
    begin(&p, state, (tls_client_options){.max_version = TLS1_2_VERSION});
    tls_client_renegotiate(p.client);
    str hello = tls_client_send(p.a, p.client);
    assert_true(hello.len > 100);
    assert_int_equal(tls_session_receive(p.session, hello, &p.plain), TLS_OPEN);
    /* One small warning, no second handshake. */
    assert_in_range(tls_session_output(p.session).len, 1, 64);
    assert_true(tls_session_is_established(p.session));
    end(&p);
}

static void ends_who_sends_without_saying_anything(void **state) {
    pair p;
    begin(&p, state, (tls_client_options){0});
    size_t barren = 0;
    size_t answered = 0;
    while (p.state == TLS_OPEN && barren < (size_t)4 * TLS_MAX_BARREN) {
        tls_client_update_keys(p.client);
        str sent = tls_client_send(p.a, p.client);
        barren += sent.len;
        p.state = tls_session_receive(p.session, sent, &p.plain);
        str answer = tls_session_output(p.session);
        answered += answer.len;
        tls_client_receive(p.client, answer);
        tls_session_sent(p.session, answer.len);
    }
    assert_int_equal(p.state, TLS_FAILED);
    /* It counts from the handshake on. */
    assert_in_range(barren, TLS_MAX_BARREN - 1024, TLS_MAX_BARREN);
    assert_true(answered < (size_t)2 * TLS_MAX_BARREN);
    end(&p);
}

static void who_says_something_now_and_then_may_renew_keys(void **state) {
    pair p;
    begin(&p, state, (tls_client_options){0});
    for (size_t sent = 0; sent < (size_t)2 * TLS_MAX_BARREN; sent += 22) {
        tls_client_update_keys(p.client);
        if (sent % 4096 < 22)
            tls_client_write(p.client, STR("x"));
        talk(&p);
        assert_int_equal(p.state, TLS_OPEN);
    }
    end(&p);
}

/* ---- Certificates -------------------------------------------------------- */

static void a_reload_is_for_new_connections(void **state) {
    pair p;
    tls_certificate facts;
    begin(&p, state, (tls_client_options){0});
    expect_ok(tls_context_load(
        p.a, p.context, tls_pem_of(STR(TLS_PEM_EXPIRED), STR(TLS_PEM_KEY)),
        &facts));
    tls_client_write(p.client, STR("still here"));
    talk(&p);
    expect_str(buf_str(&p.plain), STR("still here"));
    disconnect(&p);
    connect_again(&p, (tls_client_options){0});
    assert_true(tls_client_is_done(p.client));
    end(&p);
}

static void a_ticket_is_good_for_a_day_at_most(void **state) {
    static const int VERSIONS[] = {TLS1_3_VERSION, TLS1_2_VERSION};
    const int64_t hour_us = INT64_C(3600) * 1000 * 1000;
    for (size_t i = 0; i < LENGTH(VERSIONS); i++) {
        tls_client_options options = {.max_version = VERSIONS[i]};
        fake_clock clock = {.monotonic_us = hour_us};
        pair p = {.a = *state, .context = context_of(*state)};
        tls_context_use_clock(p.context, &clock);
        connect_again(&p, options);
        options.resumed = tls_client_remember(p.client);
        for (int hours = 12; hours <= 24; hours += 12) {
            tls_client_end(p.client);
            disconnect(&p);
            fake_clock_advance(&clock, 12 * hour_us);
            connect_again(&p, options);
            assert_true(tls_client_is_done(p.client));
            assert_int_equal(tls_client_is_resumed(p.client), hours < 24);
        }
        tls_client_forget(p.client, options.resumed);
        end(&p);
    }
}

static void sends_the_chain_behind_the_certificate(void **state) {
    pair p = {.a = *state};
    tls_certificate facts;
    expect_ok(
        tls_context_new(p.a,
                        tls_pem_of(STR("text before\n" TLS_PEM_CERTIFICATE
                                       "\ntext between\n" TLS_PEM_EXPIRED),
                                   STR(TLS_PEM_KEY)),
                        &p.context, &facts));
    expect_str(facts.subject, STR("/CN=localhost"));
    connect_again(&p, (tls_client_options){0});
    assert_int_equal(tls_client_chain_length(p.client), 2);
    disconnect(&p);
    fake_clock tomorrow = {.monotonic_us = INT64_C(1)};
    tls_context_use_clock(p.context, &tomorrow);
    fake_clock_advance(&tomorrow, INT64_C(86400) * 1000 * 1000);
    connect_again(&p, (tls_client_options){0});
    assert_int_equal(tls_client_chain_length(p.client), 2);
    end(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(speaks_tls_1_3_and_1_2),
        TEST(refuses_older_versions_with_an_alert),
        TEST(chooses_http_1_1_of_what_is_offered),
        TEST(resumes_a_session_by_its_ticket),
        TEST(carries_bytes_both_ways),
        TEST(does_not_care_how_bytes_are_cut),
        TEST(counts_plain_bytes_when_all_records_are_out),
        TEST(says_when_the_client_ends),
        TEST(tells_the_client_when_it_ends),
        TEST(answers_garbage_with_an_alert),
        TEST(a_changed_record_ends_it),
        TEST(does_not_renegotiate),
        TEST(ends_who_sends_without_saying_anything),
        TEST(who_says_something_now_and_then_may_renew_keys),
        TEST(a_reload_is_for_new_connections),
        TEST(a_ticket_is_good_for_a_day_at_most),
        TEST(sends_the_chain_behind_the_certificate),
    };
    return cmocka_run_group_tests_name("io/tls_session", tests, NULL, NULL);
}
