#include "api/rest/query_string.h"

#include "api/rest/select_tree.h"
#include "test/support/shop.h"
#include "test/support/test.h"

typedef struct parsed {
    err *failure;
    query q;
} parsed;

static parsed parse(arena *a, str table, str text) {
    parsed p = {0};
    p.failure = shop_query(a, shop_schema(a), table, text, &p.q);
    return p;
}

typedef struct tree_case {
    str table;
    str text;
    str tree;
} tree_case;

static void check_trees(arena *a, const tree_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        parsed p = parse(a, cases[i].table, cases[i].text);
        expect_ok(p.failure);
        expect_str(shop_print_query(a, &p.q), cases[i].tree);
    }
}

static void embeds_tables(void **state) {
    static const tree_case CASES[] = {
        {STR_INIT("orders"), STR_INIT("select=id,customers(name)"),
         STR_INIT("orders: id | customers{parent customers: name}")},
        {STR_INIT("orders"), STR_INIT("select=customers(name)"),
         STR_INIT("orders | customers{parent customers: name}")},
        {STR_INIT("orders"), STR_INIT("select=id,who:customer_id(n:name)"),
         STR_INIT("orders: id | who{parent customers: n=name}")},
        {STR_INIT("orders"),
         STR_INIT("select=id, from:addresses!billing_id ( city ) ,"
                  "to:addresses!shipping_id!inner(city)"),
         STR_INIT("orders: id | from{parent addresses: city}, to{parent "
                  "addresses: city} where exists addresses")},
        {STR_INIT("orders"), STR_INIT("select=id,products(title,tags(word))"),
         STR_INIT("orders: id | products[junction products: title | tags[join "
                  "A tags: word]]")},
        {STR_INIT("customers"),
         STR_INIT("select=name,profiles(*),orders!left(id)"),
         STR_INIT("customers: name | profiles{child profiles: id, bio, "
                  "customer_id}, orders[child orders: id]")},
        {STR_INIT("orders"), STR_INIT("select=id,...customers(who:name)"),
         STR_INIT("orders: id | ...customers{parent customers: who=name}")},
        {STR_INIT("orders"), STR_INIT("select=id,customers()"),
         STR_INIT("orders: id")},
        {STR_INIT("orders"), STR_INIT("select=id,customers(orders())"),
         STR_INIT("orders: id")},
    };
    check_trees(*state, CASES, LENGTH(CASES));
}

static void reads_places_casts_and_aggregates(void **state) {
    static const tree_case CASES[] = {
        {STR_INIT("customers"), STR_INIT("select=data->a->>b,data->1"),
         STR_INIT("customers: b=data->a->>b, data->1")},
        {STR_INIT("customers"),
         STR_INIT("select=data->x->0,y:data->-1->\"a.b\"->2x"),
         STR_INIT("customers: x=data->x->0, y=data->-1->a.b->2x")},
        {STR_INIT("customers"), STR_INIT("select=data->>n::int"),
         STR_INIT("customers: n=data->>n::int4")},
        {STR_INIT("orders"), STR_INIT("select=id::int8,id2:id::integer"),
         STR_INIT("orders: id::int8, id2=id")},
        {STR_INIT("orders"),
         STR_INIT(
             "select=customer_id,total.sum(),n:count(),last:id.max()::text"),
         STR_INIT("orders: customer_id, sum=total.sum(), n=id.rows(), "
                  "last=id.max()::text")},
        {STR_INIT("customers"),
         STR_INIT("select=name,orders(total::float8.avg(),id.count())"),
         STR_INIT("customers: name | orders[child orders: "
                  "avg=total::float8.avg(), count=id.count()]")},
        {STR_INIT("orders"), STR_INIT("select=count()::text"),
         STR_INIT("orders: count=id.rows()::text")},
    };
    check_trees(*state, CASES, LENGTH(CASES));
}

/* Which rows an aggregate is about: those of its table, but of a spread to one
 * row those of the table around it. */
static void groups_where_aggregates_are_about(void **state) {
    static const struct {
        str table;
        str text;
        bool is_grouped;
        bool is_first_embed_grouped;
    } CASES[] = {
        {STR_INIT("orders"), STR_INIT("select=id,customers(name)"), false,
         false},
        {STR_INIT("orders"), STR_INIT("select=count(),customers(name)"), true,
         false},
        {STR_INIT("orders"), STR_INIT("select=customers(count())"), false,
         true},
        {STR_INIT("orders"), STR_INIT("select=id,...customers(id.max())"), true,
         false},
        {STR_INIT("lines"),
         STR_INIT("select=...orders(...customers(id.max()))"), true, false},
        {STR_INIT("customers"),
         STR_INIT("select=orders(...customers(id.max()))"), false, true},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        parsed p = parse(*state, CASES[i].table, CASES[i].text);
        expect_ok(p.failure);
        assert_true(p.q.is_grouped == CASES[i].is_grouped);
        assert_true(p.q.embeds[0].query.is_grouped ==
                    CASES[i].is_first_embed_grouped);
    }
}

static void parameters_reach_embedded_tables(void **state) {
    static const tree_case CASES[] = {
        {STR_INIT("customers"),
         STR_INIT("orders.total=gt.5&orders.order=id.desc&orders.limit=2&"
                  "orders.offset=1&select=name,orders(id)"),
         STR_INIT("customers: name | orders[child orders: id where total > 5 "
                  "order id desc limit 2 offset 1]")},
        {STR_INIT("customers"),
         STR_INIT("select=name,o:orders(id,products(title))&"
                  "o.products.title=eq.x&orders.id=eq.1"),
         STR_INIT("customers: name | o[child orders: id | products[junction "
                  "products: title where title = x] where id = 1]")},
        {STR_INIT("customers"),
         STR_INIT("select=name,orders(id)&orders.or=(id.eq.1,id.eq.2)&"
                  "orders.not.and=(id.eq.3)"),
         STR_INIT("customers: name | orders[child orders: id where ((id = 1 OR "
                  "id = 2) AND NOT (id = 3))]")},
        {STR_INIT("customers"),
         STR_INIT("select=name,orders!inner(id)&orders.total=gt.5"),
         STR_INIT("customers: name | orders[child orders: id where total > 5] "
                  "where exists orders where total > 5")},
        {STR_INIT("customers"),
         STR_INIT("select=name,orders!inner(lines!inner())"
                  "&orders.lines.quantity=eq.2"),
         STR_INIT("customers: name where exists orders where exists lines "
                  "where quantity = 2")},
        {STR_INIT("customers"), STR_INIT("select=name,orders()&orders=is.null"),
         STR_INIT("customers: name where NOT exists orders")},
        {STR_INIT("customers"),
         STR_INIT("select=name,o:orders()&o=not.is.null&o.id=eq.1"),
         STR_INIT("customers: name where exists orders where id = 1")},
        {STR_INIT("customers"),
         STR_INIT("select=name,orders(),profiles()&"
                  "or=(orders.not.is.null,profiles.is.null,name.eq.x)"),
         STR_INIT("customers: name where (exists orders OR NOT exists "
                  "profiles OR name = x)")},
        {STR_INIT("orders"),
         STR_INIT("select=id,customers(name)&order=customers(name).desc,id"),
         STR_INIT("orders: id | customers{parent customers: name} order "
                  "customers{parent customers}name desc, id")},
        {STR_INIT("customers"),
         STR_INIT("select=name&data->a=eq.1&data=gt.[]&order=data->k,data"),
         STR_INIT("customers: name where (data->a = 1 AND data > []) order "
                  "data->k, data")},
        {STR_INIT("customers"),
         STR_INIT("select=name&data->>a=eq.1&data->b->>c=in.(1,2)&"
                  "or=(data->>x.is.null,data->0->>y.eq.z)&order=data->>k.desc"),
         STR_INIT("customers: name where (data->>a = 1 AND data->b->>c in "
                  "(1|2) AND (data->>x is null OR data->0->>y = z)) order "
                  "data->>k desc")},
    };
    check_trees(*state, CASES, LENGTH(CASES));
}

static void says_what_is_wrong(void **state) {
    arena *a = *state;
    static const struct {
        str table;
        str text;
        err_code code;
        str message;
    } CASES[] = {
        {STR_INIT("orders"), STR_INIT("select=id,addresses(city)"),
         ERR_AMBIGUOUS_RELATION,
         STR_INIT("Could not embed because more than one relationship was "
                  "found for 'orders' and 'addresses'")},
        {STR_INIT("orders"), STR_INIT("select=id,customers(nam)"),
         ERR_UNKNOWN_COLUMN, STR_INIT("column customers.nam does not exist")},
        {STR_INIT("orders"), STR_INIT("select=id,customers(name"),
         ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse select parameter (id,customers(name)\" "
                  "(line 1, column 18)")},
        {STR_INIT("orders"), STR_INIT("select=id)"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse select parameter (id))\" (line 1, column "
                  "3)")},
        {STR_INIT("orders"), STR_INIT("select=customers!a!b(name)"),
         ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse select parameter (customers!a!b(name))\" "
                  "(line 1, column 14)")},
        {STR_INIT("orders"),
         STR_INIT("select=id,customers(name),customers()&"
                  "customers.x=eq.1"),
         ERR_UNKNOWN_COLUMN, STR_INIT("column customers.x does not exist")},
        {STR_INIT("orders"), STR_INIT("select=customers(name),customers(id)"),
         ERR_QUERY_SYNTAX,
         STR_INIT("select has two columns named 'customers'")},
        {STR_INIT("orders"), STR_INIT("select=id,...customers(id)"),
         ERR_QUERY_SYNTAX, STR_INIT("select has two columns named 'id'")},
        {STR_INIT("orders"), STR_INIT("select=id&customers.name=eq.x"),
         ERR_NOT_EMBEDDED,
         STR_INIT("'customers' is not an embedded resource in this request")},
        {STR_INIT("orders"), STR_INIT("select=id&customers.limit=1"),
         ERR_NOT_EMBEDDED,
         STR_INIT("'customers' is not an embedded resource in this request")},
        {STR_INIT("orders"), STR_INIT("select=id,customers()&customers=eq.x"),
         ERR_EMBED_FILTER,
         STR_INIT("Bad operator on the 'customers' embedded resource")},
        {STR_INIT("customers"),
         STR_INIT("select=name,orders(id)&order=orders(id)"), ERR_RELATED_ORDER,
         STR_INIT("A related order on 'orders' is not possible")},
        {STR_INIT("orders"), STR_INIT("order=customers(name)"),
         ERR_NOT_EMBEDDED,
         STR_INIT("'customers' is not an embedded resource in this request")},
        {STR_INIT("orders"), STR_INIT("select=id->a"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: integer -> unknown")},
        {STR_INIT("orders"), STR_INIT("select=id::regclass"), ERR_UNSUPPORTED,
         STR_INIT("casting to 'regclass' is not supported")},
        {STR_INIT("orders"), STR_INIT("select=placed_at::int"), ERR_CAST,
         STR_INIT("cannot cast type timestamp with time zone to int")},
        {STR_INIT("customers"), STR_INIT("select=name.sum()"),
         ERR_OPERATOR_TYPE, STR_INIT("function sum(text) does not exist")},
        {STR_INIT("customers"), STR_INIT("select=name,...orders(total.sum())"),
         ERR_UNSUPPORTED, STR_INIT("Feature not implemented")},
        {STR_INIT("customers"),
         STR_INIT("select=name,...orders(...customers(id.max()))"),
         ERR_UNSUPPORTED, STR_INIT("Feature not implemented")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        parsed p = parse(a, CASES[i].table, CASES[i].text);
        expect_err(p.failure, CASES[i].code, CASES[i].message);
    }
}

static str repeat(arena *a, const char *first, const char *middle,
                  const char *last, int count) {
    buf text = buf_new(1 << 20);
    buf_append(&text, str_of(first));
    for (int i = 0; i < count; i++)
        buf_append(&text, str_of(middle));
    for (int i = 0; last != NULL && i < count; i++)
        buf_append(&text, str_of(last));
    str kept = arena_copy(a, buf_str(&text));
    buf_free(&text);
    return kept;
}

static void refuses_what_nobody_needs(void **state) {
    arena *a = *state;
    str deep = repeat(a, "select=id", ",categories(id", ")", 100);
    parsed p = parse(a, STR("categories"), deep);
    expect_err(p.failure, ERR_QUERY_SYNTAX,
               STR("tables are embedded more than 8 deep"));

    str wide = repeat(a, "select=id", ",categories()", NULL, 65);
    p = parse(a, STR("categories"), wide);
    expect_err(p.failure, ERR_QUERY_SYNTAX,
               STR("select embeds more than 64 tables"));

    str long_list = repeat(a, "select=id", ",x:id", NULL, SELECT_MAX_ITEMS);
    p = parse(a, STR("categories"), long_list);
    expect_err(p.failure, ERR_QUERY_SYNTAX,
               STR("select has more than 512 columns"));

    str path = repeat(a, "select=data", "->a", NULL, PATH_MAX_STEPS + 1);
    p = parse(a, STR("customers"), path);
    expect_err(p.failure, ERR_QUERY_SYNTAX,
               STR("a JSON path has more than 32 arrows"));
}

static void has_a_key_for_each_cell(void **state) {
    arena *a = *state;
    const schema *s = shop_schema(a);
    app application = {.schema = s};
    rest_tables tables = rest_tables_new(a, &application);
    const model *m = schema_find_table(s, STR("orders"));
    query_string q;
    static const struct {
        str key;
        scalar_type type;
    } KEYS[] = {
        {STR_INIT(",\"id\":"), SCALAR_INT},
        {STR_INIT(",\"who\":"), SCALAR_STRING},
        {STR_INIT(",\"profiles\":"), SCALAR_JSON},
        {STR_INIT(",\"quantity\":"), SCALAR_JSON},
    };
    expect_ok(
        query_string_parse(a, &tables, rest_tables_get(&tables, m),
                           STR("select=id,...customers(who:name,profiles(bio)),"
                               "...lines(quantity)"),
                           &q));
    const selection *got = &q.selection;
    assert_int_equal(got->key_count, LENGTH(KEYS));
    assert_int_equal(got->count +
                         embed_cell_count(got->embeds, got->embed_count),
                     LENGTH(KEYS));
    for (size_t i = 0; i < LENGTH(KEYS); i++) {
        expect_str(got->keys[i].key, KEYS[i].key);
        assert_int_equal(got->keys[i].type, KEYS[i].type);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(embeds_tables),
        TEST(reads_places_casts_and_aggregates),
        TEST(groups_where_aggregates_are_about),
        TEST(parameters_reach_embedded_tables),
        TEST(says_what_is_wrong),
        TEST(refuses_what_nobody_needs),
        TEST(has_a_key_for_each_cell),
    };
    return cmocka_run_group_tests_name("api/rest/select", tests, NULL, NULL);
}
