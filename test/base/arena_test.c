#include "base/arena.h"

#include "test/support/test.h"

static void gives_zeroed_memory_also_after_a_reset(void **state) {
    arena *a = *state;
    for (int round = 0; round < 2; round++) {
        unsigned char *bytes = arena_alloc(a, 100, 8);
        for (size_t i = 0; i < 100; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xff, 100);
        arena_reset(a);
    }
}

static void gives_aligned_memory(void **state) {
    arena *a = *state;
    arena_take(a, 1, 1);
    assert_int_equal((uintptr_t)arena_take(a, 8, 8) % 8, 0);
    arena_take(a, 3, 1);
    assert_int_equal((uintptr_t)arena_take(a, 64, 16) % 16, 0);
}

static void takes_pieces_larger_than_a_chunk(void **state) {
    arena *a = *state;
    char *large = arena_alloc(a, 1 << 20, 1);
    large[(1 << 20) - 1] = 'x';
    expect_str(arena_copy(a, STR("small")), STR("small"));
}

static void rewinds_to_a_mark_across_chunks(void **state) {
    arena *a = *state;
    str kept = arena_copy(a, STR("kept"));
    arena_place place = arena_mark(a);
    void *first = arena_take(a, 16, 16);
    arena_take(a, 100000, 1);
    arena_rewind(a, place);
    expect_str(kept, STR("kept"));
    assert_ptr_equal(arena_take(a, 16, 16), first);
}

static void counts_what_it_takes_beyond_the_first_chunk(void **state) {
    (void)state;
    atomic_size_t meter = 0;
    arena *first = arena_new();
    arena *second = arena_new();
    arena_meter(first, &meter);
    arena_meter(second, &meter);
    arena_take(first, 1000, 1);
    assert_int_equal(meter, 0);
    arena_take(first, 100 * 1024, 1);
    arena_take(second, 200 * 1024, 1);
    assert_in_range(meter, 300 * 1024, 400 * 1024);
    arena_reset(first);
    assert_in_range(meter, 200 * 1024, 300 * 1024);
    arena_free(second);
    assert_int_equal(meter, 0);
    arena_free(first);
}

static void grows_a_list_item_by_item(void **state) {
    arena *a = *state;
    size_t *items = NULL;
    size_t count = 0;
    for (size_t i = 0; i < 1000; i++)
        ARENA_PUSH(a, items, count, i);
    assert_int_equal(count, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
}

static void tells_what_it_holds(void **state) {
    (void)state;
    CLEANUP(arena_release) arena *a = arena_new();
    size_t empty = arena_held(a);
    arena_place place = arena_mark(a);
    arena_take(a, 3 << 20, 1);
    assert_in_range(arena_held(a), 3 << 20, 4 << 20);
    arena_rewind(a, place);
    assert_int_equal(arena_held(a), empty);
}

static void prints(void **state) {
    arena *a = *state;
    expect_str(arena_printf(a, "%d-%s", 7, "x"), STR("7-x"));
    assert_int_equal(arena_cstr(a, STR("abc"))[3], '\0');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(gives_zeroed_memory_also_after_a_reset),
        TEST(gives_aligned_memory),
        TEST(takes_pieces_larger_than_a_chunk),
        TEST(rewinds_to_a_mark_across_chunks),
        TEST(counts_what_it_takes_beyond_the_first_chunk),
        TEST(grows_a_list_item_by_item),
        TEST(tells_what_it_holds),
        TEST(prints),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
