#include "schema/load.h"
#include "schema/validation.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static const schema *load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("t"), text, ENGINE_SQLITE, &diags, &s);
    if (e != NULL)
        print_error("%.*s\n", STR_ARG(diags.items[0].message));
    expect_ok(e);
    return s;
}

static const field *second_field(arena *a, str text) {
    return &load(a, text)->models[0].fields[1];
}

static void keeps_rules_with_their_arguments(void **state) {
    arena *a = *state;
    const field *f = second_field(
        a, STR(IN_MODEL("  a String @length(2, 40, \"2 bis 40\") @email "
                        "@regex('^x', message: 'no x') @startsWith(\"x\")")));
    assert_int_equal(f->validation_count, 4);
    const validation *v = f->validations;
    assert_int_equal(v[0].kind, VALIDATION_LENGTH);
    assert_int_equal(v[0].least, 2);
    assert_int_equal(v[0].most, 40);
    expect_str(v[0].message, STR("2 bis 40"));
    assert_int_equal(v[1].kind, VALIDATION_EMAIL);
    expect_str(v[1].message, STR(""));
    assert_non_null(v[2].pattern);
    expect_str(v[2].text, STR("^x"));
    expect_str(v[2].message, STR("no x"));
    expect_str(v[3].text, STR("x"));
    f = second_field(a, STR(IN_MODEL("  a Decimal @gt(+0.50) @lte(1000)")));
    expect_str(f->validations[0].text, STR("0.50"));
    expect_str(f->validations[1].text, STR("1000"));
    f = second_field(a, STR(IN_MODEL("  a String[] @length(max: 3)")));
    assert_int_equal(f->validations[0].most, 3);
}

static void runs_transforms_first(void **state) {
    const field *f = second_field(
        *state,
        STR(IN_MODEL("  a String @email @trim @length(max: 9) @lower")));
    static const validation_kind WANTED[] = {
        VALIDATION_TRIM, VALIDATION_LOWER, VALIDATION_EMAIL, VALIDATION_LENGTH};
    assert_int_equal(f->validation_count, LENGTH(WANTED));
    for (size_t i = 0; i < LENGTH(WANTED); i++)
        assert_int_equal(f->validations[i].kind, WANTED[i]);
}

static void knows_the_columns_of_rules_about_rows(void **state) {
    const schema *s =
        load(*state, STR(IN_MODEL("  a Int?\n  b Int?\n  c Int?\n"
                                  "  @@validate(b > a || b in [1, a], 'x', "
                                  "['b'])\n  @@validate(now() != null)")));
    const validation *v = s->models[0].validations;
    assert_int_equal(s->models[0].validation_count, 2);
    assert_int_equal(v[0].column_count, 2);
    expect_str(v[0].columns[0]->name, STR("b"));
    expect_str(v[0].columns[1]->name, STR("a"));
    expect_str(v[0].about->name, STR("b"));
    expect_str(v[0].message, STR("x"));
    assert_int_equal(v[1].column_count, 0);
    assert_null(v[1].about);
}

static void reports_rules_on_fields_of_other_types(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @length(1, 2)")),
         STR_INIT("3:9 E1201 '@length' stands on a String or a list of "
                  "values")},
        {STR_INIT(IN_MODEL("  a Int @email")),
         STR_INIT("3:9 E1201 '@email' stands on a String")},
        {STR_INIT(IN_MODEL("  a String[] @trim")),
         STR_INIT("3:14 E1201 '@trim' stands on a String")},
        {STR_INIT(IN_MODEL("  a String @gt(5)")),
         STR_INIT("3:12 E1201 '@gt' stands on an Int, a BigInt, a Float or a "
                  "Decimal")},
        {STR_INIT(IN_MODEL("  a DateTime @datetime")),
         STR_INIT("3:14 E1201 '@datetime' stands on a String")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_rules_that_say_nothing_or_nonsense(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a String @length(5, 2)")),
         STR_INIT("3:12 E1203 the minimum 5 is larger than the maximum 2")},
        {STR_INIT(IN_MODEL("  a String @length()")),
         STR_INIT("3:12 E1202 '@length' says neither a minimum nor a maximum")},
        {STR_INIT(IN_MODEL("  a String @length(-1)")),
         STR_INIT("3:20 E1202 '@length' takes whole numbers from 0 on")},
        {STR_INIT(IN_MODEL("  a String @length('x')")),
         STR_INIT("3:20 E1202 '@length' takes whole numbers from 0 on")},
        {STR_INIT(IN_MODEL("  a String @length(1, 2, 3)")),
         STR_INIT("3:26 E0508 'message' of '@length' is a text in quotes")},
        {STR_INIT(IN_MODEL("  a String @length(1, 2, 'x', 4)")),
         STR_INIT("3:31 E0507 '@length' takes 3 arguments")},
        {STR_INIT(IN_MODEL("  a Int @gt")),
         STR_INIT("3:9 E0506 '@gt' needs the argument 'value'")},
        {STR_INIT(IN_MODEL("  a Int @gt(x)")),
         STR_INIT("3:13 E1202 '@gt' takes a number")},
        {STR_INIT(IN_MODEL("  a Int @gt(1.5)")),
         STR_INIT("3:13 E1202 '@gt' takes a whole number on this field")},
        {STR_INIT(IN_MODEL("  a Int @gt(5) @lt(5)")),
         STR_INIT("3:16 E1203 no value passes both '@gt' and '@lt'")},
        {STR_INIT(IN_MODEL("  a Int @lte(4) @gte(5)")),
         STR_INIT("3:17 E1203 no value passes both '@lte' and '@gte'")},
        {STR_INIT(IN_MODEL("  a Int @lte(5) @gte(5)")), STR_INIT("")},
        {STR_INIT(IN_MODEL("  a String @lower @upper")),
         STR_INIT("3:19 E1203 no value passes both '@lower' and '@upper'")},
        {STR_INIT(IN_MODEL("  a String @regex('a(')")),
         STR_INIT("3:19 E1204 not a regular expression: missing closing "
                  "parenthesis at byte 2")},
        {STR_INIT(IN_MODEL("  a String @startsWith('')")),
         STR_INIT("3:24 E0508 'text' of '@startsWith' cannot be empty")},
        {STR_INIT(IN_MODEL("  a String @trim(true)")),
         STR_INIT("3:18 E0504 '@trim' takes no arguments")},
        {STR_INIT(IN_MODEL("  a String @email @email")),
         STR_INIT("3:19 E0503 '@email' is given twice")},
        {STR_INIT(IN_MODEL("  a Int\n  @@validate(a)")),
         STR_INIT("4:14 E0907 a condition is true or false, and this is Int")},
        {STR_INIT(IN_MODEL("  a Int\n  @@validate(a > 1, 'x', ['b'])")),
         STR_INIT("4:27 E0905 the model 'A' has no column 'b'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keeps_rules_with_their_arguments),
        TEST(runs_transforms_first),
        TEST(knows_the_columns_of_rules_about_rows),
        TEST(reports_rules_on_fields_of_other_types),
        TEST(reports_rules_that_say_nothing_or_nonsense),
    };
    return cmocka_run_group_tests_name("schema/resolve_validations", tests,
                                       NULL, NULL);
}
