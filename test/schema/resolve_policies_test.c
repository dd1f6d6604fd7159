#include "schema/load.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_rules_it_cannot_read(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  @@allow('reed', true)")),
         STR_INIT("3:11 E0901 unknown operation 'reed'")},
        {STR_INIT(IN_MODEL("  @@allow('read,,update', true)")),
         STR_INIT("3:11 E0901 unknown operation ''")},
        {STR_INIT(IN_MODEL("  @@allow('', true)")),
         STR_INIT("3:11 E0901 unknown operation ''")},
        {STR_INIT(IN_MODEL("  @@allow('read,', true)")),
         STR_INIT("3:11 E0901 unknown operation ''")},
        {STR_INIT(IN_MODEL("  @@allow(read, true)")),
         STR_INIT(
             "3:11 E0902 the operations are a string, such as 'create,read'")},
        {STR_INIT(IN_MODEL("  @@allow(5, true)")),
         STR_INIT(
             "3:11 E0902 the operations are a string, such as 'create,read'")},
        {STR_INIT(IN_MODEL("  @@deny('write', true)")),
         STR_INIT("3:10 E0901 unknown operation 'write'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void limits_what_is_said_about_fields(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int? @allow('create', true)")),
         STR_INIT("3:17 E0901 unknown operation 'create' for a field")},
        {STR_INIT(IN_MODEL("  a Int? @deny('post-update', true)")),
         STR_INIT("3:16 E0901 unknown operation 'post-update' for a field")},
        {STR_INIT("model A {\n  id Int @id\n  b B[] @allow('read', true)\n}\n"
                  "model B {\n  id Int @id\n  a A @relation(fields: [aId], "
                  "references: [id])\n  aId Int\n}\n"),
         STR_INIT("3:9 E0502 '@allow' does not stand on a relation field")},
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

static void adds_up_the_operations_of_a_rule(void **state) {
    static const struct {
        str words;
        bool operations[OPERATION_COUNT];
    } CASES[] = {
        {STR_INIT("create"), {true, false, false, false, false}},
        {STR_INIT("read"), {false, true, false, false}},
        {STR_INIT("update"), {false, false, true, false}},
        {STR_INIT("delete"), {false, false, false, true}},
        {STR_INIT("all"), {true, true, true, true, false}},
        {STR_INIT("post-update"), {false, false, false, false, true}},
        {STR_INIT("create,read"), {true, true, false, false}},
        {STR_INIT(" update , delete "), {false, false, true, true}},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        arena *a = *state;
        str text = arena_printf(
            a, "model A {\n id Int @id\n @@allow('%.*s', true)\n}\n",
            STR_ARG(CASES[i].words));
        const policy_rule *rule = &load(a, text)->models[0].rules[0];
        assert_memory_equal(rule->operations, CASES[i].operations,
                            sizeof rule->operations);
    }
}

static void takes_arguments_by_name(void **state) {
    const schema *s =
        load(*state,
             STR(IN_MODEL("  @@deny(condition: false, operation: \"read\")")));
    const policy_rule *rule = &s->models[0].rules[0];
    assert_true(rule->is_deny);
    assert_true(condition_is(rule->condition, false));
    assert_true(rule->operations[OPERATION_READ]);
}

static size_t count_warnings(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("t"), text, ENGINE_SQLITE, &diags, &s));
    return diags.warning_count;
}

static void keeps_the_rules_of_fields(void **state) {
    const schema *s = load(*state, STR(IN_MODEL("  a Int? @allow('all', true) "
                                                "@deny('update', false)")));
    const field *a = &s->models[0].fields[1];
    assert_int_equal(a->rule_count, 2);
    assert_true(a->rules[0].operations[OPERATION_READ]);
    assert_true(a->rules[0].operations[OPERATION_UPDATE]);
    assert_false(a->rules[0].operations[OPERATION_CREATE]);
    assert_true(a->rules[1].is_deny);
    assert_int_equal(s->models[0].rule_count, 0);
}

static void warns_of_conditions_that_are_not_evaluated_yet(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  @@allow('read', id == 5)\n"
                           "  @@allow('update', id == 6)")),
         STR_INIT("3:3 W0904 conditions are checked, and evaluated in a later "
                  "release: what they guard in 'A' is treated as closed")},
        {STR_INIT(IN_MODEL("  b Int? @deny('read', id == 5)\n"
                           "  @@allow('update', true)")),
         STR_INIT("3:10 W0904 conditions are checked, and evaluated in a later "
                  "release: what they guard in 'A' is treated as closed")},
        {STR_INIT(IN_MODEL("  @@allow('read', true)")), STR_INIT("")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void warns_of_closed_models(void **state) {
    arena *a = *state;
    assert_int_equal(count_warnings(a, STR(IN_MODEL(""))), 1);
    assert_int_equal(count_warnings(a, STR(IN_MODEL("  @@deny('all', true)"))),
                     1);
    assert_int_equal(
        count_warnings(a, STR(IN_MODEL("  @@allow('read', true)"))), 0);
    expect_str(diagnose_help(a, STR(IN_MODEL(""))),
               STR("open it with a rule such as @@allow('read', true)"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_rules_it_cannot_read),
        TEST(limits_what_is_said_about_fields),
        TEST(keeps_the_rules_of_fields),
        TEST(warns_of_conditions_that_are_not_evaluated_yet),
        TEST(adds_up_the_operations_of_a_rule),
        TEST(takes_arguments_by_name),
        TEST(warns_of_closed_models),
    };
    return cmocka_run_group_tests_name("schema/resolve_policies", tests, NULL,
                                       NULL);
}
