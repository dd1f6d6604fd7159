#include "core/condition_eval.h"

#include "schema/load.h"
#include "schema/validation.h"
#include "test/support/test.h"

#define TEXT(lit)                                                              \
    { .kind = VALUE_TEXT, .text = STR_INIT(lit) }

static const char MODEL[] =
    "enum Role {\n  ADMIN\n  EDITOR @map(\"editor\")\n}\n"
    "model T {\n"
    "  id    Int @id\n"
    "  n     Int?\n"
    "  m     BigInt?\n"
    "  price Decimal?\n"
    "  rate  Float?\n"
    "  yes   Boolean?\n"
    "  name  String?\n"
    "  at    DateTime?\n"
    "  role  Role?\n"
    "  empty String?\n"
    "  tags  String[]\n"
    "  nums  Int[]\n"
    "  none  Role[]\n";

/* In the order of the columns. */
static const value CELLS[] = {
    {.kind = VALUE_INT, .integer = 1},
    {.kind = VALUE_INT, .integer = 5},
    {.kind = VALUE_INT, .integer = INT64_C(9007199254740993)},
    TEXT("12.50"),
    {.kind = VALUE_FLOAT, .real = 0.1},
    {.kind = VALUE_BOOL, .boolean = true},
    TEXT("\xc3\x84"
         "da"),
    TEXT("2024-01-31T12:00:00.000+00:00"),
    TEXT("editor"),
    {.kind = VALUE_NULL},
    TEXT("[\"a\",\"b\"]"),
    TEXT("[1,2.0]"),
    TEXT("[]"),
};

static truth eval(arena *a, const char *text) {
    diag_list diags = {0};
    const schema *s = NULL;
    str model_text = str_of(MODEL);
    str rule = str_of(text);
    err *e = schema_load_text(a, STR("t"),
                              arena_printf(a, "%.*s  @@validate(%.*s)\n}\n",
                                           STR_ARG(model_text), STR_ARG(rule)),
                              ENGINE_SQLITE, &diags, &s);
    if (e != NULL)
        print_error("%s: %.*s\n", text, STR_ARG(diags.items[0].message));
    expect_ok(e);
    int32_t cell_of[LENGTH(CELLS)];
    for (size_t i = 0; i < LENGTH(CELLS); i++)
        cell_of[i] = (int32_t)i;
    condition_row row = {CELLS, cell_of, TEXT("2024-06-01T00:00:00.000+00:00")};
    return condition_eval(a, s->models[0].validations[0].condition, &row);
}

typedef struct eval_case {
    const char *text;
    truth wanted;
} eval_case;

static void check(arena *a, const eval_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        truth got = eval(a, cases[i].text);
        if (got != cases[i].wanted)
            print_error("%s\n", cases[i].text);
        assert_int_equal(got, cases[i].wanted);
    }
}

static void compares_values_of_all_types(void **state) {
    static const eval_case CASES[] = {
        {"n == 5", TRUTH_TRUE},
        {"n != 5", TRUTH_FALSE},
        {"n < 5", TRUTH_FALSE},
        {"n <= 5.0", TRUTH_TRUE},
        {"n > 4.99", TRUTH_TRUE},
        {"m == 9007199254740993", TRUTH_TRUE},
        {"m == 9007199254740992", TRUTH_FALSE},
        {"m > n", TRUTH_TRUE},
        {"price == 12.5", TRUTH_TRUE},
        {"price > n", TRUTH_TRUE},
        {"rate == 0.1", TRUTH_TRUE},
        {"yes", TRUTH_TRUE},
        {"yes == false", TRUTH_FALSE},
        {"name == '\xc3\x84"
         "da'",
         TRUTH_TRUE},
        {"name != 'x'", TRUTH_TRUE},
        {"at == '2024-01-31T13:00:00+01:00'", TRUTH_TRUE},
        {"at < now()", TRUTH_TRUE},
        {"role == EDITOR", TRUTH_TRUE},
        {"role == ADMIN", TRUTH_FALSE},
        {"n in [1, 5]", TRUTH_TRUE},
        {"role in [ADMIN]", TRUTH_FALSE},
        {"n in []", TRUTH_FALSE},
    };
    check(*state, CASES, LENGTH(CASES));
}

static void knows_what_is_unknown(void **state) {
    static const eval_case CASES[] = {
        {"empty == 'x'", TRUTH_UNKNOWN},
        {"empty != 'x'", TRUTH_UNKNOWN},
        {"!(empty == 'x')", TRUTH_UNKNOWN},
        {"empty == null", TRUTH_TRUE},
        {"null != empty", TRUTH_FALSE},
        {"name != null", TRUTH_TRUE},
        {"empty == 'x' || yes", TRUTH_TRUE},
        {"empty == 'x' || !yes", TRUTH_UNKNOWN},
        {"empty == 'x' && yes", TRUTH_UNKNOWN},
        {"empty == 'x' && !yes", TRUTH_FALSE},
        {"!yes && empty == 'x'", TRUTH_FALSE},
        {"empty in ['x']", TRUTH_UNKNOWN},
        {"name in ['x', empty]", TRUTH_UNKNOWN},
        {"contains(empty, 'x')", TRUTH_UNKNOWN},
        {"length(empty) > 3", TRUTH_UNKNOWN},
    };
    check(*state, CASES, LENGTH(CASES));
}

static void calls_functions(void **state) {
    static const eval_case CASES[] = {
        {"contains(name, 'd')", TRUTH_TRUE},
        {"contains(name, 'D')", TRUTH_FALSE},
        {"contains(name, '\xc3\xa4"
         "D', true)",
         TRUTH_TRUE},
        {"startsWith(name, '\xc3\x84')", TRUTH_TRUE},
        {"startsWith(name, 'd')", TRUTH_FALSE},
        {"endsWith(name, 'da')", TRUTH_TRUE},
        {"length(name) == 3", TRUTH_TRUE},
        {"regex(name, '^.da$')", TRUTH_TRUE},
        {"regex(name, '^b')", TRUTH_FALSE},
        {"isEmail(name)", TRUTH_FALSE},
        {"email('a@b.de')", TRUTH_TRUE},
        {"isUrl('https://x.de')", TRUTH_TRUE},
        {"isDateTime(name)", TRUTH_FALSE},
        {"contains(name, 'd') == true", TRUTH_TRUE},
    };
    check(*state, CASES, LENGTH(CASES));
}

static void looks_into_lists(void **state) {
    static const eval_case CASES[] = {
        {"has(tags, 'a')", TRUTH_TRUE},
        {"has(tags, 'c')", TRUTH_FALSE},
        {"has(tags, empty)", TRUTH_UNKNOWN},
        {"has(nums, 2)", TRUTH_TRUE},
        {"has(none, ADMIN)", TRUTH_FALSE},
        {"hasSome(tags, ['c', 'b'])", TRUTH_TRUE},
        {"hasSome(tags, ['c'])", TRUTH_FALSE},
        {"hasSome(tags, [])", TRUTH_FALSE},
        {"hasEvery(tags, ['b', 'a'])", TRUTH_TRUE},
        {"hasEvery(tags, ['a', 'c'])", TRUTH_FALSE},
        {"hasEvery(tags, [])", TRUTH_TRUE},
        {"isEmpty(none)", TRUTH_TRUE},
        {"isEmpty(tags)", TRUTH_FALSE},
        {"length(tags) == 2", TRUTH_TRUE},
        {"name in tags", TRUTH_FALSE},
        {"'a' in tags", TRUTH_TRUE},
    };
    check(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(compares_values_of_all_types),
        TEST(knows_what_is_unknown),
        TEST(calls_functions),
        TEST(looks_into_lists),
    };
    return cmocka_run_group_tests_name("core/condition_eval", tests, NULL,
                                       NULL);
}
