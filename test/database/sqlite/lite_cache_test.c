#include "database/sqlite/lite_cache.h"

#include "base/buf.h"
#include "test/support/test.h"

typedef struct world {
    sqlite3 *db;
    lite_cache *cache;
    arena *a;
} world;

static int setup(void **state) {
    static world w;
    w.a = arena_new();
    w.cache = lite_cache_new();
    assert_int_equal(sqlite3_open(":memory:", &w.db), SQLITE_OK);
    *state = &w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    lite_cache_free(w->cache);
    assert_int_equal(sqlite3_close(w->db), SQLITE_OK);
    arena_free(w->a);
    return 0;
}

#define CACHE_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static lite_cached add(world *w, str shape) {
    sqlite3_stmt *statement = NULL;
    assert_int_equal(
        sqlite3_prepare_v2(w->db, "SELECT 1", -1, &statement, NULL), SQLITE_OK);
    return lite_cache_add(w->cache, shape, statement);
}

static bool has(world *w, str shape) {
    lite_cached found;
    if (!lite_cache_take(w->cache, shape, &found))
        return false;
    lite_cache_put(found);
    return true;
}

static void hands_out_what_it_got_by_shape(void **state) {
    world *w = *state;
    lite_cached a = add(w, STR("a"));
    lite_cache_put(a);
    lite_cache_put(add(w, STR("b\0c")));
    lite_cached found;
    assert_true(lite_cache_take(w->cache, STR("a"), &found));
    assert_ptr_equal(found.statement, a.statement);
    lite_cache_put(found);
    assert_true(has(w, STR("b\0c")));
    assert_false(has(w, STR("b\0d")));
    assert_false(has(w, STR("b")));
    assert_false(has(w, STR("")));
}

static void a_statement_is_one_users_at_a_time(void **state) {
    world *w = *state;
    lite_cached first = add(w, STR("a"));
    lite_cached second;
    assert_false(lite_cache_take(w->cache, STR("a"), &second));
    second = add(w, STR("a"));
    assert_ptr_not_equal(first.statement, second.statement);
    lite_cache_put(second); /* is finalized: nobody keeps it */
    assert_false(lite_cache_take(w->cache, STR("a"), &second));
    lite_cache_put(first);
    assert_true(has(w, STR("a")));
}

static str shape_of(world *w, int i) {
    return arena_printf(w->a, "shape %d", i);
}

static void forgets_what_was_not_asked_for_the_longest(void **state) {
    world *w = *state;
    for (int i = 0; i < LITE_CACHE_SIZE; i++)
        lite_cache_put(add(w, shape_of(w, i)));
    assert_true(has(w, shape_of(w, 0)));
    lite_cache_put(add(w, STR("one more")));
    assert_true(has(w, shape_of(w, 0)));
    assert_false(has(w, shape_of(w, 1)));
    assert_true(has(w, shape_of(w, 2)));
    assert_true(has(w, STR("one more")));
}

static void keeps_what_is_in_use(void **state) {
    world *w = *state;
    lite_cached used[LITE_CACHE_SIZE];
    for (int i = 0; i < LITE_CACHE_SIZE; i++)
        used[i] = add(w, shape_of(w, i));
    lite_cached more = add(w, STR("one more"));
    for (int i = 0; i < LITE_CACHE_SIZE; i++)
        lite_cache_put(used[i]);
    lite_cache_put(more);
    assert_true(has(w, shape_of(w, 0)));
    assert_true(has(w, STR("one more")));
}

/* Uses a statement once: SELECT number IN (?, ... ?). */
static void use(world *w, int number, int values) {
    CLEANUP(buf_free) buf sql = buf_new(1024 * 1024);
    buf_printf(&sql, "SELECT %d IN (?", number);
    for (int i = 1; i < values; i++)
        buf_append(&sql, STR(",?"));
    buf_append_char(&sql, ')');
    str text = buf_str(&sql);
    lite_cached used;
    if (!lite_cache_take(w->cache, text, &used)) {
        sqlite3_stmt *statement = NULL;
        assert_int_equal(sqlite3_prepare_v2(w->db, text.ptr, (int)text.len,
                                            &statement, NULL),
                         SQLITE_OK);
        used = lite_cache_add(w->cache, text, statement);
    }
    lite_cache_put(used);
}

static int count_kept(const world *w, int *bytes) {
    int count = 0;
    *bytes = 0;
    sqlite3_stmt *s = NULL;
    while ((s = sqlite3_next_stmt(w->db, s)) != NULL) {
        *bytes += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_MEMUSED, 0);
        count++;
    }
    return count;
}

static void keeps_so_many_bytes(void **state) {
    world *w = *state;
    int bytes;
    for (int i = 0; i < LITE_CACHE_SIZE; i++)
        use(w, i, 1000);
    int count = count_kept(w, &bytes);
    assert_in_range(count, 1, LITE_CACHE_SIZE - 1);
    assert_in_range(bytes, 1, LITE_CACHE_BYTES);
}

static void keeps_nothing_large(void **state) {
    world *w = *state;
    int bytes;
    use(w, 1, 1);
    use(w, 2, 30000);
    assert_int_equal(count_kept(w, &bytes), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CACHE_TEST(hands_out_what_it_got_by_shape),
        CACHE_TEST(a_statement_is_one_users_at_a_time),
        CACHE_TEST(forgets_what_was_not_asked_for_the_longest),
        CACHE_TEST(keeps_what_is_in_use),
        CACHE_TEST(keeps_so_many_bytes),
        CACHE_TEST(keeps_nothing_large),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_cache", tests,
                                       NULL, NULL);
}
