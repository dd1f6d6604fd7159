/* What reads see: filters, order, values, totals, on both engines. Who may run
 * when is in lite_reader_test.c and pg_session_test.c. */
#include "database/database.h"

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "enum Color {\n"
                             "  RED\n"
                             "  BLUE @map(\"blue!\")\n"
                             "}\n"
                             "model Thing {\n"
                             "  id Int @id\n"
                             "  text String?\n"
                             "  flag Boolean?\n"
                             "  big BigInt?\n"
                             "  real Float?\n"
                             "  price Decimal?\n"
                             "  at DateTime?\n"
                             "  data Json?\n"
                             "  raw Bytes?\n"
                             "  color Color?\n"
                             "}\n";

static const char ALL[] = "id text flag big real price at data raw color";
enum { COLUMNS = 10 };

static value value_raw(const char *text) {
    return (value){.kind = VALUE_BYTES, .text = str_of(text)};
}

static err *fill(void *argument) {
    database_world *w = argument;
    const value n = value_null();
    const value rows[][COLUMNS] = {
        {value_int(1), value_text("apple"), value_bool(true), value_int(10),
         value_real(1.5), value_text("10.50"),
         value_text("2024-01-01T00:00:00.000+00:00"), value_text("{\"a\": 1}"),
         value_raw("\x01\xff"), value_text("RED")},
        {value_int(2), value_text("Banana"), value_bool(false),
         value_int(INT64_MIN), value_real(-0.25), value_text("-3"),
         value_text("2024-06-01T12:00:00.123+00:00"), value_text("1.50"),
         value_raw(""), value_text("blue!")},
        {value_int(3), value_text("50%"), value_bool(true),
         value_int(INT64_MAX), value_real(1e300), value_text("9.99"),
         value_text("2023-12-31T23:59:59.999+00:00"), value_text("null"),
         value_raw("x"), value_text("RED")},
        {value_int(4), n, n, n, n, n, n, n, n, n},
    };
    mutation m = world_insert(w, "Thing", ALL, &rows[0][0], LENGTH(rows));
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

#define ROWS_TEST(fn) WORLD_TESTS(fn, setup, teardown)
#define LITE_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

typedef struct reading {
    database_world *w;
    query q;
    str rows;
    int64_t total;
} reading;

static err *run_reading(void *argument) {
    reading *r = argument;
    return world_read(r->w, &r->q, &r->rows, &r->total);
}

static str read_rows(database_world *w, query q) {
    reading r = {.w = w, .q = q};
    expect_ok(database_world_run(w, run_reading, &r));
    return r.rows;
}

/* The ids of the things that the filter keeps, in order. */
static str ids(database_world *w, const filter *f) {
    query q = world_query(w, "Thing", "id");
    query_order by_id = {.field = world_field(w, "Thing", "id")};
    q.where = f;
    q.order = &by_id;
    q.order_count = 1;
    return read_rows(w, q);
}

/* ---- Values ------------------------------------------------------------- */

static void values_come_back_as_they_went(void **state) {
    database_world *w = world_here(state);
    query q = world_query(w, "Thing", ALL);
    expect_str(read_rows(w, q),
               STR("1|apple|true|10|1.5|10.5|2024-01-01T00:00:00.000+00:00|"
                   "{\"a\": 1}|\x01\xff|RED;"
                   "2|Banana|false|-9223372036854775808|-0.25|-3|"
                   "2024-06-01T12:00:00.123+00:00|1.50||blue!;"
                   "3|50%|true|9223372036854775807|1.0000000000000001e+300|"
                   "9.99|2023-12-31T23:59:59.999+00:00|null|x|RED;"
                   "4|null|null|null|null|null|null|null|null|null"));
}

typedef struct writing {
    database_world *w;
    mutation m;
    str rows;
    err *failure;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    r->failure = world_write(r->w, &r->m, &r->rows, NULL);
    return NULL;
}

/* What a decimal comes back as, or the err. */
static str store_decimal(database_world *w, const char *text) {
    value v = value_text(text);
    const value one = value_int(1);
    writing r = {
        .w = w,
        .m = world_update(
            w, "Thing", "price", &v,
            world_compare(w, world_field(w, "Thing", "id"), COMPARE_EQ, one)),
    };
    world_return(w, &r.m, "price");
    expect_ok(database_world_run(w, run_writing, &r));
    return r.failure != NULL ? r.failure->message : r.rows;
}

static void decimals_survive_or_are_refused(void **state) {
    database_world *w = world_here(state);
    static const struct {
        const char *text;
        str result;
    } CASES[] = {
        {"0", STR_INIT("0")},
        {"-0.00", STR_INIT("0")},
        {"12.50", STR_INIT("12.5")},
        {"-12.34", STR_INIT("-12.34")},
        {"999.99", STR_INIT("999.99")},
        {"0.1", STR_INIT("0.1")},
        {"0.000000123", STR_INIT("0.000000123")},
        {"-0.000000000000000000000012",
         STR_INIT("-0.000000000000000000000012")},
        {"123456789012.345", STR_INIT("123456789012.345")},
        {"1234567890123.456", STR_INIT("numeric field overflow")},
        {"0.1234567890123456", STR_INIT("numeric field overflow")},
        /* A double this small has fewer digits. */
        {"0.0000000000000000000000000000000000000000000000000000000000000000000"
         "000000000000000000000000000000000000000000000000000000000000000000000"
         "000000000000000000000000000000000000000000000000000000000000000000000"
         "000000000000000000000000000000000000000000000000000000000000000000000"
         "000000000000000000000000000000000000000000012345",
         STR_INIT("numeric field overflow")},
        {"9223372036854775807", STR_INIT("9223372036854775807")},
        {"9223372036854775807.00", STR_INIT("9223372036854775807")},
        {"9223372036854775808", STR_INIT("numeric field overflow")},
        {"100000000000000000000", STR_INIT("100000000000000000000")},
        {"123456789012345000000000", STR_INIT("123456789012345000000000")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(store_decimal(w, CASES[i].text), CASES[i].result);
}

/* ---- Filters ------------------------------------------------------------ */

static void compares_by_type(void **state) {
    database_world *w = world_here(state);
    const struct {
        const char *column;
        compare_op op;
        value value;
        str ids;
    } CASES[] = {
        {"text", COMPARE_EQ, value_text("apple"), STR("1")},
        {"text", COMPARE_NEQ, value_text("apple"), STR("2;3")},
        {"text", COMPARE_LT, value_text("a"), STR("2;3")},
        {"flag", COMPARE_EQ, value_bool(true), STR("1;3")},
        {"flag", COMPARE_NEQ, value_bool(true), STR("2")},
        {"big", COMPARE_GTE, value_int(10), STR("1;3")},
        {"big", COMPARE_EQ, value_int(INT64_MIN), STR("2")},
        {"real", COMPARE_GT, value_real(0), STR("1;3")},
        {"price", COMPARE_EQ, value_text("10.5"), STR("1")},
        {"price", COMPARE_EQ, value_text("10.500"), STR("1")},
        {"price", COMPARE_GT, value_text("9.99"), STR("1")},
        {"price", COMPARE_LTE, value_text("9.990"), STR("2;3")},
        {"at", COMPARE_LT, value_text("2024-01-01T00:00:00.000+00:00"),
         STR("3")},
        {"at", COMPARE_GTE, value_text("2024-06-01T12:00:00.123+00:00"),
         STR("2")},
        {"raw", COMPARE_EQ, value_raw("\x01\xff"), STR("1")},
        {"color", COMPARE_EQ, value_text("blue!"), STR("2")},
        {"text", COMPARE_EQ, value_null(), STR("")},
        {"text", COMPARE_NEQ, value_null(), STR("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const field *f = world_field(w, "Thing", CASES[i].column);
        expect_str(ids(w, world_compare(w, f, CASES[i].op, CASES[i].value)),
                   CASES[i].ids);
    }
}

static filter is(const field *f, is_what what, bool is_negated) {
    return (filter){
        .kind = FILTER_IS, .field = f, .what = what, .is_negated = is_negated};
}

static void asks_for_null_true_and_false(void **state) {
    database_world *w = world_here(state);
    const field *flag = world_field(w, "Thing", "flag");
    const struct {
        filter f;
        str ids;
    } CASES[] = {
        {is(flag, IS_NULL, false), STR("4")},
        {is(flag, IS_NULL, true), STR("1;2;3")},
        {is(flag, IS_TRUE, false), STR("1;3")},
        {is(flag, IS_TRUE, true), STR("2;4")},
        {is(flag, IS_FALSE, false), STR("2")},
        {is(flag, IS_UNKNOWN, false), STR("4")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(ids(w, &CASES[i].f), CASES[i].ids);
}

static filter in(const field *f, const value *values, size_t count,
                 bool is_negated) {
    return (filter){.kind = FILTER_IN,
                    .field = f,
                    .values = values,
                    .value_count = count,
                    .is_negated = is_negated};
}

static void looks_in_lists_of_any_length(void **state) {
    database_world *w = world_here(state);
    const field *id = world_field(w, "Thing", "id");
    const field *price = world_field(w, "Thing", "price");
    const value numbers[] = {value_int(4), value_int(2), value_int(7),
                             value_int(1), value_null()};
    const value prices[] = {value_text("9.990"), value_text("-3.0")};
    const struct {
        filter f;
        str ids;
    } CASES[] = {
        {in(id, numbers, 0, false), STR("")},
        {in(id, numbers, 0, true), STR("1;2;3;4")},
        {in(id, numbers, 1, false), STR("4")},
        {in(id, numbers, 2, false), STR("2;4")},
        {in(id, numbers, 3, false), STR("2;4")},
        {in(id, numbers, 3, true), STR("1;3")},
        {in(id, numbers, 4, false), STR("1;2;4")},
        {in(id, numbers, 5, false), STR("1;2;4")},
        {in(id, numbers, 5, true), STR("")},
        {in(price, prices, 2, false), STR("2;3")},
        {in(price, prices, 2, true), STR("1")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(ids(w, &CASES[i].f), CASES[i].ids);
}

static void matches_patterns_with_and_without_case(void **state) {
    database_world *w = world_here(state);
    const field *text = world_field(w, "Thing", "text");
    const struct {
        const char *pattern;
        bool is_case_sensitive;
        str ids;
    } CASES[] = {
        {"b%", true, STR("")},     {"b%", false, STR("2")},
        {"%a%", true, STR("1;2")}, {"50\\%", true, STR("3")},
        {"50\\_", true, STR("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        filter f = {.kind = FILTER_LIKE,
                    .field = text,
                    .is_case_sensitive = CASES[i].is_case_sensitive,
                    .value = value_text(CASES[i].pattern)};
        expect_str(ids(w, &f), CASES[i].ids);
    }
}

static void joins_conditions_with_three_valued_logic(void **state) {
    database_world *w = world_here(state);
    const filter *red = world_compare(w, world_field(w, "Thing", "color"),
                                      COMPARE_EQ, value_text("RED"));
    const filter *cheap = world_compare(w, world_field(w, "Thing", "price"),
                                        COMPARE_LT, value_text("10"));
    const filter *children[] = {red, cheap, cheap};
    const struct {
        filter_kind kind;
        size_t count;
        bool is_negated;
        str ids;
    } CASES[] = {
        {FILTER_ALL, 0, false, STR("1;2;3;4")},
        {FILTER_ALL, 0, true, STR("")},
        {FILTER_ANY, 0, false, STR("")},
        {FILTER_ANY, 0, true, STR("1;2;3;4")},
        {FILTER_ALL, 1, false, STR("1;3")},
        {FILTER_ALL, 3, false, STR("3")},
        {FILTER_ALL, 3, true, STR("1;2")}, /* of 4 nothing is known */
        {FILTER_ANY, 3, false, STR("1;2;3")},
        {FILTER_ANY, 3, true, STR("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        filter f = {.kind = CASES[i].kind,
                    .is_negated = CASES[i].is_negated,
                    .children = children,
                    .child_count = CASES[i].count};
        expect_str(ids(w, &f), CASES[i].ids);
    }
}

/* SQLite takes expressions up to 1000 deep. */
static void a_thousand_conditions_are_not_too_deep(void **state) {
    database_world *w = world_here(state);
    enum { MANY = 5000 };
    const filter **children = arena_new_array(w->a, const filter *, MANY);
    const field *id = world_field(w, "Thing", "id");
    for (int64_t i = 0; i < MANY; i++)
        children[i] = world_compare(w, id, COMPARE_EQ, value_int(i));
    filter f = {.kind = FILTER_ANY, .children = children, .child_count = MANY};
    expect_str(ids(w, &f), STR("1;2;3;4"));
}

static void too_many_values_are_refused(void **state) {
    database_world *w = world_here(state);
    enum { MANY = 20000 };
    value *values = arena_new_array(w->a, value, MANY);
    for (int64_t i = 0; i < MANY; i++)
        values[i] = value_int(i);
    filter f = in(world_field(w, "Thing", "id"), values, MANY, false);
    reading r = {.w = w, .q = world_query(w, "Thing", "id")};
    r.q.where = &f;
    expect_err(database_world_run(w, run_reading, &r), ERR_TOO_LARGE,
               STR("the filter has too many values"));
}

static void a_pattern_that_ends_in_an_escape_is_refused(void **state) {
    database_world *w = world_here(state);
    filter f = {.kind = FILTER_LIKE,
                .field = world_field(w, "Thing", "text"),
                .value = value_text("a\\")};
    reading r = {.w = w, .q = world_query(w, "Thing", "id")};
    r.q.where = &f;
    expect_err(database_world_run(w, run_reading, &r), ERR_VALUE_SYNTAX,
               STR("LIKE pattern must not end with escape character"));
}

/* ---- Order and pages ---------------------------------------------------- */

static void orders_with_nulls_where_they_are_wanted(void **state) {
    database_world *w = world_here(state);
    static const struct {
        bool is_descending;
        bool are_nulls_first;
        str ids;
    } CASES[] = {
        {false, false, STR_INIT("2;3;1;4")},
        {false, true, STR_INIT("4;2;3;1")},
        {true, false, STR_INIT("1;3;2;4")},
        {true, true, STR_INIT("4;1;3;2")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        query q = world_query(w, "Thing", "id");
        query_order by_price = {.field = world_field(w, "Thing", "price"),
                                .is_descending = CASES[i].is_descending,
                                .are_nulls_first = CASES[i].are_nulls_first};
        q.order = &by_price;
        q.order_count = 1;
        expect_str(read_rows(w, q), CASES[i].ids);
    }
}

static void hands_out_pages_and_totals(void **state) {
    database_world *w = world_here(state);
    static const struct {
        int64_t limit;
        int64_t offset;
        str ids;
    } CASES[] = {
        {QUERY_NO_LIMIT, 0, STR_INIT("1;2;3;4")},
        {2, 0, STR_INIT("1;2")},
        {2, 1, STR_INIT("2;3")},
        {QUERY_NO_LIMIT, 3, STR_INIT("4")},
        {0, 0, STR_INIT("")},
        {5, 9, STR_INIT("")},
    };
    query_order by_id = {.field = world_field(w, "Thing", "id")};
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        reading r = {.w = w, .q = world_query(w, "Thing", "id")};
        r.q.order = &by_id;
        r.q.order_count = 1;
        r.q.limit = CASES[i].limit;
        r.q.offset = CASES[i].offset;
        r.q.wants_total = true;
        expect_ok(database_world_run(w, run_reading, &r));
        expect_str(r.rows, CASES[i].ids);
        assert_int_equal(r.total, 4);
    }
}

/* The count is a statement of its own, and its row is none of the query's. */
static void finds_the_one_row_with_and_without_a_total(void **state) {
    database_world *w = world_here(state);
    const filter *by_id = world_compare(w, world_field(w, "Thing", "id"),
                                        COMPARE_EQ, value_int(2));
    for (int i = 0; i < 2; i++) {
        reading r = {.w = w, .q = world_query(w, "Thing", "id text")};
        r.q.where = by_id;
        r.q.finds_one = true;
        r.q.wants_total = i == 1;
        expect_ok(database_world_run(w, run_reading, &r));
        expect_str(r.rows, STR("2|Banana"));
        assert_int_equal(r.total, i);
    }
}

/* ---- Leaving early ------------------------------------------------------ */

static err *leave_early(void *argument) {
    database_world *w = argument;
    query q = world_query(w, "Thing", "id");
    for (int i = 0; i < 10; i++) {
        CLEANUP(database_rows_close) database_rows *rows = NULL;
        TRY(database_query(w->session, w->a, &q, &rows));
        if (!database_rows_next(rows) || rows->values[0].integer != 1)
            return err_new(w->a, ERR_INTERNAL, "no first row");
    }
    return NULL;
}

static void a_read_may_be_left_half_way(void **state) {
    database_world *w = world_here(state);
    expect_ok(database_world_run(w, leave_early, w));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ROWS_TEST(values_come_back_as_they_went),
        LITE_TEST(decimals_survive_or_are_refused),
        ROWS_TEST(compares_by_type),
        ROWS_TEST(asks_for_null_true_and_false),
        ROWS_TEST(looks_in_lists_of_any_length),
        ROWS_TEST(matches_patterns_with_and_without_case),
        ROWS_TEST(joins_conditions_with_three_valued_logic),
        ROWS_TEST(a_thousand_conditions_are_not_too_deep),
        LITE_TEST(too_many_values_are_refused),
        ROWS_TEST(a_pattern_that_ends_in_an_escape_is_refused),
        ROWS_TEST(orders_with_nulls_where_they_are_wanted),
        ROWS_TEST(hands_out_pages_and_totals),
        ROWS_TEST(finds_the_one_row_with_and_without_a_total),
        ROWS_TEST(a_read_may_be_left_half_way),
    };
    return cmocka_run_group_tests_name("database/rows", tests, NULL, NULL);
}
