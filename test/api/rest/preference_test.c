#include "api/rest/preference.h"

#include "test/support/test.h"

static err *parse(arena *a, const char *first, const char *second,
                  preferences *out) {
    http_header headers[] = {
        {STR("prefer"), str_of(first)},
        {STR("Host"), STR("x")},
        {STR("Prefer"), str_of(second)},
    };
    http_request request = {.headers = headers, .header_count = 3};
    return preferences_parse(a, &request, out);
}

static void says_back_what_it_applied_in_a_fixed_order(void **state) {
    arena *a = *state;
    static const struct {
        const char *header;
        str applied;
    } CASES[] = {
        {"", STR_INIT("")},
        {"return=minimal", STR_INIT("return=minimal")},
        {"count=exact,return=representation",
         STR_INIT("return=representation, count=exact")},
        {" count=planned ,, resolution=merge-duplicates",
         STR_INIT("resolution=merge-duplicates, count=planned")},
        {"missing=default, resolution=ignore-duplicates, handling=lenient",
         STR_INIT("resolution=ignore-duplicates, missing=default, "
                  "handling=lenient")},
        {"timezone=Europe/Berlin", STR_INIT("timezone=Europe/Berlin")},
        {"max-affected=1, timezone=UTC, timezone=Etc/GMT, handling=strict",
         STR_INIT("handling=strict, timezone=UTC, max-affected=1")},
        {"handling=strict, max-affected=3",
         STR_INIT("handling=strict, max-affected=3")},
        {"max-affected=3", STR_INIT("")},
        {"unheard=of", STR_INIT("")},
        {"handling=lenient, tx=rollback, count=exact",
         STR_INIT("count=exact, tx=rollback, handling=lenient")},
        {"return=minimal, return=representation", STR_INIT("return=minimal")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        preferences p;
        http_reply reply = {0};
        expect_ok(parse(a, CASES[i].header, "", &p));
        preferences_reply(a, &p, &reply);
        assert_int_equal(reply.header_count,
                         str_is_empty(CASES[i].applied) ? 0 : 1);
        expect_str(reply.headers[0].value, CASES[i].applied);
    }
}

static void reads_several_headers_and_lets_the_first_win(void **state) {
    preferences p;
    expect_ok(parse(*state, "return=minimal, count=exact",
                    "return=representation, missing=default", &p));
    assert_int_equal(p.returns, RETURN_MINIMAL);
    assert_int_equal(p.count, COUNT_EXACT);
    assert_int_equal(p.missing, MISSING_DEFAULT);
}

static void refuses_unknown_ones_only_when_strict(void **state) {
    arena *a = *state;
    preferences p;
    expect_ok(parse(a, "anything=goes", "", &p));
    err *e = parse(a, "one=1, handling=strict", "return=minimal, two", &p);
    expect_err(e, ERR_PREFERENCE,
               STR("Invalid preferences given with handling=strict"));
    expect_str(e->details, STR("Invalid preferences: one=1, two"));
    expect_err(parse(a, "handling=strict", "max-affected=-1", &p),
               ERR_PREFERENCE,
               STR("Invalid preferences given with handling=strict"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(says_back_what_it_applied_in_a_fixed_order),
        TEST(reads_several_headers_and_lets_the_first_win),
        TEST(refuses_unknown_ones_only_when_strict),
    };
    return cmocka_run_group_tests_name("api/rest/preference", tests, NULL,
                                       NULL);
}
