#include "core/operator_token.h"

#include "test/support/test.h"

static void knows_what_it_makes(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(7);
    str token = operator_token_make(a, &r);
    assert_true(operator_token_is_meant(token));
    assert_true(operator_token_is_whole(token));
    assert_int_equal(token.len, sizeof "tenon_op_" - 1 + 72);
    assert_false(str_equal(token, operator_token_make(a, &r)));
    assert_int_equal(operator_token_hash(a, token).len, 64);
}

/* Wherever one character is another one, and wherever it is cut. */
static void knows_what_was_mistyped(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(7);
    str token = operator_token_make(a, &r);
    for (size_t i = 0; i < token.len; i++) {
        char other[128];
        memcpy(other, token.ptr, token.len);
        other[i] = other[i] == 'a' ? 'b' : 'a';
        assert_false(operator_token_is_whole((str){other, token.len}));
        assert_false(operator_token_is_whole(str_slice(token, 0, i)));
    }
    assert_false(
        operator_token_is_whole(arena_printf(a, "%.*s0", STR_ARG(token))));
}

static void finds_it_in_a_header(void **state) {
    (void)state;
    static const struct {
        const char *header;
        const char *token;
    } CASES[] = {
        {"Bearer tenon_op_1", "tenon_op_1"},
        {"bearer  tenon_op_1 ", "tenon_op_1"},
        {"BEARER tenon_op_", "tenon_op_"},
        {"Bearer tenon_other", NULL},
        {"Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", NULL},
        {"Basic tenon_op_1", NULL},
        {"tenon_op_1", NULL},
        {"Bearer", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str found = operator_token_of_header(str_of(CASES[i].header));
        assert_int_equal(found.ptr != NULL, CASES[i].token != NULL);
        if (CASES[i].token != NULL)
            expect_str(found, str_of(CASES[i].token));
    }
    assert_null(operator_token_of_header((str){0}).ptr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(knows_what_it_makes),
        TEST(knows_what_was_mistyped),
        TEST(finds_it_in_a_header),
    };
    return cmocka_run_group_tests_name("core/operator_token", tests, NULL,
                                       NULL);
}
