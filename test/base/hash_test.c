#include "base/hash.h"

#include "test/support/test.h"

static int bits_that_differ(uint64_t a, uint64_t b) {
    return __builtin_popcountll(a ^ b);
}

/* Each bit of the text and of the secret flips about half of the hash. */
static void every_input_bit_counts(void **state) {
    (void)state;
    for (size_t len = 1; len <= 24; len++) {
        char text[24] = "some name of a column..";
        uint64_t secret[2] = {1, 2};
        uint64_t before = hash_of((str){text, len}, secret);
        for (size_t bit = 0; bit < len * 8; bit++) {
            text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
            int changed =
                bits_that_differ(before, hash_of((str){text, len}, secret));
            text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
            assert_in_range(changed, 10, 54);
        }
        for (int bit = 0; bit < 128; bit++) {
            uint64_t other[2] = {1, 2};
            other[bit / 64] ^= UINT64_C(1) << bit % 64;
            int changed =
                bits_that_differ(before, hash_of((str){text, len}, other));
            assert_in_range(changed, 10, 54);
        }
    }
}

static void the_length_counts(void **state) {
    (void)state;
    static const char ZEROS[24];
    static const uint64_t SECRET[2] = {1, 2};
    for (size_t i = 0; i < sizeof ZEROS; i++) {
        for (size_t j = 0; j < i; j++)
            assert_true(hash_of((str){ZEROS, i}, SECRET) !=
                        hash_of((str){ZEROS, j}, SECRET));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_input_bit_counts),
        TEST(the_length_counts),
    };
    return cmocka_run_group_tests_name("base/hash", tests, NULL, NULL);
}
