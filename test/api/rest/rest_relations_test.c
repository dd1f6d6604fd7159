#include "api/rest/rest_relations.h"

#include "test/support/shop.h"
#include "test/support/test.h"

typedef struct looked_up {
    err *failure;
    const rest_relation *way;
} looked_up;

static looked_up find(arena *a, str origin, str target, str hint) {
    const schema *s = shop_schema(a);
    exposure exposed = exposure_of_all(a, s);
    const rest_relations *all = rest_relations_new(a, s, &exposed);
    looked_up got = {0};
    got.failure = rest_relations_find(a, all, schema_find_table(s, origin),
                                      target, hint, &got.way);
    return got;
}

static str describe(arena *a, const rest_relation *way) {
    static const char *const KINDS[] = {"parent", "child", "join", "junction"};
    const hop *h = &way->hop;
    return arena_printf(
        a, "%s%s %.*s by %.*s", h->is_to_one ? "one " : "", KINDS[h->kind],
        STR_ARG(way->target->table),
        STR_ARG(h->kind == HOP_JOIN_TABLE ? h->relation->join_table
                : h->onward != NULL       ? h->onward->constraint_name
                                          : h->relation->constraint_name));
}

static void finds_the_way(void **state) {
    arena *a = *state;
    static const struct {
        str origin;
        str target;
        str hint;
        str way;
    } CASES[] = {
        /* By table, both directions of a foreign key. */
        {STR_INIT("orders"), STR_INIT("customers"), STR_INIT(""),
         STR_INIT("one parent customers by orders_customer_id_fkey")},
        {STR_INIT("customers"), STR_INIT("orders"), STR_INIT(""),
         STR_INIT("child orders by orders_customer_id_fkey")},
        /* By the constraint, and by the column. */
        {STR_INIT("orders"), STR_INIT("orders_billing_id_fkey"), STR_INIT(""),
         STR_INIT("one parent addresses by orders_billing_id_fkey")},
        {STR_INIT("orders"), STR_INIT("shipping_id"), STR_INIT(""),
         STR_INIT("one parent addresses by orders_shipping_id_fkey")},
        {STR_INIT("addresses"), STR_INIT("orders_billing_id_fkey"),
         STR_INIT(""), STR_INIT("child orders by orders_billing_id_fkey")},
        /* By a hint. */
        {STR_INIT("orders"), STR_INIT("addresses"), STR_INIT("billing_id"),
         STR_INIT("one parent addresses by orders_billing_id_fkey")},
        {STR_INIT("orders"), STR_INIT("addresses"),
         STR_INIT("orders_shipping_id_fkey"),
         STR_INIT("one parent addresses by orders_shipping_id_fkey")},
        {STR_INIT("addresses"), STR_INIT("orders"), STR_INIT("shipping_id"),
         STR_INIT("child orders by orders_shipping_id_fkey")},
        {STR_INIT("customers"), STR_INIT("orders"), STR_INIT("id"),
         STR_INIT("child orders by orders_customer_id_fkey")},
        /* One to one. */
        {STR_INIT("customers"), STR_INIT("profiles"), STR_INIT(""),
         STR_INIT("one child profiles by profiles_customer_id_fkey")},
        {STR_INIT("profiles"), STR_INIT("customers"), STR_INIT(""),
         STR_INIT("one parent customers by profiles_customer_id_fkey")},
        /* Many to many: a junction, and a table of Prisma's. */
        {STR_INIT("orders"), STR_INIT("products"), STR_INIT(""),
         STR_INIT("junction products by lines_product_id_fkey")},
        {STR_INIT("products"), STR_INIT("orders"), STR_INIT("lines"),
         STR_INIT("junction orders by lines_order_id_fkey")},
        {STR_INIT("products"), STR_INIT("tags"), STR_INIT(""),
         STR_INIT("join tags by _ProductToTag")},
        {STR_INIT("tags"), STR_INIT("products"), STR_INIT("_ProductToTag"),
         STR_INIT("join products by _ProductToTag")},
        /* Through a table that is more than a junction, for want of others. */
        {STR_INIT("customers"), STR_INIT("addresses"), STR_INIT("billing_id"),
         STR_INIT("junction addresses by orders_billing_id_fkey")},
        /* To itself: the table means children, the column the parent. */
        {STR_INIT("categories"), STR_INIT("categories"), STR_INIT(""),
         STR_INIT("child categories by categories_parent_id_fkey")},
        {STR_INIT("categories"), STR_INIT("parent_id"), STR_INIT(""),
         STR_INIT("one parent categories by categories_parent_id_fkey")},
        {STR_INIT("categories"), STR_INIT("categories"), STR_INIT("parent_id"),
         STR_INIT("child categories by categories_parent_id_fkey")},
        {STR_INIT("people"), STR_INIT("people"), STR_INIT("followed_id"),
         STR_INIT("junction people by follows_followed_id_fkey")},
        {STR_INIT("people"), STR_INIT("people"),
         STR_INIT("follows_follower_id_fkey"),
         STR_INIT("junction people by follows_follower_id_fkey")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        looked_up got =
            find(a, CASES[i].origin, CASES[i].target, CASES[i].hint);
        expect_ok(got.failure);
        expect_str(describe(a, got.way), CASES[i].way);
    }
}

static void says_that_there_is_no_way(void **state) {
    arena *a = *state;
    static const struct {
        str target;
        str hint;
        str message;
        str details;
        str help;
    } CASES[] = {
        {STR_INIT("custmers"), STR_INIT(""),
         STR_INIT("Could not find a relationship between 'orders' and "
                  "'custmers' in the schema cache"),
         STR_INIT("Searched for a foreign key relationship between 'orders' "
                  "and 'custmers' in the schema 'public', but no matches were "
                  "found."),
         STR_INIT("Perhaps you meant 'customers' instead of 'custmers'.")},
        {STR_INIT("customers"), STR_INIT("nope"),
         STR_INIT("Could not find a relationship between 'orders' and "
                  "'customers' in the schema cache"),
         STR_INIT("Searched for a foreign key relationship between 'orders' "
                  "and 'customers' using the hint 'nope' in the schema "
                  "'public', but no matches were found."),
         STR_INIT("")},
        {STR_INIT("people"), STR_INIT(""),
         STR_INIT("Could not find a relationship between 'orders' and "
                  "'people' in the schema cache"),
         STR_INIT("Searched for a foreign key relationship between 'orders' "
                  "and 'people' in the schema 'public', but no matches were "
                  "found."),
         STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        looked_up got = find(a, STR("orders"), CASES[i].target, CASES[i].hint);
        expect_err(got.failure, ERR_UNKNOWN_RELATION, CASES[i].message);
        expect_str(got.failure->details, CASES[i].details);
        expect_str(got.failure->hint, CASES[i].help);
    }
}

static void lists_the_ways_when_there_are_several(void **state) {
    arena *a = *state;
    looked_up got = find(a, STR("orders"), STR("addresses"), STR(""));
    expect_err(got.failure, ERR_AMBIGUOUS_RELATION,
               STR("Could not embed because more than one relationship was "
                   "found for 'orders' and 'addresses'"));
    expect_str(
        got.failure->details,
        STR("[{\"cardinality\":\"many-to-one\",\"embedding\":\"orders with "
            "addresses\",\"relationship\":\"orders_billing_id_fkey using "
            "orders(billing_id) and addresses(id)\"},{\"cardinality\":"
            "\"many-to-one\",\"embedding\":\"orders with addresses\","
            "\"relationship\":\"orders_shipping_id_fkey using "
            "orders(shipping_id) and addresses(id)\"}]"));
    expect_str(got.failure->hint,
               STR("Try changing 'addresses' to one of the following: "
                   "'addresses!orders_billing_id_fkey', "
                   "'addresses!orders_shipping_id_fkey'. Find the desired "
                   "relationship in the 'details' key."));
}

static void tells_two_directions_through_one_table_apart(void **state) {
    arena *a = *state;
    looked_up got = find(a, STR("people"), STR("people"), STR(""));
    expect_err(got.failure, ERR_AMBIGUOUS_RELATION,
               STR("Could not embed because more than one relationship was "
                   "found for 'people' and 'people'"));
    expect_str(got.failure->hint,
               STR("Try changing 'people' to one of the following: "
                   "'people!follows_followed_id_fkey', "
                   "'people!follows_follower_id_fkey'. Find the desired "
                   "relationship in the 'details' key."));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_the_way),
        TEST(says_that_there_is_no_way),
        TEST(lists_the_ways_when_there_are_several),
        TEST(tells_two_directions_through_one_table_apart),
    };
    return cmocka_run_group_tests_name("api/rest/rest_relations", tests, NULL,
                                       NULL);
}
