#include "base/err.h"

#include "test/support/test.h"

static void keeps_the_code_and_hint_of_its_cause(void **state) {
    arena *a = *state;
    err *inner = err_with_hint(err_new(a, ERR_NOT_FOUND, "no file '%s'", "x"),
                               STR("make one"));
    err *outer = err_wrap(a, inner, "loading the schema");
    assert_int_equal(outer->code, ERR_NOT_FOUND);
    expect_str(outer->hint, STR("make one"));
    assert_ptr_equal(outer->cause, inner);

    CLEANUP(buf_free) buf text = buf_new(100);
    err_print(&text, outer);
    expect_str(buf_str(&text), STR("loading the schema: no file 'x'"));
    assert_string_equal(err_code_name(outer->code), "NOT_FOUND");
}

static void carries_facts_about_the_case(void **state) {
    arena *a = *state;
    err *inner = err_with_details(err_new(a, ERR_UNIQUE_VIOLATION, "taken"),
                                  STR("Key (email) exists"));
    err *outer = err_wrap(a, inner, "inserting");
    expect_str(outer->details, STR("Key (email) exists"));
    expect_str(outer->hint, (str){0});
    assert_string_equal(outer->file + strlen(outer->file) - 10, "err_test.c");
}

static void every_code_has_a_name_and_a_text(void **state) {
    (void)state;
    for (err_code code = 0; code < ERR_CODE_COUNT; code++) {
        assert_true(strlen(err_code_name(code)) > 0);
        assert_true(strlen(err_code_text(code)) > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keeps_the_code_and_hint_of_its_cause),
        TEST(carries_facts_about_the_case),
        TEST(every_code_has_a_name_and_a_text),
    };
    return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
