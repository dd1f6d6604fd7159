#include "test/support/diagnose.h"
#include "test/support/test.h"

static void puts_their_members_first(void **state) {
    const schema *s = diagnose_load(
        *state, ENGINE_SQLITE,
        STR("model A with Base, Named {\n  title String\n  @@index([title])\n"
            "}\n"
            "type Base {\n  id Int @id\n  made DateTime @default(now())\n"
            "  @@index([made])\n}\n"
            "type Named with Trace {\n  name String\n}\n"
            "type Trace {\n  trace String?\n}\n"
            "abstract model Old {\n  id Int @id\n}\n"
            "model B extends Old {\n  x Int\n}\n"));
    assert_int_equal(s->model_count, 2);
    static const str NAMES[] = {STR_INIT("id"), STR_INIT("made"),
                                STR_INIT("trace"), STR_INIT("name"),
                                STR_INIT("title")};
    const model *a = schema_find_model(s, STR("A"));
    assert_int_equal(a->field_count, LENGTH(NAMES));
    for (size_t i = 0; i < LENGTH(NAMES); i++)
        expect_str(a->fields[i].name, NAMES[i]);
    assert_int_equal(a->index_count, 2);
    expect_str(a->indexes[0].name, STR("A_made_idx"));
    assert_ptr_equal(a->primary_key->fields[0], &a->fields[0]);
    expect_str(schema_find_model(s, STR("B"))->fields[0].name, STR("id"));
    assert_null(schema_find_model(s, STR("Base")));
}

static void reports_parents_that_are_none(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A with Bse {\n  id Int @id\n}\n"
                  "type Base {\n  x Int\n}\n"),
         STR_INIT("1:14 E0401 unknown type 'Bse'")},
        {STR_INIT("model A with B {\n  id Int @id\n}\n"
                  "model B {\n  id Int @id\n}\n"),
         STR_INIT("1:14 E0311 'B' cannot be mixed in, it is a model of its "
                  "own")},
        {STR_INIT("model A with B {\n  id Int @id\n}\n"
                  "enum B {\n  X\n}\n"),
         STR_INIT("1:14 E0311 'B' cannot be mixed in, it is an enum")},
        {STR_INIT("model A with B {\n  id Int @id\n}\n"
                  "type B with C {\n  b Int\n}\n"
                  "type C with B {\n  c Int\n}\n"),
         STR_INIT("7:13 E0311 'B' mixes itself in")},
        {STR_INIT("model A with B {\n  id Int @id\n  x Int\n}\n"
                  "type B {\n  x Int\n}\n"),
         STR_INIT("3:3 E0303 the field 'x' is declared twice")},
        {STR_INIT("model A with B, C {\n  id Int @id\n}\n"
                  "type B {\n  x Int\n}\ntype C {\n  x Int\n}\n"),
         STR_INIT("8:3 E0303 the field 'x' is declared twice")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    expect_str(diagnose_places(*state, CASES[4].text),
               STR("6:3 first declared here"));
}

static void reports_a_mistake_in_a_mixin_once(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("type B {\n  x Nix\n  y Int @default(\"a\")\n}\n"
                  "model A with B {\n  id Int @id\n}\n"
                  "model C with B {\n  id Int @id\n}\n"),
         STR_INIT("2:5 E0401 unknown type 'Nix'\n"
                  "3:18 E0601 the default is not a value of type Int")},
        {STR_INIT("type B {\n  x Nix\n  y B?\n}\n"),
         STR_INIT("2:5 E0401 unknown type 'Nix'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void comes_once_where_two_parents_share_it(void **state) {
    const schema *s = diagnose_load(
        *state, ENGINE_SQLITE,
        STR("type Id {\n  id Int @id\n}\ntype X with Id {\n  x Int\n}\n"
            "type Y with Id {\n  y Int\n}\nmodel A with X, Y {\n}\n"));
    assert_int_equal(s->models[0].field_count, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(puts_their_members_first),
        TEST(reports_parents_that_are_none),
        TEST(reports_a_mistake_in_a_mixin_once),
        TEST(comes_once_where_two_parents_share_it),
    };
    return cmocka_run_group_tests_name("schema/resolve_mixins", tests, NULL,
                                       NULL);
}
