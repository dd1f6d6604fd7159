#include "base/rand.h"

#include "test/support/test.h"

/* Demo data and recorded tests depend on these staying what they are. */
static void the_same_seed_gives_the_same_numbers_forever(void **state) {
    (void)state;
    rand_source r = rand_seeded(42);
    assert_true(rand_uint64(&r) == UINT64_C(0xBDD732262FEB6E95));
    assert_true(rand_uint64(&r) == UINT64_C(0x28EFE333B266F103));
    rand_source again = rand_seeded(42);
    rand_source other = rand_seeded(43);
    assert_true(rand_uint64(&again) == UINT64_C(0xBDD732262FEB6E95));
    assert_true(rand_uint64(&other) != UINT64_C(0xBDD732262FEB6E95));
}

static void bytes_do_not_depend_on_how_they_are_asked_for(void **state) {
    (void)state;
    unsigned char at_once[1000];
    unsigned char in_pieces[1000];
    rand_source r = rand_seeded(7);
    rand_bytes(&r, at_once, sizeof at_once);
    r = rand_seeded(7);
    size_t at = 0;
    for (size_t n = 1; at < sizeof in_pieces; n = n * 2 % 401) {
        size_t size = n < sizeof in_pieces - at ? n : sizeof in_pieces - at;
        rand_bytes(&r, in_pieces + at, size);
        at += size;
    }
    assert_memory_equal(at_once, in_pieces, sizeof at_once);
}

static void secure_sources_differ(void **state) {
    (void)state;
    rand_source one = rand_secure();
    rand_source two = rand_secure();
    assert_true(rand_uint64(&one) != rand_uint64(&two));
    assert_true(rand_uint64(&one) != rand_uint64(&one));
}

static void nothing_that_was_handed_out_is_kept(void **state) {
    (void)state;
    static const unsigned char ZEROS[100];
    unsigned char key[100];
    rand_source r = rand_secure();
    rand_bytes(&r, key, sizeof key);
    assert_memory_not_equal(key, ZEROS, sizeof key);
    assert_memory_equal(r.buffer, ZEROS, sizeof key);
}

static void draws_each_number_below_a_limit(void **state) {
    (void)state;
    rand_source r = rand_seeded(1);
    int seen[10] = {0};
    for (int i = 0; i < 10000; i++)
        seen[rand_below(&r, 10)]++;
    for (int i = 0; i < 10; i++)
        assert_in_range(seen[i], 850, 1150);
    assert_int_equal(rand_below(&r, 1), 0);
    for (int i = 0; i < 1000; i++)
        assert_true(rand_below(&r, UINT64_MAX) < UINT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_same_seed_gives_the_same_numbers_forever),
        TEST(bytes_do_not_depend_on_how_they_are_asked_for),
        TEST(secure_sources_differ),
        TEST(nothing_that_was_handed_out_is_kept),
        TEST(draws_each_number_below_a_limit),
    };
    return cmocka_run_group_tests_name("base/rand", tests, NULL, NULL);
}
