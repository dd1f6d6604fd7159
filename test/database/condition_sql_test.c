#include "database/condition_sql.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

#define MODEL(check)                                                           \
    "model T {\n  id Int @id\n  a Int?\n  b Int?\n  t String\n  on Boolean\n"  \
    "  at DateTime?\n  s S\n" check                                            \
    "\n}\nenum S {\n  X\n  Y @map(\"y's\")\n}\n"

/* One spelling for the two where there is one. */
static const struct {
    str schema;
    str lite;
    str pg;
} CASES[] = {
    {STR_INIT(MODEL("  @@check(a > b && (b == null || a != -5))")),
     STR_INIT("((\"a\" > \"b\") AND ((\"b\" IS NULL) OR (\"a\" <> -5)))"),
     STR_INIT("((\"a\" > \"b\") AND ((\"b\" IS NULL) OR (\"a\" <> "
              "'-5'::integer)))")},
    {STR_INIT(MODEL("  @@check(on && !(a == 1) && s in [X, Y])")),
     STR_INIT("(\"on\" AND (NOT (\"a\" = 1)) AND ((\"s\" = 'X') OR (\"s\" = "
              "'y''s')))"),
     STR_INIT("(\"on\" AND (NOT (\"a\" = 1)) AND ((\"s\" = 'X') OR (\"s\" = "
              "'y''s')))")},
    {STR_INIT(MODEL("  @@check(at < \"2024-01-31T13:00:00.50+01:00\")")),
     STR_INIT("(\"at\" < '2024-01-31T12:00:00.500+00:00')"),
     STR_INIT("(\"at\" < '2024-01-31 12:00:00.5+00')")},
    {STR_INIT(MODEL("  @@check(contains(t, \"x\") || length(t) > 3)")),
     STR_INIT("((instr(\"t\", 'x') > 0) OR (length(\"t\") > 3))"),
     STR_INIT("((strpos(\"t\", 'x') > 0) OR (char_length(\"t\") > 3))")},
    {STR_INIT(MODEL("  @@check(startsWith(t, \"x\") || endsWith(t, \"y\"))")),
     STR_INIT("((substr(\"t\", 1, length('x')) = 'x') OR (substr(\"t\", "
              "length(\"t\") - length('y') + 1) = 'y'))"),
     STR_INIT("(starts_with(\"t\", 'x') OR (\"right\"(\"t\", char_length('y')) "
              "= 'y'))")},
    {STR_INIT(MODEL("  @@atMostOne([a, b])")),
     STR_INIT("(\"a\" IS NOT NULL) + (\"b\" IS NOT NULL) <= 1"),
     STR_INIT("num_nonnulls(\"a\", \"b\") <= 1")},
};

static str check_on(arena *a, engine_kind engine, str text) {
    const schema *s = diagnose_load(a, engine, text);
    return condition_sql_of_rule(a, engine, &s->models[0].validations[0]);
}

static void says_it_to_each_engine(void **state) {
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str text = CASES[i].schema;
        expect_str(check_on(*state, ENGINE_SQLITE, text), CASES[i].lite);
        expect_str(check_on(*state, ENGINE_POSTGRESQL, text), CASES[i].pg);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(says_it_to_each_engine),
    };
    return cmocka_run_group_tests_name("database/condition_sql", tests, NULL,
                                       NULL);
}
