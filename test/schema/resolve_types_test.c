#include "schema/load.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_types_that_do_not_exist(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Strng")),
         STR_INIT("3:5 E0401 unknown type 'Strng'")},
        {STR_INIT(IN_MODEL("  a string")),
         STR_INIT("3:5 E0401 unknown type 'string'")},
        {STR_INIT(IN_MODEL("  a Foo")),
         STR_INIT("3:5 E0401 unknown type 'Foo'")},
        {STR_INIT(IN_MODEL("  a Foo @default(5) @unique")),
         STR_INIT("3:5 E0401 unknown type 'Foo'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "}\n"
                  "model B {\n"
                  "  id Int @id\n"
                  "  u Usr\n"
                  "}\n"),
         STR_INIT("6:5 E0401 unknown type 'Usr'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void knows_lists(void **state) {
    const schema *s = diagnose_load(
        *state, ENGINE_SQLITE,
        STR("model A {\n  id Int @id\n  a Int[]\n  b Bytes[]\n  c E[]\n}\n"
            "enum E {\n  X\n}\n"));
    const model *m = &s->models[0];
    for (size_t i = 1; i < m->field_count; i++)
        assert_true(m->fields[i].is_list);
    assert_int_equal(m->fields[3].kind, FIELD_ENUM);
}

static void knows_types_that_only_the_database_knows(void **state) {
    static const str TEXT = STR_INIT(IN_MODEL("  a Unsupported(\"circle\")?"));
    const schema *s = diagnose_load(*state, ENGINE_POSTGRESQL, TEXT);
    const field *f = &s->models[0].fields[1];
    assert_int_equal(f->kind, FIELD_UNSUPPORTED);
    expect_str(f->unsupported, STR("circle"));
    assert_false(field_is_visible(f));
    expect_str(diagnose_on(*state, ENGINE_SQLITE, TEXT),
               STR("3:5 E0406 SQLite has no type 'circle'"));
    expect_str(diagnose_on(*state, ENGINE_POSTGRESQL,
                           STR(IN_MODEL("  a Unsupported(\"VarChar(3)\")"))),
               STR("3:5 E0407 'VarChar(3)' is no unsupported type"));
}

static void takes_sqlites_own_types_in_a_schema_of_sqlite(void **state) {
    const schema *s = diagnose_load(
        *state, ENGINE_SQLITE,
        STR("datasource db {\n  provider = \"sqlite\"\n}\n" IN_MODEL(
            "  a Unsupported(\"GEOMETRY\")?\n  b Unsupported(\"Text\")?")));
    assert_int_equal(s->models[0].fields[1].kind, FIELD_UNSUPPORTED);
    assert_int_equal(s->models[0].fields[2].kind, FIELD_UNSUPPORTED);
    expect_str(
        diagnose(*state,
                 STR("datasource db {\n  provider = \"sqlite\"\n}\n" IN_MODEL(
                     "  a Unsupported(\"GEOMETRY\")[]"))),
        STR("6:5 E0406 SQLite has no type 'GEOMETRY[]'"));
}

static void says_that_composite_types_have_no_column(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("type T {\n  x Int\n}\n"
                  "model A {\n  id Int @id\n  t T?\n}\n"),
         STR_INIT("6:5 E0408 the type 'T' cannot be the type of a field: it "
                  "has no table")},
        {STR_INIT("abstract model T {\n  x Int\n}\n"
                  "model A {\n  id Int @id\n  t T[]\n}\n"),
         STR_INIT("6:5 E0408 the abstract model 'T' cannot be the type of a "
                  "field: it has no table")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static const schema *load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("test.prisma"), text, ENGINE_SQLITE,
                               &diags, &s));
    return s;
}

static void knows_the_nine_types(void **state) {
    const schema *s =
        load(*state,
             STR("model A {\n  a String @id\n  b Boolean\n  c Int\n  d BigInt\n"
                 "  e Float\n  f Decimal\n  g DateTime\n  h Json\n  i Bytes?"
                 "\n}\n"));
    const model *m = &s->models[0];
    for (size_t i = 0; i < SCALAR_TYPE_COUNT; i++) {
        assert_int_equal(m->fields[i].kind, FIELD_SCALAR);
        assert_int_equal(m->fields[i].scalar, i);
    }
    assert_true(m->fields[8].is_optional);
    assert_false(m->fields[7].is_optional);
}

static void knows_enums_and_their_database_names(void **state) {
    const schema *s = load(
        *state, STR("model A {\n  id Int @id\n  e E?\n}\nenum E {\n  A\n  B "
                    "@map(\"b-b\") /// second\n  @@map(\"es\")\n}\n"));
    const enumeration *e = &s->enums[0];
    assert_ptr_equal(s->models[0].fields[1].enumeration, e);
    assert_int_equal(s->models[0].fields[1].kind, FIELD_ENUM);
    expect_str(e->database_name, STR("es"));
    assert_int_equal(e->value_count, 2);
    expect_str(e->values[0].database_name, STR("A"));
    expect_str(e->values[1].database_name, STR("b-b"));
    expect_str(e->values[1].doc, STR("second"));
}

static void helps_with_misspelt_types(void **state) {
    expect_str(diagnose_help(*state, STR(IN_MODEL("  a Datetime"))),
               STR("did you mean 'DateTime'?"));
    expect_str(diagnose_help(*state, STR(IN_MODEL("  a Frobnicator"))),
               STR(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_types_that_do_not_exist),
        TEST(knows_lists),
        TEST(knows_types_that_only_the_database_knows),
        TEST(takes_sqlites_own_types_in_a_schema_of_sqlite),
        TEST(says_that_composite_types_have_no_column),
        TEST(knows_the_nine_types),
        TEST(knows_enums_and_their_database_names),
        TEST(helps_with_misspelt_types),
    };
    return cmocka_run_group_tests_name("schema/resolve_types", tests, NULL,
                                       NULL);
}
