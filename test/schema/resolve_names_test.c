#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_tables_with_one_name(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "}\n"
                  "model B {\n"
                  "  id Int @id\n"
                  "  @@map(\"A\")\n"
                  "}\n"),
         STR_INIT("4:7 E0306 the name 'A' of this table is taken")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "}\n"
                  "model a {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("4:7 E0306 the name 'a' of this table is taken, but for "
                  "upper and lower case")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  @@map(\"sqlite_a\")\n"
                  "}\n"),
         STR_INIT("1:7 E0308 SQLite keeps table names that start with "
                  "'sqlite_' to itself")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_columns_with_one_name(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @map(\"id\")")),
         STR_INIT("3:3 E0307 the name 'id' of this column is taken")},
        {STR_INIT(IN_MODEL("  a Int\n"
                           "  A Int")),
         STR_INIT("4:3 E0307 the name 'A' of this column is taken, but for "
                  "upper and lower case")},
        {STR_INIT(IN_MODEL("  a Int @map(\"x\")\n"
                           "  b Int @map(\"x\")")),
         STR_INIT("4:3 E0307 the name 'x' of this column is taken")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_constraints_with_one_name(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  @@index([id])\n"
                           "  @@index([id])")),
         STR_INIT("4:3 E0708 the name 'A_id_idx' of this constraint is taken")},
        {STR_INIT(IN_MODEL("  @@index([id], map: \"x\")\n"
                           "  @@unique([id], map: \"x\")")),
         STR_INIT("3:3 E0708 the name 'x' of this constraint is taken")},
        {STR_INIT(IN_MODEL("  @@index([id], map: \"A\")")),
         STR_INIT("3:3 E0708 the name 'A' of this constraint is taken")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  @@index([id], map: \"x\")\n"
                  "}\n"
                  "model B {\n"
                  "  id Int @id\n"
                  "  @@index([id], map: \"x\")\n"
                  "}\n"),
         STR_INIT("7:3 E0708 the name 'x' of this constraint is taken")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void lets_foreign_keys_share_a_name(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model U {\n  id Int @id\n  a P[] @relation(\"a\")\n  b P[] "
                  "@relation(\"b\")\n}\nmodel P {\n  id Int @id\n  u Int\n  a "
                  "U @relation(\"a\", fields: [u], references: [id])\n  b U "
                  "@relation(\"b\", fields: [u], references: [id])\n}\n"),
         STR_INIT("")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_tables_with_one_name),
        TEST(reports_columns_with_one_name),
        TEST(reports_constraints_with_one_name),
        TEST(lets_foreign_keys_share_a_name),
    };
    return cmocka_run_group_tests_name("schema/resolve_names", tests, NULL,
                                       NULL);
}
