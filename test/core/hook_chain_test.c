#include "core/hook_chain.h"

#include "core/planner.h"
#include "test/support/fake_engine.h"
#include "test/support/shop.h"
#include "test/support/test.h"

/* A hook of reads: writes down who is read, and refuses one model. */
typedef struct listener {
    hook_source base;
    buf *log;
    const char *refused; /* table, or NULL */
} listener;

static bool has(const hook_source *self, const model *m, hook_action action,
                hook_time time) {
    (void)self;
    (void)m;
    return action == HOOK_READ && time == HOOK_BEFORE;
}

static err *run(const hook_source *self, const caller *c, hook_batch *batch) {
    const listener *l = (const listener *)self;
    str table = batch->model->table;
    buf_printf(l->log, "%s%.*s", l->log->len > 0 ? " " : "", STR_ARG(table));
    return l->refused != NULL && str_equal(table, str_of(l->refused))
               ? err_new(c->arena, ERR_HOOK_REFUSED, "not these")
               : NULL;
}

typedef struct world {
    const schema *schema;
    fake_engine *engine;
    buf log;
    listener listeners[2];
    const hook_source *sources[2];
} world;

static world *world_new(arena *a) {
    world *w = arena_new_array(a, world, 1);
    w->schema = shop_schema(a);
    w->engine = fake_engine_over(a, w->schema);
    w->engine->app.is_dev_open = true;
    w->log = buf_over(arena_take(a, 1024, 1), 1024);
    for (size_t i = 0; i < 2; i++) {
        w->listeners[i] =
            (listener){.base = {.has = has, .run = run}, .log = &w->log};
        w->sources[i] = &w->listeners[i].base;
    }
    w->engine->app.hooks = w->sources;
    w->engine->app.hook_source_count = 1;
    return w;
}

static err *ask(arena *a, world *w, const char *table, const char *text) {
    query q;
    database_rows *rows = NULL;
    buf_clear(&w->log, SIZE_MAX);
    expect_ok(shop_query(a, w->schema, str_of(table), str_of(text), &q));
    return planner_read(&w->engine->caller, &q, &rows);
}

static void a_read_asks_for_each_model_that_it_leads_to(void **state) {
    arena *a = *state;
    world *w = world_new(a);
    static const struct {
        const char *table;
        const char *text;
        str asked;
    } CASES[] = {
        {"orders", "select=id", STR_INIT("orders")},
        {"orders", "select=customers(name)", STR_INIT("orders customers")},
        {"customers", "select=orders(products(title))",
         STR_INIT("customers orders lines products")},
        {"orders", "select=id,customers()&customers=not.is.null",
         STR_INIT("orders customers")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_ok(ask(a, w, CASES[i].table, CASES[i].text));
        expect_str(buf_str(&w->log), CASES[i].asked);
    }
}

static void whoever_refuses_refuses_the_whole(void **state) {
    arena *a = *state;
    world *w = world_new(a);
    w->listeners[0].refused = "customers";
    expect_err(ask(a, w, "orders", "select=customers(name)"), ERR_HOOK_REFUSED,
               STR("not these"));
    assert_int_equal(w->engine->query_count, 0);
    expect_ok(ask(a, w, "orders", "select=id"));
}

static void the_first_source_that_refuses_is_the_last(void **state) {
    arena *a = *state;
    world *w = world_new(a);
    w->engine->app.hook_source_count = 2;
    expect_ok(ask(a, w, "orders", "select=id"));
    expect_str(buf_str(&w->log), STR("orders orders"));
    w->listeners[0].refused = "orders";
    expect_err(ask(a, w, "orders", "select=id"), ERR_HOOK_REFUSED,
               STR("not these"));
    expect_str(buf_str(&w->log), STR("orders"));
}

static void a_read_in_a_hook_is_a_step_deeper(void **state) {
    arena *a = *state;
    world *w = world_new(a);
    w->engine->caller.hook_depth = HOOK_MAX_DEPTH - 1;
    expect_ok(ask(a, w, "orders", "select=id"));
    w->engine->caller.hook_depth = HOOK_MAX_DEPTH;
    expect_err(ask(a, w, "orders", "select=id"), ERR_HOOK_DEPTH,
               STR("hooks of \"orders\" call each other more than 8 deep"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_read_asks_for_each_model_that_it_leads_to),
        TEST(whoever_refuses_refuses_the_whole),
        TEST(the_first_source_that_refuses_is_the_last),
        TEST(a_read_in_a_hook_is_a_step_deeper),
    };
    return cmocka_run_group_tests_name("core/hook_chain", tests, NULL, NULL);
}
