/* What mutations do, one at a time, on both engines. What they do to each other
 * is in lite_writer_test.c and pg_session_test.c. */
#include "database/database.h"

#include <time.h>

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model Team {\n"
    "  id      Int      @id @default(autoincrement())\n"
    "  code    String   @unique\n"
    "  members Member[]\n"
    "}\n"
    "model Member {\n"
    "  id     Int     @id\n"
    "  teamId Int?    @map(\"team_id\")\n"
    "  team   Team?   @relation(fields: [teamId], references: [id],"
    " onDelete: Cascade)\n"
    "  name   String\n"
    "  nick   String?\n"
    "  age    Int     @default(18)\n"
    "  notes  Note[]\n"
    "  @@unique([teamId, name])\n"
    "  @@map(\"members\")\n"
    "}\n"
    "model Note {\n"
    "  memberId Int\n"
    "  number   Int\n"
    "  member   Member  @relation(fields: [memberId], references: [id],"
    " onDelete: Restrict, onUpdate: Restrict)\n"
    "  text     String  @default(\"-\")\n"
    "  madeAt   DateTime @default(now())\n"
    "  @@id([memberId, number])\n"
    "}\n";

typedef struct writing {
    database_world *w;
    const mutation *m;
    str rows;
    mutation_result result;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    return world_write(r->w, r->m, &r->rows, &r->result);
}

static err *try_write(database_world *w, const mutation *m, writing *r) {
    *r = (writing){.w = w, .m = m};
    return database_world_run(w, run_writing, r);
}

static writing do_write(database_world *w, const mutation *m) {
    writing r;
    expect_ok(try_write(w, m, &r));
    return r;
}

static const filter *id_is(const database_world *w, const char *table,
                           int64_t id) {
    return world_compare(w, world_field(w, table, "id"), COMPARE_EQ,
                         value_int(id));
}

/* Two teams; ann (1) and bob (2) in the first, cid (3) in none; ann's note. */
static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    *state = w;
    if (w == NULL)
        return 0;
    const value teams[] = {value_text("red"), value_text("blue")};
    mutation m = world_insert(w, "Team", "code", teams, 2);
    do_write(w, &m);
    const value members[] = {
        value_int(1), value_int(1), value_text("ann"),
        value_int(2), value_int(1), value_text("bob"),
        value_int(3), value_null(), value_text("cid"),
    };
    m = world_insert(w, "members", "id team_id name", members, 3);
    do_write(w, &m);
    const value notes[] = {value_int(1), value_int(1)};
    m = world_insert(w, "Note", "memberId number", notes, 1);
    do_write(w, &m);
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

#define APPLY_TEST(fn) WORLD_TESTS(fn, setup, teardown)
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
    writing r = do_write(w, &m);
    expect_str(r.rows, STR("10|dan|30|null|null;11|eve|18|e|null"));
    assert_int_equal(r.result.affected, 2);
    assert_int_equal(r.result.inserted, 2);

    const value note[] = {value_int(2), value_int(1), value_default(),
                          value_default()};
    m = world_insert(w, "Note", "memberId number text madeAt", note, 1);
    do_write(w, &m);
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
    expect_str(do_write(w, &m).rows, STR("1"));
    m.field_count = 0;
    expect_str(do_write(w, &m).rows, STR("2"));
    database_world_free(w);
}

static void an_insert_is_all_or_nothing(void **state) {
    database_world *w = world_here(state);
    const value rows[] = {value_text("green"), value_text("red")};
    mutation m = world_insert(w, "Team", "code", rows, 2);
    writing r;
    expect_err(try_write(w, &m, &r), ERR_UNIQUE_VIOLATION,
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
    writing r = do_write(w, &m);
    expect_str(r.rows, STR("2|1;1|3;3|null"));
    assert_int_equal(r.result.inserted, 3);
    /* The keys of each are still checked, in this insert and the next. */
    const value orphan[] = {value_int(5), value_int(4), value_int(4),
                            value_int(9)};
    m = world_insert(w, "T", "id overId", orphan, 2);
    err *e = try_write(w, &m, &r);
    expect_err(e, ERR_FOREIGN_KEY_VIOLATION,
               STR("insert or update on table \"T\" violates foreign key"
                   " constraint \"T_overId_fkey\""));
    expect_str(e->details,
               STR("Key (overId)=(9) is not present in table \"T\"."));
    m.row_count = 1;
    expect_err(try_write(w, &m, &r), ERR_FOREIGN_KEY_VIOLATION,
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
    writing r = do_write(w, &m);
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
    writing r = do_write(w, &m);
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
    writing r = do_write(w, &m);
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
    writing r = do_write(w, &m);
    expect_str(r.rows, STR("1|x|77;2|x|77"));
    assert_int_equal(r.result.affected, 2);
    assert_int_equal(r.result.inserted, 0);
}

static void deletes_and_hands_back(void **state) {
    database_world *w = world_here(state);
    mutation m = world_delete(w, "members", id_is(w, "members", 2));
    world_return(w, &m, "id name");
    expect_str(do_write(w, &m).rows, STR("2|bob"));
    assert_int_equal(do_write(w, &m).result.affected, 0);
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
    do_write(w, &chain);
    assert_int_equal(do_write(w, &m).result.affected, 3);
    do_write(w, &chain);
    world_return(w, &m, "id aboveId");
    writing r = do_write(w, &m);
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
    writing r;
    err *e = try_write(w, &m, &r);
    expect_err(e, ERR_NOT_SINGULAR,
               STR("Cannot coerce the result to a single JSON object"));
    expect_str(e->details, STR("The result contains 3 rows"));
    m.must_be_one = false;
    m.max_rows = 2;
    e = try_write(w, &m, &r);
    expect_err(e, ERR_MAX_AFFECTED,
               STR("Query result exceeds max-affected preference constraint"));
    expect_str(e->details, STR("The query affects 3 rows"));
    expect_str(database_world_ask(w, "SELECT count(nick) FROM members"),
               STR("0"));
    m.max_rows = 3;
    assert_int_equal(do_write(w, &m).result.affected, 3);
    m.where = id_is(w, "members", 99);
    m.must_be_one = true;
    expect_err(try_write(w, &m, &r), ERR_NOT_SINGULAR,
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
    writing r;
    expect_err(try_write(w, &m, &r), ERR_CHECK_VIOLATION,
               STR("row 1: eve is a minor"));
    expect_str(database_world_ask(w, "SELECT count(*) FROM members"), STR("3"));
    m.row_count = 1;
    r = do_write(w, &m);
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
    writing r = do_write(w, &m);
    assert_int_equal(r.result.affected, 3);
    assert_int_equal(r.result.row_count, 3);
    database_world_sql(w, "UPDATE members SET age = 17 WHERE id = 1");
    m.where = id_is(w, "members", 1);
    expect_err(try_write(w, &m, &r), ERR_CHECK_VIOLATION,
               STR("row 0: ann is a minor"));
}

static void a_judge_undoes_an_update_of_many(void **state) {
    database_world *w = world_here(state);
    query_column judged[2];
    const value age = value_int(16);
    mutation m = world_update(w, "members", "age", &age, NULL);
    set_judge(w, &m, judged);
    writing r;
    expect_err(try_write(w, &m, &r), ERR_CHECK_VIOLATION,
               STR("row 0: ann is a minor"));
    expect_str(database_world_ask(w, "SELECT min(age) FROM members"),
               STR("18"));
    const value grown = value_int(30);
    m = world_update(w, "members", "age", &grown, NULL);
    set_judge(w, &m, judged);
    world_return(w, &m, "id");
    expect_str(do_write(w, &m).rows, STR("1;2;3"));
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
    database_world_begin(SCHEMA, &w);
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
    writing r;
    expect_err(try_write(w, &m, &r), ERR_TIMEOUT,
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
    writing r;
    expect_err(try_write(w, &m, &r), ERR_CHECK_VIOLATION,
               STR("row 0: bobby is a minor"));
    m.on_conflict = CONFLICT_IGNORE;
    assert_int_equal(do_write(w, &m).result.affected, 0);
}

/* ---- Broken constraints ------------------------------------------------- */

static void expect_violation(database_world *w, const mutation *m,
                             err_code code, const char *message,
                             const char *details) {
    writing r;
    err *e = try_write(w, m, &r);
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
    m = world_update(w, "Team", "code", &code, id_is(w, "Team", 1));
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
    m = world_update(w, "members", "team_id", &team, id_is(w, "members", 1));
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
    m = world_update(w, "members", "id", &id, id_is(w, "members", 1));
    expect_violation(w, &m, ERR_FOREIGN_KEY_VIOLATION, message, details);
    /* Through a cascade: the team takes its members along, which who deletes
     * it need not see. */
    m = world_delete(w, "Team", id_is(w, "Team", 1));
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
    do_write(w, &m);
    m = world_insert(w, "U", "id code", row, 1);
    do_write(w, &m);
    m = world_delete(w, "T", id_is(w, "T", 1));
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
    do_write(w, &m);
    const value given[] = {value_text("c"), value_int(40)};
    m = world_insert(w, "Ticket", "id number", given, 1);
    do_write(w, &m);
    const value next[] = {value_text("d")};
    m = world_insert(w, "Ticket", "id", next, 1);
    do_write(w, &m);
    expect_str(
        database_world_ask(w, "SELECT group_concat(id || number || ':' || turn)"
                              " FROM (SELECT * FROM Ticket ORDER BY id)"),
        STR("a1:1,b2:2,c40:3,d41:4"));
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        APPLY_TEST(leaves_cells_to_the_database),
        BARE_TEST(a_row_of_defaults_only_is_a_row),
        cmocka_unit_test(counts_where_sqlite_does_not),
        APPLY_TEST(an_insert_is_all_or_nothing),
        BARE_TEST(rows_of_one_insert_refer_to_each_other_in_any_order),
        APPLY_TEST(merges_with_the_row_that_is_there),
        APPLY_TEST(a_merge_without_values_still_counts),
        APPLY_TEST(ignores_what_is_there),
        APPLY_TEST(updates_what_matches),
        APPLY_TEST(deletes_and_hands_back),
        BARE_TEST(counts_and_hands_back_rows_that_go_with_each_other),
        APPLY_TEST(more_or_fewer_rows_than_wanted_undo_all),
        APPLY_TEST(a_judge_sees_rows_as_they_were_written),
        APPLY_TEST(an_update_of_nothing_looks_at_rows),
        APPLY_TEST(a_judge_undoes_an_update_of_many),
        APPLY_TEST(a_judge_sees_what_a_merge_made),
        cmocka_unit_test(a_slow_judge_does_not_outlast_the_timeout),
        APPLY_TEST(names_the_unique_constraint_and_the_key),
        APPLY_TEST(names_the_column_that_may_not_be_null),
        APPLY_TEST(names_the_foreign_key_without_a_parent),
        APPLY_TEST(names_the_foreign_key_that_holds_a_row_back),
        BARE_TEST(does_not_tell_a_key_with_a_rule_of_its_own),
        cmocka_unit_test(names_the_check),
    };
    return cmocka_run_group_tests_name("database/apply", tests, NULL, NULL);
}
