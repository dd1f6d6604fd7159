#include "schema/relative_operator.h"

#include "test/support/test.h"

static void numbers_are_calculated_with_and_lists_grow(void **state) {
    (void)state;
    static const struct {
        field column;
        const char *operators;
    } CASES[] = {
        {{.scalar = SCALAR_INT}, "set increment decrement multiply divide"},
        {{.scalar = SCALAR_DECIMAL}, "set increment decrement multiply divide"},
        {{.scalar = SCALAR_STRING}, "set"},
        {{.scalar = SCALAR_DATETIME}, "set"},
        {{.scalar = SCALAR_INT, .is_list = true}, "set push"},
        {{.scalar = SCALAR_JSON, .is_list = true}, "set push"},
        {{.kind = FIELD_ENUM}, "set"},
        {{.scalar = SCALAR_INT, .is_foreign = true}, "set"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        arena *a = *state;
        str found = {0};
        for (relative_operator op = RELATIVE_SET; op <= RELATIVE_PUSH; op++) {
            str name = relative_operator_name(op);
            if (relative_operator_fits(op, &CASES[i].column))
                found = arena_printf(a, "%.*s%s%.*s", STR_ARG(found),
                                     found.len > 0 ? " " : "", STR_ARG(name));
        }
        expect_str(found, str_of(CASES[i].operators));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_calculated_with_and_lists_grow),
    };
    return cmocka_run_group_tests_name("schema/relative_operator", tests, NULL,
                                       NULL);
}
