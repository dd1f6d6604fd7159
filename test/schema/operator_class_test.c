#include "schema/operator_class.h"

#include "test/support/test.h"

static void finds_by_both_names(void **state) {
    (void)state;
    expect_str(operator_class_find(STR("TimestampTzMinMaxMultiOps"))->sql,
               STR("timestamptz_minmax_multi_ops"));
    expect_str(operator_class_find_sql(STR("inet_ops"), INDEX_SPGIST)->name,
               STR("InetOps"));
    assert_null(operator_class_find_sql(STR("inet_ops"), INDEX_GIN));
    assert_null(operator_class_find(STR("inet_ops")));
}

static void has_one_name_for_each(void **state) {
    (void)state;
    size_t count;
    const operator_class *all = operator_classes(&count);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(operator_class_find(all[i].name), &all[i]);
        for (int m = 0; m < INDEX_METHOD_COUNT; m++) {
            if ((all[i].methods & 1U << m) != 0)
                assert_ptr_equal(
                    operator_class_find_sql(all[i].sql, (index_method)m),
                    &all[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_by_both_names),
        TEST(has_one_name_for_each),
    };
    return cmocka_run_group_tests_name("schema/operator_class", tests, NULL,
                                       NULL);
}
