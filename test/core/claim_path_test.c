#include "core/claim_path.h"

#include "test/support/test.h"

static const char CLAIMS[] =
    "{\"role\":\"member\",\"app\":{\"role\":\"deep\",\"roles\":[\"a\",\"b\"]},"
    "\"https://a.example/r\":\"named\",\"odd\\\"\\\\\":[[{\"x\":\"far\"}]]}";

static void finds_what_is_there(void **state) {
    arena *a = *state;
    static const struct {
        str path;
        const char *wanted; /* NULL: nothing */
    } CASES[] = {
        {STR_INIT("role"), "member"},
        {STR_INIT(".role"), "member"},
        {STR_INIT("app.role"), "deep"},
        {STR_INIT(".app.roles[1]"), "b"},
        {STR_INIT(".app.roles[2]"), NULL},
        {STR_INIT(".app.roles.a"), NULL},
        {STR_INIT(".role[0]"), NULL},
        {STR_INIT(".role.role"), NULL},
        {STR_INIT("none"), NULL},
        {STR_INIT(".\"https://a.example/r\""), "named"},
        {STR_INIT("\"role\""), "member"},
        {STR_INIT(".\"odd\\\"\\\\\"[0][0].x"), "far"},
        {STR_INIT(".\"rol\""), NULL},
        {STR_INIT(".\"roles\""), NULL},
    };
    const json *claims;
    expect_ok(json_parse(a, str_of(CLAIMS), &claims));
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_ok(claim_path_check(a, CASES[i].path));
        const json *found = claim_path_find(claims, CASES[i].path);
        if (CASES[i].wanted == NULL) {
            assert_null(found);
            continue;
        }
        assert_non_null(found);
        expect_str(found->text, str_of(CASES[i].wanted));
    }
}

static void refuses_what_is_no_path(void **state) {
    arena *a = *state;
    static const str CASES[] = {
        STR_INIT(""),     STR_INIT("."),          STR_INIT("a."),
        STR_INIT("a..b"), STR_INIT("a[]"),        STR_INIT("a[x]"),
        STR_INIT("a[1"),  STR_INIT("a[1]b"),      STR_INIT(".\"a"),
        STR_INIT("\"\\"), STR_INIT("a[-1]"),      STR_INIT("a]"),
        STR_INIT("a\"b"), STR_INIT("a[9999999]"),
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        err *e = claim_path_check(a, CASES[i]);
        if (e == NULL || e->code != ERR_INVALID)
            fail_msg("not refused as a path: %.*s", STR_ARG(CASES[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_what_is_there),
        TEST(refuses_what_is_no_path),
    };
    return cmocka_run_group_tests_name("core/claim_path", tests, NULL, NULL);
}
