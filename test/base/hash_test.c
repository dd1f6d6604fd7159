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

static void every_bit_of_a_long_text_counts(void **state) {
    (void)state;
    static const size_t LENGTHS[] = {1, 31, 32, 33, 63, 64, 65, 100};
    for (size_t i = 0; i < LENGTH(LENGTHS); i++) {
        char bytes[100];
        for (size_t at = 0; at < sizeof bytes; at++)
            bytes[at] = (char)('a' + at % 26);
        str text = {bytes, LENGTHS[i]};
        uint64_t before = hash_of_long(text, 7);
        for (size_t bit = 0; bit < text.len * 8; bit++) {
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
            int changed = bits_that_differ(before, hash_of_long(text, 7));
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
            assert_in_range(changed, 10, 54);
        }
        for (int bit = 0; bit < 64; bit++) {
            uint64_t other = hash_of_long(text, 7 ^ UINT64_C(1) << bit);
            assert_in_range(bits_that_differ(before, other), 10, 54);
        }
    }
}

static void places_in_a_long_text_count(void **state) {
    (void)state;
    static const str TEXTS[] = {
        STR_INIT("aaaaaaaabbbbbbbbccccccccdddddddd"),
        STR_INIT("bbbbbbbbaaaaaaaaccccccccdddddddd"),
        STR_INIT("ccccccccddddddddaaaaaaaabbbbbbbb"),
        STR_INIT("aaaaaaaaddddddddccccccccbbbbbbbb"),
        STR_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        STR_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                 "aaa"),
    };
    for (size_t i = 0; i < LENGTH(TEXTS); i++)
        for (size_t j = 0; j < i; j++)
            assert_true(hash_of_long(TEXTS[i], 0) != hash_of_long(TEXTS[j], 0));
    for (size_t len = 1; len <= TEXTS[5].len; len++)
        assert_true(hash_of_long(str_slice(TEXTS[5], 0, len), 0) !=
                    hash_of_long(str_slice(TEXTS[5], 0, len - 1), 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_input_bit_counts),
        TEST(the_length_counts),
        TEST(every_bit_of_a_long_text_counts),
        TEST(places_in_a_long_text_count),
    };
    return cmocka_run_group_tests_name("base/hash", tests, NULL, NULL);
}
