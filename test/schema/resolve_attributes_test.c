#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_maps_that_are_no_names(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @map(5)")),
         STR_INIT("3:14 E0508 '@map' takes a string")},
        {STR_INIT(IN_MODEL("  a Int @map(\"\")")),
         STR_INIT("3:14 E0308 a name in the database cannot be empty")},
        {STR_INIT(IN_MODEL("  @@map([id])")),
         STR_INIT("3:9 E0508 '@@map' takes a string")},
        {STR_INIT("enum E {\n"
                  "  A @map(x)\n"
                  "}\n"),
         STR_INIT("2:10 E0508 '@map' takes a string")},
        {STR_INIT("enum E {\n"
                  "  A @map(\"x\")\n"
                  "  B @map(\"x\")\n"
                  "}\n"),
         STR_INIT(
             "3:3 E0304 the value 'B' is 'x' in the database, and so is 'A'")},
        {STR_INIT("enum E {\n"
                  "  A @map(\"B\")\n"
                  "  B\n"
                  "}\n"),
         STR_INIT(
             "3:3 E0304 the value 'B' is 'B' in the database, and so is 'A'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_attributes_on_fields_of_other_types(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @updatedAt")),
         STR_INIT("3:9 E0509 '@updatedAt' stands on a field of type DateTime, and on no list")},
        {STR_INIT(IN_MODEL("  a Int @relation(\"x\")")),
         STR_INIT(
             "3:9 E0502 '@relation' stands on a field whose type is a model")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  b B @default(5)\n"
                  "}\n"
                  "model B {\n"
                  "  id Int @id\n"
                  "  as A[]\n"
                  "}\n"),
         STR_INIT("3:7 E0502 '@default' does not stand on a relation field")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  bId Int\n"
                  "  b B @unique @relation(fields: [bId], references: [id])\n"
                  "}\n"
                  "model B {\n"
                  "  id Int @id\n"
                  "  a A?\n"
                  "}\n"),
         STR_INIT("4:7 E0502 '@unique' does not stand on a relation field")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_maps_that_are_no_names),
        TEST(reports_attributes_on_fields_of_other_types),
    };
    return cmocka_run_group_tests_name("schema/resolve_attributes", tests, NULL,
                                       NULL);
}
