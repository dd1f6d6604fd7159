#include "base/jsonb.h"

#include "test/support/test.h"

/* Each is less than the next one. */
static void has_an_order_of_all_values(void **state) {
    arena *a = *state;
    static const char *const VALUES[] = {
        "[]",         "null",       "\"\"",
        "\"a\"",      "\"b\"",      "\"ba\"",
        "-2",         "1.5",        "10",
        "false",      "true",       "[null]",
        "[1]",        "[[]]",       "[1, 0]",
        "[1, 1]",     "{}",         "{\"aa\": 0}",
        "{\"b\": 1}", "{\"b\": 2}", "{\"a\": 1, \"b\": 0}",
        "not json",
    };
    for (size_t i = 0; i < LENGTH(VALUES); i++) {
        for (size_t k = 0; k < LENGTH(VALUES); k++) {
            int order =
                jsonb_compare_texts(a, str_of(VALUES[i]), str_of(VALUES[k]));
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

static void takes_for_equal_what_means_the_same(void **state) {
    arena *a = *state;
    static const char *const PAIRS[][2] = {
        {"1", "1.00"},
        {"100", "1e2"},
        {"[1,2]", " [ 1 , 2.0 ] "},
        {"{\"a\":1,\"b\":2}", "{\"b\": 2, \"a\": 1}"},
        {"{\"a\":1}", "{\"a\":0,\"a\":1}"},
        {"\"\\u0061\"", "\"a\""},
    };
    for (size_t i = 0; i < LENGTH(PAIRS); i++)
        assert_int_equal(
            jsonb_compare_texts(a, str_of(PAIRS[i][0]), str_of(PAIRS[i][1])),
            0);
}

static void keeps_the_last_member_of_a_name(void **state) {
    arena *a = *state;
    const json *object;
    expect_ok(json_parse(a, STR("{\"bb\":1,\"a\":2,\"a\":3}"), &object));
    jsonb_members m = jsonb_members_of(a, object);
    assert_int_equal(m.count, 2);
    expect_str(m.list[0].key, STR("a"));
    expect_str(m.list[0].value->text, STR("3"));
    expect_str(m.list[1].key, STR("bb"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(has_an_order_of_all_values),
        TEST(takes_for_equal_what_means_the_same),
        TEST(keeps_the_last_member_of_a_name),
    };
    return cmocka_run_group_tests_name("base/jsonb", tests, NULL, NULL);
}
