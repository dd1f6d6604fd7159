#include "api/rest/idempotency_key.h"

#include "test/support/test.h"

static const struct {
    const char *text;
    const char *key; /* NULL: refused */
    const char *why;
} CASES[] = {
    {"abc", "abc", NULL},
    {"  abc\t", "abc", NULL},
    {"\"abc\"", "abc", NULL},
    {"\"a\\\"\\\\c\"", "a\"\\c", NULL},
    {"a\"b", "a\"b", NULL},
    {"", NULL, "it is empty"},
    {"\"\"", NULL, "it is empty"},
    {"\"abc", NULL, "its quotes do not match"},
    {"\"abc\\", NULL, "its quotes do not match"},
    {"\"abc\";x", NULL, "its quotes do not match"},
    {"\"a\\b\"", NULL, "only quotes and backslashes are escaped"},
    {"a b", NULL, "it has a character that is not visible ASCII"},
    {"\"a b\"", NULL, "it has a character that is not visible ASCII"},
    {"\xc3\xa9", NULL, "it has a character that is not visible ASCII"},
};

static void a_key_is_visible_with_or_without_quotes(void **state) {
    (void)state;
    arena *a = arena_new();
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str key = {0};
        err *e = idempotency_key_parse(a, str_of(CASES[i].text), &key);
        if (CASES[i].key == NULL) {
            expect_err(
                e, ERR_INVALID,
                arena_printf(a, "invalid Idempotency-Key: %s", CASES[i].why));
            continue;
        }
        expect_ok(e);
        expect_str(key, str_of(CASES[i].key));
    }
    arena_free(a);
}

static void a_key_has_at_most_255_characters(void **state) {
    (void)state;
    arena *a = arena_new();
    char text[IDEMPOTENCY_KEY_MAX + 1];
    str key = {0};
    memset(text, 'k', sizeof text);
    expect_ok(idempotency_key_parse(a, (str){text, sizeof text - 1}, &key));
    assert_int_equal(key.len, IDEMPOTENCY_KEY_MAX);
    expect_err(idempotency_key_parse(a, (str){text, sizeof text}, &key),
               ERR_INVALID, STR("invalid Idempotency-Key: it is too long"));
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_visible_with_or_without_quotes),
        cmocka_unit_test(a_key_has_at_most_255_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
