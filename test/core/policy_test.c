#include "core/policy.h"

#include "test/support/tasks.h"
#include "test/support/test.h"

static void allows_what_is_allowed_and_not_denied(void **state) {
    arena *a = *state;
    const schema *s = tasks_schema(a);
    app closed = {.schema = s};
    app open = {.schema = s, .is_dev_open = true};
    static const struct {
        const char *table;
        bool allows[OPERATION_COUNT]; /* create, read, update, delete */
    } CASES[] = {
        {"task", {true, true, true, true}},
        {"note", {true, true, true, false}},
        {"inbox", {true, false, true, true}},
        {"secret", {false, false, false, false}},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const model *m = schema_find_table(s, str_of(CASES[i].table));
        for (int op = 0; op < OPERATION_COUNT; op++) {
            caller asks = {.app = &closed, .arena = a};
            assert_int_equal(policy_allows(&asks, m, (operation)op),
                             CASES[i].allows[op]);
            asks.app = &open;
            assert_true(policy_allows(&asks, m, (operation)op));
        }
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
        TEST(says_how_to_open_what_is_closed),
    };
    return cmocka_run_group_tests_name("core/policy", tests, NULL, NULL);
}
