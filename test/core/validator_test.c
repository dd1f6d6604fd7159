#include "core/validator.h"

#include "core/mutation_engine.h"
#include "schema/load.h"
#include "test/support/fake_engine.h"
#include "test/support/test.h"

enum { MAX_FIELDS = 8 };

/* What a test says about one field f of a model, and a write of it. */
typedef struct field_case {
    const char *field; /* "String? @email" */
    value cell;
    const char *problem; /* NULL: it passes */
} field_case;

#define TEXT(lit)                                                              \
    { .kind = VALUE_TEXT, .text = STR_INIT(lit) }
#define INT(n)                                                                 \
    { .kind = VALUE_INT, .integer = (n) }

static fake_engine *world(arena *a, str model_text) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e =
        schema_load_text(a, STR("t"), model_text, ENGINE_SQLITE, &diags, &s);
    if (e != NULL)
        print_error("%.*s\n", STR_ARG(diags.items[0].message));
    expect_ok(e);
    return fake_engine_over(a, s);
}

static mutation write_of(const fake_engine *e, const char *columns,
                         const value *cells, size_t rows) {
    static const field *fields[MAX_FIELDS];
    const model *m = &e->app.schema->models[0];
    mutation made = {.kind = MUTATION_INSERT,
                     .model = m,
                     .fields = fields,
                     .values = cells,
                     .row_count = rows,
                     .max_rows = MUTATION_ANY_COUNT};
    str rest = str_of(columns);
    while (!str_is_empty(rest)) {
        const field *f =
            model_find_column(e->app.schema, m, str_split(&rest, ' '));
        assert_non_null(f);
        fields[made.field_count++] = f;
    }
    return made;
}

static err *run(fake_engine *e, const mutation *m) {
    mutation_result result;
    return mutation_engine_run(&e->caller, m, &result);
}

static fake_engine *field_world(arena *a, const char *declaration) {
    str text = str_of(declaration);
    return world(a, arena_printf(a,
                                 "model T {\n  id Int? @unique\n  key Int "
                                 "@id @default(autoincrement())\n  f %.*s\n"
                                 "  @@allow('all', true)\n}\n",
                                 STR_ARG(text)));
}

static void check_fields(arena *a, const field_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        fake_engine *e = field_world(a, cases[i].field);
        mutation m = write_of(e, "f", &cases[i].cell, 1);
        err *failure = run(e, &m);
        if ((failure == NULL) != (cases[i].problem == NULL))
            print_error("case %zu: %s\n", i, cases[i].field);
        if (cases[i].problem == NULL) {
            expect_ok(failure);
            continue;
        }
        str problem = str_of(cases[i].problem);
        expect_err(failure, ERR_CHECK_VIOLATION,
                   arena_printf(a, "the new row of \"T\" is not valid: f %.*s",
                                STR_ARG(problem)));
        assert_int_equal(e->mutation_count, 0);
    }
}

static void judges_texts(void **state) {
    static const field_case CASES[] = {
        {"String @length(2, 3)", TEXT("ab"), NULL},
        {"String @length(2, 3)", TEXT("a"), "must have 2 to 3 characters"},
        {"String @length(2, 3)", TEXT("\xc3\xa4\xc3\xb6\xc3\xbc"), NULL},
        {"String @length(min: 1)", TEXT(""), "must have at least 1 character"},
        {"String @length(max: 2)", TEXT("abc"),
         "must have at most 2 characters"},
        {"String @length(2, 2)", TEXT("a"), "must have exactly 2 characters"},
        {"String @email", TEXT("a@b.de"), NULL},
        {"String @email", TEXT("a@b"), "must be an e-mail address"},
        {"String @url", TEXT("ftp://x"), "must be an http or https URL"},
        {"String @datetime", TEXT("now"),
         "must be a date and time such as 2024-01-31T12:00:00Z"},
        {"String @regex('^[a-z]+$')", TEXT("abc"), NULL},
        {"String @regex('^[a-z]+$')", TEXT("Abc"), "must match /^[a-z]+$/"},
        {"String @regex('^(a+)+$')",
         TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),
         "takes too long to be matched against the pattern"},
        {"String @startsWith('x-')", TEXT("y"), "must start with \"x-\""},
        {"String @endsWith('.de')", TEXT("a.de"), NULL},
        {"String @endsWith('.de')", TEXT("y"), "must end with \".de\""},
        {"String @contains('@')", TEXT("y"), "must contain \"@\""},
        {"String? @email", {.kind = VALUE_NULL}, NULL},
        {"String[] @length(1, 2)", TEXT("[\"a\",\"b\"]"), NULL},
        {"String[] @length(1, 2)", TEXT("[]"), "must have 1 to 2 elements"},
        {"String @length(1, 2) @email", TEXT("abc"),
         "must have 1 to 2 characters"},
    };
    check_fields(*state, CASES, LENGTH(CASES));
}

static void compares_numbers_exactly(void **state) {
    static const field_case CASES[] = {
        {"Int @gt(5)", INT(6), NULL},
        {"Int @gt(5)", INT(5), "must be greater than 5"},
        {"Int @gte(5)", INT(5), NULL},
        {"Int @gte(-5)", INT(-6), "must be at least -5"},
        {"Int @lt(5)", INT(5), "must be less than 5"},
        {"BigInt @lte(9007199254740993)", INT(9007199254740993), NULL},
        {"BigInt @lte(9007199254740992)", INT(9007199254740993),
         "must be at most 9007199254740992"},
        {"Decimal @gte(0.10)", TEXT("0.1"), NULL},
        {"Decimal @gt(0.1)", TEXT("0.1000000000000000000001"), NULL},
        {"Decimal @lt(0.1)", TEXT("0.1000000000000000000001"),
         "must be less than 0.1"},
        {"Float @lte(0.1)", {.kind = VALUE_FLOAT, .real = 0.1}, NULL},
        {"Float @lt(1)",
         {.kind = VALUE_FLOAT, .real = 1e300},
         "must be less than 1"},
    };
    check_fields(*state, CASES, LENGTH(CASES));
}

static void changes_texts_before_it_judges_them(void **state) {
    static const struct {
        const char *field;
        const char *given;
        const char *written;
    } CASES[] = {
        {"String @trim", "  a b ", "a b"},
        {"String @lower",
         "\xc3\x84"
         "bC",
         "\xc3\xa4"
         "bc"},
        {"String @upper", "abc", "ABC"},
        {"String @length(max: 1) @trim", " a ", "a"},
        {"String @email @trim @lower", " Ada@Example.ORG ", "ada@example.org"},
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        fake_engine *e = field_world(a, CASES[i].field);
        value given = {.kind = VALUE_TEXT, .text = str_of(CASES[i].given)};
        mutation m = write_of(e, "f", &given, 1);
        expect_ok(run(e, &m));
        expect_str(e->mutation.values[0].text, str_of(CASES[i].written));
        expect_str(given.text, str_of(CASES[i].given));
    }
}

#define PEOPLE                                                                 \
    "model People {\n"                                                         \
    "  id Int @id @default(autoincrement())\n"                                 \
    "  email String? @email\n"                                                 \
    "  name String? @map(\"full_name\") @length(2, 5, \"Bitte kurz\")\n"       \
    "  age Int? @gte(18) @lt(120)\n"                                           \
    "  @@allow('all', true)\n"                                                 \
    "}\n"

static void says_all_that_is_wrong_at_once(void **state) {
    arena *a = *state;
    fake_engine *e = world(a, STR(PEOPLE));
    value cells[] = {TEXT("x"), TEXT("y"), INT(3)};
    mutation m = write_of(e, "email full_name age", cells, 1);
    err *failure = run(e, &m);
    expect_err(failure, ERR_CHECK_VIOLATION,
               STR("the new row of \"People\" is not valid: email must be an "
                   "e-mail address (and 2 more)"));
    expect_str(
        failure->details,
        STR("[{\"column\":\"email\",\"rule\":\"email\",\"message\":\"must be "
            "an e-mail address\"},"
            "{\"column\":\"full_name\",\"rule\":\"length\",\"message\":\"Bitte "
            "kurz\"},"
            "{\"column\":\"age\",\"rule\":\"gte\",\"message\":\"must be at "
            "least 18\"}]"));
    m = write_of(e, "full_name", &cells[1], 1);
    expect_err(run(e, &m), ERR_CHECK_VIOLATION,
               STR("the new row of \"People\" is not valid: full_name: Bitte "
                   "kurz"));
}

static void names_the_rows_of_a_list(void **state) {
    arena *a = *state;
    fake_engine *e = world(a, STR(PEOPLE));
    value cells[] = {INT(20), INT(3), INT(30), INT(120)};
    mutation m = write_of(e, "age", cells, 4);
    err *failure = run(e, &m);
    expect_err(failure, ERR_CHECK_VIOLATION,
               STR("row 2 of \"People\" is not valid: age must be at least 18 "
                   "(and 1 more)"));
    expect_str(failure->details,
               STR("[{\"row\":2,\"column\":\"age\",\"rule\":\"gte\","
                   "\"message\":\"must be at least 18\"},"
                   "{\"row\":4,\"column\":\"age\",\"rule\":\"lt\","
                   "\"message\":\"must be less than 120\"}]"));
}

static void lists_some_of_very_many_problems(void **state) {
    arena *a = *state;
    fake_engine *e = world(a, STR(PEOPLE));
    value *cells = arena_new_array(a, value, 500);
    for (size_t i = 0; i < 500; i++)
        cells[i] = (value)INT(1);
    mutation m = write_of(e, "age", cells, 500);
    err *failure = run(e, &m);
    expect_err(failure, ERR_CHECK_VIOLATION,
               STR("row 1 of \"People\" is not valid: age must be at least 18 "
                   "(and 499 more)"));
    assert_true(failure->details.len < 100 * 100);
}

static void judges_updates_by_what_they_set(void **state) {
    arena *a = *state;
    fake_engine *e = world(a, STR(PEOPLE));
    value cells[] = {INT(3), TEXT("a@b.de")};
    mutation m = write_of(e, "age", cells, 1);
    m.kind = MUTATION_UPDATE;
    expect_err(run(e, &m), ERR_CHECK_VIOLATION,
               STR("the new row of \"People\" is not valid: age must be at "
                   "least 18"));
    m = write_of(e, "email", &cells[1], 1);
    m.kind = MUTATION_UPDATE;
    expect_ok(run(e, &m));
    assert_null(e->mutation.judge);
}

#define EVENTS                                                                 \
    "model Event {\n"                                                          \
    "  id Int @id @default(autoincrement())\n"                                 \
    "  low Int?\n"                                                             \
    "  high Int?\n"                                                            \
    "  seats Int @default(10)\n"                                               \
    "  title String?\n"                                                        \
    "  @@validate(low < high, \"must not be empty\", [\"high\"])\n"            \
    "  @@validate(seats > 0 || title == null)\n"                               \
    "  @@allow('all', true)\n"                                                 \
    "}\n"

static void judges_rows_as_a_whole(void **state) {
    arena *a = *state;
    fake_engine *e = world(a, STR(EVENTS));
    value cells[] = {INT(5), INT(5), INT(0), TEXT("x")};
    mutation m = write_of(e, "low high seats title", cells, 1);
    err *failure = run(e, &m);
    expect_err(failure, ERR_CHECK_VIOLATION,
               STR("the new row of \"Event\" is not valid: high: must not be "
                   "empty (and 1 more)"));
    expect_str(failure->details,
               STR("[{\"column\":\"high\",\"rule\":\"validate\",\"message\":"
                   "\"must not be empty\"},"
                   "{\"column\":null,\"rule\":\"validate\",\"message\":\"must "
                   "be such that seats > 0 || title == null\"}]"));
    /* What is null makes a rule unknown, and unknown is not broken. */
    m = write_of(e, "low", cells, 1);
    expect_ok(run(e, &m));
}

/* Nothing is accepted because it took too long to look for what is wrong. */
static void refuses_rows_that_are_too_costly_to_judge(void **state) {
    static const char *const RULES[] = {"!regex(f, '^(a+)+$')",
                                        "regex(f, '^(a+)+$') || id == null"};
    arena *a = *state;
    const value cell = TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
    for (size_t i = 0; i < LENGTH(RULES); i++) {
        fake_engine *e = world(
            a, arena_printf(a,
                            "model T {\n  key Int @id @default(autoincrement())"
                            "\n  id Int?\n  f String\n  @@validate(%s)\n"
                            "  @@allow('all', true)\n}\n",
                            RULES[i]));
        mutation m = write_of(e, "f", &cell, 1);
        expect_err(run(e, &m), ERR_CHECK_VIOLATION,
                   STR("the new row of \"T\" is not valid: it takes too long "
                       "to be matched against the pattern"));
    }
}

static err *ask_judge(const fake_engine *e, arena *a, const value *cells) {
    const mutation *m = &e->mutation;
    assert_non_null(m->judge);
    return m->judge(m->judge_context, a, 0, cells);
}

static void leaves_rules_to_the_row_that_is_written(void **state) {
    arena *a = *state;
    fake_engine *e = world(a, STR(EVENTS));
    value cells[] = {INT(5)};
    mutation m = write_of(e, "low", cells, 1);
    m.kind = MUTATION_UPDATE;
    expect_ok(run(e, &m));
    assert_int_equal(e->mutation.judged_count, 2);
    expect_str(e->mutation.judged[0].field->column, STR("low"));
    expect_str(e->mutation.judged[1].field->column, STR("high"));
    const value good[] = {INT(5), INT(6)};
    const value bad[] = {INT(5), INT(4)};
    const value null[] = {INT(5), {.kind = VALUE_NULL}};
    expect_ok(ask_judge(e, a, good));
    expect_ok(ask_judge(e, a, null));
    expect_err(ask_judge(e, a, bad), ERR_CHECK_VIOLATION,
               STR("the new row of \"Event\" is not valid: high: must not be "
                   "empty"));
    /* A default of the database's, on an insert. */
    value title = TEXT("x");
    m = write_of(e, "title", &title, 1);
    expect_ok(run(e, &m));
    assert_int_equal(e->mutation.judged_count, 2);
    expect_str(e->mutation.judged[0].field->column, STR("seats"));
}

static void leaves_untouched_rules_alone(void **state) {
    arena *a = *state;
    fake_engine *e = world(a, STR(EVENTS));
    value title = TEXT("x");
    mutation m = write_of(e, "title", &title, 1);
    m.kind = MUTATION_UPDATE;
    expect_ok(run(e, &m));
    /* seats and title, but neither low nor high. */
    assert_int_equal(e->mutation.judged_count, 2);
    const value cells[] = {INT(0), TEXT("x")};
    expect_err(ask_judge(e, a, cells), ERR_CHECK_VIOLATION,
               STR("the new row of \"Event\" is not valid: it must be such "
                   "that seats > 0 || title == null"));
}

static void judges_a_merge_by_its_result(void **state) {
    arena *a = *state;
    fake_engine *e = world(a, STR(EVENTS));
    value cells[] = {INT(1), INT(5)};
    mutation m = write_of(e, "id low", cells, 1);
    const field *id = m.fields[0];
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = &id;
    m.conflict_field_count = 1;
    expect_ok(run(e, &m));
    /* high may be there already. */
    assert_int_equal(e->mutation.judged_count, 4);
}

static void does_nothing_without_rules(void **state) {
    fake_engine *e = fake_engine_new(*state);
    value title = TEXT("x");
    mutation m = write_of(e, "title", &title, 1);
    expect_ok(run(e, &m));
    assert_null(e->mutation.judge);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(judges_texts),
        TEST(compares_numbers_exactly),
        TEST(changes_texts_before_it_judges_them),
        TEST(says_all_that_is_wrong_at_once),
        TEST(names_the_rows_of_a_list),
        TEST(lists_some_of_very_many_problems),
        TEST(judges_updates_by_what_they_set),
        TEST(judges_rows_as_a_whole),
        TEST(refuses_rows_that_are_too_costly_to_judge),
        TEST(leaves_rules_to_the_row_that_is_written),
        TEST(leaves_untouched_rules_alone),
        TEST(judges_a_merge_by_its_result),
        TEST(does_nothing_without_rules),
    };
    return cmocka_run_group_tests_name("core/validator", tests, NULL, NULL);
}
