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

#define FIFTY "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"

static void knows_the_spaces_of_names_of_postgresql(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n  id Int @id\n}\nmodel a {\n  id Int @id\n}\n"),
         STR_INIT("")},
        {STR_INIT(IN_MODEL("  x Int @unique(map: \"A_pkey\")")),
         STR_INIT("3:9 E0708 the name 'A_pkey' of this constraint is taken")},
        {STR_INIT("model A {\n  id Int @id\n  e E\n}\n"
                  "enum E {\n  X\n  @@map(\"A\")\n}\n"),
         STR_INIT("5:6 E0306 the name 'A' of this enum is taken")},
        {STR_INIT("model U {\n  id Int @id\n  a P[] @relation(\"a\")\n  b P[] "
                  "@relation(\"b\")\n}\nmodel P {\n  id Int @id\n  u Int\n  a "
                  "U @relation(\"a\", fields: [u], references: [id])\n  b U "
                  "@relation(\"b\", fields: [u], references: [id])\n}\n"),
         STR_INIT("10:3 E0708 the name 'P_u_fkey' of this foreign key is "
                  "taken")},
        {STR_INIT("datasource db {\n  provider = \"postgresql\"\n"
                  "  schemas = [\"x\", \"y\"]\n}\n"
                  "model A {\n  id Int @id\n  @@map(\"t\")\n"
                  "  @@schema(\"x\")\n}\n"
                  "model B {\n  id Int @id\n  @@map(\"t\")\n"
                  "  @@schema(\"y\")\n}\n"),
         STR_INIT("")},
    };
    diagnose_expect_on(*state, ENGINE_POSTGRESQL, CASES, LENGTH(CASES));
}

/* On SQLite a primary key has no name. */
static void knows_what_sqlite_does_not_name(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  x Int @unique(map: \"A_pkey\")")), STR_INIT("")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void cuts_names_that_postgresql_would_cut(void **state) {
    const schema *s = diagnose_load(
        *state, ENGINE_POSTGRESQL,
        STR(IN_MODEL("  " FIFTY FIFTY " Int @map(\"" FIFTY "\") @unique\n"
                     "  b Int\n  @@index([" FIFTY FIFTY ", b])")));
    const model *m = &s->models[0];
    expect_str(m->uniques[0].name, STR("A_" FIFTY "_key"));
    expect_str(m->indexes[0].name, STR("A_" FIFTY "_b_idx"));
    s = diagnose_load(*state, ENGINE_POSTGRESQL,
                      STR(IN_MODEL("  " FIFTY " Int\n  longlonglong Int\n"
                                   "  @@index([" FIFTY ", longlonglong])")));
    assert_int_equal(s->models[0].indexes[0].name.len, 63);
    assert_true(str_ends_with(s->models[0].indexes[0].name, STR("_idx")));
}

static void reports_names_that_would_become_one(void **state) {
    static const str TEXT =
        STR_INIT(IN_MODEL("  " FIFTY "abcdefghij1 Int @unique\n"
                          "  " FIFTY "abcdefghij2 Int @unique"));
    expect_str(diagnose_on(*state, ENGINE_POSTGRESQL, TEXT),
               STR("4:69 E0708 the name 'A_" FIFTY "abcdefg_key' of this "
                   "constraint is taken"));
    expect_str(diagnose(*state, TEXT), STR(""));
}

static void reports_names_that_are_too_long(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  x Int @map(\"" FIFTY "abcdefghijklmn\")")),
         STR_INIT("3:3 E0310 the name '" FIFTY "abcdefghijklmn' has 64 bytes, "
                  "PostgreSQL takes 63")},
        {STR_INIT(IN_MODEL("  x Int @map(\"" FIFTY "abcdefghijklm\")")),
         STR_INIT("")},
        {STR_INIT(IN_MODEL("  @@map(\"" FIFTY "abcdefghijklmn\")")),
         STR_INIT("1:7 E0310 the name '" FIFTY "abcdefghijklmn' has 64 bytes, "
                  "PostgreSQL takes 63")},
        {STR_INIT(
             IN_MODEL("  @@index([id], map: \"" FIFTY "abcdefghijklmn\")")),
         STR_INIT("3:3 E0310 the name '" FIFTY "abcdefghijklmn' has 64 bytes, "
                  "PostgreSQL takes 63")},
    };
    diagnose_expect_on(*state, ENGINE_POSTGRESQL, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_tables_with_one_name),
        TEST(reports_columns_with_one_name),
        TEST(reports_constraints_with_one_name),
        TEST(lets_foreign_keys_share_a_name),
        TEST(knows_the_spaces_of_names_of_postgresql),
        TEST(knows_what_sqlite_does_not_name),
        TEST(cuts_names_that_postgresql_would_cut),
        TEST(reports_names_that_would_become_one),
        TEST(reports_names_that_are_too_long),
    };
    return cmocka_run_group_tests_name("schema/resolve_names", tests, NULL,
                                       NULL);
}
