#include "schema/function.h"
#include "schema/load.h"
#include "test/support/test.h"

#define TASK                                                                   \
    "model Task {\n  id Int @id\n  title String\n  @@map(\"task\")\n"          \
    "  @@allow('all', true)\n}\n"                                              \
    "enum Color {\n  RED\n}\n"

static const schema *load(arena *a, str text, engine_kind engine) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("t"), text, engine, &diags, &s);
    if (e != NULL)
        print_error("%.*s\n", STR_ARG(diags.items[0].message));
    expect_ok(e);
    return s;
}

static void keeps_functions_apart_from_models(void **state) {
    const schema *s =
        load(*state,
             STR(TASK "function tasks returns Task[] {\n"
                      "  color Color @default(RED)\n  least Int?\n"
                      "  @@sql(\"SELECT * FROM task WHERE id > :least "
                      "AND :color = 'RED'\")\n"
                      "  @@stable\n  @@allow('call', true)\n}\n"),
             ENGINE_SQLITE);
    assert_int_equal(s->model_count, 1);
    assert_int_equal(s->function_count, 1);
    const function *f = schema_find_function(s, STR("tasks"));
    assert_non_null(f);
    assert_null(schema_find_function(s, STR("Task")));
    assert_null(schema_find_table(s, STR("tasks")));
    assert_ptr_equal(f->row, schema_find_model(s, STR("Task")));
    assert_true(f->is_list);
    assert_int_equal(f->result, RESULT_ROW);
    assert_int_equal(f->volatility, FUNCTION_STABLE);
    assert_int_equal(f->arguments->column_count, 2);
    assert_true(function_argument_is_optional(f->arguments->columns[0]));
    assert_true(function_argument_is_optional(f->arguments->columns[1]));
    assert_non_null(model_find_column(s, f->arguments, STR("least")));
}

static void gives_values_and_types_a_row_of_their_own(void **state) {
    const schema *s =
        load(*state,
             STR(TASK "type Pair {\n  left Int @map(\"l\")\n  right Color\n}\n"
                      "function number returns Int? {\n  @@sql(\"SELECT 1\")\n"
                      "  @@allow('call', true)\n}\n"
                      "function pair returns Pair {\n"
                      "  @@sql(\"SELECT 1 AS l, 'RED' AS right\")\n"
                      "  @@allow('call', true)\n}\n"
                      "function nothing {\n  @@sql(\"SELECT 1\")\n"
                      "  @@allow('call', true)\n}\n"),
             ENGINE_SQLITE);
    const function *number = schema_find_function(s, STR("number"));
    assert_int_equal(number->result, RESULT_VALUE);
    assert_true(number->is_optional);
    assert_int_equal(number->row->column_count, 1);
    expect_str(number->row->columns[0]->column, STR("number"));
    const function *pair = schema_find_function(s, STR("pair"));
    expect_str(pair->row->name, STR("Pair"));
    assert_non_null(model_find_column(s, pair->row, STR("l")));
    assert_int_equal(pair->row->columns[1]->kind, FIELD_ENUM);
    const function *nothing = schema_find_function(s, STR("nothing"));
    assert_int_equal(nothing->result, RESULT_VOID);
    assert_null(nothing->row);
    assert_int_equal(nothing->volatility, FUNCTION_VOLATILE);
}

/* The statements with $1, $2 for the arguments, and a ; behind each. */
static str print(arena *a, const function *f) {
    str text = {0};
    for (size_t i = 0; i < f->statement_count; i++) {
        const function_statement *s = &f->statements[i];
        text = arena_printf(a, "%.*s%.*s", STR_ARG(text), STR_ARG(s->texts[0]));
        for (size_t k = 0; k < s->argument_count; k++)
            text = arena_printf(a, "%.*s$%u%.*s", STR_ARG(text),
                                s->arguments[k]->index + 1,
                                STR_ARG(s->texts[k + 1]));
        text = arena_printf(a, "%.*s;", STR_ARG(text));
    }
    return text;
}

static void finds_arguments_in_sql(void **state) {
    static const struct {
        str body;
        str statements;
    } CASES[] = {
        {STR_INIT("\"SELECT :a\""), STR_INIT("SELECT $1;")},
        {STR_INIT("\"SELECT :b+:a\""), STR_INIT("SELECT $2+$1;")},
        {STR_INIT("\"SELECT ':a', :a::text, b.x\""),
         STR_INIT("SELECT ':a', $1::text, b.x;")},
        {STR_INIT("\"\"\"\n SELECT \":a\" -- :x\n /* :y */ + :a ;\n\"\"\""),
         STR_INIT("SELECT \":a\" -- :x\n /* :y */ + $1;")},
        {STR_INIT("\"SELECT $$:a$$ || :b ;;\""),
         STR_INIT("SELECT $$:a$$ || $2;")},
        {STR_INIT("'UPDATE task SET title = :a; SELECT :b'"),
         STR_INIT("UPDATE task SET title = $1;SELECT $2;")},
        {STR_INIT("\"SELECT \\\":a\\\", :a\""), STR_INIT("SELECT \":a\", $1;")},
        {STR_INIT("\"VALUES (:a), (';')\""), STR_INIT("VALUES ($1), (';');")},
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str text = arena_printf(
            a, TASK "function f {\n  a String\n  b String\n  @@sql(%.*s)\n}\n",
            STR_ARG(CASES[i].body));
        const schema *s = load(a, text, ENGINE_SQLITE);
        expect_str(print(a, &s->functions[0]), CASES[i].statements);
    }
}

static void takes_the_sql_of_the_engine(void **state) {
    static const struct {
        str body;
        str lite;
        str postgres;
    } CASES[] = {
        {STR_INIT("\"SELECT 1\""), STR_INIT("SELECT 1;"),
         STR_INIT("SELECT 1;")},
        {STR_INIT("sqlite: \"SELECT 1\", postgresql: \"SELECT 2\""),
         STR_INIT("SELECT 1;"), STR_INIT("SELECT 2;")},
        {STR_INIT("\"SELECT 1\", postgresql: \"SELECT 2\""),
         STR_INIT("SELECT 1;"), STR_INIT("SELECT 2;")},
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str text = arena_printf(a, TASK "function f {\n  @@sql(%.*s)\n}\n",
                                STR_ARG(CASES[i].body));
        expect_str(print(a, &load(a, text, ENGINE_SQLITE)->functions[0]),
                   CASES[i].lite);
        expect_str(print(a, &load(a, text, ENGINE_POSTGRESQL)->functions[0]),
                   CASES[i].postgres);
    }
}

static void judges_calls_by_their_arguments(void **state) {
    const schema *s = load(*state,
                           STR(TASK "function f {\n  n Int @gt(3)\n  m Int\n"
                                    "  @@sql(\"SELECT :n + :m\")\n"
                                    "  @@allow('call', n > m)\n"
                                    "  @@validate(n != m)\n}\n"),
                           ENGINE_SQLITE);
    const model *arguments = s->functions[0].arguments;
    assert_int_equal(arguments->rule_count, 1);
    assert_true(arguments->rules[0].operations[OPERATION_CALL]);
    assert_false(arguments->rules[0].operations[OPERATION_READ]);
    assert_int_equal(arguments->validation_count, 1);
    assert_int_equal(arguments->fields[0].validation_count, 1);
}

static void makes_a_computed_field_of_a_row(void **state) {
    const schema *s =
        load(*state,
             STR(TASK "model Note {\n  id Int @id\n  body String @map(\"text "
                      "body\")\n  @@allow('all', true)\n}\n"
                      "function size returns Int {\n  note Note\n"
                      "  @@sql(\"SELECT length(:note.\\\"text body\\\") + "
                      ":note.id\")\n"
                      "  @@stable\n  @@allow('call', true)\n}\n"),
             ENGINE_SQLITE);
    const function *f = schema_find_function(s, STR("size"));
    const model *note = schema_find_model(s, STR("Note"));
    assert_ptr_equal(f->computed_of, note);
    assert_ptr_equal(f->statements[0].arguments[0], &note->fields[1]);
    assert_ptr_equal(f->statements[0].arguments[1], &note->fields[0]);
    expect_str(f->statements[0].texts[1], STR(") + "));
    const field *value = function_find_computed(s, note, STR("size"));
    assert_ptr_equal(value, f->row->columns[0]);
    assert_ptr_equal(function_of_computed(value), f);
    assert_null(function_of_computed(&note->fields[0]));
    assert_null(function_find_computed(s, schema_find_model(s, STR("Task")),
                                       STR("size")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keeps_functions_apart_from_models),
        TEST(gives_values_and_types_a_row_of_their_own),
        TEST(finds_arguments_in_sql),
        TEST(takes_the_sql_of_the_engine),
        TEST(judges_calls_by_their_arguments),
        TEST(makes_a_computed_field_of_a_row),
    };
    return cmocka_run_group_tests_name("schema/resolve_functions", tests, NULL,
                                       NULL);
}
