#include "schema/native_type.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void keeps_the_type_and_its_parameters(void **state) {
    const schema *s =
        diagnose_load(*state, ENGINE_POSTGRESQL,
                      STR("datasource pg {\n  provider = \"postgresql\"\n}\n"
                          "model A {\n"
                          "  id Int @id\n"
                          "  a String @pg.VarChar(20)\n"
                          "  b Decimal @pg.Decimal(10, 2)\n"
                          "  c String[] @pg.Uuid\n"
                          "  d DateTime @pg.Timestamptz\n"
                          "}\n"));
    const field *f = s->models[0].fields;
    expect_str(f[1].native.spec->name, STR("VarChar"));
    assert_int_equal(f[1].native.parameter_count, 1);
    assert_int_equal(f[1].native.parameters[0], 20);
    assert_int_equal(f[2].native.parameters[1], 2);
    expect_str(f[3].native.spec->name, STR("Uuid"));
    assert_int_equal(f[4].native.parameter_count, 0);
    assert_null(f[0].native.spec);
}

static void reports_what_does_not_fit(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @db.Uuid")),
         STR_INIT("3:9 E0403 '@db.Uuid' is a column for String, but 'a' is "
                  "Int")},
        {STR_INIT(IN_MODEL("  a String @db.VarChat(3)")),
         STR_INIT("3:12 E0402 PostgreSQL has no native type '@db.VarChat'")},
        {STR_INIT(IN_MODEL("  a String @dbx.Text")),
         STR_INIT("3:12 E0404 '@dbx.Text' does not start with the datasource's "
                  "name")},
        {STR_INIT(IN_MODEL("  a String @db.Text @db.Uuid")),
         STR_INIT("3:21 E0503 the field 'a' has two native types")},
        {STR_INIT(IN_MODEL("  a String @db.Text(3)")),
         STR_INIT("3:21 E0403 '@db.Text' takes no parameters")},
        {STR_INIT(IN_MODEL("  a Decimal @db.Decimal(3, 2, 1)")),
         STR_INIT("3:31 E0403 '@db.Decimal' takes two parameters")},
        {STR_INIT(IN_MODEL("  a String @db.VarChar(0)")),
         STR_INIT("3:24 E0403 0 is not from 1 to 10485760")},
        {STR_INIT(IN_MODEL("  a String @db.VarChar(1.5)")),
         STR_INIT("3:24 E0403 a native type takes whole numbers")},
        {STR_INIT(IN_MODEL("  a DateTime @db.Time(7)")),
         STR_INIT("3:23 E0403 7 is not from 0 to 6")},
        {STR_INIT(IN_MODEL("  a Decimal @db.Decimal(1000, 1000)")),
         STR_INIT("")},
        {STR_INIT(IN_MODEL("  a Decimal @db.Decimal(1001)")),
         STR_INIT("3:25 E0403 1001 is not from 1 to 1000")},
        {STR_INIT(IN_MODEL("  a Decimal @db.Decimal(10, 11)")),
         STR_INIT("3:29 E0403 11 is not from 0 to 10")},
        {STR_INIT(IN_MODEL("  a String @unique @db.Xml")),
         STR_INIT("3:12 E0702 'a' is Xml, which cannot be compared or "
                  "indexed")},
    };
    diagnose_expect_on(*state, ENGINE_POSTGRESQL, CASES, LENGTH(CASES));
}

/* The same file is right or wrong whatever the engine. */
static void is_ignored_on_sqlite_with_one_warning(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a String @db.Text\n  b String @db.Text")),
         STR_INIT("3:12 W0405 native types are ignored on SQLite (2 places, "
                  "the first is here)")},
        {STR_INIT(IN_MODEL("  a Int @db.Text")),
         STR_INIT("3:9 E0403 '@db.Text' is a column for String, but 'a' is "
                  "Int")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    const schema *s = diagnose_load(*state, ENGINE_SQLITE,
                                    STR(IN_MODEL("  a String @db.Text")));
    assert_null(s->models[0].fields[1].native.spec);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keeps_the_type_and_its_parameters),
        TEST(reports_what_does_not_fit),
        TEST(is_ignored_on_sqlite_with_one_warning),
    };
    return cmocka_run_group_tests_name("schema/resolve_native", tests, NULL,
                                       NULL);
}
