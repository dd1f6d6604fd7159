#include "database/sqlite/lite_group.h"

#include "database/grouping.h"
#include "test/support/shop.h"
#include "test/support/test.h"

/* As in tables of ours. */
static lite_layout layout_of(arena *a, const schema *s) {
    lite_form **forms = arena_new_array(a, lite_form *, s->model_count);
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        forms[i] = arena_new_array(a, lite_form, m->column_count);
        for (size_t k = 0; k < m->column_count; k++)
            forms[i][k] = lite_form_of(m->columns[k]);
    }
    return (lite_layout){.forms = forms};
}

static str statement_of(arena *a, str table, str text) {
    const schema *s = shop_schema(a);
    lite_layout layout = layout_of(a, s);
    CLEANUP(buf_free) buf out = buf_new(64 * 1024);
    query q;
    expect_ok(shop_query(a, s, table, text, &q));
    lite_group_write_cells(&out, (lite_scope){&layout, 0}, &q);
    grouping_write(&out, q.columns, q.column_count, q.embeds, q.embed_count);
    lite_group_write_order(&out, &q, q.order_count > 0);
    return arena_copy(a, buf_str(&out));
}

static void asks_for_what_is_embedded(void **state) {
    static const struct {
        str table;
        str text;
        str sql;
    } CASES[] = {
        {STR_INIT("orders"), STR_INIT("select=count()"), STR_INIT("count(*)")},
        {STR_INIT("orders"), STR_INIT("select=count(),customers(name)"),
         STR_INIT("count(*), tenon_related(?, 0, t0.\"customer_id\") COLLATE"
                  " tenon_json GROUP BY 2 ORDER BY 2 NULLS LAST")},
        {STR_INIT("orders"),
         STR_INIT("select=id,count(),products(title)&order=id"),
         STR_INIT("t0.\"id\", count(*), tenon_related(?, 0, t0.\"id\")"
                  " COLLATE tenon_json GROUP BY 1, 3, 3 NULLS LAST")},
        /* Each cell of a spread to several. */
        {STR_INIT("customers"),
         STR_INIT("select=count(),...orders(a:id,b:total)"),
         STR_INIT("count(*), tenon_related(?, 0, t0.\"id\") COLLATE tenon_json,"
                  " tenon_related(?, 1, t0.\"id\") COLLATE tenon_json"
                  " GROUP BY 2, 3 ORDER BY 2 NULLS LAST, 3 NULLS LAST")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(statement_of(*state, CASES[i].table, CASES[i].text),
                   CASES[i].sql);
}

#define CUSTOMER                                                               \
    " FROM \"customers\" AS t1 WHERE t1.\"id\" = t0.\"customer_id\" LIMIT 1)"
#define ORDER                                                                  \
    " FROM \"orders\" AS t1 WHERE t1.\"id\" = t0.\"order_id\" LIMIT 1)"

static void looks_up_what_is_lifted(void **state) {
    static const struct {
        str table;
        str text;
        str sql;
    } CASES[] = {
        {STR_INIT("orders"), STR_INIT("select=...customers(name,id.max())"),
         STR_INIT("(SELECT t1.\"name\"" CUSTOMER
                  ", max((SELECT t1.\"id\"" CUSTOMER
                  ") GROUP BY 1 ORDER BY 1 NULLS LAST")},
        {STR_INIT("orders"), STR_INIT("select=...customers(count()::text)"),
         STR_INIT("tenon_cast(count((SELECT 1" CUSTOMER "), 3, 1, 0)")},
        {STR_INIT("orders"), STR_INIT("select=...customers(data->a),count()"),
         STR_INIT("count(*), (SELECT tenon_json(t1.\"data\", 0, ?)" CUSTOMER
                  " COLLATE tenon_json GROUP BY 2 ORDER BY 2 NULLS LAST")},
        {STR_INIT("lines"),
         STR_INIT("select=...orders(total.sum(),...customers(name))"),
         STR_INIT("tenon_sum((SELECT t1.\"total\"" ORDER
                  ", 5), (SELECT (SELECT t2.\"name\" FROM \"customers\" AS t2"
                  " WHERE t2.\"id\" = t1.\"customer_id\" LIMIT 1)" ORDER
                  " GROUP BY 2 ORDER BY 2 NULLS LAST")},
        {STR_INIT("lines"),
         STR_INIT("select=count(),...orders(customers(name))"),
         STR_INIT(
             "count(*), (SELECT tenon_related(?, 0, t1.\"customer_id\")" ORDER
             " COLLATE tenon_json GROUP BY 2 ORDER BY 2 NULLS"
             " LAST")},
        {STR_INIT("orders"),
         STR_INIT("select=...customers(id.max())&customers.limit=0"),
         STR_INIT("max((SELECT t1.\"id\" FROM \"customers\" AS t1 WHERE"
                  " t1.\"id\" = t0.\"customer_id\" LIMIT ?))")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(statement_of(*state, CASES[i].table, CASES[i].text),
                   CASES[i].sql);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(asks_for_what_is_embedded),
        TEST(looks_up_what_is_lifted),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_group", tests,
                                       NULL, NULL);
}
