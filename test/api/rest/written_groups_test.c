#include "api/rest/written_groups.h"

#include <float.h>

#include "test/support/shop.h"
#include "test/support/test.h"

static selection selection_of(arena *a, const char *table, const char *select) {
    query q;
    str text = arena_printf(a, "select=%s", select);
    expect_ok(shop_query(a, shop_schema(a), str_of(table), text, &q));
    return (selection){.columns = q.columns,
                       .count = q.column_count,
                       .embeds = q.embeds,
                       .embed_count = q.embed_count,
                       .key_count = query_cell_count(&q),
                       .is_grouped = q.is_grouped};
}

static value number(int64_t n) {
    return (value){.kind = VALUE_INT, .integer = n};
}

static value text(const char *s) {
    return (value){.kind = VALUE_TEXT, .text = str_of(s)};
}

static const value NOTHING = {.kind = VALUE_NULL};

static void print_value(buf *out, const value *v) {
    if (v->kind == VALUE_INT)
        buf_append_int(out, v->integer);
    else
        buf_append(out, v->kind == VALUE_NULL ? STR("null") : v->text);
}

/* "1|x;2|y" */
static str groups_of(arena *a, const selection *s, const value *cells,
                     size_t row_count) {
    const value **rows = arena_new_array(a, const value *, row_count);
    const value **groups = NULL;
    size_t count = 0;
    CLEANUP(buf_free) buf out = buf_new(4096);
    for (size_t i = 0; i < row_count; i++)
        rows[i] = cells + i * s->key_count;
    expect_ok(written_groups_make(a, s, rows, row_count, &groups, &count));
    for (size_t i = 0; i < count; i++) {
        buf_append(&out, i > 0 ? STR(";") : STR(""));
        for (size_t k = 0; k < s->key_count; k++) {
            buf_append(&out, k > 0 ? STR("|") : STR(""));
            print_value(&out, &groups[i][k]);
        }
    }
    return arena_copy(a, buf_str(&out));
}

static void makes_groups_in_their_order(void **state) {
    arena *a = *state;
    selection s = selection_of(a, "orders",
                               "customer_id,total.sum(),n:total.count(),"
                               "all:count(),last:placed_at.max()");
    const value cells[] = {
        number(2), text("1.50"), text("1.50"), number(1), text("2024-02"),
        NOTHING,   NOTHING,      NOTHING,      number(2), NOTHING,
        number(1), text("10"),   text("10"),   number(3), text("2023-01"),
        number(2), text("0.5"),  text("0.5"),  number(4), text("2024-03"),
        number(2), NOTHING,      NOTHING,      number(5), NOTHING,
    };
    expect_str(groups_of(a, &s, cells, 5),
               STR("1|10|1|1|2023-01;2|2|2|3|2024-03;null|null|0|1|null"));
    expect_str(groups_of(a, &s, NULL, 0), STR(""));
    assert_false(written_groups_are_one(&s));
}

static void is_one_group_without_keys(void **state) {
    arena *a = *state;
    selection s = selection_of(a, "lines",
                               "quantity.sum(),count(),...products(n:count())");
    const value cells[] = {
        number(INT32_MAX), number(1), number(1),
        number(INT32_MAX), number(1), NOTHING,
    };
    assert_true(written_groups_are_one(&s));
    expect_str(groups_of(a, &s, cells, 2), STR("4294967294|2|1"));
    expect_str(groups_of(a, &s, NULL, 0), STR("null|0|0"));
}

/* However their JSON is written. */
static void groups_by_what_is_equal(void **state) {
    arena *a = *state;
    selection s = selection_of(a, "customers", "data,count(),orders(id)");
    const value cells[] = {
        text("{\"a\":1,\"b\":2}"),
        number(1),
        text("[{\"id\":1}]"),
        text("{\"b\": 2.0, \"a\": 1}"),
        number(2),
        text("[{\"id\": 1}]"),
        text("[]"),
        number(3),
        text("[]"),
    };
    expect_str(groups_of(a, &s, cells, 3),
               STR("[]|1|[];{\"a\":1,\"b\":2}|2|[{\"id\":1}]"));
}

static void asks_for_what_is_aggregated(void **state) {
    arena *a = *state;
    selection s = selection_of(
        a, "orders", "data:id::int8.sum(),count(),...customers(id.max())");
    selection asked;
    expect_ok(written_groups_plan(a, &s, &asked));
    assert_false(asked.is_grouped);
    const derivation *cast = asked.columns[0].derivation;
    assert_true(cast->cast == CAST_INT8);
    assert_true(cast->aggregate == AGGREGATE_NONE);
    expect_str(asked.columns[1].field->column, STR("id"));
    assert_null(asked.columns[1].derivation);
    assert_null(asked.embeds[0].query.columns[0].derivation);

    s = selection_of(a, "orders", "count()::text");
    expect_err(written_groups_plan(a, &s, &asked), ERR_UNSUPPORTED,
               STR("a cast of an aggregate of written rows is not supported"));
}

static void says_that_a_sum_is_none(void **state) {
    arena *a = *state;
    selection s = selection_of(a, "orders", "total::float8.sum()");
    const value huge = {.kind = VALUE_FLOAT, .real = DBL_MAX};
    const value *rows[] = {&huge, &huge};
    const value **groups = NULL;
    size_t count = 0;
    expect_err(written_groups_make(a, &s, rows, 2, &groups, &count),
               ERR_INTERNAL,
               STR("the rows were written, but their sum is out of range"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(makes_groups_in_their_order), TEST(is_one_group_without_keys),
        TEST(groups_by_what_is_equal),     TEST(asks_for_what_is_aggregated),
        TEST(says_that_a_sum_is_none),
    };
    return cmocka_run_group_tests_name("api/rest/written_groups", tests, NULL,
                                       NULL);
}
