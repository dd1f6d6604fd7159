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

static void names_conditions_that_are_not_supported_yet(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  @@allow('read', auth() != null)")),
         STR_INIT("3:19 E1001 conditions other than true and false are not "
                  "supported yet")},
        {STR_INIT(IN_MODEL("  @@allow('read', id == 5)")),
         STR_INIT("3:19 E1001 conditions other than true and false are not "
                  "supported yet")},
        {STR_INIT(
             IN_MODEL("  @@allow('read', auth().can('x', y) && (a || b.c))")),
         STR_INIT("3:19 E1001 conditions other than true and false are not "
                  "supported yet")},
        {STR_INIT(IN_MODEL("  @@allow('read',\n"
                           "    posts?[user == auth()])")),
         STR_INIT("4:5 E1001 conditions other than true and false are not "
                  "supported yet")},
        {STR_INIT(IN_MODEL("  @@allow('read', id)")),
         STR_INIT("3:19 E1001 conditions other than true and false are not "
                  "supported yet")},
        {STR_INIT(IN_MODEL("  @@allow('post-update', true)")),
         STR_INIT(
             "3:11 E1001 the operation 'post-update' is not supported yet")},
        {STR_INIT(IN_MODEL("  @@allow('read', 5)")),
         STR_INIT("3:19 E1001 conditions other than true and false are not "
                  "supported yet")},
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
        {STR_INIT("create"), {true, false, false, false}},
        {STR_INIT("read"), {false, true, false, false}},
        {STR_INIT("update"), {false, false, true, false}},
        {STR_INIT("delete"), {false, false, false, true}},
        {STR_INIT("all"), {true, true, true, true}},
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
    assert_false(rule->condition);
    assert_true(rule->operations[OPERATION_READ]);
}

static size_t count_warnings(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("t"), text, ENGINE_SQLITE, &diags, &s));
    return diags.warning_count;
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
        TEST(names_conditions_that_are_not_supported_yet),
        TEST(adds_up_the_operations_of_a_rule),
        TEST(takes_arguments_by_name),
        TEST(warns_of_closed_models),
    };
    return cmocka_run_group_tests_name("schema/resolve_policies", tests, NULL,
                                       NULL);
}
