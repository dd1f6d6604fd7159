/* Hooks beside operators: they see what becomes of a column, and may say
 * something else. */
#include "core/hooked_mutation.h"

#include "test/support/hook_world.h"
#include "test/support/test.h"

static const relative_operator ADD[] = {RELATIVE_SET, RELATIVE_SET,
                                        RELATIVE_INCREMENT};

static err *insert_two(void *argument) {
    hook_world *w = argument;
    const value cells[] = {value_int(1), value_text("a"), value_int(5),
                           value_int(2), value_text("b"), value_int(9)};
    mutation m = world_insert(w->database, "task", "id title points", cells, 2);
    return hook_world_interfere(w, &m);
}

static hook_world *begin(void **state) {
    hook_world *w = hook_world_here(state);
    expect_ok(database_world_run(w->database, insert_two, w));
    return w;
}

static mutation add_points(hook_world *w, int64_t n) {
    value *cells = arena_new_array(w->database->a, value, 1);
    cells[0] = value_int(n);
    mutation m = world_update(w->database, "task", "points", cells, NULL);
    m.operators = &ADD[2];
    return m;
}

static int64_t seen[2][2];

static err *note_points(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    (void)c;
    for (size_t i = 0; i < batch->row_count; i++) {
        const value *before = hook_world_before(batch, i, "points");
        seen[i][0] = before != NULL ? before->integer : -1;
        seen[i][1] = hook_world_cell(batch, i, "points")->integer;
    }
    return NULL;
}

static void a_hook_sees_what_becomes_of_a_column(void **state) {
    hook_world *w = begin(state);
    mutation m = add_points(w, 2);
    w->on = note_points;
    expect_ok(hook_world_write(w, &m));
    assert_int_equal(seen[0][0], 5);
    assert_int_equal(seen[0][1], 7);
    assert_int_equal(seen[1][0], 9);
    assert_int_equal(seen[1][1], 11);
    expect_str(hook_world_rows(w, "task", "id points"), STR("1|7;2|11"));
}

static err *cap_points(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    (void)c;
    for (size_t i = 0; i < batch->row_count; i++) {
        value *points = hook_world_cell(batch, i, "points");
        *hook_world_cell(batch, i, "note") = value_text("checked");
        if (points->kind == VALUE_INT && points->integer > 10)
            *points = value_int(10);
    }
    return NULL;
}

static void what_a_hook_says_instead_is_a_value(void **state) {
    hook_world *w = begin(state);
    mutation m = add_points(w, 2);
    w->on = cap_points;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_rows(w, "task", "id points note"),
               STR("1|7|checked;2|10|checked"));
}

static err *add_once(hook_world *w, const caller *c, hook_batch *batch) {
    mutation m = add_points(w, 100);
    (void)c;
    (void)batch;
    return w->call_count == 1 ? hook_world_interfere(w, &m) : NULL;
}

static void nothing_that_others_add_meanwhile_is_lost(void **state) {
    hook_world *w = begin(state);
    mutation m = add_points(w, 2);
    w->on = add_once;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_rows(w, "task", "id points"), STR("1|107;2|111"));
}

static void what_overflows_is_refused_before_a_hook_sees_it(void **state) {
    hook_world *w = begin(state);
    mutation m = add_points(w, 2147483647);
    w->on = note_points;
    expect_err(hook_world_write(w, &m), ERR_VALUE_RANGE,
               STR("integer out of range"));
    assert_int_equal(w->call_count, 0);
}

static void a_merge_shows_it_of_rows_that_are_there(void **state) {
    hook_world *w = begin(state);
    const value cells[] = {value_int(2), value_text("b"), value_int(3),
                           value_int(4), value_text("d"), value_int(3)};
    const field *id[] = {world_field(w->database, "task", "id")};
    mutation m = world_insert(w->database, "task", "id title points", cells, 2);
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = id;
    m.conflict_field_count = 1;
    m.operators = ADD;
    w->on = cap_points;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_rows(w, "task", "id points note"),
               STR("1|5|null;2|10|checked;4|null|checked"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(a_hook_sees_what_becomes_of_a_column, hook_world_setup,
                    hook_world_teardown),
        WORLD_TESTS(what_a_hook_says_instead_is_a_value, hook_world_setup,
                    hook_world_teardown),
        WORLD_TESTS(nothing_that_others_add_meanwhile_is_lost, hook_world_setup,
                    hook_world_teardown),
        WORLD_TESTS(what_overflows_is_refused_before_a_hook_sees_it,
                    hook_world_setup, hook_world_teardown),
        WORLD_TESTS(a_merge_shows_it_of_rows_that_are_there, hook_world_setup,
                    hook_world_teardown),
    };
    return cmocka_run_group_tests_name("core/hooked_relative", tests, NULL,
                                       NULL);
}
