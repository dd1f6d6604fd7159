#include "schema/load.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_values_of_another_type(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @default(\"5\")")),
         STR_INIT("3:18 E0601 the default is not a value of type Int")},
        {STR_INIT(IN_MODEL("  a String @default(5)")),
         STR_INIT("3:21 E0601 the default is not a value of type String")},
        {STR_INIT(IN_MODEL("  a Boolean @default(\"true\")")),
         STR_INIT("3:22 E0601 the default is not a value of type Boolean")},
        {STR_INIT(IN_MODEL("  a Boolean @default(yes)")),
         STR_INIT("3:22 E0601 the default is not a value of type Boolean")},
        {STR_INIT(IN_MODEL("  a Int @default(true)")),
         STR_INIT("3:18 E0601 the default is not a value of type Int")},
        {STR_INIT(IN_MODEL("  a Int @default([1])")),
         STR_INIT("3:18 E0601 the default is not a value of type Int")},
        {STR_INIT(IN_MODEL("  a Int @default(1.5)")),
         STR_INIT("3:18 E0601 the default is not an integer")},
        {STR_INIT(IN_MODEL("  a BigInt @default(1.0)")),
         STR_INIT("3:21 E0601 the default is not an integer")},
        {STR_INIT(IN_MODEL("  a DateTime @default(5)")),
         STR_INIT("3:23 E0601 the default is not a value of type DateTime")},
        {STR_INIT(IN_MODEL("  a Bytes @default(x)")),
         STR_INIT("3:20 E0601 the default is not a value of type Bytes")},
        {STR_INIT("enum E {\n"
                  "  X\n"
                  "}\n"
                  "model A {\n"
                  "  id Int @id\n"
                  "  e E @default(\"X\")\n"
                  "}\n"),
         STR_INIT("6:16 E0601 the default is not a value of type E")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_values_out_of_range(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @default(2147483648)")),
         STR_INIT("3:18 E0603 the default 2147483648 does not fit in Int")},
        {STR_INIT(IN_MODEL("  a Int @default(-2147483649)")),
         STR_INIT("3:18 E0603 the default -2147483649 does not fit in Int")},
        {STR_INIT(IN_MODEL("  a BigInt @default(9223372036854775808)")),
         STR_INIT("3:21 E0603 the default 9223372036854775808 does not fit in "
                  "BigInt")},
        {STR_INIT(IN_MODEL("  a BigInt @default(-9223372036854775809)")),
         STR_INIT("3:21 E0603 the default -9223372036854775809 does not fit in "
                  "BigInt")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_digits_that_would_be_lost(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Decimal @default(1234567890123.456)")),
         STR_INIT("3:22 E0603 the default has too many digits")},
        {STR_INIT(IN_MODEL("  a Decimal @default(\"1234567890123.456\")")),
         STR_INIT("3:22 E0603 the default has too many digits")},
        {STR_INIT(IN_MODEL("  a Float @default(1234567890123.4567890)")),
         STR_INIT("")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_text_that_is_no_value(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Json @default(\"{\")")),
         STR_INIT("3:19 E0601 the default is not valid JSON")},
        {STR_INIT(IN_MODEL("  a DateTime @default(\"yesterday\")")),
         STR_INIT("3:23 E0601 the default is not an RFC 3339 time, such as "
                  "\"2024-01-31T12:00:00Z\"")},
        {STR_INIT(IN_MODEL("  a DateTime @default(\"2024-01-31\")")),
         STR_INIT("3:23 E0601 the default is not an RFC 3339 time, such as "
                  "\"2024-01-31T12:00:00Z\"")},
        {STR_INIT(IN_MODEL("  a DateTime @default(\"2024-02-30T00:00:00Z\")")),
         STR_INIT("3:23 E0601 the default is not an RFC 3339 time, such as "
                  "\"2024-01-31T12:00:00Z\"")},
        {STR_INIT(IN_MODEL("  a DateTime @default(\"2024-01-31T12:00:00\")")),
         STR_INIT("3:23 E0601 the default is not an RFC 3339 time, such as "
                  "\"2024-01-31T12:00:00Z\"")},
        {STR_INIT(IN_MODEL("  a Bytes @default(\"a\")")),
         STR_INIT("3:20 E0601 the default is not base64")},
        {STR_INIT(IN_MODEL("  a Bytes @default(\"a===\")")),
         STR_INIT("3:20 E0601 the default is not base64")},
        {STR_INIT(IN_MODEL("  a Bytes @default(\"a b=\")")),
         STR_INIT("3:20 E0601 the default is not base64")},
        {STR_INIT(IN_MODEL("  a Decimal @default(\"1.5x\")")),
         STR_INIT("3:22 E0601 the default is not a decimal number")},
        {STR_INIT(IN_MODEL("  a Decimal @default(\"\")")),
         STR_INIT("3:22 E0601 the default is not a decimal number")},
        {STR_INIT(IN_MODEL("  a Decimal @default(\"1.5.2\")")),
         STR_INIT("3:22 E0601 the default is not a decimal number")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_enum_values_that_do_not_exist(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("enum E {\n"
                  "  RED\n"
                  "  BLUE @map(\"b\")\n"
                  "}\n"
                  "model A {\n"
                  "  id Int @id\n"
                  "  e E @default(REDD)\n"
                  "}\n"),
         STR_INIT("7:16 E0604 the enum 'E' has no value 'REDD'")},
        {STR_INIT("enum E {\n"
                  "  RED\n"
                  "  BLUE @map(\"b\")\n"
                  "}\n"
                  "model A {\n"
                  "  id Int @id\n"
                  "  e E @default(b)\n"
                  "}\n"),
         STR_INIT("7:16 E0604 the enum 'E' has no value 'b'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_functions_that_do_not_fit(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a String @default(uid())")),
         STR_INIT("3:21 E0602 unknown function 'uid'")},
        {STR_INIT(IN_MODEL("  a String @default(now())")),
         STR_INIT("3:21 E0601 'now()' does not make a value of type String")},
        {STR_INIT(IN_MODEL("  a Int @default(uuid())")),
         STR_INIT("3:18 E0601 'uuid()' does not make a value of type Int")},
        {STR_INIT(IN_MODEL("  a String @default(uuid(5))")),
         STR_INIT("3:21 E0601 'uuid' does not take these arguments")},
        {STR_INIT(IN_MODEL("  a String @default(uuid(\"4\"))")),
         STR_INIT("3:21 E0601 'uuid' does not take these arguments")},
        {STR_INIT(IN_MODEL("  a String @default(uuid(4, 7))")),
         STR_INIT("3:21 E0601 'uuid' does not take these arguments")},
        {STR_INIT(IN_MODEL("  a DateTime @default(now(3))")),
         STR_INIT("3:23 E0601 'now' does not take these arguments")},
        {STR_INIT(IN_MODEL("  a Int @default(autoincrement())")),
         STR_INIT("3:3 E0605 'a' cannot use autoincrement(), it is not the id "
                  "by itself")},
        {STR_INIT(IN_MODEL("  a String @default(autoincrement())")),
         STR_INIT("3:21 E0601 'autoincrement()' does not make a value of type "
                  "String")},
        {STR_INIT("enum E {\n"
                  "  X\n"
                  "}\n"
                  "model A {\n"
                  "  id Int @id\n"
                  "  e E @default(now())\n"
                  "}\n"),
         STR_INIT("6:16 E0601 'now()' does not make a value of type E")},
        {STR_INIT("model A {\n"
                  "  a Int @default(autoincrement())\n"
                  "  b Int\n"
                  "  @@id([a, b])\n"
                  "}\n"),
         STR_INIT("2:3 E0605 'a' cannot use autoincrement(), it is not the id "
                  "by itself")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void names_functions_of_other_databases(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a String @default(auto())")),
         STR_INIT("3:21 E1001 'auto()' is a function of MongoDB")},
        {STR_INIT(IN_MODEL("  a Int @default(sequence())")),
         STR_INIT("3:18 E1001 'sequence()' is a function of CockroachDB")},
        {STR_INIT(IN_MODEL("  a String @default(auth().id)")),
         STR_INIT("3:21 E1001 expressions as defaults are not supported yet")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void checks_lists_item_by_item(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int[] @default([1, 2])")), STR_INIT("")},
        {STR_INIT(IN_MODEL("  a Int[] @default([])")), STR_INIT("")},
        {STR_INIT(IN_MODEL("  a Int[] @default(1)")),
         STR_INIT("3:20 E0601 the default of a list is a list")},
        {STR_INIT(IN_MODEL("  a Int @default([1])")),
         STR_INIT("3:18 E0601 the default is not a value of type Int")},
        {STR_INIT(IN_MODEL("  a Int[] @default([1, \"x\", 99999999999])")),
         STR_INIT("3:24 E0601 the default is not a value of type Int\n"
                  "3:29 E0603 the default 99999999999 does not fit in Int")},
        {STR_INIT(IN_MODEL("  a String[] @default(uuid())")),
         STR_INIT("3:23 E0601 'uuid()' does not make a value of type "
                  "String[]")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void checks_the_arguments_of_functions(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a String @default(uuid(5))")),
         STR_INIT("3:21 E0601 'uuid' does not take these arguments")},
        {STR_INIT(IN_MODEL("  a String @default(nanoid(1))")),
         STR_INIT("3:21 E0601 'nanoid' takes a length from 2 to 255")},
        {STR_INIT(IN_MODEL("  a String @default(nanoid(256))")),
         STR_INIT("3:21 E0601 'nanoid' takes a length from 2 to 255")},
        {STR_INIT(IN_MODEL("  a String @default(dbgenerated(\" \"))")),
         STR_INIT("3:21 E0601 the SQL of the default is empty")},
        {STR_INIT(IN_MODEL("  a String @default(dbgenerated(5))")),
         STR_INIT("3:21 E0601 'dbgenerated' takes one string, the SQL of the "
                  "default")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    expect_str(diagnose_help(*state, STR(IN_MODEL("  a String "
                                                  "@default(uuid(5))"))),
               STR("there is uuid(), uuid(4), uuid(7)"));
}

static const schema *load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("test.prisma"), text, ENGINE_SQLITE,
                               &diags, &s));
    return s;
}

static void keeps_literals_as_a_client_would_send_them(void **state) {
    static const struct {
        str line;
        str text;
    } CASES[] = {
        {STR_INIT("  a String @default(\"it's\")"), STR_INIT("it's")},
        {STR_INIT("  a String @default(\"a\\n\\u00e9\")"),
         STR_INIT("a\n\u00E9")},
        {STR_INIT("  a String @default('b')"), STR_INIT("b")},
        {STR_INIT("  a String @default(\"\")"), STR_INIT("")},
        {STR_INIT("  a String @default(value: \"b\")"), STR_INIT("b")},
        {STR_INIT("  a Int @default(-2147483648)"), STR_INIT("-2147483648")},
        {STR_INIT("  a Int @default(2147483647)"), STR_INIT("2147483647")},
        {STR_INIT("  a Int @default(007)"), STR_INIT("7")},
        {STR_INIT("  a Int @default(-00)"), STR_INIT("0")},
        {STR_INIT("  a BigInt @default(9223372036854775807)"),
         STR_INIT("9223372036854775807")},
        {STR_INIT("  a Float @default(1.50)"), STR_INIT("1.50")},
        {STR_INIT("  a Float @default(-00.5)"), STR_INIT("-0.5")},
        {STR_INIT("  a Decimal @default(123456789012.345)"),
         STR_INIT("123456789012.345")},
        {STR_INIT("  a Decimal @default(\"-1.5\")"), STR_INIT("-1.5")},
        {STR_INIT("  a Boolean @default(true)"), STR_INIT("true")},
        {STR_INIT("  a Boolean? @default(false)"), STR_INIT("false")},
        {STR_INIT("  a Json @default(\"{\\\"b\\\": [1]}\")"),
         STR_INIT("{\"b\": [1]}")},
        {STR_INIT("  a Bytes @default(\"aGk=\")"), STR_INIT("aGk=")},
        {STR_INIT("  a DateTime @default(\"2024-01-31T12:00:00.5+02:00\")"),
         STR_INIT("2024-01-31T12:00:00.5+02:00")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        arena *a = *state;
        str text = arena_printf(a, "model A {\n  id Int @id\n%.*s\n}\n",
                                STR_ARG(CASES[i].line));
        const field *f = &load(a, text)->models[0].fields[1];
        assert_int_equal(f->default_value.kind, DEFAULT_LITERAL);
        expect_str(f->default_value.text, CASES[i].text);
    }
}

static void knows_the_functions(void **state) {
    static const struct {
        str line;
        default_kind kind;
    } CASES[] = {
        {STR_INIT("  a DateTime @default(now())"), DEFAULT_NOW},
        {STR_INIT("  a String @default(uuid())"), DEFAULT_UUID4},
        {STR_INIT("  a String @default(uuid(4))"), DEFAULT_UUID4},
        {STR_INIT("  a String @default(uuid(7))"), DEFAULT_UUID7},
        {STR_INIT("  a String @default(cuid())"), DEFAULT_CUID},
        {STR_INIT("  a String @default(cuid(1))"), DEFAULT_CUID},
        {STR_INIT("  a String"), DEFAULT_NONE},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        arena *a = *state;
        str text = arena_printf(a, "model A {\n  id Int @id\n%.*s\n}\n",
                                STR_ARG(CASES[i].line));
        const field *f = &load(a, text)->models[0].fields[1];
        assert_int_equal(f->default_value.kind, CASES[i].kind);
    }
}

static void counts_in_an_id_of_either_size(void **state) {
    const schema *s =
        load(*state, STR("model A { id Int @id @default(autoincrement()) }\n"
                         "model B { id BigInt @default(autoincrement())\n"
                         "  @@id([id]) }\n"));
    for (size_t i = 0; i < s->model_count; i++)
        assert_int_equal(s->models[i].fields[0].default_value.kind,
                         DEFAULT_AUTOINCREMENT);
}

static void helps_with_examples(void **state) {
    expect_str(
        diagnose_help(*state, STR(IN_MODEL("  a Boolean @default(\"true\")"))),
        STR("such a default is written true or false"));
    expect_str(
        diagnose_help(*state, STR(IN_MODEL("  a String @default(uid())"))),
        STR("did you mean 'uuid'?"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_values_of_another_type),
        TEST(reports_values_out_of_range),
        TEST(reports_digits_that_would_be_lost),
        TEST(reports_text_that_is_no_value),
        TEST(reports_enum_values_that_do_not_exist),
        TEST(reports_functions_that_do_not_fit),
        TEST(names_functions_of_other_databases),
        TEST(checks_lists_item_by_item),
        TEST(checks_the_arguments_of_functions),
        TEST(keeps_literals_as_a_client_would_send_them),
        TEST(knows_the_functions),
        TEST(counts_in_an_id_of_either_size),
        TEST(helps_with_examples),
    };
    return cmocka_run_group_tests_name("schema/resolve_defaults", tests, NULL,
                                       NULL);
}
