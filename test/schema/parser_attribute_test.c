#include "schema/parser_attribute.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_brackets_that_are_not_closed(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @default(5")),
         STR_INIT("3:17 E0205 '(' is not closed")},
        {STR_INIT(IN_MODEL("  @@index([id)")),
         STR_INIT("3:11 E0205 '[' is not closed")},
        {STR_INIT(IN_MODEL("  @@index([id]")),
         STR_INIT("3:10 E0205 '(' is not closed")},
        {STR_INIT(IN_MODEL("  @@index([id\n"
                           "  b Int")),
         STR_INIT("3:10 E0205 '(' is not closed")},
        {STR_INIT(IN_MODEL("  a String @default(\"x")),
         STR_INIT("3:21 E0104 the string is not closed on its line")},
        {STR_INIT(IN_MODEL("  @@allow('all', (true)")),
         STR_INIT("3:10 E0205 '(' is not closed")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_what_is_no_argument(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @default(,)")),
         STR_INIT("3:18 E0201 expected a value, found ','")},
        {STR_INIT(IN_MODEL("  a Int @default(5,)")),
         STR_INIT("3:19 E0211 a comma with nothing behind it")},
        {STR_INIT(IN_MODEL("  @@index([id,])")),
         STR_INIT("3:14 E0211 a comma with nothing behind it")},
        {STR_INIT(IN_MODEL("  @@index([id id])")),
         STR_INIT("3:15 E0201 expected ',' or ']', found 'id'")},
        {STR_INIT(IN_MODEL("  @@index(fields: )")),
         STR_INIT("3:11 E0213 the argument 'fields' has no value")},
        {STR_INIT(IN_MODEL("  @@index([id] map: \"x\")")),
         STR_INIT("3:16 E0201 expected ',' or ')', found 'map'")},
        {STR_INIT(IN_MODEL("  a Int @default(@)")),
         STR_INIT("3:17 E0205 '(' is not closed")},
        {STR_INIT(IN_MODEL("  a Int @default(%)")),
         STR_INIT("3:18 E0103 unexpected character '%'")},
        {STR_INIT(IN_MODEL("  a Int @default(5x)")),
         STR_INIT("3:18 E0108 the name '5x' starts with a digit")},
        {STR_INIT(IN_MODEL("  a Int @default(a.)")),
         STR_INIT("3:20 E0201 expected a name after '.', found ')'")},
        {STR_INIT(IN_MODEL("  a Int @default(1 + 2)")),
         STR_INIT("3:20 E0103 unexpected character '+'")},
        {STR_INIT(IN_MODEL("  a Int @default(a = b)")),
         STR_INIT("3:20 E0201 expected ',' or ')', found '='")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_what_is_no_attribute(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @")),
         STR_INIT("3:10 E0201 expected the name of an attribute before the end "
                  "of the line")},
        {STR_INIT(IN_MODEL("  a Int @5")),
         STR_INIT("3:10 E0201 expected the name of an attribute, found '5'")},
        {STR_INIT(IN_MODEL("  a Int @db.")),
         STR_INIT("3:13 E0201 expected a name after '.' before the end of the "
                  "line")},
        {STR_INIT(IN_MODEL("  @@")),
         STR_INIT("3:5 E0201 expected the name of an attribute before the end "
                  "of the line")},
        {STR_INIT(IN_MODEL("  @@ 5")),
         STR_INIT("3:6 E0201 expected the name of an attribute, found '5'")},
        {STR_INIT(IN_MODEL("  a Int @@unique")),
         STR_INIT("3:9 E0201 expected an attribute, found '@@'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_nesting_without_end(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int "
                           "@default([[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]"
                           "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]])")),
         STR_INIT("3:50 E0212 more than 32 brackets inside each other")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_brackets_that_are_not_closed),
        TEST(reports_what_is_no_argument),
        TEST(reports_what_is_no_attribute),
        TEST(reports_nesting_without_end),
    };
    return cmocka_run_group_tests_name("schema/parser_attribute", tests, NULL,
                                       NULL);
}
