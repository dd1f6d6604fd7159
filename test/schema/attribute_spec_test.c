#include "schema/attribute_spec.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_attributes_that_do_not_exist(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @uniqe")),
         STR_INIT("3:9 E0501 unknown attribute '@uniqe'")},
        {STR_INIT(IN_MODEL("  @@idx([id])")),
         STR_INIT("3:3 E0501 unknown attribute '@@idx'")},
        {STR_INIT(IN_MODEL("  a Int @foo(1, bar: [2])")),
         STR_INIT("3:9 E0501 unknown attribute '@foo'")},
        {STR_INIT("enum E {\n"
                  "  A @default\n"
                  "}\n"),
         STR_INIT("2:5 E0502 '@default' does not stand on an enum value")},
        {STR_INIT("enum E {\n"
                  "  A\n"
                  "  @@foo\n"
                  "}\n"),
         STR_INIT("3:3 E0501 unknown attribute '@@foo'")},
        {STR_INIT(IN_MODEL("  @@foo")),
         STR_INIT("3:3 E0501 unknown attribute '@@foo'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_attributes_in_the_wrong_place(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @index")),
         STR_INIT("3:9 E0502 '@index' does not stand on a field")},
        {STR_INIT(IN_MODEL("  @@default(5)")),
         STR_INIT("3:3 E0502 '@@default' does not stand on a model")},
        {STR_INIT(IN_MODEL("  @@relation(\"x\")")),
         STR_INIT("3:3 E0502 '@@relation' does not stand on a model")},
        {STR_INIT("enum E {\n"
                  "  A @unique\n"
                  "}\n"),
         STR_INIT("2:5 E0502 '@unique' does not stand on an enum value")},
        {STR_INIT("enum E {\n"
                  "  A\n"
                  "  @@id([A])\n"
                  "}\n"),
         STR_INIT("3:3 E0502 '@@id' does not stand on an enum")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_attributes_given_twice(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @unique @unique")),
         STR_INIT("3:17 E0503 '@unique' is given twice")},
        {STR_INIT(IN_MODEL("  a Int @map(\"b\") @default(1) @map(\"c\")")),
         STR_INIT("3:31 E0503 '@map' is given twice")},
        {STR_INIT(IN_MODEL("  @@map(\"x\")\n"
                           "  @@map(\"y\")")),
         STR_INIT("4:3 E0503 '@@map' is given twice")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_arguments_that_do_not_fit(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @default")),
         STR_INIT("3:9 E0506 '@default' needs the argument 'value'")},
        {STR_INIT(IN_MODEL("  a Int @default()")),
         STR_INIT("3:9 E0506 '@default' needs the argument 'value'")},
        {STR_INIT(IN_MODEL("  a Int @default(1, 2)")),
         STR_INIT("3:21 E0507 this argument of '@default' needs a name")},
        {STR_INIT(IN_MODEL("  a Int @unique(\"x\")")),
         STR_INIT("3:17 E0507 this argument of '@unique' needs a name")},
        {STR_INIT(IN_MODEL("  a Int @default(1, foo: 2)")),
         STR_INIT("3:21 E0504 '@default' has no argument 'foo'")},
        {STR_INIT(IN_MODEL("  a Int @default(1, value: 2)")),
         STR_INIT("3:21 E0505 the argument 'value' is given twice")},
        {STR_INIT(IN_MODEL("  a DateTime @updatedAt(true)")),
         STR_INIT("3:25 E0504 '@updatedAt' takes no arguments")},
        {STR_INIT(IN_MODEL("  @@index([id], maps: \"x\")")),
         STR_INIT("3:17 E0504 '@@index' has no argument 'maps'")},
        {STR_INIT(IN_MODEL("  @@index([id], map: \"x\", map: \"y\")")),
         STR_INIT("3:27 E0505 the argument 'map' is given twice")},
        {STR_INIT(IN_MODEL("  @@unique(map: \"x\")")),
         STR_INIT("3:3 E0506 '@@unique' needs the argument 'fields'")},
        {STR_INIT(IN_MODEL("  a Int @map")),
         STR_INIT("3:9 E0506 '@map' needs the argument 'name'")},
        {STR_INIT(IN_MODEL("  @@allow('read')")),
         STR_INIT("3:3 E0506 '@@allow' needs the argument 'condition'")},
        {STR_INIT(IN_MODEL("  @@allow()")),
         STR_INIT("3:3 E0506 '@@allow' needs the argument 'operation'")},
        {STR_INIT(IN_MODEL("  @@allow('read', true, false)")),
         STR_INIT("3:25 E0507 '@@allow' takes 2 arguments")},
        {STR_INIT(IN_MODEL("  @@allow('read', foo: true)")),
         STR_INIT("3:19 E0504 '@@allow' has no argument 'foo'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void names_what_other_databases_have(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @default(1, map: \"x\")")),
         STR_INIT("3:26 E0513 neither SQLite nor PostgreSQL names a default")},
        {STR_INIT(IN_MODEL("  @@fulltext([id])")),
         STR_INIT("3:3 E0513 '@@fulltext' is MySQL's, neither SQLite nor "
                  "PostgreSQL has it")},
        {STR_INIT(IN_MODEL("  a Int @shardKey")), STR_INIT("")},
        {STR_INIT(IN_MODEL("  @@shardKey([id])")), STR_INIT("")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_attributes_that_do_not_exist),
        TEST(reports_attributes_in_the_wrong_place),
        TEST(reports_attributes_given_twice),
        TEST(reports_arguments_that_do_not_fit),
        TEST(names_what_other_databases_have),
    };
    return cmocka_run_group_tests_name("schema/attribute_spec", tests, NULL,
                                       NULL);
}
