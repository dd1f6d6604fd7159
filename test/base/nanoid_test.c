#include "base/nanoid.h"

#include "base/ascii.h"
#include "test/support/test.h"

static void is_of_the_length_asked_for(void **state) {
    (void)state;
    rand_source r = rand_seeded(1);
    char id[NANOID_MAX_LENGTH + 1];
    for (size_t length = NANOID_MIN_LENGTH; length < sizeof id; length++) {
        id[length] = '!';
        nanoid_format(&r, id, length);
        assert_int_equal(id[length], '!');
    }
}

static void uses_each_of_its_64_characters(void **state) {
    (void)state;
    rand_source r = rand_seeded(1);
    size_t seen[128] = {0};
    for (int n = 0; n < 1000; n++) {
        char id[NANOID_LENGTH];
        nanoid_format(&r, id, sizeof id);
        for (size_t i = 0; i < sizeof id; i++)
            seen[(unsigned char)id[i]]++;
    }
    for (int c = 0; c < 128; c++) {
        bool is_safe = ascii_is_letter((char)c) || ascii_is_digit((char)c) ||
                       c == '_' || c == '-';
        assert_true(is_safe == (seen[c] > 0));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(is_of_the_length_asked_for),
        TEST(uses_each_of_its_64_characters),
    };
    return cmocka_run_group_tests_name("base/nanoid", tests, NULL, NULL);
}
