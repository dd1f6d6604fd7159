#include "core/policy.h"

#include "database/system_schema.h"
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
        caller asks = {.app = &closed, .arena = a};
        assert_int_equal(policy_shows(&asks, f), CASES[i].is_shown);
        assert_int_equal(policy_sets(&asks, f), CASES[i].is_set);
        asks.app = &open;
        assert_int_equal(policy_shows(&asks, f), !f->is_password);
        assert_true(policy_sets(&asks, f));
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

/* Both have a model without rules and one that is open to all. */
static void tells_the_operator_and_the_system_apart(void **state) {
    arena *a = *state;
    str text = STR("model Open { id Int @id @@allow('all', true) }"
                   "\nmodel Closed { id Int @id }");
    static const struct {
        const char *who;
        principal_kind kind;
        const char *open_here, *closed_here; /* c, r, u, d of the models */
        const char *open_ours, *closed_ours; /* of Tenon's own tables */
    } CASES[] = {
        {"anybody", PRINCIPAL_ANONYMOUS, "crud", "", "", ""},
        {"the operator", PRINCIPAL_OPERATOR, "", "", "r", ""},
        {"the system", PRINCIPAL_SYSTEM, "crud", "crud", "crud", "crud"},
    };
    app it = {.schema = load(a, text)};
    model ours[] = {it.schema->models[0], it.schema->models[1]};
    ours[0].is_system = true;
    ours[1].is_system = true;
    change_origin origin = {.reason = STR_INIT("test")};
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        caller asks = {.app = &it,
                       .arena = a,
                       .principal = {CASES[i].kind},
                       .origin = &origin};
        const struct {
            const model *model;
            const char *allowed;
        } PLACES[] = {
            {&it.schema->models[0], CASES[i].open_here},
            {&it.schema->models[1], CASES[i].closed_here},
            {&ours[0], CASES[i].open_ours},
            {&ours[1], CASES[i].closed_ours},
        };
        for (size_t k = 0; k < LENGTH(PLACES); k++) {
            str allowed = {0};
            for (int op = 0; op <= OPERATION_DELETE; op++) {
                const model *m = PLACES[k].model;
                bool is_allowed = policy_allows(&asks, m, (operation)op);
                assert_int_equal(
                    policy_reach_of(&asks, m, (operation)op).is_empty,
                    !is_allowed);
                if (is_allowed)
                    allowed =
                        arena_printf(a, "%.*s%c", STR_ARG(allowed), "crud"[op]);
            }
            expect_str(allowed, str_of(PLACES[k].allowed));
        }
    }
}

/* Who adds a table of ours says here whether the operator may read it. */
static void the_operator_reads_what_is_listed_and_no_secrets(void **state) {
    arena *a = *state;
    static const str TABLES[] = {STR_INIT("audit_log"), STR_INIT("event"),
                                 STR_INIT("audit_seal"), STR_INIT("job"),
                                 STR_INIT("schedule")};
    for (engine_kind e = ENGINE_SQLITE; e <= ENGINE_POSTGRESQL; e++) {
        app it = {.schema = tasks_schema(a)};
        expect_ok(system_schema_load(a, it.schema, e, &it.system));
        caller reader = {
            .app = &it, .arena = a, .principal = {PRINCIPAL_OPERATOR}};
        size_t readable = 0;
        for (size_t i = 0; i < it.system->model_count; i++) {
            const model *m = &it.system->models[i];
            for (int op = 0; op < OPERATION_COUNT; op++) {
                bool is_allowed = policy_allows(&reader, m, (operation)op);
                assert_true(!is_allowed || op == OPERATION_READ);
                readable += is_allowed;
            }
        }
        assert_int_equal(readable, LENGTH(TABLES));
        for (size_t i = 0; i < LENGTH(TABLES); i++)
            assert_true(policy_allows(&reader,
                                      system_schema_find(it.system, TABLES[i]),
                                      OPERATION_READ));
        const model *job = system_schema_model(it.system, SYSTEM_JOB);
        assert_false(policy_shows(
            &reader, model_find_column(it.system, job, STR("payload"))));
    }
}

static void dev_open_does_not_open_what_is_ours(void **state) {
    arena *a = *state;
    app it = {.schema = load(a, STR("model Open { id Int @id"
                                    "\n  hidden String @deny('read', true)"
                                    "\n  @@allow('all', true) }")),
              .is_dev_open = true};
    const model *theirs = &it.schema->models[0];
    model ours = *theirs;
    field hidden = theirs->fields[1];
    caller anybody = {.app = &it, .arena = a};
    caller reader = {.app = &it, .arena = a, .principal = {PRINCIPAL_OPERATOR}};
    ours.is_system = true;
    hidden.model = &ours;
    assert_false(policy_allows(&anybody, &ours, OPERATION_READ));
    assert_false(policy_allows(&reader, theirs, OPERATION_READ));
    assert_false(policy_allows(&reader, &ours, OPERATION_UPDATE));
    assert_false(policy_shows(&reader, &hidden));
    assert_true(policy_shows(&anybody, &theirs->fields[1]));
}

static void shows_the_system_all_but_passwords(void **state) {
    arena *a = *state;
    app it = {.schema = load(a, STR("model A {\n id Int @id @deny('all', true)"
                                    "\n  f String @password\n}"))};
    change_origin origin = {.reason = STR_INIT("test")};
    caller asks = {.app = &it,
                   .arena = a,
                   .principal = {PRINCIPAL_SYSTEM},
                   .origin = &origin};
    const model *m = &it.schema->models[0];
    assert_true(policy_shows(&asks, &m->fields[0]));
    assert_true(policy_sets(&asks, &m->fields[0]));
    assert_false(policy_shows(&asks, &m->fields[1]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(allows_what_is_allowed_and_not_denied),
        TEST(closes_what_a_condition_guards),
        TEST(says_which_columns_are_shown_and_set),
        TEST(says_how_to_open_what_is_closed),
        TEST(tells_the_operator_and_the_system_apart),
        TEST(the_operator_reads_what_is_listed_and_no_secrets),
        TEST(dev_open_does_not_open_what_is_ours),
        TEST(shows_the_system_all_but_passwords),
    };
    return cmocka_run_group_tests_name("core/policy", tests, NULL, NULL);
}
