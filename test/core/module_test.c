#include "core/module.h"

#include "core/mutation_engine.h"
#include "test/support/fake_engine.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

/* A module as it would be written elsewhere: it knows only module.h. */
static value *cell_of(const hook_batch *batch, size_t row, str column) {
    size_t at = 0;
    while (!str_equal(batch->model->columns[at]->column, column))
        at++;
    return &batch->rows[row].after[at];
}

static err *give_points(const caller *c, hook_batch *batch) {
    (void)c;
    for (size_t i = 0; i < batch->row_count; i++)
        *cell_of(batch, i, STR("points")) =
            (value){.kind = VALUE_INT, .integer = 3};
    return NULL;
}

static err *refuse_all(const caller *c, hook_batch *batch) {
    (void)batch;
    return err_new(c->arena, ERR_HOOK_REFUSED, "the module is closed");
}

static const module_hook HOOKS[] = {
    {"Task", HOOK_CREATE, HOOK_BEFORE, give_points},
    {MODULE_EVERY_MODEL, HOOK_READ, HOOK_BEFORE, refuse_all},
};
static const module TESTED = {MODULE_VERSION, "tested", HOOKS, LENGTH(HOOKS)};

static const hook_source *open_source(arena *a, fake_engine *e) {
    static const module *const MODULES[] = {&TESTED};
    const hook_source *found = NULL;
    expect_ok(module_hooks(a, e->app.schema, MODULES, 1, &found));
    assert_non_null(found);
    return found;
}

static void its_hooks_join_the_life_of_a_mutation(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    const hook_source *sources[] = {open_source(a, e)};
    e->app.hooks = sources;
    e->app.hook_source_count = 1;
    const field *fields[] = {fake_engine_field(e, "task", "title")};
    value title = {.kind = VALUE_TEXT, .text = STR("x")};
    mutation m = {.kind = MUTATION_INSERT,
                  .model = fields[0]->model,
                  .fields = fields,
                  .field_count = 1,
                  .values = &title,
                  .row_count = 1,
                  .max_rows = MUTATION_ANY_COUNT};
    mutation_result result;
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    assert_true(str_contains(fake_engine_print_rows(a, e), STR("points=3")));
}

static void a_hook_is_for_its_model_action_and_time(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    const hook_source *s = open_source(a, e);
    const model *task = schema_find_model(e->app.schema, STR("Task"));
    const model *other = schema_find_table(e->app.schema, STR("note"));
    assert_true(s->has(s, task, HOOK_CREATE, HOOK_BEFORE));
    assert_false(s->has(s, task, HOOK_CREATE, HOOK_AFTER));
    assert_false(s->has(s, task, HOOK_UPDATE, HOOK_BEFORE));
    assert_false(s->has(s, other, HOOK_CREATE, HOOK_BEFORE));
    assert_true(s->has(s, other, HOOK_READ, HOOK_BEFORE));
    assert_true(s->sees_redacted);
}

static void modules_of_another_version_are_refused(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    const module newer = {MODULE_VERSION + 1, "newer", HOOKS, LENGTH(HOOKS)};
    const module *const modules[] = {&newer};
    const hook_source *found;
    expect_err(module_hooks(a, e->app.schema, modules, 1, &found),
               ERR_UNSUPPORTED,
               STR("module newer is made for version 2 of module.h, and this "
                   "is a server of version 1"));
}

static void a_hook_of_no_model_is_a_mistake(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    static const module_hook LOST[] = {
        {"Nobody", HOOK_CREATE, HOOK_BEFORE, give_points}};
    const module lost = {MODULE_VERSION, "lost", LOST, 1};
    const module *const modules[] = {&lost};
    const hook_source *found;
    expect_err(module_hooks(a, e->app.schema, modules, 1, &found),
               ERR_NOT_FOUND,
               STR("module lost has a hook for model Nobody, which the schema "
                   "does not have"));
}

static void without_hooks_there_is_no_source(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    const module empty = {MODULE_VERSION, "empty", NULL, 0};
    const module *const modules[] = {&empty};
    const hook_source *found;
    expect_ok(module_hooks(a, e->app.schema, modules, 1, &found));
    assert_null(found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(its_hooks_join_the_life_of_a_mutation),
        TEST(a_hook_is_for_its_model_action_and_time),
        TEST(modules_of_another_version_are_refused),
        TEST(a_hook_of_no_model_is_a_mistake),
        TEST(without_hooks_there_is_no_source),
    };
    return cmocka_run_group_tests_name("core/module", tests, NULL, NULL);
}
