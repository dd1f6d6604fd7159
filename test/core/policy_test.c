#include "core/policy.h"

#include "schema/load.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

static void allows_what_is_allowed_and_not_denied(void **state) {
    arena *a = *state;
    const schema *s = tasks_schema(a);
    app closed = {.schema = s};
    app open = {.schema = s, .is_dev_open = true};
    static const struct {
        const char *table;
        bool allows[OPERATION_DELETE + 1]; /* create, read, update, delete */
    } CASES[] = {
        {"task", {true, true, true, true}},
        {"note", {true, true, true, false}},
        {"inbox", {true, false, true, true}},
        {"secret", {false, false, false, false}},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const model *m = schema_find_table(s, str_of(CASES[i].table));
        for (int op = 0; op <= OPERATION_DELETE; op++) {
            caller asks = {.app = &closed, .arena = a};
            assert_int_equal(policy_allows(&asks, m, (operation)op),
                             CASES[i].allows[op]);
            asks.app = &open;
            assert_true(policy_allows(&asks, m, (operation)op));
        }
    }
}

static const schema *load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("t"), text, ENGINE_SQLITE, &diags, &s));
    return s;
}

/* Until conditions are evaluated, whatever depends on one is closed. */
static void closes_what_a_condition_guards(void **state) {
    arena *a = *state;
    static const struct {
        const char *rules;
        const char *allowed; /* c, r, u, d */
    } CASES[] = {
        {"@@allow('all', id == 5)", ""},
        {"@@allow('read', id == 5) @@allow('create', true)", "c"},
        {"@@allow('all', true) @@deny('read', id == 5)", "cud"},
        {"@@allow('all', true) @@deny('all', id == 5 || true)", ""},
        {"@@allow('read', true || id == 5)", ""},
        {"@@allow('read', id == 5) @@allow('read', true)", "r"},
        {"@@allow('all', true) @@allow('post-update', id == 5)", "crd"},
        {"@@allow('all', true) @@deny('post-update', id == 5)", "crd"},
        {"@@allow('all', true) @@deny('post-update', false)", "crud"},
        {"@@allow('all', true) @@deny('read', false)", "crud"},
        {"@@allow('post-update', true)", ""},
        {"@@allow('all', true)", "crud"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str rules = str_of(CASES[i].rules);
        str text = arena_printf(a, "model A {\n  id Int @id\n  %.*s\n}\n",
                                STR_ARG(rules));
        app closed = {.schema = load(a, text)};
        caller asks = {.app = &closed, .arena = a};
        str allowed = {0};
        for (int op = 0; op <= OPERATION_DELETE; op++)
            if (policy_allows(&asks, &closed.schema->models[0], (operation)op))
                allowed =
                    arena_printf(a, "%.*s%c", STR_ARG(allowed), "crud"[op]);
        expect_str(allowed, str_of(CASES[i].allowed));
    }
}

static void says_which_columns_are_shown_and_set(void **state) {
    arena *a = *state;
    static const struct {
        const char *line;
        bool is_shown;
        bool is_set;
    } CASES[] = {
        {"f String?", true, true},
        {"f String? @omit", true, true},
        {"f String? @password", false, true},
        {"f String? @allow('read', id == 5)", false, true},
        {"f String? @deny('read', id == 5)", false, true},
        {"f String? @deny('update', true)", true, false},
        {"f String? @allow('all', id == 5)", false, false},
        {"f String? @allow('all', true)", true, true},
        {"f String? @deny('all', false)", true, true},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str line = str_of(CASES[i].line);
        str text = arena_printf(a, "model A {\n  id Int @id\n  %.*s\n}\n",
                                STR_ARG(line));
        app closed = {.schema = load(a, text)};
        app open = {.schema = closed.schema, .is_dev_open = true};
        const field *f = &closed.schema->models[0].fields[1];
        assert_int_equal(policy_shows(&closed, f), CASES[i].is_shown);
        assert_int_equal(policy_sets(&closed, f), CASES[i].is_set);
        assert_int_equal(policy_shows(&open, f), !f->is_password);
        assert_true(policy_sets(&open, f));
    }
}

static void says_how_to_open_what_is_closed(void **state) {
    arena *a = *state;
    app closed = {.schema = tasks_schema(a)};
    caller asks = {.app = &closed, .arena = a};
    const model *m = schema_find_table(closed.schema, STR("secret"));
    err *e = policy_require(&asks, m, OPERATION_CREATE);
    expect_err(e, ERR_DENIED, STR("permission denied for table secret"));
    expect_str(e->hint, STR("no policy of model Secret allows create: add "
                            "@@allow('create', true) to open it to everybody"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(allows_what_is_allowed_and_not_denied),
        TEST(closes_what_a_condition_guards),
        TEST(says_which_columns_are_shown_and_set),
        TEST(says_how_to_open_what_is_closed),
    };
    return cmocka_run_group_tests_name("core/policy", tests, NULL, NULL);
}
