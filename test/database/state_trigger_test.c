/* What the triggers of @@states do about what no schema says. How machines move
 * is in behaviour/constraints_test.js. */
#include "database/state_trigger.h"

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "enum S {\n  X\n  Y\n}\n"
                             "model T {\n  id Int @id\n  s S @default(X)\n"
                             "  @@states(s, X -> Y)\n}\n";

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin(SCHEMA, &w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

/* As others may have left it: without the trigger and the CHECK. */
static void plant(database_world *w, const char *row) {
    str name = database_world_ask(
        w, "SELECT name FROM sqlite_master WHERE name LIKE 'tenon_begins%'");
    str sql = database_world_ask(
        w, "SELECT sql FROM sqlite_master WHERE name LIKE 'tenon_begins%'");
    database_world_sql(w, arena_printf(w->a,
                                       "PRAGMA ignore_check_constraints = ON;"
                                       "DROP TRIGGER \"%.*s\"; %s; %.*s",
                                       STR_ARG(name), row, STR_ARG(sql))
                              .ptr);
}

typedef struct writing {
    database_world *w;
    mutation m;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    mutation_result result;
    return world_write(r->w, &r->m, NULL, &result);
}

static void a_state_that_is_none_leads_nowhere(void **state) {
    database_world *w = *state;
    const value y = value_text("Y");
    plant(w, "INSERT INTO T VALUES (1, 'GONE')");
    writing r = {.w = w, .m = world_update(w, "T", "s", &y, NULL)};
    expect_err(database_world_run(w, run_writing, &r), ERR_CHECK_VIOLATION,
               STR("the new row of \"T\" is not valid: s must begin as X"));
    expect_str(database_world_ask(w, "SELECT s FROM T"), STR("GONE"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_state_that_is_none_leads_nowhere,
                                        setup, teardown),
    };
    return cmocka_run_group_tests_name("database/state_trigger", tests, NULL,
                                       NULL);
}
