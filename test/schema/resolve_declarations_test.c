#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_names_declared_twice(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "}\n"
                  "model A {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("4:7 E0301 the name 'A' is declared twice")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "}\n"
                  "enum A {\n"
                  "  X\n"
                  "}\n"),
         STR_INIT("4:6 E0301 the name 'A' is declared twice")},
        {STR_INIT(IN_MODEL("  id Int")),
         STR_INIT("3:3 E0303 the field 'id' is declared twice")},
        {STR_INIT("enum E {\n"
                  "  A\n"
                  "  A\n"
                  "}\n"),
         STR_INIT("3:3 E0304 the value 'A' is declared twice")},
        {STR_INIT("datasource a {\n"
                  "  provider = \"sqlite\"\n"
                  "}\n"
                  "datasource b {\n"
                  "  provider = \"sqlite\"\n"
                  "}\n"),
         STR_INIT("4:12 E0301 there can be only one datasource")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_names_that_are_taken(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model String {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:7 E0302 'String' is the name of a built-in type")},
        {STR_INIT("enum Json {\n"
                  "  A\n"
                  "}\n"),
         STR_INIT("1:6 E0302 'Json' is the name of a built-in type")},
        {STR_INIT("model class {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT(
             "1:7 E0302 'class' is a reserved word and cannot name a model")},
        {STR_INIT("enum default {\n"
                  "  A\n"
                  "}\n"),
         STR_INIT(
             "1:6 E0302 'default' is a reserved word and cannot name an enum")},
        {STR_INIT("model PrismaClient {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:7 E0302 'PrismaClient' is a reserved word and cannot name "
                  "a model")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_what_is_empty(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n"
                  "}\n"),
         STR_INIT("1:7 E0309 the model 'A' has no fields")},
        {STR_INIT("enum E {\n"
                  "}\n"),
         STR_INIT("1:6 E0305 the enum 'E' has no values")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void points_to_the_first_declaration(void **state) {
    str text = STR("enum E { A }\nmodel E {\n  id Int @id\n}\n");
    expect_str(diagnose_places(*state, text), STR("1:6 first declared here"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_names_declared_twice),
        TEST(reports_names_that_are_taken),
        TEST(reports_what_is_empty),
        TEST(points_to_the_first_declaration),
    };
    return cmocka_run_group_tests_name("schema/resolve_declarations", tests,
                                       NULL, NULL);
}
