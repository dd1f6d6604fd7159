#include "core/referential_filter.h"

#include "test/support/tasks.h"
#include "test/support/test.h"

static filter compare(arena *a, const char *column) {
    const schema *s;
    const model *m = tasks_model(a, &s, "task");
    return (filter){.kind = FILTER_COMPARE,
                    .field = model_find_column(s, m, str_of(column)),
                    .op = COMPARE_EQ,
                    .value = {.kind = VALUE_INT, .integer = 1}};
}

static void a_condition_on_what_may_be_null_is_not_sure(void **state) {
    arena *a = *state;
    filter id = compare(a, "id");
    filter points = compare(a, "points");
    const filter *both[] = {&id, &points};
    filter any = {.kind = FILTER_ANY, .children = both, .child_count = 2};
    filter list = {.kind = FILTER_IN, .field = id.field};
    filter null = {.kind = FILTER_IS, .field = points.field, .what = IS_NULL};
    assert_true(referential_filter_is_sure(&id));
    assert_true(referential_filter_is_sure(&list));
    assert_true(referential_filter_is_sure(&null));
    assert_int_equal(referential_filter_is_sure(&points),
                     !points.field->is_optional);
    assert_int_equal(referential_filter_is_sure(&any),
                     !points.field->is_optional);
}

static void a_row_is_named_by_its_key_alone(void **state) {
    arena *a = *state;
    const schema *s;
    const key *k = model_identity(tasks_model(a, &s, "task"));
    filter id = compare(a, "id");
    id.field = k->fields[0];
    filter points = compare(a, "points");
    const filter *both[] = {&id, &points};
    filter all = {.kind = FILTER_ALL, .children = both, .child_count = 2};
    filter other = {.kind = FILTER_EXISTS};
    assert_true(referential_filter_is_by_key(&id, k));
    assert_false(referential_filter_is_by_key(&all, k));
    assert_false(referential_filter_is_by_key(NULL, k));
    assert_true(referential_filter_leads_elsewhere(&other));
    assert_false(referential_filter_leads_elsewhere(&all));
    assert_false(referential_filter_leads_elsewhere(NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_condition_on_what_may_be_null_is_not_sure),
        TEST(a_row_is_named_by_its_key_alone),
    };
    return cmocka_run_group_tests_name("core/referential_filter", tests, NULL,
                                       NULL);
}
