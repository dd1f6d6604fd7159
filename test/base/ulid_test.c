#include "base/ulid.h"

#include "test/support/test.h"

static void begins_with_the_time(void **state) {
    (void)state;
    rand_source r = rand_seeded(1);
    char id[ULID_LENGTH];
    /* The example of the specification. */
    ulid_format(&r, INT64_C(1469918176385), id);
    expect_str(((str){id, 10}), STR("01ARYZ6S41"));
}

static void ends_in_80_random_bits_of_its_alphabet(void **state) {
    (void)state;
    rand_source r = rand_seeded(1);
    bool is_seen[128] = {false};
    for (int n = 0; n < 200; n++) {
        char id[ULID_LENGTH];
        ulid_format(&r, 0, id);
        for (size_t i = 10; i < sizeof id; i++)
            is_seen[(unsigned char)id[i]] = true;
    }
    size_t count = 0;
    for (size_t i = 0; i < sizeof is_seen; i++)
        count += is_seen[i];
    assert_int_equal(count, 32);
    assert_false(is_seen['I'] || is_seen['L'] || is_seen['O'] || is_seen['U']);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(begins_with_the_time),
        TEST(ends_in_80_random_bits_of_its_alphabet),
    };
    return cmocka_run_group_tests_name("base/ulid", tests, NULL, NULL);
}
