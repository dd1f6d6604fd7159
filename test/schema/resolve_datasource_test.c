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

static void names_databases_that_are_not_served(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("datasource db {\n"
                  "  provider = \"mysql\"\n"
                  "}\n"),
         STR_INIT("2:14 E1101 the provider 'mysql' is not one that Tenon "
                  "serves")},
        {STR_INIT("datasource db {\n"
                  "  provider = \"mongodb\"\n"
                  "}\n"
                  "model A {\n"
                  "  id String @id @default(auto()) @db.ObjectId\n"
                  "  t  String @db.LongText\n"
                  "  @@index([t(length: 5)])\n"
                  "  @@fulltext([t])\n"
                  "}\n"),
         STR_INIT("2:14 E1101 the provider 'mongodb' is not one that Tenon "
                  "serves")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_values_of_the_wrong_form(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("datasource db {\n  url = 5\n}\n"),
         STR_INIT("2:9 E0508 an address is a string or env(\"NAME\"), the "
                  "name of an environment variable")},
        {STR_INIT("datasource db {\n  relationMode = \"none\"\n}\n"),
         STR_INIT("2:18 E0508 the relation mode is \"foreignKeys\" or "
                  "\"prisma\"")},
        {STR_INIT("datasource db {\n  schemas = \"a\"\n}\n"),
         STR_INIT("2:13 E0508 the schemas are a list of strings, such as "
                  "[\"public\"]")},
        {STR_INIT("datasource db {\n  schemas = [\"a\", \"a\"]\n}\n"),
         STR_INIT("2:19 E0508 this schema is listed twice")},
        {STR_INIT("datasource db {\n  extensions = [citext(owner: \"x\")]\n}"
                  "\n"),
         STR_INIT("2:31 E0508 an extension takes map, schema and version, each "
                  "a string")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void keeps_what_it_says(void **state) {
    const schema *s = diagnose_load(
        *state, ENGINE_POSTGRESQL,
        STR("datasource pg {\n"
            "  provider = \"postgres\"\n"
            "  url = env(\"MAIN_URL\")\n"
            "  directUrl = \"postgres://x\"\n"
            "  relationMode = \"prisma\"\n"
            "  schemas = [\"public\", \"auth\"]\n"
            "  extensions = [citext, uuidOssp(map: \"uuid-ossp\", schema: "
            "\"auth\", version: \"1.1\")]\n"
            "}\n"
            "model A {\n"
            "  id Int @id\n"
            "  e E\n"
            "  @@schema(\"auth\")\n"
            "}\n"
            "enum E {\n"
            "  X\n"
            "  @@schema(\"public\")\n"
            "}\n"));
    const datasource *d = &s->datasource;
    expect_str(d->name, STR("pg"));
    expect_str(d->provider, STR("postgres"));
    expect_str(d->url, STR(""));
    expect_str(d->url_variable, STR("MAIN_URL"));
    assert_true(d->has_no_foreign_keys);
    assert_int_equal(d->schema_count, 2);
    assert_int_equal(d->extension_count, 2);
    expect_str(d->extensions[0].name, STR("citext"));
    expect_str(d->extensions[1].name, STR("uuid-ossp"));
    expect_str(d->extensions[1].schema, STR("auth"));
    expect_str(d->extensions[1].version, STR("1.1"));
    expect_str(s->models[0].database_schema, STR("auth"));
    expect_str(s->enums[0].database_schema, STR("public"));
    assert_int_equal(s->engine, ENGINE_POSTGRESQL);
}

static void wants_a_schema_for_each_table_once_there_are_some(void **state) {
    static const str TEXT = STR_INIT("datasource db {\n"
                                     "  provider = \"postgresql\"\n"
                                     "  schemas = [\"auth\"]\n"
                                     "}\n"
                                     "model A {\n"
                                     "  id Int @id\n"
                                     "}\n"
                                     "model B {\n"
                                     "  id Int @id\n"
                                     "  @@schema(\"aut\")\n"
                                     "}\n"
                                     "model C {\n"
                                     "  id Int @id\n"
                                     "  @@schema(\"auth\")\n"
                                     "}\n");
    expect_str(diagnose_on(*state, ENGINE_POSTGRESQL, TEXT),
               STR("5:7 E0511 the model 'A' does not say in which schema it "
                   "is\n"
                   "10:12 E0511 the datasource lists no schema 'aut'"));
    expect_str(diagnose_on(*state, ENGINE_SQLITE, TEXT),
               STR("10:12 E0511 the datasource lists no schema 'aut'\n"
                   "14:3 W0512 SQLite has no schemas, all tables stand in one "
                   "(one place, here)"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_settings_that_do_not_exist),
        TEST(reports_settings_that_make_no_sense),
        TEST(names_databases_that_are_not_served),
        TEST(reports_values_of_the_wrong_form),
        TEST(keeps_what_it_says),
        TEST(wants_a_schema_for_each_table_once_there_are_some),
    };
    return cmocka_run_group_tests_name("schema/resolve_datasource", tests, NULL,
                                       NULL);
}
