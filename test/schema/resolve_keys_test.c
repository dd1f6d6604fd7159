#include "schema/load.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_models_without_a_key(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n"
                  "  a Int\n"
                  "}\n"),
         STR_INIT(
             "1:7 E0707 the model 'A' has no field that identifies a row")},
        {STR_INIT("model A {\n"
                  "  a Int? @unique\n"
                  "}\n"),
         STR_INIT(
             "1:7 E0707 the model 'A' has no field that identifies a row")},
        {STR_INIT("model A {\n"
                  "  a Int\n"
                  "  b Int?\n"
                  "  @@unique([a, b])\n"
                  "}\n"),
         STR_INIT(
             "1:7 E0707 the model 'A' has no field that identifies a row")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_a_second_id(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n"
                  "  a Int @id\n"
                  "  b Int @id\n"
                  "}\n"),
         STR_INIT("3:9 E0706 the model 'A' has two ids")},
        {STR_INIT("model A {\n"
                  "  a Int @id\n"
                  "  b Int\n"
                  "  @@id([a, b])\n"
                  "}\n"),
         STR_INIT("4:3 E0706 the model 'A' has two ids")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_ids_that_can_be_missing(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n"
                  "  a Int? @id\n"
                  "}\n"),
         STR_INIT("2:5 E0705 the id field 'a' cannot be optional")},
        {STR_INIT("model A {\n"
                  "  a Int\n"
                  "  b Int?\n"
                  "  @@id([a, b])\n"
                  "}\n"),
         STR_INIT("3:5 E0705 the id field 'b' cannot be optional")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_lists_of_fields_that_make_no_key(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  @@index([nme])")),
         STR_INIT("3:12 E0701 the model 'A' has no field 'nme'")},
        {STR_INIT(IN_MODEL("  @@index(nme)")),
         STR_INIT("3:11 E0701 the model 'A' has no field 'nme'")},
        {STR_INIT(IN_MODEL("  @@index([])")),
         STR_INIT("3:11 E0704 the list of fields is empty")},
        {STR_INIT(IN_MODEL("  @@index([id, id])")),
         STR_INIT("3:16 E0703 the field 'id' is listed twice")},
        {STR_INIT(IN_MODEL("  @@index(\"id\")")),
         STR_INIT("3:11 E0508 expected the name of a field")},
        {STR_INIT(IN_MODEL("  @@index([5])")),
         STR_INIT("3:12 E0508 expected the name of a field")},
        {STR_INIT(IN_MODEL("  @@index([id.x])")),
         STR_INIT("3:12 E0701 the model 'A' has no field 'id.x'")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  bId Int\n"
                  "  b B @relation(fields: [bId], references: [id])\n"
                  "  @@index([b])\n"
                  "}\n"
                  "model B {\n"
                  "  id Int @id\n"
                  "  as A[]\n"
                  "}\n"),
         STR_INIT(
             "5:11 E0702 'b' is a relation and has no column for '@@index'")},
        {STR_INIT(IN_MODEL("  @@unique([id, nope])")),
         STR_INIT("3:17 E0701 the model 'A' has no field 'nope'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_names_of_keys_that_do_not_fit(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  @@index([id], map: \"\")")),
         STR_INIT("3:22 E0508 'map' takes a string that is not empty")},
        {STR_INIT(IN_MODEL("  @@index([id], map: x)")),
         STR_INIT("3:22 E0508 'map' takes a string that is not empty")},
        {STR_INIT(IN_MODEL("  @@index([id], map: \"x\", name: \"y\")")),
         STR_INIT(
             "3:33 E0505 'name' and 'map' of '@@index' are the same argument")},
        {STR_INIT(IN_MODEL("  a Int @unique(map: 5)")),
         STR_INIT("3:22 E0508 'map' takes a string that is not empty")},
        {STR_INIT(IN_MODEL("  @@unique([id], name: \"a b\")")),
         STR_INIT("3:24 E0709 the key's name 'a b' has characters other than "
                  "letters, digits and '_'")},
        {STR_INIT(IN_MODEL("  a Int\n"
                           "  @@unique([id, a], name: \"a\")")),
         STR_INIT("4:27 E0709 the key's name 'a' is also the name of a field")},
        {STR_INIT(IN_MODEL("  id_a Int\n"
                           "  a Int\n"
                           "  @@unique([id, a])")),
         STR_INIT(
             "5:3 E0709 the key's name 'id_a' is also the name of a field")},
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

static void reads_keys_in_all_their_forms(void **state) {
    const schema *s =
        load(*state, STR("model A {\n"
                         "  a Int\n"
                         "  b Int? @unique(map: \"one\")\n"
                         "  c Int @unique\n"
                         "  @@id([a, c], name: \"both\", map: \"pk\")\n"
                         "  @@unique(fields: [c, b], name: \"x\")\n"
                         "  @@index(a)\n"
                         "  @@index([b, a], map: \"two\")\n"
                         "  @@index([c], name: \"three\")\n"
                         "}\n"));
    const model *m = &s->models[0];
    expect_str(m->primary_key->name, STR("pk"));
    assert_int_equal(m->primary_key->field_count, 2);
    expect_str(m->primary_key->fields[1]->name, STR("c"));
    assert_int_equal(m->unique_count, 3);
    expect_str(m->uniques[0].name, STR("one"));
    expect_str(m->uniques[1].name, STR("A_c_key"));
    expect_str(m->uniques[2].name, STR("A_c_b_key"));
    assert_int_equal(m->index_count, 3);
    expect_str(m->indexes[0].name, STR("A_a_idx"));
    expect_str(m->indexes[1].name, STR("two"));
    expect_str(m->indexes[2].name, STR("three"));
}

static void marks_fields_that_are_a_key_by_themselves(void **state) {
    const schema *s = load(*state, STR("model A {\n"
                                       "  a Int @id\n"
                                       "  b Int @unique\n"
                                       "  c Int\n"
                                       "  d Int\n"
                                       "  @@unique([c])\n"
                                       "  @@unique([c, d])\n"
                                       "}\n"
                                       "model B {\n"
                                       "  a Int\n"
                                       "  b Int\n"
                                       "  @@id([a, b])\n"
                                       "}\n"));
    const field *f = s->models[0].fields;
    assert_true(f[0].is_id);
    assert_false(f[0].is_unique);
    assert_true(f[1].is_unique);
    assert_false(f[1].is_id);
    assert_true(f[2].is_unique);
    assert_false(f[3].is_unique);
    assert_false(s->models[1].fields[0].is_id);
}

static void helps_with_misspelt_fields(void **state) {
    str text = STR(IN_MODEL("  name Int\n  @@index([nmae])"));
    expect_str(diagnose_help(*state, text), STR("did you mean 'name'?"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_models_without_a_key),
        TEST(reports_a_second_id),
        TEST(reports_ids_that_can_be_missing),
        TEST(reports_lists_of_fields_that_make_no_key),
        TEST(reports_names_of_keys_that_do_not_fit),
        TEST(reads_keys_in_all_their_forms),
        TEST(marks_fields_that_are_a_key_by_themselves),
        TEST(helps_with_misspelt_fields),
    };
    return cmocka_run_group_tests_name("schema/resolve_keys", tests, NULL,
                                       NULL);
}
