#include "core/mutation_engine.h"

#include "schema/load.h"
#include "test/support/fake_engine.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

enum { MAX_FIELDS = 8 };

/* An insert of the columns "a b", cells row after row. */
static mutation insert_into(const fake_engine *e, const char *table,
                            const char *columns, const value *cells,
                            size_t rows) {
    static const field *fields[MAX_FIELDS];
    mutation m = {
        .kind = MUTATION_INSERT,
        .model = schema_find_table(e->app.schema, str_of(table)),
        .fields = fields,
        .values = cells,
        .row_count = rows,
        .max_rows = MUTATION_ANY_COUNT,
    };
    str rest = str_of(columns);
    while (!str_is_empty(rest)) {
        str name = str_split(&rest, ' ');
        fields[m.field_count++] =
            model_find_column(e->app.schema, m.model, name);
        assert_non_null(fields[m.field_count - 1]);
    }
    return m;
}

#define TEXT(lit)                                                              \
    { .kind = VALUE_TEXT, .text = STR_INIT(lit) }
#define NOW "2024-01-31T12:00:00.123+00:00"

static void fills_in_what_an_insert_leaves_out(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    mutation_result result;
    value cells[] = {TEXT("x"), TEXT("y")};
    mutation m = insert_into(e, "task", "title", cells, 2);
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    /* id and status are the database's: autoincrement and a literal. */
    expect_str(fake_engine_print_rows(a, e),
               STR("title=x created_at=" NOW " updated_at=" NOW
                   "; title=y created_at=" NOW " updated_at=" NOW));
    assert_false(e->mutation.keeps_on_merge[0]);
    assert_true(e->mutation.keeps_on_merge[1]);
    assert_false(e->mutation.keeps_on_merge[2]);
}

static void gives_a_default_to_each_cell_that_asks(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    mutation_result result;
    value cells[] = {
        {.kind = VALUE_DEFAULT},
        TEXT("OPEN"),
        TEXT("x"),
        {.kind = VALUE_INT, .integer = 9},
        {.kind = VALUE_DEFAULT},
        TEXT("y"),
    };
    mutation m = insert_into(e, "task", "id status title", cells, 2);
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    expect_str(
        fake_engine_print_rows(a, e),
        STR("id=default status=OPEN title=x created_at=" NOW " updated_at=" NOW
            "; id=9 status=OPEN title=y created_at=" NOW " updated_at=" NOW));
}

static void makes_ids(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    mutation_result result;
    value cells[] = {TEXT("x"), TEXT("y")};
    mutation m = insert_into(e, "note", "text", cells, 2);
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    assert_int_equal(e->mutation.field_count, 3);
    const value *first = e->mutation.values;
    const value *second = e->mutation.values + 3;
    uuid parsed;
    assert_true(uuid_parse(first[1].text, &parsed));
    assert_int_equal(parsed.bytes[6] >> 4, 7);
    assert_true(str_compare(first[1].text, second[1].text) < 0);
    assert_int_equal(first[2].text.len, CUID_LENGTH);
    assert_false(str_equal(first[2].text, second[2].text));
}

static void leaves_what_the_client_gave(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    mutation_result result;
    value cells[] = {TEXT("a"), TEXT("b"), TEXT("c")};
    mutation m = insert_into(e, "member", "team name role", cells, 1);
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    assert_ptr_equal(e->mutation.values, cells);
    expect_str(fake_engine_print_rows(a, e), STR("team=a name=b role=c"));
}

static void moves_updated_at_with_an_update(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    mutation_result result;
    value cells[] = {TEXT("x")};
    mutation m = insert_into(e, "task", "title", cells, 1);
    m.kind = MUTATION_UPDATE;
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    expect_str(fake_engine_print_rows(a, e), STR("title=x updated_at=" NOW));
}

static void refuses_required_columns_without_a_value(void **state) {
    fake_engine *e = fake_engine_new(*state);
    mutation_result result;
    value null = {.kind = VALUE_NULL};
    value points = {.kind = VALUE_INT, .integer = 1};
    str message = STR("null value in column \"title\" of relation \"task\" "
                      "violates not-null constraint");
    mutation m = insert_into(e, "task", "title", &null, 1);
    expect_err(mutation_engine_run(&e->caller, &m, &result),
               ERR_NOT_NULL_VIOLATION, message);
    m = insert_into(e, "task", "points", &points, 1);
    expect_err(mutation_engine_run(&e->caller, &m, &result),
               ERR_NOT_NULL_VIOLATION, message);
    assert_int_equal(e->mutation_count, 0);
}

/* In the database lists have no such constraint. */
static void refuses_null_for_a_list(void **state) {
    fake_engine *e = fake_engine_new(*state);
    mutation_result result;
    value cells[] = {{.kind = VALUE_NULL}};
    str message = STR("null value in column \"tags\" of relation \"listed\" "
                      "violates not-null constraint");
    mutation m = insert_into(e, "listed", "tags", cells, 1);
    m.kind = MUTATION_UPDATE;
    expect_err(mutation_engine_run(&e->caller, &m, &result),
               ERR_NOT_NULL_VIOLATION, message);
    /* It is up to the database, as perhaps no row matches. */
    m = insert_into(e, "task", "title", cells, 1);
    m.kind = MUTATION_UPDATE;
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
}

static void merges_only_on_a_key(void **state) {
    fake_engine *e = fake_engine_new(*state);
    mutation_result result;
    value cells[] = {TEXT("x"), TEXT("c")};
    const field *code[] = {fake_engine_field(e, "task", "code")};
    const field *title[] = {fake_engine_field(e, "task", "title")};
    mutation m = insert_into(e, "task", "title code", cells, 1);
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = code;
    m.conflict_field_count = 1;
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    m.conflict_fields = title;
    expect_err(mutation_engine_run(&e->caller, &m, &result),
               ERR_NO_CONFLICT_KEY,
               STR("there is no unique or exclusion constraint matching the ON "
                   "CONFLICT specification"));
}

/* inbox may be written and not be read, note may not be deleted. */
static void needs_the_right_for_each_thing_it_does(void **state) {
    fake_engine *e = fake_engine_new(*state);
    mutation_result result;
    value cells[] = {TEXT("x")};
    mutation m = insert_into(e, "inbox", "text", cells, 1);
    query_column text = query_column_of(m.fields[0]);
    const field *id[] = {fake_engine_field(e, "inbox", "id")};
    expect_ok(mutation_engine_run(&e->caller, &m, &result));

    m.returning = &text;
    m.returning_count = 1;
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_DENIED,
               STR("permission denied for table inbox"));
    m.returning_count = 0;
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = id;
    m.conflict_field_count = 1;
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_DENIED,
               STR("permission denied for table inbox"));

    m = (mutation){.kind = MUTATION_DELETE,
                   .model = schema_find_table(e->app.schema, STR("note"))};
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_DENIED,
               STR("permission denied for table note"));
    assert_int_equal(e->mutation_count, 1);
}

static void touches_no_row_that_cannot_be_read(void **state) {
    fake_engine *e = fake_engine_new(*state);
    mutation_result result;
    mutation m = {.kind = MUTATION_DELETE,
                  .model = schema_find_table(e->app.schema, STR("inbox"))};
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    assert_int_equal(result.affected, 0);
    m.must_be_one = true;
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_NOT_SINGULAR,
               STR("not exactly one row"));
    assert_int_equal(e->mutation_count, 0);
}

static fake_engine *engine_over(arena *a, const char *line) {
    diag_list diags = {0};
    const schema *s = NULL;
    str text = str_of(line);
    expect_ok(schema_load_text(
        a, STR("t"),
        arena_printf(a,
                     "model T {\n  id Int? @unique\n  k Int @id\n  %.*s\n"
                     "  @@map(\"t\")\n  @@allow('all', true)\n}\n",
                     STR_ARG(text)),
        ENGINE_SQLITE, &diags, &s));
    return fake_engine_over(a, s);
}

static void writes_no_password(void **state) {
    fake_engine *e = engine_over(*state, "secret String? @password");
    mutation_result result;
    value cells[] = {{.kind = VALUE_INT, .integer = 1}, TEXT("1234")};
    mutation m = insert_into(e, "t", "k secret", cells, 1);
    const char *message = "column \"secret\" of \"t\" is a password, and "
                          "passwords cannot be written yet";
    e->app.is_dev_open = true;
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_UNSUPPORTED,
               str_of(message));
    m.kind = MUTATION_UPDATE;
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_UNSUPPORTED,
               str_of(message));
    assert_int_equal(e->mutation_count, 0);
    m = insert_into(e, "t", "k", cells, 1);
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
}

static void guards_columns_with_rules_of_their_own(void **state) {
    fake_engine *e =
        engine_over(*state, "a String? @allow('read', id == 1)\n"
                            "  b String? @allow('update', id == 1)");
    mutation_result result;
    value cells[] = {{.kind = VALUE_INT, .integer = 1}, TEXT("x"), TEXT("y")};
    mutation m = insert_into(e, "t", "k a b", cells, 1);
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    query_column shown = query_column_of(fake_engine_field(e, "t", "a"));
    m.returning = &shown;
    m.returning_count = 1;
    str of_a = STR("permission denied for column a of table t");
    str of_b = STR("permission denied for column b of table t");
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_DENIED, of_a);
    m = insert_into(e, "t", "b", &cells[2], 1);
    m.kind = MUTATION_UPDATE;
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_DENIED, of_b);
    m = insert_into(e, "t", "a", &cells[1], 1);
    m.kind = MUTATION_UPDATE;
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    filter is_x = {.kind = FILTER_COMPARE, .field = shown.field};
    const filter *children[] = {&is_x};
    filter where = {.kind = FILTER_ANY, .children = children, .child_count = 1};
    m.where = &where;
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_DENIED, of_a);
    e->app.is_dev_open = true;
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
}

/* Else a client could look for rows by what it may not see. */
static void merges_by_no_column_that_is_not_shown(void **state) {
    fake_engine *e =
        engine_over(*state, "a String @unique @deny('read', true)");
    mutation_result result;
    value cells[] = {{.kind = VALUE_INT, .integer = 1}, TEXT("guess")};
    mutation m = insert_into(e, "t", "k a", cells, 1);
    const field *by[] = {fake_engine_field(e, "t", "a")};
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = by;
    m.conflict_field_count = 1;
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_DENIED,
               STR("permission denied for column a of table t"));
    by[0] = fake_engine_field(e, "t", "k");
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(fills_in_what_an_insert_leaves_out),
        TEST(gives_a_default_to_each_cell_that_asks),
        TEST(makes_ids),
        TEST(leaves_what_the_client_gave),
        TEST(moves_updated_at_with_an_update),
        TEST(refuses_required_columns_without_a_value),
        TEST(refuses_null_for_a_list),
        TEST(merges_only_on_a_key),
        TEST(needs_the_right_for_each_thing_it_does),
        TEST(touches_no_row_that_cannot_be_read),
        TEST(writes_no_password),
        TEST(guards_columns_with_rules_of_their_own),
        TEST(merges_by_no_column_that_is_not_shown),
    };
    return cmocka_run_group_tests_name("core/mutation_engine", tests, NULL,
                                       NULL);
}
