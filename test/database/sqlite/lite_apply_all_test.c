/* Mutations that share a transaction, and those that are undone on purpose. */
#include "database/sqlite/lite_apply.h"

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Team {\n"
                             "  id      Int      @id\n"
                             "  name    String   @unique\n"
                             "  members Member[]\n"
                             "}\n"
                             "model Member {\n"
                             "  id     Int    @id\n"
                             "  teamId Int\n"
                             "  team   Team   @relation(fields: [teamId],"
                             " references: [id])\n"
                             "}\n";

enum { MOST = 4 };

typedef struct writing {
    database_world *w;
    const mutation *list[MOST];
    size_t count;
    mutation_result results[MOST];
    size_t failed_at;
    err *failure;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    r->failure = database_mutate_all(r->w->session, r->w->a, r->list, r->count,
                                     r->results, &r->failed_at);
    return NULL;
}

static void write_all(writing *r) {
    expect_ok(database_world_run(r->w, run_writing, r));
}

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin(SCHEMA, &w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

#define ALL_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static str count_rows(const database_world *w) {
    return database_world_ask(w, "SELECT (SELECT count(*) FROM Team) || ' ' ||"
                                 " (SELECT count(*) FROM Member)");
}

static void each_sees_what_those_before_it_wrote(void **state) {
    database_world *w = *state;
    const value team[] = {value_int(1), value_text("red")};
    const value members[] = {value_int(1), value_int(1), value_int(2),
                             value_int(1)};
    const value name[] = {value_text("blue")};
    mutation insert_team = world_insert(w, "Team", "id name", team, 1);
    mutation insert_members =
        world_insert(w, "Member", "id teamId", members, 2);
    mutation update = world_update(w, "Team", "name", name, NULL);
    world_return(w, &update, "id name");
    writing r = {
        .w = w, .list = {&insert_team, &insert_members, &update}, .count = 3};
    write_all(&r);
    expect_ok(r.failure);
    assert_int_equal(r.failed_at, 3);
    assert_int_equal(r.results[0].inserted, 1);
    assert_int_equal(r.results[1].affected, 2);
    assert_int_equal(r.results[2].row_count, 1);
    expect_str(r.results[2].rows[1].text, STR("blue"));
    expect_str(count_rows(w), STR("1 2"));
}

static void all_are_undone_when_one_fails(void **state) {
    database_world *w = *state;
    const value teams[] = {value_int(1), value_text("red"), value_int(2),
                           value_text("blue")};
    const value orphan[] = {value_int(1), value_int(9)};
    mutation insert = world_insert(w, "Team", "id name", teams, 2);
    mutation fails = world_insert(w, "Member", "id teamId", orphan, 1);
    mutation unreached = world_delete(w, "Team", NULL);
    writing r = {.w = w, .list = {&insert, &fails, &unreached}, .count = 3};
    write_all(&r);
    assert_int_equal(r.failure->code, ERR_FOREIGN_KEY_VIOLATION);
    assert_int_equal(r.failed_at, 1);
    assert_int_equal(r.results[0].affected, 0);
    expect_str(count_rows(w), STR("0 0"));
}

static void one_that_fails_alone_is_told_so(void **state) {
    database_world *w = *state;
    const value orphan[] = {value_int(1), value_int(9)};
    mutation fails = world_insert(w, "Member", "id teamId", orphan, 1);
    writing r = {.w = w, .list = {&fails}, .count = 1};
    write_all(&r);
    assert_int_equal(r.failure->code, ERR_FOREIGN_KEY_VIOLATION);
    assert_int_equal(r.failed_at, 0);
}

static void none_is_nothing_to_do(void **state) {
    writing r = {.w = *state};
    write_all(&r);
    expect_ok(r.failure);
    assert_int_equal(r.failed_at, 0);
}

static void what_is_rolled_back_has_a_result_and_leaves_nothing(void **state) {
    database_world *w = *state;
    const value team[] = {value_int(1), value_text("red")};
    mutation insert = world_insert(w, "Team", "id name", team, 1);
    world_return(w, &insert, "id name");
    insert.is_rolled_back = true;
    writing r = {.w = w, .list = {&insert}, .count = 1};
    write_all(&r);
    expect_ok(r.failure);
    assert_int_equal(r.results[0].affected, 1);
    expect_str(r.results[0].rows[1].text, STR("red"));
    expect_str(count_rows(w), STR("0 0"));
}

static void one_that_is_rolled_back_takes_the_others_along(void **state) {
    database_world *w = *state;
    const value team[] = {value_int(1), value_text("red")};
    const value member[] = {value_int(1), value_int(1)};
    mutation insert = world_insert(w, "Team", "id name", team, 1);
    mutation follow = world_insert(w, "Member", "id teamId", member, 1);
    insert.is_rolled_back = true;
    writing r = {.w = w, .list = {&insert, &follow}, .count = 2};
    write_all(&r);
    expect_ok(r.failure);
    assert_int_equal(r.results[1].affected, 1);
    expect_str(count_rows(w), STR("0 0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ALL_TEST(each_sees_what_those_before_it_wrote),
        ALL_TEST(all_are_undone_when_one_fails),
        ALL_TEST(one_that_fails_alone_is_told_so),
        ALL_TEST(none_is_nothing_to_do),
        ALL_TEST(what_is_rolled_back_has_a_result_and_leaves_nothing),
        ALL_TEST(one_that_is_rolled_back_takes_the_others_along),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_apply_all", tests,
                                       NULL, NULL);
}
