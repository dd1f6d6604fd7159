/* Tags, and who is said to know one. */
#include "api/entity_tag.h"

#include "test/support/test.h"

static str tag_of(arena *a, str body, str type, str range) {
    char out[ENTITY_TAG_LENGTH];
    buf text = buf_over(arena_alloc(a, body.len + 1, 1), body.len + 1);
    buf_append(&text, body);
    http_reply reply = {.body = &text, .content_type = type};
    http_reply_add(&reply, STR("Vary"), STR("Accept"));
    if (range.len > 0)
        http_reply_add(&reply, STR("Content-Range"), range);
    entity_tag_write(&reply, out);
    return arena_copy(a, (str){out, sizeof out});
}

static void a_tag_does_not_change_between_versions(void **state) {
    expect_str(tag_of(*state, STR("[{\"id\":1}]"), STR("application/json"),
                      STR("0-0/*")),
               STR("W/\"b2db0d5095e7e6ac\""));
}

static void tells_answers_apart(void **state) {
    arena *a = *state;
    str body = STR("[{\"id\":1}]");
    str json = STR("application/json");
    str tag = tag_of(a, body, json, STR("0-0/1"));
    expect_str(tag_of(a, body, json, STR("0-0/1")), tag);
    assert_false(
        str_equal(tag, tag_of(a, STR("[{\"id\":2}]"), json, STR("0-0/1"))));
    assert_false(str_equal(tag, tag_of(a, body, json, STR("0-0/2"))));
    assert_false(str_equal(tag, tag_of(a, body, json, STR(""))));
    assert_false(
        str_equal(tag, tag_of(a, body, STR("text/csv"), STR("0-0/1"))));
}

static bool is_known(const char *value, const char *second) {
    http_header headers[] = {
        {STR_INIT("If-Match"), STR_INIT("\"0123456789abcdef\"")},
        {STR_INIT("if-none-match"), str_of(value)},
        {STR_INIT("If-None-Match"), str_of(second)},
    };
    http_request r = {.headers = headers, .header_count = 3};
    return entity_tag_is_known(&r, STR("W/\"0123456789abcdef\""));
}

static void finds_it_in_lists(void **state) {
    (void)state;
    static const struct {
        const char *value;
        bool is_known;
    } CASES[] = {
        {"W/\"0123456789abcdef\"", true},
        {"\"0123456789abcdef\"", true}, /* compared weakly */
        {"*", true},
        {" * ", true},
        {"\"a\", W/\"b\" ,W/\"0123456789abcdef\"", true},
        {"\"a,b\",,, \"0123456789abcdef\"", true},
        {"", false},
        {"\"\"", false},
        {"0123456789abcdef", false},
        {"w/\"0123456789abcdef\"", false},
        {"\"0123456789abcdef", false},
        {"\"0123456789abcdeF\"", false},
        {"\"x0123456789abcdef\"", false},
        {"\"*\"", false},
        {"*, \"a\"", false},
        {"W/", false},
        {"garbage \"0123456789abcdef\"", false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        if (is_known(CASES[i].value, "") != CASES[i].is_known)
            fail_msg("%s", CASES[i].value);
    }
    assert_true(is_known("\"a\"", "W/\"0123456789abcdef\""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_tag_does_not_change_between_versions),
        TEST(tells_answers_apart),
        TEST(finds_it_in_lists),
    };
    return cmocka_run_group_tests_name("api/entity_tag", tests, NULL, NULL);
}
