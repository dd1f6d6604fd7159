#include "api/router.h"

#include "test/support/test.h"

static void finds_who_answers_a_path(void **state) {
    (void)state;
    static const struct {
        str path;
        route_target target;
        str tail;
    } CASES[] = {
        {STR_INIT("/healthz"), ROUTE_HEALTH, STR_INIT("")},
        {STR_INIT("/readyz"), ROUTE_READY, STR_INIT("")},
        {STR_INIT("/rest/v1/task"), ROUTE_REST, STR_INIT("task")},
        {STR_INIT("/rest/v1/a/b"), ROUTE_REST, STR_INIT("a/b")},
        {STR_INIT("/rest/v1/"), ROUTE_REST, STR_INIT("")},
        {STR_INIT("/rest/v1"), ROUTE_NONE, STR_INIT("")},
        {STR_INIT("/openapi.json"), ROUTE_OPENAPI, STR_INIT("")},
        {STR_INIT("/healthz/"), ROUTE_NONE, STR_INIT("")},
        {STR_INIT("/HEALTHZ"), ROUTE_NONE, STR_INIT("")},
        {STR_INIT("/"), ROUTE_NONE, STR_INIT("")},
        {STR_INIT(""), ROUTE_NONE, STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        route got = router_find(CASES[i].path);
        assert_int_equal(got.target, CASES[i].target);
        expect_str(got.tail, CASES[i].tail);
    }
}

static void finds_tables_at_the_root_where_they_are(void **state) {
    (void)state;
    static const struct {
        str path;
        route_target target;
        str tail;
    } CASES[] = {
        {STR_INIT("/task"), ROUTE_REST, STR_INIT("task")},
        {STR_INIT("/rpc/f"), ROUTE_REST, STR_INIT("rpc/f")},
        {STR_INIT("/"), ROUTE_REST, STR_INIT("")},
        {STR_INIT("/rest/v1/task"), ROUTE_REST, STR_INIT("task")},
        {STR_INIT("/healthz"), ROUTE_HEALTH, STR_INIT("")},
        {STR_INIT(""), ROUTE_NONE, STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        route got = router_find_rooted(CASES[i].path);
        assert_int_equal(got.target, CASES[i].target);
        expect_str(got.tail, CASES[i].tail);
    }
}

static void knows_the_methods_of_a_route(void **state) {
    (void)state;
    assert_true(router_allows(ROUTE_REST, HTTP_PATCH));
    assert_true(router_allows(ROUTE_HEALTH, HTTP_HEAD));
    assert_false(router_allows(ROUTE_HEALTH, HTTP_POST));
    assert_false(router_allows(ROUTE_REST, HTTP_OTHER_METHOD));
    assert_false(router_allows(ROUTE_NONE, HTTP_GET));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_who_answers_a_path),
        TEST(finds_tables_at_the_root_where_they_are),
        TEST(knows_the_methods_of_a_route),
    };
    return cmocka_run_group_tests_name("api/router", tests, NULL, NULL);
}
