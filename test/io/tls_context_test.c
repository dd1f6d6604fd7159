/* What is read from files before a server begins, and what is said when it is
 * no good. */
#include "io/tls_context.h"

#include "test/support/test.h"
#include "test/support/tls_pem.h"

static void tells_what_the_certificate_says(void **state) {
    arena *a = *state;
    tls_context *c = NULL;
    tls_certificate facts;
    expect_ok(tls_context_new(
        a, tls_pem_of(STR(TLS_PEM_CERTIFICATE), STR(TLS_PEM_KEY)), &c, &facts));
    expect_str(facts.subject, STR("/CN=localhost"));
    assert_false(facts.is_expired || facts.is_not_yet_valid);
    assert_true(facts.ends_ms > INT64_C(4900000000000));

    expect_ok(tls_context_load(
        a, c, tls_pem_of(STR(TLS_PEM_EXPIRED), STR(TLS_PEM_KEY)), &facts));
    expect_str(facts.subject, STR("/CN=expired"));
    assert_true(facts.is_expired);
    assert_true(facts.ends_ms == INT64_C(1580515200000)); /* 2020-02-01 */
    tls_context_free(c);
}

static void says_what_is_wrong_with_the_files(void **state) {
    arena *a = *state;
    static const struct {
        str certificate;
        str key;
        str message;
    } CASES[] = {
        {STR_INIT(""), STR_INIT(TLS_PEM_KEY),
         STR_INIT("'server.pem' holds no certificate in PEM: no start line")},
        {STR_INIT(TLS_PEM_KEY), STR_INIT(TLS_PEM_KEY),
         STR_INIT("'server.pem' holds no certificate in PEM: no start line")},
        {STR_INIT(TLS_PEM_CERTIFICATE), STR_INIT(""),
         STR_INIT("'key.pem' holds no private key in PEM: unsupported")},
        {STR_INIT(TLS_PEM_CERTIFICATE), STR_INIT(TLS_PEM_CERTIFICATE),
         STR_INIT("'key.pem' holds no private key in PEM: unsupported")},
        {STR_INIT(TLS_PEM_CERTIFICATE), STR_INIT(TLS_PEM_OTHER_KEY),
         STR_INIT("the key in 'key.pem' is not the key of 'server.pem'")},
        {STR_INIT(TLS_PEM_CERTIFICATE), STR_INIT(TLS_PEM_ENCRYPTED_KEY),
         STR_INIT("the key in 'key.pem' is encrypted")},
        {STR_INIT(TLS_PEM_CERTIFICATE "-----BEGIN CERTIFICATE-----\nAAAA\n"
                                      "-----END CERTIFICATE-----\n"),
         STR_INIT(TLS_PEM_KEY),
         STR_INIT("'server.pem' has a certificate that cannot be read: wrong "
                  "tag")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        tls_context *c = NULL;
        tls_certificate facts;
        expect_err(
            tls_context_new(a, tls_pem_of(CASES[i].certificate, CASES[i].key),
                            &c, &facts),
            ERR_INVALID, CASES[i].message);
        assert_null(c);
    }
}

static void a_failed_reload_changes_nothing(void **state) {
    arena *a = *state;
    tls_context *c = NULL;
    tls_certificate facts;
    expect_ok(tls_context_new(
        a, tls_pem_of(STR(TLS_PEM_CERTIFICATE), STR(TLS_PEM_KEY)), &c, &facts));
    for (int i = 0; i < 100; i++) {
        expect_err(tls_context_load(a, c,
                                    tls_pem_of(STR(TLS_PEM_CERTIFICATE),
                                               STR(TLS_PEM_OTHER_KEY)),
                                    &facts),
                   ERR_INVALID,
                   STR("the key in 'key.pem' is not the key of 'server.pem'"));
    }
    tls_context_free(c);
}

static void names_a_file_that_is_not_there(void **state) {
    tls_pem pem;
    expect_err(
        tls_pem_read(
            *state, (tls_files){STR("no/server.pem"), STR("no/key.pem")}, &pem),
        ERR_NOT_FOUND,
        STR("cannot read no/server.pem: No such file or "
            "directory"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(tells_what_the_certificate_says),
        TEST(says_what_is_wrong_with_the_files),
        TEST(a_failed_reload_changes_nothing),
        TEST(names_a_file_that_is_not_there),
    };
    return cmocka_run_group_tests_name("io/tls_context", tests, NULL, NULL);
}
