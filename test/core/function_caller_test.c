#include "core/function_caller.h"

#include "core/mutation_engine.h"
#include "core/planner.h"
#include "core/policy.h"
#include "schema/load.h"
#include "test/support/fake_engine.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "enum Color {\n  RED\n  BLUE @map(\"blue\")\n}\n"
    "type Sum {\n  total Int\n}\n"
    "model Note {\n  id Int @id\n  text String\n  @@map(\"note\")\n"
    "  @@allow('read', true)\n}\n"
    "model Closed {\n  id Int @id\n}\n"
    "function notes returns Note[] {\n  least Int @gte(0)\n"
    "  color Color @default(BLUE)\n  text String? @trim\n"
    "  words String[] @default([\"a\", \"b\\\"\"])\n"
    "  since DateTime @default(now())\n"
    "  @@sql(\"SELECT * FROM note WHERE :least > 0 OR :color = :text OR :words "
    "= :since\")\n"
    "  @@stable\n  @@validate(least != 13, \"not thirteen\")\n"
    "  @@allow('call', true)\n}\n"
    "function sums returns Sum[] {\n  @@sql(\"SELECT 1 AS total\")\n"
    "  @@stable\n  @@allow('call', true)\n}\n"
    "function closed returns Closed[] {\n"
    "  @@sql(\"DELETE FROM Closed RETURNING *\")\n"
    "  @@allow('call', true)\n}\n"
    "function change returns Note[] {\n"
    "  @@sql(\"UPDATE note SET text = '' RETURNING *\")\n"
    "  @@allow('call', true)\n}\n"
    "function nobody {\n  @@sql(\"SELECT 1\")\n}\n";

static fake_engine *engine_of(arena *a) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("t"), str_of(SCHEMA), ENGINE_SQLITE,
                               &diags, &s));
    return fake_engine_over(a, s);
}

static const function *find(const fake_engine *e, const char *name) {
    return schema_find_function(e->app.schema, str_of(name));
}

static value text_of(const char *text) {
    return (value){.kind = VALUE_TEXT, .text = str_of(text)};
}

static value int_of(int64_t n) {
    return (value){.kind = VALUE_INT, .integer = n};
}

enum { LEAST, COLOR, TEXT, WORDS, SINCE, COUNT };

/* Arguments of notes: least, and nothing else. */
static void give(value *arguments, int64_t least) {
    for (size_t i = 0; i < COUNT; i++)
        arguments[i] = (value){.kind = VALUE_DEFAULT};
    arguments[LEAST] = int_of(least);
}

static void makes_what_is_left_out(void **state) {
    arena *a = *state;
    fake_engine *e = engine_of(a);
    value given[COUNT];
    const function_call *call = NULL;
    give(given, 1);
    given[TEXT] = text_of("  x ");
    function_call wanted = {.function = find(e, "notes"), .arguments = given};
    expect_ok(function_caller_complete(&e->caller, &wanted, &call));
    const value *made = call->arguments;
    assert_int_equal(made[LEAST].integer, 1);
    expect_str(made[COLOR].text, STR("blue"));
    expect_str(made[TEXT].text, STR("x"));
    expect_str(made[WORDS].text, STR("[\"a\",\"b\\\"\"]"));
    expect_str(made[SINCE].text, STR("2024-01-31T12:00:00.123+00:00"));
    assert_int_equal(given[COLOR].kind, VALUE_DEFAULT);

    given[TEXT] = (value){.kind = VALUE_DEFAULT};
    expect_ok(function_caller_complete(&e->caller, &wanted, &call));
    assert_int_equal(call->arguments[TEXT].kind, VALUE_NULL);
}

static void refuses_what_the_rules_refuse(void **state) {
    arena *a = *state;
    fake_engine *e = engine_of(a);
    value given[COUNT];
    const function_call *call = NULL;
    function_call wanted = {.function = find(e, "notes"), .arguments = given};
    give(given, 1);
    given[LEAST] = (value){.kind = VALUE_NULL};
    expect_err(function_caller_complete(&e->caller, &wanted, &call),
               ERR_NOT_NULL_VIOLATION,
               STR("null value in argument \"least\" of function \"notes\""));
    give(given, -1);
    expect_err(function_caller_complete(&e->caller, &wanted, &call),
               ERR_CHECK_VIOLATION,
               STR("the call of \"notes\" is not valid: least must be at least "
                   "0"));
    give(given, 13);
    expect_err(function_caller_complete(&e->caller, &wanted, &call),
               ERR_CHECK_VIOLATION,
               STR("the call of \"notes\" is not valid: not thirteen"));
    wanted = (function_call){.function = find(e, "nobody"), .arguments = NULL};
    expect_err(function_caller_complete(&e->caller, &wanted, &call), ERR_DENIED,
               STR("permission denied for function nobody"));
    e->app.is_dev_open = true;
    expect_ok(function_caller_complete(&e->caller, &wanted, &call));
}

static query read_of(const function_call *call) {
    return (query){
        .model = call->function->row, .call = call, .limit = QUERY_NO_LIMIT};
}

/* Whoever reads or writes through a call is asked for the right to it, and the
 * rows of a model come only to who may read them. */
static void keeps_the_order_and_the_rights_of_rows(void **state) {
    arena *a = *state;
    fake_engine *e = engine_of(a);
    value given[COUNT];
    give(given, 1);
    function_call notes = {.function = find(e, "notes"), .arguments = given};
    function_call sums = {.function = find(e, "sums"), .arguments = NULL};
    function_call closed = {.function = find(e, "closed"), .arguments = NULL};
    database_rows *rows = NULL;
    query q = read_of(&notes);
    e->app.max_rows = 5;
    expect_ok(planner_read(&e->caller, &q, &rows));
    assert_int_equal(e->query.order_count, 0);
    assert_int_equal(e->query.limit, 5);
    assert_int_equal(e->query.call->arguments[TEXT].kind, VALUE_NULL);
    query_order order = {.field = notes.function->row->columns[1]};
    q.order = &order;
    q.order_count = 1;
    expect_ok(planner_read(&e->caller, &q, &rows));
    assert_int_equal(e->query.order_count, 2); /* ties are broken */
    q = read_of(&sums);
    expect_ok(planner_read(&e->caller, &q, &rows));
    assert_non_null(rows);
    q = read_of(&closed);
    expect_ok(planner_read(&e->caller, &q, &rows));
    assert_null(rows);
}

static void hands_back_what_may_be_read(void **state) {
    arena *a = *state;
    fake_engine *e = engine_of(a);
    static const struct {
        const char *name;
        bool is_hidden;
    } CASES[] = {{"change", false}, {"closed", true}};
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        function_call call = {.function = find(e, CASES[i].name),
                              .arguments = NULL};
        query_column column = query_column_of(call.function->row->columns[0]);
        mutation m = {.kind = MUTATION_CALL,
                      .model = call.function->row,
                      .call = &call,
                      .returning = &column,
                      .returning_count = 1,
                      .max_rows = MUTATION_ANY_COUNT};
        mutation_result result;
        expect_ok(mutation_engine_run(&e->caller, &m, &result));
        assert_int_equal(e->mutation.where == &POLICY_NO_ROW,
                         CASES[i].is_hidden);
    }
    assert_int_equal(e->mutation_count, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(makes_what_is_left_out),
        TEST(refuses_what_the_rules_refuse),
        TEST(keeps_the_order_and_the_rights_of_rows),
        TEST(hands_back_what_may_be_read),
    };
    return cmocka_run_group_tests_name("core/function_caller", tests, NULL,
                                       NULL);
}
