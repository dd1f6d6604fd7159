/* Columns that are derived: shown, filtered, ordered and grouped by, on both
 * engines. What SQLite's functions make of each value is in
 * lite_function_test.c. */
#include "database/database.h"

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "enum Size {\n"
                             "  SMALL\n"
                             "  LARGE\n"
                             "}\n"
                             "model Item {\n"
                             "  id    Int      @id\n"
                             "  name  String\n"
                             "  size  Size?\n"
                             "  count Int?\n"
                             "  big   BigInt?\n"
                             "  price Decimal?\n"
                             "  real  Float?\n"
                             "  at    DateTime?\n"
                             "  data  Json?\n"
                             "  tags  String[]\n"
                             "}\n";

static err *fill(void *argument) {
    database_world *w = argument;
    const value n = value_null();
    const value rows[] = {
        value_int(1),
        value_text("The Fat Rats"),
        value_text("LARGE"),
        value_int(1),
        value_int(10),
        value_text("1.5"),
        value_real(0.5),
        value_text("2024-01-31T12:00:00.120+00:00"),
        value_text("{\"n\": 10, \"s\": \"ten\", \"l\": [1, 2]}"),
        value_text("[\"a\"]"),
        value_int(2),
        value_text("a cat"),
        value_text("SMALL"),
        value_int(2),
        value_int(INT64_MAX),
        value_text("0.1"),
        value_real(1.5),
        n,
        value_text("{\"n\": 9, \"s\": \"nine\", \"l\": []}"),
        value_text("[]"),
        value_int(3),
        value_text("rats"),
        value_text("SMALL"),
        value_int(4),
        value_int(1),
        value_text("0.2"),
        n,
        value_text("2024-01-31T23:59:59.000+00:00"),
        value_text("{\"n\": null}"),
        value_text("[\"b\"]"),
        value_int(4),
        value_text("x"),
        n,
        n,
        n,
        n,
        n,
        n,
        n,
        value_text("[]"),
    };
    mutation m = world_insert(
        w, "Item", "id name size count big price real at data tags", rows, 4);
    return world_write(w, &m, NULL, NULL);
}

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    if (w != NULL)
        expect_ok(database_world_run(w, fill, w));
    *state = w;
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

#define DERIVATION_TEST(fn) WORLD_TESTS(fn, setup, teardown)
#define LITE_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

typedef struct reading {
    database_world *w;
    query q;
    str rows;
    int64_t total;
    err *failure;
} reading;

static err *run_reading(void *argument) {
    reading *r = argument;
    r->failure = world_read(r->w, &r->q, &r->rows, &r->total);
    return NULL;
}

static reading try_query(database_world *w, query q) {
    reading r = {.w = w, .q = q};
    expect_ok(database_world_run(w, run_reading, &r));
    return r;
}

static str rows_of(database_world *w, query q) {
    reading r = try_query(w, q);
    expect_ok(r.failure);
    return r.rows;
}

static const json_step N[] = {{.key = STR_INIT("n")}};
static const json_step S[] = {{.key = STR_INIT("s")}};
static const json_step FIRST[] = {{.key = STR_INIT("l")}, {.is_index = true}};

/* A result of that type. */
static derivation made(scalar_type scalar) {
    return (derivation){.result = {.scalar = scalar}};
}

static derivation path(const json_step *steps, size_t count, bool is_text) {
    derivation d = made(is_text ? SCALAR_STRING : SCALAR_JSON);
    d.steps = steps;
    d.step_count = count;
    d.is_text = is_text;
    return d;
}

static derivation cast(cast_type type, scalar_type scalar) {
    derivation d = made(scalar);
    d.cast = type;
    return d;
}

static derivation of_group(aggregate kind, scalar_type scalar) {
    derivation d = made(scalar);
    d.aggregate = kind;
    return d;
}

/* What each row shows of it. */
static str show(database_world *w, const char *column, const derivation *d) {
    query_column c = {.field = world_field(w, "Item", column), .derivation = d};
    query q = world_query(w, "Item", "id");
    query_order by_id = {.field = world_field(w, "Item", "id")};
    q.order = &by_id;
    q.order_count = 1;
    q.columns = &c;
    q.column_count = 1;
    return rows_of(w, q);
}

static void shows_what_is_derived(void **state) {
    database_world *w = world_here(state);
    derivation with_cast = path(N, 1, true);
    with_cast.cast = CAST_INT4;
    with_cast.result.scalar = SCALAR_INT;
    const struct {
        const char *column;
        derivation d;
        str rows;
    } CASES[] = {
        {"data", path(N, 1, false), STR("10;9;null;null")},
        {"data", path(S, 1, false), STR("\"ten\";\"nine\";null;null")},
        {"data", path(S, 1, true), STR("ten;nine;null;null")},
        {"data", path(FIRST, 2, false), STR("1;null;null;null")},
        {"data", with_cast, STR("10;9;null;null")},
        {"tags", path(&FIRST[1], 1, true), STR("a;null;b;null")},
        {"count", cast(CAST_TEXT, SCALAR_STRING), STR("1;2;4;null")},
        {"price", cast(CAST_INT8, SCALAR_BIGINT), STR("2;0;0;null")},
        {"at", cast(CAST_DATE, SCALAR_STRING),
         STR("2024-01-31;null;2024-01-31;null")},
        {"at", cast(CAST_TIMESTAMPTZ, SCALAR_DATETIME),
         STR("2024-01-31T12:00:00.120+00:00;null;"
             "2024-01-31T23:59:59.000+00:00;null")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(show(w, CASES[i].column, &CASES[i].d), CASES[i].rows);
}

static void a_value_that_does_not_fit_is_told(void **state) {
    database_world *w = world_here(state);
    derivation d = cast(CAST_INT4, SCALAR_INT);
    query_column c = {.field = world_field(w, "Item", "name"),
                      .derivation = &d};
    query q = world_query(w, "Item", "id");
    q.columns = &c;
    q.column_count = 1;
    expect_err(try_query(w, q).failure, ERR_VALUE_SYNTAX,
               STR("invalid input syntax for type integer: \"The Fat Rats\""));
}

/* ---- Filters and orders ------------------------------------------------- */

static str ids(database_world *w, const filter *f) {
    query q = world_query(w, "Item", "id");
    query_order by_id = {.field = world_field(w, "Item", "id")};
    q.where = f;
    q.order = &by_id;
    q.order_count = 1;
    return rows_of(w, q);
}

static void filters_by_what_is_derived(void **state) {
    database_world *w = world_here(state);
    derivation n = path(N, 1, false);
    derivation s = path(S, 1, true);
    const field *data = world_field(w, "Item", "data");
    const value listed[] = {value_text("ten"), value_text("x")};
    const struct {
        filter f;
        str ids;
    } CASES[] = {
        /* As numbers, not as texts. */
        {{.kind = FILTER_COMPARE,
          .derivation = &n,
          .op = COMPARE_GT,
          .value = value_text("9")},
         STR("1")},
        {{.kind = FILTER_COMPARE,
          .derivation = &n,
          .op = COMPARE_EQ,
          .value = value_text("10.0")},
         STR("1")},
        {{.kind = FILTER_COMPARE,
          .derivation = &s,
          .op = COMPARE_EQ,
          .value = value_text("nine")},
         STR("2")},
        {{.kind = FILTER_IN,
          .derivation = &s,
          .values = listed,
          .value_count = 2},
         STR("1")},
        {{.kind = FILTER_LIKE, .derivation = &s, .value = value_text("%e")},
         STR("2")},
        {{.kind = FILTER_IS, .derivation = &s, .what = IS_NULL}, STR("3;4")},
        /* JSON's null is a value. */
        {{.kind = FILTER_IS, .derivation = &n, .what = IS_NULL}, STR("4")},
        {{.kind = FILTER_LIST,
          .list = LIST_CONTAINS,
          .value = value_text("{\"l\":[2]}")},
         STR("1")},
        {{.kind = FILTER_LIST,
          .list = LIST_IS_CONTAINED,
          .value = value_text("{\"n\":null,\"o\":1}")},
         STR("3")},
        {{.kind = FILTER_COMPARE,
          .op = COMPARE_EQ,
          .value = value_text("{ \"n\" :null}")},
         STR("3")},
        {{.kind = FILTER_SEARCH,
          .search = SEARCH_PLAIN,
          .value = value_text("ten")},
         STR("1")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        filter f = CASES[i].f;
        f.field = data;
        f.is_case_sensitive = true;
        expect_str(ids(w, &f), CASES[i].ids);
    }
}

static void filters_by_text(void **state) {
    database_world *w = world_here(state);
    const struct {
        filter f;
        str ids;
    } CASES[] = {
        {{.kind = FILTER_MATCH,
          .is_case_sensitive = true,
          .value = value_text("^[a-z]+$")},
         STR("3;4")},
        {{.kind = FILTER_MATCH, .value = value_text("RATS?$")}, STR("1;3")},
        {{.kind = FILTER_SEARCH,
          .search = SEARCH_QUERY,
          .value = value_text("rat | cat")},
         STR("1;2;3")},
        {{.kind = FILTER_SEARCH,
          .search = SEARCH_QUERY,
          .search_configuration = STR("simple"),
          .value = value_text("rat")},
         STR("")},
        {{.kind = FILTER_SEARCH,
          .search = SEARCH_WEB,
          .is_negated = true,
          .value = value_text("\"fat rat\"")},
         STR("2;3;4")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        filter f = CASES[i].f;
        f.field = world_field(w, "Item", "name");
        expect_str(ids(w, &f), CASES[i].ids);
    }
}

static void there_are_no_ranges(void **state) {
    database_world *w = world_here(state);
    filter f = {.kind = FILTER_RANGE,
                .field = world_field(w, "Item", "name"),
                .value = value_text("[1,2)")};
    query q = world_query(w, "Item", "id");
    q.where = &f;
    expect_err(try_query(w, q).failure, ERR_OPERATOR_TYPE,
               STR("there are no ranges on SQLite"));
}

static void orders_by_what_is_derived(void **state) {
    database_world *w = world_here(state);
    derivation n = path(N, 1, false);
    query_order order = {.field = world_field(w, "Item", "data"),
                         .derivation = &n};
    query q = world_query(w, "Item", "id");
    q.order = &order;
    q.order_count = 1;
    expect_str(rows_of(w, q), STR("3;2;1;4"));
    order.is_descending = true;
    order.are_nulls_first = true;
    expect_str(rows_of(w, q), STR("4;1;2;3"));
}

/* ---- Groups ------------------------------------------------------------- */

static query grouped(database_world *w, const query_column *columns,
                     size_t count) {
    query q = world_query(w, "Item", "id");
    q.columns = columns;
    q.column_count = count;
    q.is_grouped = true;
    q.wants_total = true;
    return q;
}

static void all_rows_are_one_group(void **state) {
    database_world *w = world_here(state);
    const struct {
        const char *column;
        derivation d;
        str rows;
    } CASES[] = {
        {"id", of_group(AGGREGATE_ROWS, SCALAR_BIGINT), STR("4")},
        {"count", of_group(AGGREGATE_COUNT, SCALAR_BIGINT), STR("3")},
        {"count", of_group(AGGREGATE_SUM, SCALAR_BIGINT), STR("7")},
        {"count", of_group(AGGREGATE_AVG, SCALAR_DECIMAL),
         STR("2.3333333333333333")},
        {"big", of_group(AGGREGATE_SUM, SCALAR_DECIMAL),
         STR("9223372036854775818")},
        {"price", of_group(AGGREGATE_SUM, SCALAR_DECIMAL), STR("1.8")},
        {"price", of_group(AGGREGATE_MAX, SCALAR_DECIMAL), STR("1.5")},
        {"real", of_group(AGGREGATE_AVG, SCALAR_FLOAT), STR("1")},
        {"at", of_group(AGGREGATE_MIN, SCALAR_DATETIME),
         STR("2024-01-31T12:00:00.120+00:00")},
        {"name", of_group(AGGREGATE_MAX, SCALAR_STRING), STR("x")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        query_column c = {.field = world_field(w, "Item", CASES[i].column),
                          .derivation = &CASES[i].d};
        reading r = try_query(w, grouped(w, &c, 1));
        expect_ok(r.failure);
        expect_str(r.rows, CASES[i].rows);
        assert_int_equal(r.total, 4); /* rows, not groups */
    }
}

static void other_columns_are_what_rows_are_grouped_by(void **state) {
    database_world *w = world_here(state);
    derivation sum = of_group(AGGREGATE_SUM, SCALAR_BIGINT);
    sum.outer_cast = CAST_TEXT;
    sum.result.scalar = SCALAR_STRING;
    derivation day = cast(CAST_DATE, SCALAR_STRING);
    query_column by_size[] = {
        query_column_of(world_field(w, "Item", "size")),
        {.field = world_field(w, "Item", "count"), .derivation = &sum},
    };
    query_order falling = {.field = world_field(w, "Item", "size"),
                           .is_descending = true};
    query q = grouped(w, by_size, 2);
    q.order = &falling;
    q.order_count = 1;
    reading r = try_query(w, q);
    expect_ok(r.failure);
    expect_str(r.rows, STR("LARGE|1;SMALL|6;null|null"));
    assert_int_equal(r.total, 4);
    query_column by_day[] = {
        {.field = world_field(w, "Item", "at"), .derivation = &day},
        {.field = world_field(w, "Item", "count"), .derivation = &sum},
    };
    expect_str(rows_of(w, grouped(w, by_day, 2)), STR("null|2;2024-01-31|5"));
}

static void json_of_one_value_is_one_group(void **state) {
    database_world *w = world_here(state);
    database_world_sql(w, "UPDATE \"Item\" SET data = '{\"n\": 10.0}'"
                          " WHERE id IN (2, 4)");
    derivation n = path(N, 1, false);
    derivation rows = of_group(AGGREGATE_ROWS, SCALAR_BIGINT);
    query_column columns[] = {
        {.field = world_field(w, "Item", "data"), .derivation = &n},
        {.field = world_field(w, "Item", "id"), .derivation = &rows},
    };
    expect_str(rows_of(w, grouped(w, columns, 2)), STR("null|1;10|3"));
}

/* ---- Writes ------------------------------------------------------------- */

typedef struct writing {
    database_world *w;
    mutation m;
    str rows;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    return world_write(r->w, &r->m, &r->rows, NULL);
}

static void what_was_written_is_shown_derived(void **state) {
    database_world *w = world_here(state);
    derivation s = path(S, 1, true);
    query_column c = {.field = world_field(w, "Item", "data"),
                      .derivation = &s};
    const value data[] = {value_text("{\"s\":\"new\"}")};
    filter f = {.kind = FILTER_COMPARE,
                .field = c.field,
                .derivation = &s,
                .op = COMPARE_EQ,
                .value = value_text("ten")};
    writing r = {.w = w, .m = world_update(w, "Item", "data", data, &f)};
    r.m.returning = &c;
    r.m.returning_count = 1;
    expect_ok(database_world_run(w, run_writing, &r));
    expect_str(r.rows, STR("new"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        DERIVATION_TEST(shows_what_is_derived),
        DERIVATION_TEST(a_value_that_does_not_fit_is_told),
        DERIVATION_TEST(filters_by_what_is_derived),
        DERIVATION_TEST(filters_by_text),
        LITE_TEST(there_are_no_ranges),
        DERIVATION_TEST(orders_by_what_is_derived),
        DERIVATION_TEST(all_rows_are_one_group),
        DERIVATION_TEST(other_columns_are_what_rows_are_grouped_by),
        DERIVATION_TEST(json_of_one_value_is_one_group),
        DERIVATION_TEST(what_was_written_is_shown_derived),
    };
    return cmocka_run_group_tests_name("database/derivation", tests, NULL,
                                       NULL);
}
