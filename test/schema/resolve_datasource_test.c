#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_settings_that_do_not_exist(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("datasource db {\n"
                  "  provider = \"sqlit\"\n"
                  "}\n"),
         STR_INIT("2:14 E0508 unknown provider 'sqlit'")},
        {STR_INIT("datasource db {\n"
                  "  provider = \"oracle\"\n"
                  "}\n"),
         STR_INIT("2:14 E0508 unknown provider 'oracle'")},
        {STR_INIT("datasource db {\n"
                  "  provder = \"sqlite\"\n"
                  "}\n"),
         STR_INIT("2:3 E0504 a datasource has no setting 'provder'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_settings_that_make_no_sense(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("datasource db {\n  provider = [\"sqlite\"]\n}\n"),
         STR_INIT("2:14 E0508 the provider is a string, such as \"sqlite\"")},
        {STR_INIT("datasource db {\n  url = \"a\"\n  url = \"b\"\n}\n"),
         STR_INIT("3:3 E0505 'url' is given twice")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void names_settings_that_are_not_supported_yet(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("datasource db {\n"
                  "  provider = \"mysql\"\n"
                  "}\n"),
         STR_INIT("2:14 E1001 the provider 'mysql' is not supported yet")},
        {STR_INIT("datasource db {\n"
                  "  provider = \"postgresql\"\n"
                  "  relationMode = \"prisma\"\n"
                  "}\n"),
         STR_INIT("3:3 E1001 'relationMode' is not supported yet")},
        {STR_INIT("datasource db {\n"
                  "  provider = \"postgresql\"\n"
                  "  schemas = [\"a\", \"b\"]\n"
                  "}\n"),
         STR_INIT("3:3 E1001 'schemas' is not supported yet")},
        {STR_INIT("datasource db {\n"
                  "  provider = \"postgresql\"\n"
                  "  extensions = [citext]\n"
                  "}\n"),
         STR_INIT("3:3 E1001 'extensions' is not supported yet")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_settings_that_do_not_exist),
        TEST(reports_settings_that_make_no_sense),
        TEST(names_settings_that_are_not_supported_yet),
    };
    return cmocka_run_group_tests_name("schema/resolve_datasource", tests, NULL,
                                       NULL);
}
