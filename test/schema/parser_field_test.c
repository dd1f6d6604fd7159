#include "schema/parser_field.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_what_is_no_type(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a")),
         STR_INIT("3:3 E0206 the field 'a' has no type")},
        {STR_INIT(IN_MODEL("  a @default(5)")),
         STR_INIT("3:3 E0206 the field 'a' has no type")},
        {STR_INIT(IN_MODEL("  a: Int")),
         STR_INIT("3:4 E0207 no ':' between a field and its type")},
        {STR_INIT(IN_MODEL("  a Int!")),
         STR_INIT(
             "3:8 E0208 '!' is not needed, a field is required by itself")},
        {STR_INIT(IN_MODEL("  a [Int]")),
         STR_INIT("3:5 E0209 lists are written behind the type")},
        {STR_INIT(IN_MODEL("  a [5]")),
         STR_INIT("3:6 E0201 expected a type, found '5'")},
        {STR_INIT(IN_MODEL("  a 5")),
         STR_INIT("3:3 E0206 the field 'a' has no type")},
        {STR_INIT(IN_MODEL("  a \"x\"")),
         STR_INIT("3:3 E0206 the field 'a' has no type")},
        {STR_INIT(IN_MODEL("  a 'x")),
         STR_INIT("3:5 E0104 the string is not closed on its line")},
        {STR_INIT(IN_MODEL("  a %")),
         STR_INIT("3:5 E0103 unexpected character '%'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_arities_that_do_not_exist(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int[]?")),
         STR_INIT("3:10 E0210 a list cannot be optional, it can be empty")},
        {STR_INIT(IN_MODEL("  a Int?[]")),
         STR_INIT("3:9 E0210 the items of a list cannot be optional")},
        {STR_INIT(IN_MODEL("  a Int[5]")),
         STR_INIT("3:9 E0201 expected ']', found '5'")},
        {STR_INIT(IN_MODEL("  a Int??")),
         STR_INIT("3:9 E0201 expected an attribute, found '?'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_names_no_database_client_could_use(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  1a Int")),
         STR_INIT("3:3 E0108 the name '1a' starts with a digit")},
        {STR_INIT(IN_MODEL("  a-b Int")),
         STR_INIT("3:3 E0108 the name 'a-b' contains '-'")},
        {STR_INIT(IN_MODEL("  a 1Int")),
         STR_INIT("3:5 E0108 the name '1Int' starts with a digit")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

/* As Prisma does. */
static void reads_blanks_before_the_mark(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int ?")), STR_INIT("")},
        {STR_INIT(IN_MODEL("  bs B [ ]") "model B {\n  id Int @id\n  a A "
                                         "@relation(fields: [id], references: "
                                         "[id])\n}\n"),
         STR_INIT("")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

/* It would name the table and not the column. */
static void reports_a_block_attribute_behind_a_field(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @@map(\"x\")")),
         STR_INIT("3:9 E0201 expected an attribute, found '@@'")},
        {STR_INIT("enum E {\n  A @@map(\"x\")\n}\n"),
         STR_INIT("2:5 E0201 expected a new line, found '@@'")},
        {STR_INIT("model A { id Int @id @@map(\"x\") }"), STR_INIT("")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_a_bad_name_once(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @2x")),
         STR_INIT("3:10 E0108 the name '2x' starts with a digit")},
        {STR_INIT(IN_MODEL("  @@1x")),
         STR_INIT("3:5 E0108 the name '1x' starts with a digit")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_what_follows_a_field(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int;")),
         STR_INIT("3:8 E0103 unexpected character ';'")},
        {STR_INIT(IN_MODEL("  a Int, b Int")),
         STR_INIT("3:8 E0201 expected an attribute, found ','")},
        {STR_INIT(IN_MODEL("  a Int unique")),
         STR_INIT("3:9 E0201 expected an attribute, found 'unique'")},
        {STR_INIT(IN_MODEL("  a Int @unique default(5)")),
         STR_INIT("3:17 E0201 expected an attribute, found 'default'")},
        {STR_INIT(IN_MODEL("  a Int # note")),
         STR_INIT("3:9 E0103 unexpected character '#'")},
        {STR_INIT(IN_MODEL("  a Int = 5")),
         STR_INIT("3:9 E0201 expected an attribute, found '='")},
        {STR_INIT(IN_MODEL("  a Int \"x\"")),
         STR_INIT("3:9 E0201 expected an attribute, found '\"x\"'")},
        {STR_INIT("enum E {\n"
                  "  A,\n"
                  "  B\n"
                  "}\n"),
         STR_INIT("2:4 E0201 expected a new line, found ','")},
        {STR_INIT("enum E {\n"
                  "  A = 1\n"
                  "}\n"),
         STR_INIT("2:5 E0201 expected a new line, found '='")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_a_type_the_database_alone_knows(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Unsupported()")),
         STR_INIT(
             "3:16 E0201 Unsupported takes the database's type as a string")},
        {STR_INIT(IN_MODEL("  a Unsupported(5)")),
         STR_INIT(
             "3:16 E0201 Unsupported takes the database's type as a string")},
        {STR_INIT(IN_MODEL("  a Unsupported(\"circle\")?")),
         STR_INIT("3:5 E0406 SQLite has no type 'circle'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_what_is_no_type),
        TEST(reports_arities_that_do_not_exist),
        TEST(reports_names_no_database_client_could_use),
        TEST(reads_blanks_before_the_mark),
        TEST(reports_a_block_attribute_behind_a_field),
        TEST(reports_a_bad_name_once),
        TEST(reports_what_follows_a_field),
        TEST(reports_a_type_the_database_alone_knows),
    };
    return cmocka_run_group_tests_name("schema/parser_field", tests, NULL,
                                       NULL);
}
