/* Rows that become what they were, on both engines. */
#include "core/restore.h"

#include "core/mutation_engine.h"
#include "core/system_caller.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model Team {\n"
    "  id      Int      @id\n"
    "  name    String   @unique\n"
    "  rank    Int?     @gte(0)\n"
    "  due     DateTime?\n"
    "  tags    Json?\n"
    "  apiKey  String?\n"
    "  changed DateTime @updatedAt\n"
    "  members Member[]\n"
    "  labels  Label[]\n"
    "}\n"
    "model Label {\n"
    "  id    Int    @id\n"
    "  teams Team[]\n"
    "}\n"
    "model Member {\n"
    "  teamId Int\n"
    "  login  String\n"
    "  team   Team    @relation(fields: [teamId], references: [id],"
    " onDelete: Cascade)\n"
    "  notes  Note[]\n"
    "  tasks  Task[]\n"
    "  @@id([teamId, login])\n"
    "}\n"
    "model Task {\n"
    "  id     Int    @id\n"
    "  teamId Int\n"
    "  login  String\n"
    "  member Member @relation(fields: [teamId, login],"
    " references: [teamId, login], onDelete: Cascade)\n"
    "}\n"
    "model Note {\n"
    "  id     Int     @id\n"
    "  teamId Int?\n"
    "  login  String?\n"
    "  member Member? @relation(fields: [teamId, login],"
    " references: [teamId, login], onDelete: SetNull)\n"
    "  @@audit(changes)\n"
    "}\n"
    "model Doc {\n"
    "  id      Int       @id\n"
    "  name    String\n"
    "  gone    DateTime?\n"
    "  pages   Page[]\n"
    "  @@softDelete(gone)\n"
    "}\n"
    "model Page {\n"
    "  id    Int       @id\n"
    "  docId Int\n"
    "  gone  DateTime?\n"
    "  doc   Doc       @relation(fields: [docId], references: [id],"
    " onDelete: Cascade)\n"
    "  @@softDelete(gone)\n"
    "}\n";

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    if (w != NULL && w->postgres != NULL) {
        str report;
        w->config.protection.has_guards = true;
        expect_ok(database_world_push(w, &report));
    }
    *state = w;
    return 0;
}

static int teardown(void **state) {
    if (*state != NULL)
        database_world_free(*state);
    return 0;
}

/* ---- In a fiber ---------------------------------------------------------- */

typedef struct step {
    database_world *w;
    app app;
    str request; /* of the change; empty: the system's own */
    mutation mutation;
    restore_wanted wanted;
    restore_result result;
    str at; /* a time that a history is to be read at, or a version's id */
    row_history history;
} step;

static caller caller_of(step *s) {
    s->app = (app){.schema = s->w->schema,
                   .system = s->w->system,
                   .max_rows = QUERY_NO_LIMIT};
    return system_caller(s->w->a, &s->app, s->w->session, STR("test"));
}

static err *change(void *argument) {
    step *s = argument;
    caller c = caller_of(s);
    change_origin origin = {.request_id = s->request, .reason = STR("test")};
    mutation_result result;
    c.origin = &origin;
    return mutation_engine_run(&c, &s->mutation, &result);
}

static err *restore(void *argument) {
    step *s = argument;
    caller c = caller_of(s);
    return restore_run(&c, &s->wanted, &s->result);
}

typedef struct look {
    database_world *w;
    query query;
    str rows;
} look;

static err *read_rows(void *argument) {
    look *l = argument;
    return world_read(l->w, &l->query, &l->rows, NULL);
}

static err *read_history(void *argument) {
    step *s = argument;
    caller c = caller_of(s);
    return row_history_read(&c, s->wanted.model, s->wanted.record_id,
                            &s->history);
}

/* ---- Steps --------------------------------------------------------------- */

static void write_as(database_world *w, const char *request, mutation m) {
    step s = {.w = w, .request = str_of(request), .mutation = m};
    expect_ok(database_world_run(w, change, &s));
}

static void insert(database_world *w, const char *table, const char *columns,
                   const value *values, size_t rows) {
    write_as(w, "made", world_insert(w, table, columns, values, rows));
}

static void update(database_world *w, const char *table, const char *column,
                   value to, int64_t id) {
    const filter *where = world_compare(w, world_field(w, table, "id"),
                                        COMPARE_EQ, value_int(id));
    write_as(w, "changed", world_update(w, table, column, &to, where));
}

static void delete (database_world *w, const char *table, int64_t id) {
    const filter *where = world_compare(w, world_field(w, table, "id"),
                                        COMPARE_EQ, value_int(id));
    write_as(w, "deleted", world_delete(w, table, where));
}

static row_history history_now(database_world *w, const char *table,
                               const char *id) {
    step s = {
        .w = w,
        .wanted = {.model = world_model(w, table), .record_id = str_of(id)}};
    expect_ok(database_world_run(w, read_history, &s));
    return s.history;
}

/* The row as the version had it, counted from the oldest. */
static step step_to(database_world *w, const char *table, const char *id,
                    size_t version) {
    row_history h = history_now(w, table, id);
    assert_true(version < h.count);
    return (step){.w = w,
                  .wanted = {.model = world_model(w, table),
                             .record_id = str_of(id),
                             .version = h.entries[version].id}};
}

/* In the order of the first column. */
static str rows_of(database_world *w, const char *table, const char *columns,
                   const filter *where) {
    look l = {.w = w, .query = world_query(w, table, columns)};
    const query_order by = {.field = l.query.columns[0].field};
    l.query.where = where;
    l.query.order = &by;
    l.query.order_count = 1;
    expect_ok(database_world_run(w, read_rows, &l));
    return world_compact(w, l.rows);
}

static void expect_rows(database_world *w, const char *table,
                        const char *columns, const char *want) {
    expect_str(rows_of(w, table, columns, NULL), str_of(want));
}

/* ---- Rows that are there ------------------------------------------------- */

static void a_row_becomes_what_it_was(void **state) {
    database_world *w = world_here(state);
    const value MADE[] = {value_int(1), value_text("a"), value_int(5),
                          value_text("2024-01-31T12:00:00.123+00:00"),
                          value_text("{\"x\":[1,\"two\"]}")};
    insert(w, "Team", "id name rank due tags", MADE, 1);
    update(w, "Team", "name", value_text("b"), 1);
    update(w, "Team", "rank", value_null(), 1);
    update(w, "Team", "due", value_null(), 1);
    update(w, "Team", "tags", value_text("[]"), 1);
    step s = step_to(w, "Team", "1", 0);
    expect_ok(database_world_run(w, restore, &s));
    assert_int_equal(s.result.updated, 1);
    assert_int_equal(s.result.inserted, 0);
    expect_rows(w, "Team", "id name rank due tags",
                "1|a|5|2024-01-31T12:00:00.123+00:00|{\"x\":[1,\"two\"]}");
    row_history h = history_now(w, "Team", "1");
    assert_int_equal(h.count, 6);
    expect_str(h.entries[5].reason, STR("test"));
}

static void a_time_restores_what_was_then(void **state) {
    database_world *w = world_here(state);
    const value MADE[] = {value_int(1), value_text("a")};
    insert(w, "Team", "id name", MADE, 1);
    update(w, "Team", "name", value_text("b"), 1);
    row_history h = history_now(w, "Team", "1");
    step s = {.w = w,
              .wanted = {.model = world_model(w, "Team"),
                         .record_id = STR("1"),
                         .when = h.entries[1].created_at}};
    update(w, "Team", "name", value_text("c"), 1);
    h = history_now(w, "Team", "1");
    if (h.entries[2].created_at.ms == h.entries[1].created_at.ms)
        skip(); /* all in one millisecond */
    expect_ok(database_world_run(w, restore, &s));
    expect_rows(w, "Team", "id name", "1|b");
}

static void a_trial_changes_nothing(void **state) {
    database_world *w = world_here(state);
    const value MADE[] = {value_int(1), value_text("a")};
    insert(w, "Team", "id name", MADE, 1);
    update(w, "Team", "name", value_text("b"), 1);
    step s = step_to(w, "Team", "1", 0);
    s.wanted.is_trial = true;
    expect_ok(database_world_run(w, restore, &s));
    assert_int_equal(s.result.updated, 1);
    expect_rows(w, "Team", "id name", "1|b");
}

static void a_secret_stays_as_it_is(void **state) {
    database_world *w = world_here(state);
    const value MADE[] = {value_int(1), value_text("a"), value_text("k1")};
    insert(w, "Team", "id name apiKey", MADE, 1);
    update(w, "Team", "apiKey", value_text("k2"), 1);
    step s = step_to(w, "Team", "1", 0);
    expect_ok(database_world_run(w, restore, &s));
    expect_rows(w, "Team", "id apiKey", "1|k2");
}

static void a_rule_may_refuse_what_was(void **state) {
    database_world *w = world_here(state);
    const value MADE[] = {value_int(1), value_text("a"), value_int(5)};
    const json *wrong;
    insert(w, "Team", "id name rank", MADE, 1);
    expect_ok(json_parse(w->a, STR("{\"rank\":-1}"), &wrong));
    step s = step_to(w, "Team", "1", 0);
    s.wanted.set = wrong;
    err *e = database_world_run(w, restore, &s);
    assert_non_null(e);
    assert_int_equal(e->code, ERR_CHECK_VIOLATION);
    expect_rows(w, "Team", "id rank", "1|5");
}

/* ---- Rows that were deleted ---------------------------------------------- */

static void make_team(database_world *w) {
    const value TEAM[] = {value_int(1), value_text("a")};
    const value MEMBERS[] = {value_int(1), value_text("x"), value_int(1),
                             value_text("y")};
    const value TASKS[] = {value_int(7), value_int(1), value_text("x")};
    const value NOTES[] = {value_int(3), value_int(1), value_text("y")};
    insert(w, "Team", "id name", TEAM, 1);
    insert(w, "Member", "teamId login", MEMBERS, 2);
    insert(w, "Task", "id teamId login", TASKS, 1);
    insert(w, "Note", "id teamId login", NOTES, 1);
}

static void a_deleted_row_comes_back_alone(void **state) {
    database_world *w = world_here(state);
    make_team(w);
    delete (w, "Team", 1);
    step s = step_to(w, "Team", "1", 0);
    expect_ok(database_world_run(w, restore, &s));
    assert_int_equal(s.result.inserted, 1);
    expect_rows(w, "Team", "id name", "1|a");
    expect_rows(w, "Member", "teamId login", "");
}

static void what_went_with_it_comes_back_with_it(void **state) {
    database_world *w = world_here(state);
    const value OTHER[] = {value_int(2), value_text("other")};
    make_team(w);
    insert(w, "Team", "id name", OTHER, 1);
    update(w, "Team", "name", value_text("b"), 1);
    delete (w, "Team", 1);
    expect_rows(w, "Note", "id teamId login", "3|null|null");
    step s = step_to(w, "Team", "1", 1);
    s.wanted.has_related = true;
    expect_ok(database_world_run(w, restore, &s));
    assert_int_equal(s.result.inserted, 4);
    assert_int_equal(s.result.updated, 1);
    expect_rows(w, "Team", "id name", "1|b;2|other");
    expect_rows(w, "Member", "login teamId", "x|1;y|1");
    expect_rows(w, "Task", "id teamId login", "7|1|x");
    expect_rows(w, "Note", "id teamId login", "3|1|y");
}

static void ties_to_other_rows_come_back(void **state) {
    database_world *w = world_here(state);
    const model *join = w->schema->many_to_many[0]->join;
    const value LABELS[] = {value_int(8), value_int(9)};
    const value TIES[] = {value_int(8), value_int(1), value_int(9),
                          value_int(1)};
    mutation ties = {.kind = MUTATION_INSERT,
                     .model = join,
                     .fields = join->columns,
                     .field_count = 2,
                     .values = TIES,
                     .row_count = 2,
                     .max_rows = MUTATION_ANY_COUNT};
    make_team(w);
    insert(w, "Label", "id", LABELS, 2);
    write_as(w, "tied", ties);
    delete (w, "Team", 1);
    step s = step_to(w, "Team", "1", 0);
    s.wanted.has_related = true;
    expect_ok(database_world_run(w, restore, &s));
    assert_int_equal(s.result.inserted, 6);
    row_history h = history_now(w, "Label", "8");
    assert_int_equal(h.count, 1);
    query_column columns[] = {query_column_of(join->columns[0]),
                              query_column_of(join->columns[1])};
    look l = {.w = w,
              .query = {.model = join,
                        .columns = columns,
                        .column_count = 2,
                        .limit = QUERY_NO_LIMIT}};
    expect_ok(database_world_run(w, read_rows, &l));
    assert_true(str_contains(l.rows, STR("8|1")));
    assert_true(str_contains(l.rows, STR("9|1")));
}

static void of_a_restore_that_fails_nothing_is_left(void **state) {
    database_world *w = world_here(state);
    const value TAKER[] = {value_int(2), value_text("a")};
    make_team(w);
    delete (w, "Team", 1);
    insert(w, "Team", "id name", TAKER, 1);
    step s = step_to(w, "Team", "1", 0);
    s.wanted.has_related = true;
    err *e = database_world_run(w, restore, &s);
    assert_non_null(e);
    assert_int_equal(e->code, ERR_UNIQUE_VIOLATION);
    expect_rows(w, "Member", "login teamId", "");
}

static void a_soft_deleted_row_comes_back_with_its_own(void **state) {
    database_world *w = world_here(state);
    const value DOC[] = {value_int(1), value_text("d")};
    const value PAGES[] = {value_int(1), value_int(1), value_int(2),
                           value_int(1), value_int(3), value_int(1)};
    insert(w, "Doc", "id name", DOC, 1);
    insert(w, "Page", "id docId", PAGES, 3);
    delete (w, "Page", 3);
    write_as(w, "later",
             world_delete(w, "Doc",
                          world_compare(w, world_field(w, "Doc", "id"),
                                        COMPARE_EQ, value_int(1))));
    step s = step_to(w, "Doc", "1", 0);
    s.wanted.has_related = true;
    /* The page that was deleted by itself, in another request, stays so. */
    expect_ok(database_world_run(w, restore, &s));
    expect_rows(w, "Doc", "id gone", "1|null");
    const filter live = {.kind = FILTER_IS,
                         .what = IS_NULL,
                         .field = world_field(w, "Page", "gone")};
    expect_str(rows_of(w, "Page", "id", &live), STR("1;2"));
}

/* ---- What cannot be ------------------------------------------------------ */

static void says_what_the_log_does_not_know(void **state) {
    database_world *w = world_here(state);
    const value MADE[] = {value_int(1), value_text("a")};
    insert(w, "Team", "id name", MADE, 1);
    delete (w, "Team", 1);
    row_history h = history_now(w, "Team", "1");
    step none = {.w = w,
                 .wanted = {.model = world_model(w, "Team"),
                            .record_id = STR("1"),
                            .version = h.entries[1].id}};
    expect_err(database_world_run(w, restore, &none), ERR_NOT_FOUND,
               STR("there was no Team 1 then"));
    step unknown = none;
    unknown.wanted.version = STR("x");
    expect_err(database_world_run(w, restore, &unknown), ERR_NOT_FOUND,
               STR("Team 1 has no version x"));
    step wrong = none;
    wrong.wanted.record_id = STR("one");
    expect_err(database_world_run(w, restore, &wrong), ERR_INVALID,
               STR("'one' is no id of Team"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(a_row_becomes_what_it_was, setup, teardown),
        WORLD_TESTS(a_time_restores_what_was_then, setup, teardown),
        WORLD_TESTS(a_trial_changes_nothing, setup, teardown),
        WORLD_TESTS(a_secret_stays_as_it_is, setup, teardown),
        WORLD_TESTS(a_rule_may_refuse_what_was, setup, teardown),
        WORLD_TESTS(a_deleted_row_comes_back_alone, setup, teardown),
        WORLD_TESTS(what_went_with_it_comes_back_with_it, setup, teardown),
        WORLD_TESTS(ties_to_other_rows_come_back, setup, teardown),
        WORLD_TESTS(of_a_restore_that_fails_nothing_is_left, setup, teardown),
        WORLD_TESTS(a_soft_deleted_row_comes_back_with_its_own, setup,
                    teardown),
        WORLD_TESTS(says_what_the_log_does_not_know, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
