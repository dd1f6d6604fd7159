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
         STR_INIT("3:9 E0509 '@updatedAt' stands on a field of type DateTime, "
                  "and on no list")},
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

static void reports_what_cannot_be_ignored(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n  a Int @ignore\n  @@ignore\n}\n"),
         STR_INIT("2:9 E0510 the whole model 'A' is ignored, '@ignore' adds "
                  "nothing")},
        {STR_INIT(IN_MODEL("  a Unsupported(\"circle\")? @ignore")),
         STR_INIT(
             "3:28 E0510 '@ignore' does not stand on an Unsupported field, "
             "which no client sees anyway")},
        {STR_INIT(IN_MODEL("  bs B[]") "model B {\n  id Int @id\n  a A "
                                       "@relation(fields: [aId], references: "
                                       "[id])\n  aId Int\n  @@ignore\n}\n"),
         STR_INIT("3:3 E0510 'bs' refers to the model 'B', which is ignored")},
        {STR_INIT(IN_MODEL("  bs B[] @ignore") "model B {\n  id Int\n  a A "
                                               "@relation(fields: [aId], "
                                               "references: [id])\n  aId Int\n "
                                               " @@ignore\n}\n"),
         STR_INIT("")},
    };
    diagnose_expect_on(*state, ENGINE_POSTGRESQL, CASES, LENGTH(CASES));
}

static void marks_what_is_ignored(void **state) {
    const schema *s =
        diagnose_load(*state, ENGINE_SQLITE,
                      STR(IN_MODEL("  a Int? @ignore") "model B {\n  x Int\n  "
                                                       "@@ignore\n}\n"));
    assert_true(s->models[0].fields[1].is_ignored);
    assert_false(field_is_visible(&s->models[0].fields[1]));
    assert_true(field_is_visible(&s->models[0].fields[0]));
    assert_null(model_find_column(s, &s->models[0], STR("a")));
    assert_true(s->models[1].is_ignored);
    assert_null(model_identity(&s->models[1]));
}

static void reads_views(void **state) {
    static const str TEXT =
        STR_INIT("model A {\n  id Int @id\n  vs V[]\n}\n"
                 "view V {\n  id Int @unique\n  aId Int\n"
                 "  a A @relation(fields: [aId], references: [id])\n}\n"
                 "view W {\n  n Int\n  @@map(\"w\")\n}\n");
    expect_str(diagnose(*state, TEXT), STR(""));
    const schema *s = diagnose_load(*state, ENGINE_SQLITE, TEXT);
    const model *v = schema_find_model(s, STR("V"));
    const model *w = schema_find_model(s, STR("W"));
    assert_true(v->is_view && w->is_view);
    expect_str(w->table, STR("w"));
    assert_null(model_identity(w));
    assert_int_equal(v->relation_count, 1);
    assert_false(relation_has_foreign_key(v->relations[0]));
}

static void warns_of_keys_on_views(void **state) {
    static const str TEXT = STR_INIT("view V {\n  id Int @id\n  n Int\n"
                                     "  @@index([n])\n}\n");
    expect_str(diagnose(*state, TEXT),
               STR("2:10 W0714 a view has no keys and no indexes in the "
                   "database, '@id' only says what tells its rows apart\n"
                   "4:3 W0714 a view has no keys and no indexes in the "
                   "database, '@@index' is ignored"));
    const schema *s = diagnose_load(*state, ENGINE_SQLITE, TEXT);
    assert_non_null(model_identity(&s->models[0]));
    assert_int_equal(s->models[0].index_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_maps_that_are_no_names),
        TEST(reports_attributes_on_fields_of_other_types),
        TEST(reports_what_cannot_be_ignored),
        TEST(marks_what_is_ignored),
        TEST(reads_views),
        TEST(warns_of_keys_on_views),
    };
    return cmocka_run_group_tests_name("schema/resolve_attributes", tests, NULL,
                                       NULL);
}
