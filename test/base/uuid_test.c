#include "base/uuid.h"

#include <pthread.h>
#include <stdlib.h>

#include "test/support/test.h"

static str format(arena *a, uuid u) {
    char *text = arena_take(a, UUID_LENGTH, 1);
    uuid_format(u, text);
    return (str){text, UUID_LENGTH};
}

static void writes_what_it_reads(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str written;
    } CASES[] = {
        {STR_INIT("00000000-0000-0000-0000-000000000000"),
         STR_INIT("00000000-0000-0000-0000-000000000000")},
        {STR_INIT("01234567-89ab-7def-8123-456789abcdef"),
         STR_INIT("01234567-89ab-7def-8123-456789abcdef")},
        {STR_INIT("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"),
         STR_INIT("ffffffff-ffff-ffff-ffff-ffffffffffff")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        uuid u;
        assert_true(uuid_parse(CASES[i].text, &u));
        expect_str(format(a, u), CASES[i].written);
    }
}

static void refuses_other_spellings(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "",
        "0123456789ab7def8123456789abcdef",
        "{01234567-89ab-7def-8123-456789abcdef}",
        "01234567-89ab-7def-8123-456789abcde",
        "01234567-89ab-7def-8123-456789abcdeff",
        "0123456-789ab-7def-8123-456789abcdef",
        "01234567-89ab-7def-8123-456789abcdeg",
        "01234567-89ab-7def-8123_456789abcdef",
        "01234567-89ab-7def-8123--56789abcdef",
        " 1234567-89ab-7def-8123-456789abcdef",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        uuid u = {{42}};
        assert_false(uuid_parse(str_of(CASES[i]), &u));
        assert_int_equal(u.bytes[0], 42);
    }
}

static void version_4_is_random(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(1);
    unsigned char ones[16] = {0};
    unsigned char zeros[16] = {0};
    for (int i = 0; i < 200; i++) {
        uuid u = uuid_v4(&r);
        str text = format(a, u);
        assert_int_equal(text.ptr[14], '4');
        assert_non_null(strchr("89ab", text.ptr[19]));
        for (int j = 0; j < 16; j++) {
            ones[j] |= u.bytes[j];
            zeros[j] |= (unsigned char)~u.bytes[j];
        }
    }
    for (int j = 0; j < 16; j++) { /* each other bit has been both */
        assert_int_equal(ones[j], j == 6 ? 0x4F : j == 8 ? 0xBF : 0xFF);
        assert_int_equal(zeros[j], j == 6 ? 0xBF : j == 8 ? 0x7F : 0xFF);
    }
}

static void version_7_starts_with_the_time(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(1);
    uuid_sequence sequence = {0};
    str text = format(a, uuid_v7(&sequence, &r, 0x018d5e2a4b80));
    expect_str(str_slice(text, 0, 15), STR("018d5e2a-4b80-7"));
    assert_non_null(strchr("89ab", text.ptr[19]));
}

static void version_7_only_grows(void **state) {
    (void)state;
    rand_source r = rand_seeded(1);
    uuid_sequence sequence = {0};
    uuid last = {{0}};
    /* The clock stands still for longer than the counter has numbers for, and
     * then goes back. */
    for (int i = 0; i < 20000; i++) {
        uuid u = uuid_v7(&sequence, &r, i < 10000 ? 5000 : 4000);
        assert_true(memcmp(u.bytes, last.bytes, sizeof u.bytes) > 0);
        last = u;
    }
    uuid later = uuid_v7(&sequence, &r, 6000);
    assert_true(memcmp(later.bytes, last.bytes, sizeof last.bytes) > 0);
    assert_int_equal(later.bytes[4] << 8 | later.bytes[5], 6000);
}

enum { THREADS = 4, IDS_EACH = 20000 };

typedef struct maker {
    pthread_t thread;
    uuid_sequence *sequence;
    uint64_t seed;
    uuid ids[IDS_EACH];
} maker;

static void *make_ids(void *arg) {
    maker *m = arg;
    rand_source r = rand_seeded(m->seed);
    for (int i = 0; i < IDS_EACH; i++)
        m->ids[i] = uuid_v7(m->sequence, &r, 1);
    return NULL;
}

static int compare_prefixes(const void *a, const void *b) {
    return memcmp(a, b, 8);
}

static void threads_share_one_sequence(void **state) {
    arena *a = *state;
    uuid_sequence sequence = {0};
    maker *makers = arena_new_array(a, maker, THREADS);
    for (uint64_t i = 0; i < THREADS; i++) {
        makers[i].sequence = &sequence;
        makers[i].seed = i;
        pthread_create(&makers[i].thread, NULL, make_ids, &makers[i]);
    }
    uuid *all = arena_new_array(a, uuid, THREADS * IDS_EACH);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(makers[i].thread, NULL);
        for (int j = 1; j < IDS_EACH; j++)
            assert_true(
                compare_prefixes(&makers[i].ids[j - 1], &makers[i].ids[j]) < 0);
        memcpy(all + i * IDS_EACH, makers[i].ids, sizeof makers[i].ids);
    }
    qsort(all, THREADS * IDS_EACH, sizeof *all, compare_prefixes);
    for (int i = 1; i < THREADS * IDS_EACH; i++)
        assert_true(compare_prefixes(&all[i - 1], &all[i]) < 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_what_it_reads), TEST(refuses_other_spellings),
        TEST(version_4_is_random),  TEST(version_7_starts_with_the_time),
        TEST(version_7_only_grows), TEST(threads_share_one_sequence),
    };
    return cmocka_run_group_tests_name("base/uuid", tests, NULL, NULL);
}
