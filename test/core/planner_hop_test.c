#include "core/planner_hop.h"

#include "core/mutation_engine.h"
#include "core/planner.h"
#include "core/policy.h"
#include "test/support/fake_engine.h"
#include "test/support/shop.h"
#include "test/support/test.h"

/* Of each model the rows count whose first column is 7 or more; of the model closed
 * none do. */
typedef struct test_policy {
    policy_source source; /* first */
    const model *closed;  /* or NULL */
} test_policy;

static policy_reach reach(const policy_source *self, const caller *c,
                          const model *m, operation op) {
    const test_policy *p = (const test_policy *)self;
    filter *mine = arena_new_array(c->arena, filter, 1);
    (void)op;
    *mine = (filter){.kind = FILTER_COMPARE,
                     .field = m->columns[0],
                     .op = COMPARE_GTE,
                     .value = {.kind = VALUE_INT, .integer = 7}};
    return m == p->closed ? (policy_reach){.is_empty = true}
                          : (policy_reach){.where = mine};
}

typedef struct world {
    const schema *schema;
    fake_engine *engine;
    test_policy policy;
} world;

static world world_new(arena *a) {
    world w = {.schema = shop_schema(a)};
    w.engine = fake_engine_over(a, w.schema);
    w.policy.source.reach = reach;
    return w;
}

/* What the database is asked for. */
static str plan(arena *a, world *w, const char *table, const char *text) {
    query q;
    database_rows *rows = NULL;
    w->engine->app.policies = &w->policy.source;
    expect_ok(shop_query(a, w->schema, str_of(table), str_of(text), &q));
    expect_ok(planner_read(&w->engine->caller, &q, &rows));
    return shop_print_query(a, &w->engine->query);
}

static void every_hop_asks_for_the_rights_to_its_rows(void **state) {
    arena *a = *state;
    world w = world_new(a);
    static const struct {
        const char *table;
        const char *text;
        str plan;
    } CASES[] = {
        {"orders", "select=id", STR_INIT("orders: id where id >= 7 order id")},
        {"orders", "select=id&total=gt.5",
         STR_INIT("orders: id where (id >= 7 AND total > 5) order id")},
        {"orders", "select=customers(name)",
         STR_INIT("orders | customers{parent customers: name where id >= 7} "
                  "where id >= 7 order id")},
        {"customers", "select=orders(id)&orders.total=gt.5",
         STR_INIT("customers | orders[child orders: id where (id >= 7 AND "
                  "total > 5) order id] where id >= 7 order id")},
        {"customers", "select=profiles(bio)",
         STR_INIT("customers | profiles{child profiles: bio where id >= 7} "
                  "where id >= 7 order id")},
        {"products", "select=tags(word)",
         STR_INIT("products | tags[join A tags: word where id >= 7 order id] "
                  "where id >= 7 order id")},
        {"orders", "select=products(title)",
         STR_INIT("orders | products[junction (lines where order_id >= 7) "
                  "products: title where id >= 7 order id] where id >= 7 order "
                  "id")},
        {"customers", "select=orders(products(title))",
         STR_INIT(
             "customers | orders[child orders | products[junction (lines "
             "where order_id >= 7) products: title where id >= 7 order id] "
             "where id >= 7 order id] where id >= 7 order id")},
        {"orders", "select=...customers(name)",
         STR_INIT("orders | ...customers{parent customers: name where id >= 7} "
                  "where id >= 7 order id")},
        {"customers", "select=id,orders()&orders=not.is.null",
         STR_INIT("customers: id where (id >= 7 AND exists orders where id >= "
                  "7) order id")},
        {"customers", "select=id,orders!inner()",
         STR_INIT("customers: id where (id >= 7 AND exists orders where id >= "
                  "7) order id")},
        {"orders", "select=id,products()&products=is.null",
         STR_INIT("orders: id where (id >= 7 AND NOT exists by order_id >= 7 "
                  "products where id >= 7) order id")},
        {"customers",
         "select=id,orders(products())&not.or=(id.eq.1,and(id.eq.2,"
         "orders.is.null))&orders.products=is.null",
         STR_INIT("customers: id where (id >= 7 AND NOT (id = 1 OR (id = 2 AND "
                  "NOT exists orders where (id >= 7 AND NOT exists by order_id "
                  ">= 7 products where id >= 7)))) order id")},
        {"orders", "select=id,customers()&order=customers(name)",
         STR_INIT("orders: id where id >= 7 order customers{parent customers "
                  "where id >= 7}name, id")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(plan(a, &w, CASES[i].table, CASES[i].text), CASES[i].plan);
}

static void of_a_closed_model_there_are_no_rows(void **state) {
    arena *a = *state;
    world w = world_new(a);
    w.policy.closed = schema_find_table(w.schema, STR("orders"));
    expect_str(plan(a, &w, "customers", "select=name,orders(id)"),
               STR("customers: name | orders[child orders: id where () order "
                   "id] where id >= 7 order id"));
    expect_str(plan(a, &w, "customers", "select=name,orders!inner()"),
               STR("customers: name where (id >= 7 AND exists orders where ()) "
                   "order id"));
    w.policy.closed = schema_find_table(w.schema, STR("lines"));
    expect_str(plan(a, &w, "orders", "select=id,products(title)"),
               STR("orders: id | products[junction (lines where ()) products: "
                   "title where id >= 7 order id] where id >= 7 order id"));
    w.policy.closed = schema_find_table(w.schema, STR("customers"));
    expect_str(
        plan(a, &w, "orders", "select=id,customers()&order=customers(name)"),
        STR("orders: id where id >= 7 order customers{parent customers "
            "where ()}name, id"));
}

static void what_a_write_hands_back_and_finds_is_narrowed_too(void **state) {
    arena *a = *state;
    world w = world_new(a);
    query q;
    mutation_result result;
    w.engine->app.policies = &w.policy.source;
    expect_ok(shop_query(a, w.schema, STR("orders"),
                         STR("select=id,customers(name),products!inner(title)"),
                         &q));
    mutation m = {.kind = MUTATION_DELETE,
                  .model = q.model,
                  .where = q.where,
                  .returning = q.columns,
                  .returning_count = q.column_count,
                  .embeds = q.embeds,
                  .embed_count = q.embed_count,
                  .max_rows = MUTATION_ANY_COUNT};
    expect_ok(mutation_engine_run(&w.engine->caller, &m, &result));
    const mutation *got = &w.engine->mutation;
    query seen = {.model = got->model,
                  .columns = got->returning,
                  .column_count = got->returning_count,
                  .embeds = got->embeds,
                  .embed_count = got->embed_count,
                  .where = got->where,
                  .limit = QUERY_NO_LIMIT};
    expect_str(
        shop_print_query(a, &seen),
        STR("orders: id | customers{parent customers: name where id >= "
            "7}, products[junction (lines where order_id >= 7) products: "
            "title where id >= 7 order id] where (id >= 7 AND (id >= 7 AND "
            "exists by order_id >= 7 products where id >= 7))"));
}

static void caps_embedded_lists(void **state) {
    arena *a = *state;
    world w = world_new(a);
    w.engine->app.max_rows = 10;
    query q;
    database_rows *rows = NULL;
    expect_ok(shop_query(a, w.schema, STR("customers"),
                         STR("select=orders(id),profiles(id)&orders.limit=50"),
                         &q));
    expect_ok(planner_read(&w.engine->caller, &q, &rows));
    expect_str(shop_print_query(a, &w.engine->query),
               STR("customers | orders[child orders: id order id limit 10], "
                   "profiles{child profiles: id} order id limit 10"));
}

static void groups_are_ordered_by_what_they_are_grouped_by(void **state) {
    arena *a = *state;
    world w = world_new(a);
    query q;
    database_rows *rows = NULL;
    expect_ok(shop_query(a, w.schema, STR("orders"),
                         STR("select=customer_id,billing_id,total.sum()&order="
                             "billing_id.desc"),
                         &q));
    expect_ok(planner_read(&w.engine->caller, &q, &rows));
    expect_str(shop_print_query(a, &w.engine->query),
               STR("orders: customer_id, billing_id, sum=total.sum() order "
                   "billing_id desc, customer_id"));
    expect_ok(shop_query(a, w.schema, STR("orders"),
                         STR("select=customer_id,total.sum()&order=id"), &q));
    expect_err(planner_read(&w.engine->caller, &q, &rows), ERR_GROUPING,
               STR("column \"orders.id\" must appear in the GROUP BY clause or "
                   "be used in an aggregate function"));
}

/* A door that does not count is stopped here. */
static void refuses_to_lead_on_without_end(void **state) {
    arena *a = *state;
    world w = world_new(a);
    query q;
    database_rows *rows = NULL;
    expect_ok(shop_query(a, w.schema, STR("categories"),
                         STR("select=categories(id)"), &q));
    for (int i = 0; i < PLANNER_MAX_DEPTH; i++) {
        embed *outer = arena_new_array(a, embed, 1);
        *outer = q.embeds[0];
        outer->query.embeds = q.embeds;
        outer->query.embed_count = 1;
        q.embeds = outer;
    }
    err *e = planner_read(&w.engine->caller, &q, &rows);
    expect_err(e, ERR_TOO_COMPLEX,
               STR("the query leads through more than 256 related tables, or "
                   "10 in a row"));

    const filter *children[PLANNER_MAX_HOPS + 1];
    expect_ok(shop_query(a, w.schema, STR("customers"),
                         STR("select=id,orders!inner()"), &q));
    for (size_t i = 0; i < LENGTH(children); i++)
        children[i] = q.where;
    filter all = {.kind = FILTER_ALL,
                  .children = children,
                  .child_count = LENGTH(children)};
    q.where = &all;
    e = planner_read(&w.engine->caller, &q, &rows);
    expect_err(e, ERR_TOO_COMPLEX,
               STR("the query leads through more than 256 related tables, or "
                   "10 in a row"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_hop_asks_for_the_rights_to_its_rows),
        TEST(of_a_closed_model_there_are_no_rows),
        TEST(what_a_write_hands_back_and_finds_is_narrowed_too),
        TEST(caps_embedded_lists),
        TEST(groups_are_ordered_by_what_they_are_grouped_by),
        TEST(refuses_to_lead_on_without_end),
    };
    return cmocka_run_group_tests_name("core/planner_hop", tests, NULL, NULL);
}
