#include "core/keyset.h"

#include "core/planner.h"
#include "test/support/fake_engine.h"
#include "test/support/shop.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

typedef struct page {
    const schema *schema;
    fake_engine *engine;
    query query;
    keyset keys;
} page;

static page page_of(arena *a, const char *table, const char *text) {
    page p = {.schema = shop_schema(a)};
    p.engine = fake_engine_over(a, p.schema);
    expect_ok(shop_query(a, p.schema, str_of(table), str_of(text), &p.query));
    expect_ok(keyset_plan(&p.engine->caller, &p.query, &p.keys));
    return p;
}

static value integer(int64_t n) {
    return (value){.kind = VALUE_INT, .integer = n};
}

static value text(const char *t) {
    return (value){.kind = VALUE_TEXT, .text = str_of(t)};
}

/* The filter of the page behind a row with these cells. */
static str behind(arena *a, const char *table, const char *order,
                  const value *cells) {
    page p = page_of(a, table, order);
    str cursor = keyset_format(a, &p.keys, cells);
    expect_ok(keyset_continue(&p.engine->caller, &p.query, &p.keys, cursor));
    return tasks_print_filter(a, p.query.where);
}

static void a_cursor_is_a_filter_for_what_follows(void **state) {
    arena *a = *state;
    const value by_id[] = {integer(5)};
    expect_str(behind(a, "customers", "select=id", by_id), STR("id > 5"));
    expect_str(behind(a, "customers", "select=id&order=id.desc", by_id),
               STR("id < 5"));
    expect_str(behind(a, "customers", "select=id&id=lt.9", by_id),
               STR("(id > 5 AND id < 9)"));

    const value by_name[] = {text("x"), integer(5)};
    expect_str(behind(a, "customers", "select=name,id&order=name", by_name),
               STR("(name >= x AND (name > x OR (name = x AND id > 5)))"));
    expect_str(behind(a, "customers", "select=name,id&order=name.desc,id.desc",
                      by_name),
               STR("(name <= x AND (name < x OR (name = x AND id < 5)))"));

    const value two[] = {integer(1), integer(2)};
    expect_str(behind(a, "follows", "select=follower_id,followed_id", two),
               STR("(follower_id >= 1 AND (follower_id > 1 OR (follower_id = 1 "
                   "AND followed_id > 2)))"));
}

static void nulls_are_where_the_order_says(void **state) {
    arena *a = *state;
    const value five[] = {integer(5), integer(1)};
    const value null[] = {{.kind = VALUE_NULL}, integer(1)};
    static const struct {
        const char *order;
        str behind_five;
        str behind_null;
    } CASES[] = {
        {"customer_id", /* nulls last */
         STR_INIT("((customer_id > 5 OR customer_id is null) OR (customer_id = "
                  "5 AND id > 1))"),
         STR_INIT("(() OR (customer_id is null AND id > 1))")},
        {"customer_id.desc", /* nulls first */
         STR_INIT("(customer_id < 5 OR (customer_id = 5 AND id > 1))"),
         STR_INIT("(NOT customer_id is null OR (customer_id is null AND id > "
                  "1))")},
        {"customer_id.nullsfirst",
         STR_INIT("(customer_id > 5 OR (customer_id = 5 AND id > 1))"),
         STR_INIT("(NOT customer_id is null OR (customer_id is null AND id > "
                  "1))")},
        {"customer_id.desc.nullslast",
         STR_INIT("((customer_id < 5 OR customer_id is null) OR (customer_id = "
                  "5 AND id > 1))"),
         STR_INIT("(() OR (customer_id is null AND id > 1))")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str asked =
            arena_printf(a, "select=customer_id,id&order=%s", CASES[i].order);
        expect_str(behind(a, "orders", asked.ptr, five), CASES[i].behind_five);
        expect_str(behind(a, "orders", asked.ptr, null), CASES[i].behind_null);
    }
}

static void adds_the_columns_that_a_cursor_needs(void **state) {
    arena *a = *state;
    page p = page_of(a, "customers", "select=name&order=data->>k.desc,name");
    assert_int_equal(p.query.column_count, 3);
    expect_str(shop_print_query(a, &p.query),
               STR("customers: name, data->>k, id order data->>k desc, name, "
                   "id"));
    const size_t want[] = {1, 0, 2};
    for (size_t i = 0; i < LENGTH(want); i++)
        assert_int_equal(p.keys.cells[i], want[i]);
}

static void refuses_other_cursors(void **state) {
    arena *a = *state;
    const value cells[] = {text("x"), integer(5)};
    page by_name = page_of(a, "customers", "select=name,id&order=name");
    str cursor = keyset_format(a, &by_name.keys, cells);
    static const char *const OTHERS[] = {"select=name,id&order=name.desc",
                                         "select=name,id&order=name.nullsfirst",
                                         "select=name,id&order=name,id.desc",
                                         "select=name,id"};
    for (size_t i = 0; i < LENGTH(OTHERS); i++) {
        page other = page_of(a, "customers", OTHERS[i]);
        expect_err(keyset_continue(&other.engine->caller, &other.query,
                                   &other.keys, cursor),
                   ERR_QUERY_SYNTAX,
                   STR("the cursor belongs to another order"));
    }
    static const char *const BROKEN[] = {"", "x", "????", "MTIz",
                                         "MjAwMDAwMDAwMDAwMFtd"};
    for (size_t i = 0; i < LENGTH(BROKEN); i++)
        expect_err(keyset_continue(&by_name.engine->caller, &by_name.query,
                                   &by_name.keys, str_of(BROKEN[i])),
                   ERR_QUERY_SYNTAX, STR("the cursor cannot be read"));
}

static void refuses_orders_that_a_row_does_not_have(void **state) {
    arena *a = *state;
    static const struct {
        const char *table;
        const char *text;
        str message;
    } CASES[] = {
        {"orders", "select=id,customers()&order=customers(name)",
         STR_INIT("pages cannot begin behind a row in this order: column "
                  "customers.name is of a related table")},
        {"orders", "select=customer_id,count()",
         STR_INIT("pages can begin behind a row only where rows have a primary "
                  "key")},
    };
    const schema *s = shop_schema(a);
    fake_engine *e = fake_engine_over(a, s);
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        query q;
        keyset k;
        expect_ok(shop_query(a, s, str_of(CASES[i].table),
                             str_of(CASES[i].text), &q));
        expect_err(keyset_plan(&e->caller, &q, &k), ERR_UNSUPPORTED,
                   CASES[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_cursor_is_a_filter_for_what_follows),
        TEST(nulls_are_where_the_order_says),
        TEST(adds_the_columns_that_a_cursor_needs),
        TEST(refuses_other_cursors),
        TEST(refuses_orders_that_a_row_does_not_have),
    };
    return cmocka_run_group_tests_name("core/keyset", tests, NULL, NULL);
}
