#include "base/cuid.h"

#include "test/support/test.h"

static str make(arena *a, cuid_sequence *sequence, rand_source *r,
                int64_t now_ms) {
    char *text = arena_take(a, CUID_LENGTH, 1);
    cuid_format(sequence, r, now_ms, text);
    return (str){text, CUID_LENGTH};
}

static void has_the_parts_of_a_cuid(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(1);
    cuid_sequence sequence;
    cuid_init(&sequence, &r);
    str first = make(a, &sequence, &r, INT64_C(1706702400000));
    str second = make(a, &sequence, &r, INT64_C(1706702400000));
    expect_str(str_slice(first, 0, 13), STR("cls1qjk000000"));
    expect_str(str_slice(second, 0, 13), STR("cls1qjk000001"));
    expect_str(str_slice(first, 13, 17), str_slice(second, 13, 17));
    assert_false(
        str_equal(str_slice(first, 17, 25), str_slice(second, 17, 25)));
    for (size_t i = 0; i < first.len; i++)
        assert_true((first.ptr[i] >= '0' && first.ptr[i] <= '9') ||
                    (first.ptr[i] >= 'a' && first.ptr[i] <= 'z'));
}

static void processes_differ(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(1);
    cuid_sequence one;
    cuid_sequence two;
    cuid_init(&one, &r);
    cuid_init(&two, &r);
    str x = make(a, &one, &r, 1);
    str y = make(a, &two, &r, 1);
    expect_str(str_slice(x, 0, 13), STR("c000000010000"));
    assert_false(str_equal(str_slice(x, 13, 17), str_slice(y, 13, 17)));
}

static void the_counter_starts_again_after_its_last(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(1);
    cuid_sequence sequence;
    cuid_init(&sequence, &r);
    sequence.count = 36 * 36 * 36 * 36 - 1;
    str last = make(a, &sequence, &r, 1);
    str next = make(a, &sequence, &r, 1);
    expect_str(str_slice(last, 9, 13), STR("zzzz"));
    expect_str(str_slice(next, 9, 13), STR("0000"));
}

static void a_cuid2_is_a_letter_and_23_digits_of_base_36(void **state) {
    (void)state;
    rand_source r = rand_seeded(1);
    for (int n = 0; n < 1000; n++) {
        char id[CUID2_LENGTH];
        cuid2_format(&r, id);
        assert_in_range(id[0], 'a', 'z');
        for (size_t i = 1; i < sizeof id; i++)
            assert_true((id[i] >= '0' && id[i] <= '9') ||
                        (id[i] >= 'a' && id[i] <= 'z'));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(has_the_parts_of_a_cuid),
        TEST(processes_differ),
        TEST(the_counter_starts_again_after_its_last),
        TEST(a_cuid2_is_a_letter_and_23_digits_of_base_36),
    };
    return cmocka_run_group_tests_name("base/cuid", tests, NULL, NULL);
}
