#include "core/planner.h"

#include "schema/load.h"
#include "test/support/fake_engine.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

static query query_of(const fake_engine *e, const char *table) {
    return (query){
        .model = schema_find_table(e->app.schema, str_of(table)),
        .limit = QUERY_NO_LIMIT,
    };
}

static str order_of(arena *a, fake_engine *e, const query *q) {
    database_rows *rows = NULL;
    expect_ok(planner_read(&e->caller, q, &rows));
    assert_non_null(rows);
    return tasks_print_order(a, e->query.order, e->query.order_count);
}

static void orders_by_identity_when_nobody_says(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    query task = query_of(e, "task");
    expect_str(order_of(a, e, &task), STR("id asc nulls last"));
    query member = query_of(e, "member");
    expect_str(order_of(a, e, &member),
               STR("team asc nulls last, name asc nulls last"));
}

static void breaks_ties_by_identity(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    query q = query_of(e, "member");
    query_order order[] = {
        {.field = fake_engine_field(e, "member", "name"),
         .is_descending = true},
        {.field = fake_engine_field(e, "member", "role")},
    };
    q.order = order;
    q.order_count = 2;
    expect_str(order_of(a, e, &q),
               STR("name desc nulls last, role asc nulls last, team asc nulls "
                   "last"));
}

static void caps_the_rows(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    static const struct {
        int64_t max;
        int64_t wanted;
        int64_t limit;
    } CASES[] = {
        {QUERY_NO_LIMIT, QUERY_NO_LIMIT, QUERY_NO_LIMIT},
        {QUERY_NO_LIMIT, 5, 5},
        {10, QUERY_NO_LIMIT, 10},
        {10, 5, 5},
        {10, 50, 10},
        {10, 0, 0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        query q = query_of(e, "task");
        q.limit = CASES[i].wanted;
        e->app.max_rows = CASES[i].max;
        order_of(a, e, &q);
        assert_int_equal(e->query.limit, CASES[i].limit);
    }
}

static void a_row_by_its_identity_needs_no_order(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    filter by_id = {
        .kind = FILTER_COMPARE,
        .field = fake_engine_field(e, "task", "id"),
        .op = COMPARE_EQ,
        .value = {.kind = VALUE_INT, .integer = 5},
    };
    filter by_title = by_id;
    by_title.field = fake_engine_field(e, "task", "title");
    filter behind_id = by_id;
    behind_id.op = COMPARE_GT;
    filter not_id = by_id;
    not_id.is_negated = true;
    const filter *children[] = {&by_title, &by_id};
    filter both = {.kind = FILTER_ALL, .children = children, .child_count = 2};
    filter either = both;
    either.kind = FILTER_ANY;
    const struct {
        const filter *where;
        int64_t limit;
        int64_t offset;
        bool finds_one;
    } CASES[] = {
        {&by_id, QUERY_NO_LIMIT, 0, true},
        {&by_id, 5, 0, true},
        {&by_id, 0, 0, false},
        {&by_id, 5, 1, false},
        {&both, 5, 0, true},
        {&either, 5, 0, false},
        {&by_title, 5, 0, false},
        {&behind_id, 5, 0, false},
        {&not_id, 5, 0, false},
        {NULL, 5, 0, false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        query q = query_of(e, "task");
        q.where = CASES[i].where;
        q.limit = CASES[i].limit;
        q.offset = CASES[i].offset;
        order_of(a, e, &q);
        assert_int_equal(e->query.finds_one, CASES[i].finds_one);
        assert_int_equal(e->query.order_count == 0, CASES[i].finds_one);
        assert_int_equal(e->query.limit,
                         CASES[i].finds_one ? QUERY_NO_LIMIT : CASES[i].limit);
    }
}

/* Nothing in the database keeps the rows of a view apart. */
static void limits_the_rows_of_a_view_by_its_identity(void **state) {
    arena *a = *state;
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("t"),
                               STR("view V {\n  id Int @id\n"
                                   "  @@allow('read', true)\n}\n"),
                               ENGINE_SQLITE, &diags, &s));
    fake_engine *e = fake_engine_over(a, s);
    filter by_id = {
        .kind = FILTER_COMPARE,
        .field = fake_engine_field(e, "V", "id"),
        .op = COMPARE_EQ,
        .value = {.kind = VALUE_INT, .integer = 5},
    };
    query q = query_of(e, "V");
    q.where = &by_id;
    q.limit = 5;
    order_of(a, e, &q);
    assert_false(e->query.finds_one);
    assert_int_equal(e->query.limit, 5);
}

static void does_not_ask_for_what_nobody_may_see(void **state) {
    fake_engine *e = fake_engine_new(*state);
    query q = query_of(e, "secret");
    database_rows *rows = NULL;
    expect_ok(planner_read(&e->caller, &q, &rows));
    assert_null(rows);
    assert_int_equal(e->query_count, 0);
    assert_false(planner_next(rows));
    assert_int_equal(planner_total(rows), 0);
    expect_ok(planner_end(rows));
}

/* Neither in the answer, nor in what orders it or chooses its rows. */
static void names_no_column_that_is_not_shown(void **state) {
    arena *a = *state;
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("t"),
                               STR("model T {\n  id Int @id\n"
                                   "  secret String @password\n"
                                   "  @@allow('all', true)\n}\n"),
                               ENGINE_SQLITE, &diags, &s));
    fake_engine *e = fake_engine_over(a, s);
    e->app.is_dev_open = true;
    const field *secret = fake_engine_field(e, "T", "secret");
    query_column column = query_column_of(secret);
    query_order order = {.field = secret};
    filter where = {.kind = FILTER_LIKE, .field = secret};
    query queries[] = {query_of(e, "T"), query_of(e, "T"), query_of(e, "T")};
    queries[0].columns = &column;
    queries[0].column_count = 1;
    queries[1].order = &order;
    queries[1].order_count = 1;
    queries[2].where = &where;
    for (size_t i = 0; i < LENGTH(queries); i++) {
        database_rows *rows = NULL;
        expect_err(planner_read(&e->caller, &queries[i], &rows), ERR_DENIED,
                   STR("permission denied for column secret of table T"));
        assert_null(rows);
    }
    assert_int_equal(e->query_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(orders_by_identity_when_nobody_says),
        TEST(breaks_ties_by_identity),
        TEST(caps_the_rows),
        TEST(a_row_by_its_identity_needs_no_order),
        TEST(limits_the_rows_of_a_view_by_its_identity),
        TEST(does_not_ask_for_what_nobody_may_see),
        TEST(names_no_column_that_is_not_shown),
    };
    return cmocka_run_group_tests_name("core/planner", tests, NULL, NULL);
}
