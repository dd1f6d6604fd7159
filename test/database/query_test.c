/* What a query says about itself before it is asked. */
#include "database/query.h"

#include "schema/function.h"
#include "test/support/test.h"

static void a_row_by_its_key_is_quick_unless_it_leads_elsewhere(void **state) {
    (void)state;
    const function computing = {0};
    const derivation computed = {.function = &computing};
    const derivation inside = {.step_count = 1};
    const filter by_key = {.kind = FILTER_COMPARE};
    const filter by_related = {.kind = FILTER_EXISTS};
    const filter by_computed = {.kind = FILTER_COMPARE,
                                .derivation = &computed};
    const filter *both[] = {&by_key, &by_computed};
    const filter by_both = {
        .kind = FILTER_ALL, .children = both, .child_count = 2};
    const query_column of_function = {.derivation = &computed};
    const query_column of_json = {.derivation = &inside};
    const struct {
        query q;
        bool is_quick;
    } CASES[] = {
        {{.finds_one = true, .where = &by_key}, true},
        {{.finds_one = false, .where = &by_key}, false},
        {{.finds_one = true, .where = &by_related}, false},
        {{.finds_one = true, .where = &by_both}, false},
        {{.finds_one = true, .columns = &of_json, .column_count = 1}, true},
        {{.finds_one = true, .columns = &of_function, .column_count = 1},
         false},
        {{.finds_one = true, .wants_total = true}, false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        assert_int_equal(query_is_quick(&CASES[i].q), CASES[i].is_quick);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_row_by_its_key_is_quick_unless_it_leads_elsewhere),
    };
    return cmocka_run_group_tests_name("database/query", tests, NULL, NULL);
}
