/* What a body with relations in it becomes for the database, and whose rights
 * are asked about on the way. */
#include "core/nested_write.h"

#include "api/rest/nested_payload.h"
#include "core/mutation_set.h"
#include "core/policy.h"
#include "test/support/fake_engine.h"
#include "test/support/shop.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

/* The rows that may be read begin at 1, those that may be updated at 2, deleted
 * at 3: by the first column of each model. */
typedef struct test_policy {
    policy_source source; /* first */
    const model *closed;  /* to all of it; or NULL */
} test_policy;

static policy_reach reach(const policy_source *self, const caller *c,
                          const model *m, operation op) {
    const test_policy *p = (const test_policy *)self;
    filter *mine = arena_new_array(c->arena, filter, 1);
    int64_t least = op == OPERATION_READ ? 1 : op == OPERATION_UPDATE ? 2 : 3;
    assert_null(m->join_of);
    *mine = (filter){.kind = FILTER_COMPARE,
                     .field = m->columns[0],
                     .op = COMPARE_GTE,
                     .value = {.kind = VALUE_INT, .integer = least}};
    return m == p->closed ? (policy_reach){.is_empty = true}
                          : (policy_reach){.where = mine};
}

typedef struct world {
    const schema *schema;
    fake_engine *engine;
    test_policy policy;
    rest_tables tables;
} world;

static world world_new(arena *a) {
    world w = {.schema = shop_schema(a)};
    w.engine = fake_engine_over(a, w.schema);
    w.tables = rest_tables_new(a, &w.engine->app);
    w.policy.source.reach = reach;
    return w;
}

static err *plan(arena *a, world *w, const char *table, bool is_update,
                 const char *body, nested_plan *out) {
    const model *m = schema_find_table(w->schema, str_of(table));
    const json *tree;
    const nested_row *rows;
    http_request http = {.method = is_update ? HTTP_PATCH : HTTP_POST};
    rest_request r = {.tables = &w->tables,
                      .table = rest_tables_get(&w->tables, m),
                      .http = &http};
    expect_ok(json_parse(a, str_of(body), &tree));
    assert_true(nested_payload_is(&r, tree, 1));
    TRY(nested_payload_read(a, &r, tree, 1, &rows));
    const field *id = m->columns[0];
    filter one = {.kind = FILTER_COMPARE,
                  .field = id,
                  .op = COMPARE_EQ,
                  .value = {.kind = VALUE_INT, .integer = 5}};
    filter *where = arena_new_array(a, filter, 1);
    *where = one;
    mutation root = {.kind = is_update ? MUTATION_UPDATE : MUTATION_INSERT,
                     .model = m,
                     .row_count = 1,
                     .where = is_update ? where : NULL,
                     .max_rows = MUTATION_ANY_COUNT};
    return nested_write_plan(&w->engine->caller, &root, rows, 1, out);
}

static str print_cells(arena *a, const mutation *m) {
    str text = {0};
    for (size_t i = 0; i < m->row_count * m->field_count; i++) {
        str cell = tasks_print_value(a, &m->values[i]);
        text = arena_printf(a, "%.*s%s%.*s=%.*s", STR_ARG(text),
                            i == 0               ? " "
                            : i % m->field_count ? ", "
                                                 : "; ",
                            STR_ARG(m->fields[i % m->field_count]->column),
                            STR_ARG(cell));
    }
    return text;
}

static str print_mutation(arena *a, const mutation *m) {
    static const char *const TURNS[] = {[MUTATION_ALWAYS] = "",
                                        [MUTATION_IF_NONE] = "if none of ",
                                        [MUTATION_IF_SOME] = "if some of "};
    const char *verb = m->kind == MUTATION_INSERT   ? "insert"
                       : m->kind == MUTATION_DELETE ? "delete"
                       : m->field_count == 0        ? "look"
                                                    : "update";
    query seen = {.model = m->model, .where = m->where, .limit = -1};
    str where = shop_print_query(a, &seen);
    str cells = m->field_count > 0 ? print_cells(a, m) : (str){0};
    str turn = m->turn == MUTATION_ALWAYS
                   ? (str){0}
                   : arena_printf(a, "%s%zu: ", TURNS[m->turn], m->turn_of);
    return arena_printf(a, "%.*s%s%s %.*s%.*s%s", STR_ARG(turn), verb,
                        m->must_be_one ? " one" : "", STR_ARG(where),
                        STR_ARG(cells),
                        m->on_conflict == CONFLICT_IGNORE ? " or nothing" : "");
}

/* What the engine gives to the database. */
static err *prepare(arena *a, world *w, const nested_plan *p, str *out) {
    mutation_set set = {.caller = &w->engine->caller,
                        .wanted = nested_plan_mutations(p, 0),
                        .count = p->step_count};
    size_t failed_at;
    *out = (str){0};
    err *e = mutation_set_prepare(&set, &failed_at);
    if (e != NULL)
        return nested_plan_explain(p, failed_at, e);
    for (size_t i = 0; i < set.ready_count; i++)
        *out = arena_printf(a, "%.*s%s%.*s", STR_ARG(*out), i > 0 ? "\n" : "",
                            STR_ARG(print_mutation(a, set.ready[i].m)));
    return NULL;
}

static void expect_plan(arena *a, const char *table, bool is_update,
                        const char *body, const char *want) {
    world w = world_new(a);
    nested_plan p;
    str got;
    w.engine->app.policies = &w.policy.source;
    expect_ok(plan(a, &w, table, is_update, body, &p));
    expect_ok(prepare(a, &w, &p, &got));
    expect_str(got, str_of(want));
}

static void every_place_asks_for_its_own_rights(void **state) {
    arena *a = *state;
    static const struct {
        const char *table;
        bool is_update;
        const char *body;
        const char *plan;
    } CASES[] = {
        {"orders", false,
         "{\"id\": 5, \"customers\": {\"connect\": {\"id\": 7}}}",
         "look one customers where (id >= 1 AND (id >= 1 AND id = 7))\n"
         "insert orders id=5, customer_id=7"},
        {"orders", true, "{\"customers\": {\"connect\": {\"id\": 7}}}",
         "look one customers where (id >= 1 AND (id >= 1 AND id = 7))\n"
         "update one orders where (id >= 2 AND (id >= 1 AND id = 5)) "
         "customer_id=7"},
        {"customers", true, "{\"orders\": {\"connect\": {\"id\": 7}}}",
         "look one customers where (id >= 2 AND (id >= 1 AND id = 5))\n"
         "update one orders where (id >= 2 AND (id >= 1 AND id = 7)) "
         "customer_id=<0:0.0>"},
        {"customers", true,
         "{\"orders\": {\"update\": {\"where\": {\"id\": 7}, \"data\": "
         "{\"total\": 1}}}}",
         "look one customers where (id >= 2 AND (id >= 1 AND id = 5))\n"
         "update one orders where (id >= 2 AND (id >= 1 AND (id = 7 AND "
         "customer_id = <0:0.0>))) total=1"},
        {"customers", true, "{\"orders\": {\"delete\": {\"id\": 7}}}",
         "look one customers where (id >= 2 AND (id >= 1 AND id = 5))\n"
         "delete one orders where (id >= 3 AND (id >= 1 AND (id = 7 AND "
         "customer_id = <0:0.0>)))"},
        {"customers", true, "{\"orders\": {\"disconnect\": {\"id\": 7}}}",
         "look one customers where (id >= 2 AND (id >= 1 AND id = 5))\n"
         "update one orders where (id >= 2 AND (id >= 1 AND (id = 7 AND "
         "customer_id = <0:0.0>))) customer_id=null"},
        {"products", true, "{\"tags\": {\"connect\": {\"id\": 7}}}",
         "look one products where (id >= 2 AND (id >= 1 AND id = 5))\n"
         "look one tags where (id >= 2 AND (id >= 1 AND id = 7))\n"
         "insert _ProductToTag A=<0:0.0>, B=7 or nothing"},
        {"products", true, "{\"tags\": {\"disconnect\": {\"id\": 7}}}",
         "look one products where (id >= 2 AND (id >= 1 AND id = 5))\n"
         "look one tags where (id >= 2 AND (id >= 1 AND id = 7))\n"
         "delete one _ProductToTag where (exists tags where (id >= 2 AND id "
         ">= 1) AND (exists products where (id >= 2 AND id >= 1) AND (A = "
         "<0:0.0> AND B = 7)))"},
        {"products", true,
         "{\"tags\": {\"update\": {\"where\": {\"id\": 7}, \"data\": "
         "{\"word\": \"x\"}}}}",
         "look one products where (id >= 2 AND (id >= 1 AND id = 5))\n"
         "update one tags where (id >= 2 AND (id >= 1 AND (id = 7 AND exists "
         "products where (id >= 1 AND id = <0:0.0>)))) word=x"},
        {"orders", true,
         "{\"customers\": {\"connectOrCreate\": {\"where\": {\"id\": 7}, "
         "\"create\": {\"name\": \"x\"}}}}",
         "insert customers id=7, name=x or nothing\n"
         "look one customers where (id >= 1 AND (id >= 1 AND id = 7))\n"
         "update one orders where (id >= 2 AND (id >= 1 AND id = 5)) "
         "customer_id=7"},
        {"customers", true,
         "{\"orders\": {\"upsert\": {\"where\": {\"id\": 7}, "
         "\"create\": {}, \"update\": {\"total\": 1}}}}",
         "look one customers where (id >= 2 AND (id >= 1 AND id = 5))\n"
         "insert orders id=7, customer_id=<0:0.0> or nothing\n"
         "if none of 1: update one orders where (id >= 2 AND (id >= 1 AND (id "
         "= 7 AND customer_id = <0:0.0>))) total=1"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_plan(a, CASES[i].table, CASES[i].is_update, CASES[i].body,
                    CASES[i].plan);
}

static void what_cannot_be_reached_fails_before_anything_is_written(
    void **state) {
    arena *a = *state;
    static const struct {
        const char *closed;
        const char *table;
        const char *body;
        err_code code;
        const char *message;
    } CASES[] = {
        {"customers", "orders", "{\"customers\": {\"connect\": {\"id\": 7}}}",
         ERR_FOREIGN_KEY_VIOLATION,
         "customers.connect: there is no such row of \"customers\""},
        {"orders", "customers", "{\"orders\": {\"connect\": {\"id\": 7}}}",
         ERR_DENIED, "orders.connect: permission denied for table orders"},
        {"tags", "products", "{\"tags\": {\"connect\": {\"id\": 7}}}",
         ERR_DENIED, "tags.connect: permission denied for table tags"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        world w = world_new(a);
        nested_plan p;
        str got;
        w.engine->app.policies = &w.policy.source;
        w.policy.closed = schema_find_table(w.schema, str_of(CASES[i].closed));
        expect_ok(plan(a, &w, CASES[i].table, true, CASES[i].body, &p));
        expect_err(prepare(a, &w, &p, &got), CASES[i].code,
                   str_of(CASES[i].message));
    }
}

/* Rows of a list that have the same columns are one insert, and what is nested
 * in them is sent when all of them are there. */
static void rows_are_inserted_by_levels(void **state) {
    expect_plan(
        *state, "customers", false,
        "{\"id\": 5, \"name\": \"x\", \"orders\": {\"create\": ["
        "{\"id\": 1, \"lines\": {\"create\": {\"product_id\": 8, "
        "\"quantity\": 2}}},"
        "{\"id\": 2},"
        "{\"id\": 3, \"total\": 1, \"lines\": {\"create\": {\"product_id\": "
        "9, \"quantity\": 3}}}]}}",
        "insert customers id=5, name=x\n"
        "insert orders id=1, customer_id=5; id=2, customer_id=5\n"
        "insert orders id=3, total=1, customer_id=5\n"
        "insert lines order_id=1, product_id=8, quantity=2\n"
        "insert lines order_id=3, product_id=9, quantity=3");
}

static void nothing_is_nested_without_end(void **state) {
    arena *a = *state;
    world w = world_new(a);
    nested_plan p;
    str body = STR("{\"id\": 0}");
    for (int i = 1; i <= NESTED_MAX_DEPTH; i++)
        body = arena_printf(a,
                            "{\"id\": %d, \"name\": \"x\", \"children\": "
                            "{\"create\": %.*s}}",
                            i, STR_ARG(body));
    expect_ok(plan(a, &w, "categories", false, body.ptr, &p));
    body = arena_printf(a, "{\"children\": {\"create\": %.*s}}", STR_ARG(body));
    err *e = plan(a, &w, "categories", false, body.ptr, &p);
    assert_int_equal(e->code, ERR_TOO_COMPLEX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_place_asks_for_its_own_rights),
        TEST(what_cannot_be_reached_fails_before_anything_is_written),
        TEST(rows_are_inserted_by_levels),
        TEST(nothing_is_nested_without_end),
    };
    return cmocka_run_group_tests_name("core/nested_write", tests, NULL, NULL);
}
