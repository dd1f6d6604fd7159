/* What mutations do, one at a time, on both engines. What they do to each other
 * is in lite_writer_test.c and pg_session_test.c, what they may not do in
 * broken_constraint_test.c. */
#include "database/database.h"

#include <time.h>

#include "test/support/database_world.h"
#include "test/support/team_world.h"
#include "test/support/test.h"

#define TEAM_TEST(fn) WORLD_TESTS(fn, team_world_setup, team_world_teardown)
#define BARE_TEST(fn) WORLD_TESTS(fn, NULL, NULL)

/* ---- Inserts ------------------------------------------------------------ */

static void leaves_cells_to_the_database(void **state) {
    database_world *w = world_here(state);
    const value rows[] = {
        value_int(10), value_text("dan"), value_int(30),   value_default(),
        value_int(11), value_text("eve"), value_default(), value_text("e"),
    };
    mutation m = world_insert(w, "members", "id name age nick", rows, 2);
    world_return(w, &m, "id name age nick team_id");
    team_writing r = team_world_write(w, &m);
    expect_str(r.rows, STR("10|dan|30|null|null;11|eve|18|e|null"));
    assert_int_equal(r.result.affected, 2);
    assert_int_equal(r.result.inserted, 2);

    const value note[] = {value_int(2), value_int(1), value_default(),
                          value_default()};
    m = world_insert(w, "Note", "memberId number text madeAt", note, 1);
    team_world_write(w, &m);
    expect_str(
        database_world_ask(w, "SELECT CAST(\"madeAt\" AS TEXT) LIKE '20%:%:%'"
                              " AND text = '-' FROM \"Note\" WHERE"
                              " \"memberId\" = 2"),
        w->postgres != NULL ? STR("t") : STR("1"));
}

static void a_row_of_defaults_only_is_a_row(void **state) {
    database_world *w = NULL;
    database_world_begin_on(
        world_engine(state),
        "model T {\n  id Int @id @default(autoincrement())\n}\n", &w);
    if (w == NULL)
        skip();
    const value id = value_default();
    mutation m = world_insert(w, "T", "id", &id, 1);
    world_return(w, &m, "id");
    expect_str(team_world_write(w, &m).rows, STR("1"));
    m.field_count = 0;
    expect_str(team_world_write(w, &m).rows, STR("2"));
    database_world_free(w);
}

static void an_insert_is_all_or_nothing(void **state) {
    database_world *w = world_here(state);
    const value rows[] = {value_text("green"), value_text("red")};
    mutation m = world_insert(w, "Team", "code", rows, 2);
    team_writing r;
    expect_err(team_world_try(w, &m, &r), ERR_UNIQUE_VIOLATION,
               STR("duplicate key value violates unique constraint"
                   " \"Team_code_key\""));
    assert_int_equal(r.result.affected, 0);
    expect_str(database_world_ask(w, "SELECT count(*) FROM \"Team\""),
               STR("2"));
}

static void rows_of_one_insert_refer_to_each_other_in_any_order(void **state) {
    database_world *w = NULL;
    database_world_begin_on(
        world_engine(state),
        "model T {\n  id Int @id\n  overId Int?\n"
        "  over T? @relation(\"tree\", fields: [overId],"
        " references: [id])\n  under T[] @relation(\"tree\")\n"
        "}\n",
        &w);
    if (w == NULL)
        skip();
    const value rows[] = {value_int(2), value_int(1), value_int(1),
                          value_int(3), value_int(3), value_null()};
    mutation m = world_insert(w, "T", "id overId", rows, 3);
    world_return(w, &m, "id overId");
    team_writing r = team_world_write(w, &m);
    expect_str(r.rows, STR("2|1;1|3;3|null"));
    assert_int_equal(r.result.inserted, 3);
    /* The keys of each are still checked, in this insert and the next. */
    const value orphan[] = {value_int(5), value_int(4), value_int(4),
                            value_int(9)};
    m = world_insert(w, "T", "id overId", orphan, 2);
    err *e = team_world_try(w, &m, &r);
    expect_err(e, ERR_FOREIGN_KEY_VIOLATION,
               STR("insert or update on table \"T\" violates foreign key"
                   " constraint \"T_overId_fkey\""));
    expect_str(e->details,
               STR("Key (overId)=(9) is not present in table \"T\"."));
    m.row_count = 1;
    expect_err(team_world_try(w, &m, &r), ERR_FOREIGN_KEY_VIOLATION,
               STR("insert or update on table \"T\" violates foreign key"
                   " constraint \"T_overId_fkey\""));
    expect_str(database_world_ask(w, "SELECT count(*) FROM \"T\""), STR("3"));
    database_world_free(w);
}

static void merges_with_the_row_that_is_there(void **state) {
    database_world *w = world_here(state);
    const value rows[] = {
        value_int(1), value_text("ann"), value_text("ann2"), value_int(50),
        value_int(9), value_text("zoe"), value_text("z"),    value_int(60),
    };
    const bool keeps[] = {false, false, false, true};
    const field *target[] = {world_field(w, "members", "id")};
    mutation m = world_insert(w, "members", "id name nick age", rows, 2);
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = target;
    m.conflict_field_count = 1;
    m.keeps_on_merge = keeps;
    world_return(w, &m, "id name nick age");
    team_writing r = team_world_write(w, &m);
    expect_str(r.rows, STR("1|ann|ann2|18;9|zoe|z|60"));
    assert_int_equal(r.result.affected, 2);
    assert_int_equal(r.result.inserted, 1);
}

static void a_merge_without_values_still_counts(void **state) {
    database_world *w = world_here(state);
    const field *target[] = {world_field(w, "Team", "code")};
    const value code = value_text("red");
    mutation m = world_insert(w, "Team", "code", &code, 1);
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = target;
    m.conflict_field_count = 1;
    world_return(w, &m, "id code");
    team_writing r = team_world_write(w, &m);
    expect_str(r.rows, STR("1|red"));
    assert_int_equal(r.result.affected, 1);
    assert_int_equal(r.result.inserted, 0);
}

static void ignores_what_is_there(void **state) {
    database_world *w = world_here(state);
    const value rows[] = {value_text("red"), value_text("green")};
    const field *target[] = {world_field(w, "Team", "code")};
    mutation m = world_insert(w, "Team", "code", rows, 2);
    m.on_conflict = CONFLICT_IGNORE;
    m.conflict_fields = target;
    m.conflict_field_count = 1;
    world_return(w, &m, "code");
    team_writing r = team_world_write(w, &m);
    expect_str(r.rows, STR("green"));
    assert_int_equal(r.result.affected, 1);
    assert_int_equal(r.result.inserted, 1);
}

/* ---- Updates and deletes ------------------------------------------------ */

static void updates_what_matches(void **state) {
    database_world *w = world_here(state);
    const value set[] = {value_text("x"), value_int(77)};
    mutation m =
        world_update(w, "members", "nick age", set,
                     world_compare(w, world_field(w, "members", "team_id"),
                                   COMPARE_EQ, value_int(1)));
    world_return(w, &m, "id nick age");
    team_writing r = team_world_write(w, &m);
    expect_str(r.rows, STR("1|x|77;2|x|77"));
    assert_int_equal(r.result.affected, 2);
    assert_int_equal(r.result.inserted, 0);
}

static void deletes_and_hands_back(void **state) {
    database_world *w = world_here(state);
    mutation m = world_delete(w, "members", team_world_id(w, "members", 2));
    world_return(w, &m, "id name");
    expect_str(team_world_write(w, &m).rows, STR("2|bob"));
    assert_int_equal(team_world_write(w, &m).result.affected, 0);
}

/* Each row but the first hangs on the one before it. */
static void expect_chain_to_go(engine_kind engine, const char *action) {
    database_world *w = NULL;
    arena *a = arena_new();
    database_world_begin_on(
        engine,
        arena_printf(a,
                     "model T {\n  id Int @id\n  aboveId Int?\n"
                     "  above T? @relation(\"tree\", fields: [aboveId],"
                     " references: [id], onDelete: %s)\n"
                     "  below T[] @relation(\"tree\")\n}\n",
                     action)
            .ptr,
        &w);
    if (w == NULL)
        skip();
    const value rows[] = {value_int(1), value_null(), value_int(2),
                          value_int(1), value_int(3), value_int(2)};
    mutation chain = world_insert(w, "T", "id aboveId", rows, 3);
    mutation m = world_delete(w, "T", NULL);
    team_world_write(w, &chain);
    assert_int_equal(team_world_write(w, &m).result.affected, 3);
    team_world_write(w, &chain);
    world_return(w, &m, "id aboveId");
    team_writing r = team_world_write(w, &m);
    expect_str(r.rows, STR("1|null;2|1;3|2"));
    assert_int_equal(r.result.affected, 3);
    database_world_free(w);
    arena_free(a);
}

static void counts_and_hands_back_rows_that_go_with_each_other(void **state) {
    expect_chain_to_go(world_engine(state), "Cascade");
    expect_chain_to_go(world_engine(state), "SetNull");
}

static void more_or_fewer_rows_than_wanted_undo_all(void **state) {
    database_world *w = world_here(state);
    const value nick = value_text("x");
    mutation m = world_update(w, "members", "nick", &nick, NULL);
    m.must_be_one = true;
    team_writing r;
    err *e = team_world_try(w, &m, &r);
    expect_err(e, ERR_NOT_SINGULAR,
               STR("Cannot coerce the result to a single JSON object"));
    expect_str(e->details, STR("The result contains 3 rows"));
    m.must_be_one = false;
    m.max_rows = 2;
    e = team_world_try(w, &m, &r);
    expect_err(e, ERR_MAX_AFFECTED,
               STR("Query result exceeds max-affected preference constraint"));
    expect_str(e->details, STR("The query affects 3 rows"));
    expect_str(database_world_ask(w, "SELECT count(nick) FROM members"),
               STR("0"));
    m.max_rows = 3;
    assert_int_equal(team_world_write(w, &m).result.affected, 3);
    m.where = team_world_id(w, "members", 99);
    m.must_be_one = true;
    expect_err(team_world_try(w, &m, &r), ERR_NOT_SINGULAR,
               STR("Cannot coerce the result to a single JSON object"));
}

/* ---- Judges ------------------------------------------------------------- */

/* Of members: the name and the age as they became. */
static err *refuse_minors(const void *context, arena *a, size_t row,
                          const value *cells) {
    (void)context;
    if (cells[1].integer >= 18)
        return NULL;
    return err_new(a, ERR_CHECK_VIOLATION, "row %zu: %.*s is a minor", row,
                   STR_ARG(cells[0].text));
}

static void set_judge(const database_world *w, mutation *m,
                      query_column judged[2]) {
    judged[0] = query_column_of(world_field(w, "members", "name"));
    judged[1] = query_column_of(world_field(w, "members", "age"));
    m->judge = refuse_minors;
    m->judged = judged;
    m->judged_count = 2;
}

static void a_judge_sees_rows_as_they_were_written(void **state) {
    database_world *w = world_here(state);
    query_column judged[2];
    const value rows[] = {value_int(4), value_text("dan"), value_default(),
                          value_int(5), value_text("eve"), value_int(17)};
    mutation m = world_insert(w, "members", "id name age", rows, 2);
    set_judge(w, &m, judged);
    team_writing r;
    expect_err(team_world_try(w, &m, &r), ERR_CHECK_VIOLATION,
               STR("row 1: eve is a minor"));
    expect_str(database_world_ask(w, "SELECT count(*) FROM members"), STR("3"));
    m.row_count = 1;
    r = team_world_write(w, &m);
    assert_int_equal(r.result.affected, 1);
    assert_int_equal(r.result.row_count, 0);
}

static void an_update_of_nothing_looks_at_rows(void **state) {
    database_world *w = world_here(state);
    query_column judged[2];
    const value nothing = value_null();
    mutation m = world_update(w, "members", "age", &nothing, NULL);
    m.field_count = 0;
    set_judge(w, &m, judged);
    world_return(w, &m, "id age");
    team_writing r = team_world_write(w, &m);
    assert_int_equal(r.result.affected, 3);
    assert_int_equal(r.result.row_count, 3);
    database_world_sql(w, "UPDATE members SET age = 17 WHERE id = 1");
    m.where = team_world_id(w, "members", 1);
    expect_err(team_world_try(w, &m, &r), ERR_CHECK_VIOLATION,
               STR("row 0: ann is a minor"));
}

static void a_judge_undoes_an_update_of_many(void **state) {
    database_world *w = world_here(state);
    query_column judged[2];
    const value age = value_int(16);
    mutation m = world_update(w, "members", "age", &age, NULL);
    set_judge(w, &m, judged);
    team_writing r;
    expect_err(team_world_try(w, &m, &r), ERR_CHECK_VIOLATION,
               STR("row 0: ann is a minor"));
    expect_str(database_world_ask(w, "SELECT min(age) FROM members"),
               STR("18"));
    const value grown = value_int(30);
    m = world_update(w, "members", "age", &grown, NULL);
    set_judge(w, &m, judged);
    world_return(w, &m, "id");
    expect_str(team_world_write(w, &m).rows, STR("1;2;3"));
}

static err *take_time(const void *context, arena *a, size_t row,
                      const value *cells) {
    (void)a;
    (void)row;
    (void)cells;
    size_t *asked = *(size_t *const *)context;
    ++*asked;
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    nanosleep(&pause, NULL);
    return NULL;
}

/* Others wait to write meanwhile. */
static void a_slow_judge_does_not_outlast_the_timeout(void **state) {
    (void)state;
    database_world *w = NULL;
    database_world_begin(TEAM_WORLD_SCHEMA, &w);
    database_world_sql(w, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT "
                          "i + 1 FROM n WHERE i < 100) INSERT INTO members "
                          "(id, name) SELECT i, 'x' FROM n");
    database_world_close(w);
    w->config.statement_timeout_ms = 100;
    expect_ok(database_world_open(w));
    size_t asked = 0;
    size_t *const context = &asked;
    query_column judged[2];
    const value age = value_int(30);
    mutation m = world_update(w, "members", "age", &age, NULL);
    set_judge(w, &m, judged);
    m.judge = take_time;
    m.judge_context = &context;
    team_writing r;
    expect_err(team_world_try(w, &m, &r), ERR_TIMEOUT,
               STR("canceling statement due to statement timeout"));
    assert_in_range(asked, 1, 10);
    database_world_free(w);
}

static void a_judge_sees_what_a_merge_made(void **state) {
    database_world *w = world_here(state);
    query_column judged[2];
    database_world_sql(w, "UPDATE members SET age = 3 WHERE id = 2");
    const value row[] = {value_int(2), value_text("bobby")};
    mutation m = world_insert(w, "members", "id name", row, 1);
    const field *id = world_field(w, "members", "id");
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = &id;
    m.conflict_field_count = 1;
    set_judge(w, &m, judged);
    team_writing r;
    expect_err(team_world_try(w, &m, &r), ERR_CHECK_VIOLATION,
               STR("row 0: bobby is a minor"));
    m.on_conflict = CONFLICT_IGNORE;
    assert_int_equal(team_world_write(w, &m).result.affected, 0);
}

/* A schema for PostgreSQL, which counts in any column, and in several. */
static void counts_where_sqlite_does_not(void **state) {
    (void)state;
    database_world *w = NULL;
    database_world_begin("datasource db {\n  provider = \"postgresql\"\n}\n"
                         "model Ticket {\n"
                         "  id     String @id\n"
                         "  number Int    @unique @default(autoincrement())\n"
                         "  turn   BigInt @default(autoincrement())\n"
                         "}\n",
                         &w);
    const value ids[] = {value_text("a"), value_text("b")};
    mutation m = world_insert(w, "Ticket", "id", ids, 2);
    team_world_write(w, &m);
    const value given[] = {value_text("c"), value_int(40)};
    m = world_insert(w, "Ticket", "id number", given, 1);
    team_world_write(w, &m);
    const value next[] = {value_text("d")};
    m = world_insert(w, "Ticket", "id", next, 1);
    team_world_write(w, &m);
    expect_str(
        database_world_ask(w, "SELECT group_concat(id || number || ':' || turn)"
                              " FROM (SELECT * FROM Ticket ORDER BY id)"),
        STR("a1:1,b2:2,c40:3,d41:4"));
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEAM_TEST(leaves_cells_to_the_database),
        BARE_TEST(a_row_of_defaults_only_is_a_row),
        cmocka_unit_test(counts_where_sqlite_does_not),
        TEAM_TEST(an_insert_is_all_or_nothing),
        BARE_TEST(rows_of_one_insert_refer_to_each_other_in_any_order),
        TEAM_TEST(merges_with_the_row_that_is_there),
        TEAM_TEST(a_merge_without_values_still_counts),
        TEAM_TEST(ignores_what_is_there),
        TEAM_TEST(updates_what_matches),
        TEAM_TEST(deletes_and_hands_back),
        BARE_TEST(counts_and_hands_back_rows_that_go_with_each_other),
        TEAM_TEST(more_or_fewer_rows_than_wanted_undo_all),
        TEAM_TEST(a_judge_sees_rows_as_they_were_written),
        TEAM_TEST(an_update_of_nothing_looks_at_rows),
        TEAM_TEST(a_judge_undoes_an_update_of_many),
        TEAM_TEST(a_judge_sees_what_a_merge_made),
        cmocka_unit_test(a_slow_judge_does_not_outlast_the_timeout),
    };
    return cmocka_run_group_tests_name("database/apply", tests, NULL, NULL);
}
