/* Mutations that depend on those before them, on both engines. */
#include "database/mutation.h"

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model Team {\n"
    "  id      Int      @id @default(autoincrement())\n"
    "  code    String   @unique\n"
    "  members Member[]\n"
    "}\n"
    "model Member {\n"
    "  id     Int     @id @default(autoincrement())\n"
    "  teamId Int?\n"
    "  name   String?\n"
    "  team   Team?   @relation(fields: [teamId],"
    " references: [id])\n"
    "}\n";

enum { MOST = 6 };

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
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

#define CELL_TEST(fn) WORLD_TESTS(fn, setup, teardown)

static value cell(uint32_t of, uint32_t row, uint32_t column) {
    return (value){.kind = VALUE_CELL, .cell = {of, row, column}};
}

static str rows_of(const database_world *w) {
    const char *sql =
        w->postgres != NULL
            ? "SELECT coalesce(string_agg(x.row, ' '), '') FROM (SELECT m.name"
              " || '@' || t.code AS row FROM \"Member\" m JOIN \"Team\" t ON"
              " t.id = m.\"teamId\" ORDER BY m.name) x"
            : "SELECT coalesce(group_concat(x.row, ' '), '') FROM (SELECT"
              " m.name || '@' || t.code AS row FROM \"Member\" m JOIN \"Team\""
              " t ON t.id = m.\"teamId\" ORDER BY m.name) x";
    return database_world_ask(w, sql);
}

static mutation insert_teams(const database_world *w) {
    static const char *const CODES[] = {"red", "blue"};
    value *codes = arena_new_array(w->a, value, 2);
    codes[0] = value_text(CODES[0]);
    codes[1] = value_text(CODES[1]);
    mutation m = world_insert(w, "Team", "code", codes, 2);
    world_return(w, &m, "code id");
    return m;
}

static void values_refer_to_rows_that_were_just_written(void **state) {
    database_world *w = world_here(state);
    mutation teams = insert_teams(w);
    const value members[] = {cell(0, 1, 1), value_text("ann"), cell(0, 0, 1),
                             cell(0, 0, 0)};
    mutation insert = world_insert(w, "Member", "teamId name", members, 2);
    insert.refers_back = true;
    writing r = {.w = w, .list = {&teams, &insert}, .count = 2};
    write_all(&r);
    expect_ok(r.failure);
    expect_str(rows_of(w), STR("ann@blue red@red"));
}

static void filters_refer_to_them_too(void **state) {
    database_world *w = world_here(state);
    mutation teams = insert_teams(w);
    const value members[] = {cell(0, 0, 1), value_text("ann"), cell(0, 1, 1),
                             value_text("bob")};
    mutation insert = world_insert(w, "Member", "teamId name", members, 2);
    world_return(w, &insert, "id");
    insert.refers_back = true;
    const value name[] = {value_text("cid")};
    mutation update =
        world_update(w, "Member", "name", name,
                     world_compare(w, world_field(w, "Member", "id"),
                                   COMPARE_EQ, cell(1, 1, 0)));
    update.refers_back = true;
    update.must_be_one = true;
    writing r = {.w = w, .list = {&teams, &insert, &update}, .count = 3};
    write_all(&r);
    expect_ok(r.failure);
    expect_str(rows_of(w), STR("ann@red cid@blue"));
}

static void a_row_that_is_not_there_cannot_be_refered_to(void **state) {
    database_world *w = world_here(state);
    mutation teams = insert_teams(w);
    const value member[] = {cell(0, 2, 1), value_text("ann")};
    mutation insert = world_insert(w, "Member", "teamId name", member, 1);
    insert.refers_back = true;
    writing r = {.w = w, .list = {&teams, &insert}, .count = 2};
    write_all(&r);
    expect_err(r.failure, ERR_NOT_FOUND,
               STR("a write of table \"Member\" refers to row 3 of write 1 of "
                   "its transaction, which has no such row"));
    assert_int_equal(r.failed_at, 1);
    expect_str(database_world_ask(w, "SELECT count(*) FROM \"Team\""),
               STR("0"));
}

/* Finds red, and makes green. */
static void depends_on_whether_there_was_something(void **state) {
    database_world *w = world_here(state);
    mutation teams = insert_teams(w);
    static const struct {
        const char *code;
        const char *rows;
    } CASES[] = {{"red", "there@red"}, {"green", "new@green there@red"}};
    writing made = {.w = w, .list = {&teams}, .count = 1};
    write_all(&made);
    expect_ok(made.failure);
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const value code[] = {value_text(CASES[i].code)};
        const field *f = world_field(w, "Team", "code");
        mutation look = world_update(w, "Team", "", code,
                                     world_compare(w, f, COMPARE_EQ, code[0]));
        world_return(w, &look, "id");
        const value there[] = {cell(0, 0, 0), value_text("there")};
        mutation if_some = world_insert(w, "Member", "teamId name", there, 1);
        if_some.refers_back = true;
        if_some.turn = MUTATION_IF_SOME;
        if_some.must_be_one = true;
        mutation if_none = world_insert(w, "Team", "code", code, 1);
        if_none.turn = MUTATION_IF_NONE;
        world_return(w, &if_none, "id");
        const value new[] = {cell(2, 0, 0), value_text("new")};
        mutation behind = world_insert(w, "Member", "teamId name", new, 1);
        behind.refers_back = true;
        behind.turn = MUTATION_IF_SOME;
        behind.turn_of = 2;
        writing r = {
            .w = w, .list = {&look, &if_some, &if_none, &behind}, .count = 4};
        write_all(&r);
        expect_ok(r.failure);
        expect_str(rows_of(w), str_of(CASES[i].rows));
        assert_true(r.results[1].is_skipped == (i == 1));
        assert_true(r.results[2].is_skipped == (i == 0));
    }
}

static void what_depends_on_nothing_run_is_not_run_either_way(void **state) {
    database_world *w = world_here(state);
    mutation teams = insert_teams(w);
    const value member[] = {value_null(), value_text("ann")};
    mutation skipped = world_insert(w, "Member", "teamId name", member, 1);
    skipped.turn = MUTATION_IF_NONE;
    mutation if_some = skipped;
    if_some.turn = MUTATION_IF_SOME;
    if_some.turn_of = 1;
    mutation if_none = if_some;
    if_none.turn = MUTATION_IF_NONE;
    writing r = {
        .w = w, .list = {&teams, &skipped, &if_some, &if_none}, .count = 4};
    write_all(&r);
    expect_ok(r.failure);
    expect_str(rows_of(w), STR(""));
}

static void a_failure_in_a_later_stage_leaves_nothing(void **state) {
    database_world *w = world_here(state);
    mutation teams = insert_teams(w);
    const value member[] = {cell(0, 0, 1), value_text("ann")};
    mutation insert = world_insert(w, "Member", "teamId name", member, 1);
    insert.refers_back = true;
    const value code[] = {cell(0, 0, 0)};
    mutation twice = world_insert(w, "Team", "code", code, 1);
    twice.refers_back = true;
    writing r = {.w = w, .list = {&teams, &insert, &twice}, .count = 3};
    write_all(&r);
    assert_int_equal(r.failure->code, ERR_UNIQUE_VIOLATION);
    assert_int_equal(r.failed_at, 2);
    expect_str(rows_of(w), STR(""));
    expect_str(database_world_ask(w, "SELECT count(*) FROM \"Team\""),
               STR("0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CELL_TEST(values_refer_to_rows_that_were_just_written),
        CELL_TEST(filters_refer_to_them_too),
        CELL_TEST(a_row_that_is_not_there_cannot_be_refered_to),
        CELL_TEST(depends_on_whether_there_was_something),
        CELL_TEST(what_depends_on_nothing_run_is_not_run_either_way),
        CELL_TEST(a_failure_in_a_later_stage_leaves_nothing),
    };
    return cmocka_run_group_tests_name("database/mutation", tests, NULL, NULL);
}
