#include "database/postgres/pg_url.h"

#include "test/support/test.h"

static void leaves_to_libpq_what_libpq_knows(void **state) {
    arena *a = *state;
    static const struct {
        str url;
        str connect;
        str schema;
    } CASES[] = {
        {STR_INIT("postgresql://h/d"), STR_INIT("postgresql://h/d"), {0}},
        {STR_INIT("postgres://u:p%3F@h:1/d"),
         STR_INIT("postgres://u:p%3F@h:1/d"),
         {0}},
        {STR_INIT("postgresql:///d?host=%2Ftmp&sslmode=require"),
         STR_INIT("postgresql:///d?host=%2Ftmp&sslmode=require"),
         {0}},
        {STR_INIT("postgresql://h/d?schema=public"),
         STR_INIT("postgresql://h/d"), STR_INIT("public")},
        {STR_INIT("postgresql://h/d?schema=a%20b&sslmode=disable"),
         STR_INIT("postgresql://h/d?sslmode=disable"), STR_INIT("a b")},
        {STR_INIT("postgresql://h/d?pgbouncer=true&connect_timeout=3&"
                  "connection_limit=1&pool_timeout=0&keepalives=1"),
         STR_INIT("postgresql://h/d?connect_timeout=3&keepalives=1"),
         {0}},
        {STR_INIT("postgresql://h/d?"), STR_INIT("postgresql://h/d"), {0}},
        {STR_INIT("postgresql://h/d?&&x=1"),
         STR_INIT("postgresql://h/d?x=1"),
         {0}},
        {STR_INIT("postgresql://u@h1:1,h2,[::1]:3/d?sslaccept=accept_"
                  "invalid_certs"),
         STR_INIT("postgresql://u@h1:1,h2,[::1]:3/d"),
         {0}},
        {STR_INIT("postgresql://"), STR_INIT("postgresql://"), {0}},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        pg_url url;
        expect_ok(pg_url_parse(a, CASES[i].url, &url));
        expect_str(url.connect, CASES[i].connect);
        expect_str(url.schema, CASES[i].schema);
    }
}

static void refuses_what_is_no_url(void **state) {
    arena *a = *state;
    pg_url url;
    expect_err(pg_url_parse(a, STR("file:app.db"), &url), ERR_INVALID,
               STR("a PostgreSQL URL starts with postgresql://"));
    expect_err(pg_url_parse(a, STR("postgresql://h/d\0x"), &url), ERR_INVALID,
               STR("NUL in the database URL"));
    expect_err(pg_url_parse(a, STR("postgresql://h/d?schema=%x"), &url),
               ERR_QUERY_SYNTAX,
               STR("'%' without two hexadecimal digits in the URL"));
}

/* libpq would take some of it for a host, a port or a parameter, and say so. */
static void refuses_passwords_with_bare_special_characters(void **state) {
    static const struct {
        str url;
        str message;
    } CASES[] = {
        {STR_INIT("postgresql://u:secr@et@h/d"),
         STR_INIT("the database URL has an @ that does not stand before the "
                  "host")},
        {STR_INIT("postgresql://u:secr/et@h/d"),
         STR_INIT("the database URL has an @ that does not stand before the "
                  "host")},
        {STR_INIT("postgresql://u:secr?et@h/d"),
         STR_INIT("the database URL has an @ that does not stand before the "
                  "host")},
        {STR_INIT("postgresql://u:secret"),
         STR_INIT("a port in the database URL is not a number")},
        {STR_INIT("postgresql://u:secret,h2/d"),
         STR_INIT("a port in the database URL is not a number")},
        {STR_INIT("postgresql://h:1:secret/d"),
         STR_INIT("a port in the database URL is not a number")},
        {STR_INIT("postgresql://[::1]:secret/d"),
         STR_INIT("a port in the database URL is not a number")},
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        pg_url url;
        expect_err(pg_url_parse(a, CASES[i].url, &url), ERR_INVALID,
                   CASES[i].message);
    }
}

static void refuses_to_leave_out_the_check_of_certificates(void **state) {
    arena *a = *state;
    pg_url url;
    expect_err(pg_url_parse(a, STR("postgresql://h/d?sslaccept=strict"), &url),
               ERR_UNSUPPORTED,
               STR("sslaccept=strict in the database URL is not supported"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(leaves_to_libpq_what_libpq_knows),
        TEST(refuses_what_is_no_url),
        TEST(refuses_passwords_with_bare_special_characters),
        TEST(refuses_to_leave_out_the_check_of_certificates),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_url", tests, NULL,
                                       NULL);
}
