/* What the errors of broken constraints say, alike on both engines. */
#include "database/database.h"

#include "test/support/database_world.h"
#include "test/support/team_world.h"
#include "test/support/test.h"

#define TEAM_TEST(fn) WORLD_TESTS(fn, team_world_setup, team_world_teardown)
#define BARE_TEST(fn) WORLD_TESTS(fn, NULL, NULL)

static void expect_violation(database_world *w, const mutation *m,
                             err_code code, const char *message,
                             const char *details) {
    team_writing r;
    err *e = team_world_try(w, m, &r);
    expect_err(e, code, str_of(message));
    expect_str(e->details, str_of(details));
}

static void names_the_unique_constraint_and_the_key(void **state) {
    database_world *w = world_here(state);
    const value member[] = {value_int(4), value_int(1), value_text("ann")};
    mutation m = world_insert(w, "members", "id team_id name", member, 1);
    expect_violation(w, &m, ERR_UNIQUE_VIOLATION,
                     "duplicate key value violates unique constraint"
                     " \"members_team_id_name_key\"",
                     "Key (team_id, name)=(1, ann) already exists.");
    const value same_id[] = {value_int(1), value_int(2), value_text("x")};
    m.values = same_id;
    expect_violation(
        w, &m, ERR_UNIQUE_VIOLATION,
        "duplicate key value violates unique constraint \"members_pkey\"",
        "Key (id)=(1) already exists.");
    const value note[] = {value_int(1), value_int(1)};
    m = world_insert(w, "Note", "memberId number", note, 1);
    expect_violation(
        w, &m, ERR_UNIQUE_VIOLATION,
        "duplicate key value violates unique constraint \"Note_pkey\"",
        w->postgres != NULL
            ? "Key (\"memberId\", number)=(1, 1) already exists."
            : "Key (memberId, number)=(1, 1) already exists.");
    const value code = value_text("blue");
    m = world_update(w, "Team", "code", &code, team_world_id(w, "Team", 1));
    expect_violation(
        w, &m, ERR_UNIQUE_VIOLATION,
        "duplicate key value violates unique constraint \"Team_code_key\"",
        "Key (code)=(blue) already exists.");
}

static void names_the_column_that_may_not_be_null(void **state) {
    database_world *w = world_here(state);
    const value member[] = {value_int(4), value_null()};
    mutation m = world_insert(w, "members", "id name", member, 1);
    const char *name_is_null = "null value in column \"name\" of relation"
                               " \"members\" violates not-null constraint";
    expect_violation(w, &m, ERR_NOT_NULL_VIOLATION, name_is_null, "");
    m = world_insert(w, "members", "id", member, 1);
    expect_violation(w, &m, ERR_NOT_NULL_VIOLATION, name_is_null, "");
    /* SQLite would count on. */
    const value name = value_text("x");
    m = world_insert(w, "members", "name", &name, 1);
    expect_violation(w, &m, ERR_NOT_NULL_VIOLATION,
                     "null value in column \"id\" of relation \"members\""
                     " violates not-null constraint",
                     "");
}

static void names_the_foreign_key_without_a_parent(void **state) {
    database_world *w = world_here(state);
    const value member[] = {value_int(4), value_int(9), value_text("x")};
    mutation m = world_insert(w, "members", "id team_id name", member, 1);
    const char *message = "insert or update on table \"members\" violates"
                          " foreign key constraint \"members_team_id_fkey\"";
    const char *details = "Key (team_id)=(9) is not present in table"
                          " \"Team\".";
    expect_violation(w, &m, ERR_FOREIGN_KEY_VIOLATION, message, details);
    const value team = value_int(9);
    m = world_update(w, "members", "team_id", &team,
                     team_world_id(w, "members", 1));
    expect_violation(w, &m, ERR_FOREIGN_KEY_VIOLATION, message, details);
}

static void names_the_foreign_key_that_holds_a_row_back(void **state) {
    database_world *w = world_here(state);
    const char *message = "update or delete on table \"members\" violates"
                          " foreign key constraint \"Note_memberId_fkey\" on"
                          " table \"Note\"";
    const char *details = "Key (id)=(1) is still referenced from table"
                          " \"Note\".";
    mutation m = world_delete(w, "members", NULL);
    expect_violation(w, &m, ERR_FOREIGN_KEY_VIOLATION, message, details);
    const value id = value_int(100);
    m = world_update(w, "members", "id", &id, team_world_id(w, "members", 1));
    expect_violation(w, &m, ERR_FOREIGN_KEY_VIOLATION, message, details);
    /* Through a cascade: the team takes its members along, which who deletes
     * it need not see. */
    m = world_delete(w, "Team", team_world_id(w, "Team", 1));
    expect_violation(w, &m, ERR_FOREIGN_KEY_VIOLATION, message, "");
    expect_str(database_world_ask(w, "SELECT count(*) FROM members"), STR("3"));
}

static void does_not_tell_a_key_with_a_rule_of_its_own(void **state) {
    database_world *w = NULL;
    database_world_begin_on(
        world_engine(state),
        "model T {\n  id Int @id\n"
        "  code String @unique @deny('read', true)\n"
        "  us U[]\n}\n"
        "model U {\n  id Int @id\n  code String\n"
        "  t T @relation(fields: [code], references: [code],"
        " onDelete: Restrict)\n}\n",
        &w);
    if (w == NULL)
        skip();
    const value row[] = {value_int(1), value_text("s3cret")};
    mutation m = world_insert(w, "T", "id code", row, 1);
    team_world_write(w, &m);
    m = world_insert(w, "U", "id code", row, 1);
    team_world_write(w, &m);
    m = world_delete(w, "T", team_world_id(w, "T", 1));
    expect_violation(w, &m, ERR_FOREIGN_KEY_VIOLATION,
                     "update or delete on table \"T\" violates foreign key"
                     " constraint \"U_code_fkey\" on table \"U\"",
                     "");
    database_world_free(w);
}

static void names_the_check(void **state) {
    (void)state;
    database_world *w = NULL;
    database_world_begin("enum E {\n  A\n}\nmodel T {\n  id Int @id\n"
                         "  e E?\n  at DateTime?\n  data Json?\n}\n",
                         &w);
    const value wrong[] = {value_int(1), value_text("B")};
    static const char *const COLUMNS[] = {"e", "at", "data"};
    for (size_t i = 0; i < LENGTH(COLUMNS); i++) {
        mutation m = world_insert(
            w, "T", arena_printf(w->a, "id %s", COLUMNS[i]).ptr, wrong, 1);
        expect_violation(w, &m, ERR_CHECK_VIOLATION,
                         arena_printf(w->a,
                                      "new row for relation \"T\" violates"
                                      " check constraint \"T_%s_check\"",
                                      COLUMNS[i])
                             .ptr,
                         "");
    }
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEAM_TEST(names_the_unique_constraint_and_the_key),
        TEAM_TEST(names_the_column_that_may_not_be_null),
        TEAM_TEST(names_the_foreign_key_without_a_parent),
        TEAM_TEST(names_the_foreign_key_that_holds_a_row_back),
        BARE_TEST(does_not_tell_a_key_with_a_rule_of_its_own),
        cmocka_unit_test(names_the_check),
    };
    return cmocka_run_group_tests_name("database/broken_constraint", tests,
                                       NULL, NULL);
}
