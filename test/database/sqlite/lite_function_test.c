/* Our SQL functions, each on its own. What they are for is in
 * lite_derivation_test.c. */
#include "database/sqlite/lite_function.h"

#include <stdlib.h>

#include "database/derivation.h"
#include "database/query.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_json.h"
#include "database/sqlite/lite_statement.h"
#include "test/support/test.h"

typedef struct world {
    arena *a;
    sqlite3 *db;
} world;

static int setup(void **state) {
    world *w = malloc(sizeof *w);
    assert_non_null(w);
    w->a = arena_new();
    assert_int_equal(sqlite3_open(":memory:", &w->db), SQLITE_OK);
    sqlite3_extended_result_codes(w->db, 1);
    assert_int_equal(lite_function_add_all(w->db, NULL), SQLITE_OK);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    assert_int_equal(sqlite3_close(w->db), SQLITE_OK);
    arena_free(w->a);
    free(w);
    return 0;
}

#define FUNCTION_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* The first cell as text, "null", or the err's code and message. */
static str ask(world *w, str sql, const str *texts, size_t count) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    expect_ok(lite_prepare(w->a, w->db, sql, 0, &row));
    for (size_t i = 0; i < count; i++)
        assert_int_equal(lite_bind_text(row, (int)i + 1, texts[i]), SQLITE_OK);
    int rc = sqlite3_step(row);
    if (rc != SQLITE_ROW) {
        err *e = lite_error(w->a, w->db, rc);
        return arena_printf(w->a, "%s: %.*s", err_code_name(e->code),
                            STR_ARG(e->message));
    }
    return sqlite3_column_type(row, 0) == SQLITE_NULL
               ? STR("null")
               : arena_copy(w->a, lite_column_text(row, 0));
}

/* ---- JSON --------------------------------------------------------------- */

static str follow(world *w, str json, const json_step *steps, size_t count,
                  bool is_text) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    expect_ok(
        lite_prepare(w->a, w->db, STR("SELECT tenon_json(?, ?, ?)"), 0, &row));
    assert_int_equal(lite_bind_text(row, 1, json), SQLITE_OK);
    sqlite3_bind_int(row, 2, is_text);
    str path = lite_json_make_path(w->a, steps, count);
    assert_int_equal(lite_bind_bytes(row, 3, path), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    return sqlite3_column_type(row, 0) == SQLITE_NULL
               ? STR("null")
               : arena_copy(w->a, lite_column_text(row, 0));
}

#define KEY(text)                                                              \
    { .key = STR_INIT(text) }
#define INDEX(n)                                                               \
    { .is_index = true, .index = (n) }

static void json_is_followed_as_arrows_do(void **state) {
    static const struct {
        str json;
        json_step steps[3];
        size_t count;
        str as_json;
        str as_text;
    } CASES[] = {
        {STR_INIT("{\"a\":{\"b\":\"x\"}}"),
         {KEY("a"), KEY("b")},
         2,
         STR_INIT("\"x\""),
         STR_INIT("x")},
        {STR_INIT("{\"a\":[1,{\"c\":true}]}"),
         {KEY("a"), INDEX(1), KEY("c")},
         3,
         STR_INIT("true"),
         STR_INIT("true")},
        {STR_INIT("[1,2,3]"), {INDEX(-1)}, 1, STR_INIT("3"), STR_INIT("3")},
        {STR_INIT("[1,2,3]"),
         {INDEX(-4)},
         1,
         STR_INIT("null"),
         STR_INIT("null")},
        {STR_INIT("[1,2,3]"),
         {INDEX(3)},
         1,
         STR_INIT("null"),
         STR_INIT("null")},
        {STR_INIT("{\"a\":null}"),
         {KEY("a")},
         1,
         STR_INIT("null"),
         STR_INIT("null")},
        {STR_INIT("{\"a\":1}"),
         {KEY("b")},
         1,
         STR_INIT("null"),
         STR_INIT("null")},
        {STR_INIT("{\"a\":1}"),
         {INDEX(0)},
         1,
         STR_INIT("null"),
         STR_INIT("null")},
        {STR_INIT("[1]"), {KEY("0")}, 1, STR_INIT("null"), STR_INIT("null")},
        {STR_INIT("{\"0\":7}"), {KEY("0")}, 1, STR_INIT("7"), STR_INIT("7")},
        {STR_INIT("{\"\":7}"), {KEY("")}, 1, STR_INIT("7"), STR_INIT("7")},
        /* The last of a name counts; keys by length; numbers as numeric. */
        {STR_INIT("{\"a\":1,\"a\":{\"bb\":1.50,\"c\":1e2}}"),
         {KEY("a")},
         1,
         STR_INIT("{\"c\": 100, \"bb\": 1.50}"),
         STR_INIT("{\"c\": 100, \"bb\": 1.50}")},
        {STR_INIT("{\"a\":\"\\u00e9\\n\"}"),
         {KEY("a")},
         1,
         STR_INIT("\"\xc3\xa9\\n\""),
         STR_INIT("\xc3\xa9\n")},
        {STR_INIT("no json"),
         {KEY("a")},
         1,
         STR_INIT("null"),
         STR_INIT("null")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_str(follow(*state, CASES[i].json, CASES[i].steps, CASES[i].count,
                          false),
                   CASES[i].as_json);
        expect_str(
            follow(*state, CASES[i].json, CASES[i].steps, CASES[i].count, true),
            CASES[i].as_text);
    }
}

static void json_sorts_as_jsonb_does(void **state) {
    static const str RISING[] = {
        STR_INIT("[]"),
        STR_INIT("null"),
        STR_INIT("\"\""),
        STR_INIT("\"B\""),
        STR_INIT("\"a\""),
        STR_INIT("-2"),
        STR_INIT("9.99"),
        STR_INIT("10"),
        STR_INIT("false"),
        STR_INIT("true"),
        STR_INIT("[1]"),
        STR_INIT("[2]"),
        STR_INIT("[1, 1]"),
        STR_INIT("{\"a\": 1}"),
        STR_INIT("{\"a\": 2}"),
        STR_INIT("{\"b\": 1}"),
        STR_INIT("{\"a\": 1, \"b\": 0}"),
        STR_INIT("what is none"),
    };
    for (size_t i = 0; i < LENGTH(RISING); i++) {
        for (size_t k = 0; k < LENGTH(RISING); k++) {
            const str pair[] = {RISING[i], RISING[k]};
            str less =
                ask(*state, STR("SELECT ? COLLATE tenon_json < ?"), pair, 2);
            expect_str(less, i < k ? STR("1") : STR("0"));
        }
    }
}

static void json_is_equal_by_value(void **state) {
    static const str PAIRS[][2] = {
        {STR_INIT("1"), STR_INIT("1.0")},
        {STR_INIT("{\"a\":1,\"b\":2}"), STR_INIT("{ \"b\": 2, \"a\": 1 }")},
        {STR_INIT("\"\\u0041\""), STR_INIT("\"A\"")},
        {STR_INIT("{\"a\":1,\"a\":2}"), STR_INIT("{\"a\":2}")},
    };
    for (size_t i = 0; i < LENGTH(PAIRS); i++)
        expect_str(
            ask(*state, STR("SELECT ? COLLATE tenon_json = ?"), PAIRS[i], 2),
            STR("1"));
}

static void json_contains_as_jsonb_does(void **state) {
    static const struct {
        str pair[2];
        str contains;
    } CASES[] = {
        {{STR_INIT("{\"a\":1,\"b\":2}"), STR_INIT("{\"a\":1}")}, STR_INIT("1")},
        {{STR_INIT("{\"a\":1}"), STR_INIT("{\"a\":1,\"b\":2}")}, STR_INIT("0")},
        {{STR_INIT("{\"a\":{\"b\":[1,2,3]}}"),
          STR_INIT("{\"a\":{\"b\":[3,1]}}")},
         STR_INIT("1")},
        {{STR_INIT("[1,2]"), STR_INIT("[2,2]")}, STR_INIT("1")},
        {{STR_INIT("[1,2]"), STR_INIT("2")}, STR_INIT("1")},
        {{STR_INIT("[[1]]"), STR_INIT("[1]")}, STR_INIT("0")},
        {{STR_INIT("[[1,2]]"), STR_INIT("[[1]]")}, STR_INIT("1")},
        {{STR_INIT("1"), STR_INIT("[1]")}, STR_INIT("0")},
        {{STR_INIT("1.0"), STR_INIT("1")}, STR_INIT("1")},
        {{STR_INIT("{}"), STR_INIT("[]")}, STR_INIT("0")},
        {{STR_INIT("[1]"), STR_INIT("[]")}, STR_INIT("1")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_str(ask(*state, STR("SELECT tenon_json_contains(?, ?)"),
                       CASES[i].pair, 2),
                   CASES[i].contains);
        expect_str(ask(*state, STR("SELECT tenon_json_is_contained(?2, ?1)"),
                       CASES[i].pair, 2),
                   CASES[i].contains);
    }
}

/* ---- Casts -------------------------------------------------------------- */

static str cast(world *w, const char *sql_value, scalar_type from, cast_type to,
                scalar_type result) {
    str sql = arena_printf(w->a, "SELECT tenon_cast(%s, %d, %d, %d)", sql_value,
                           (int)from, (int)to, (int)result);
    return ask(w, sql, NULL, 0);
}

typedef struct cast_case {
    const char *value;
    scalar_type from;
    cast_type to;
    str result;
} cast_case;

static void expect_casts(world *w, const cast_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++)
        expect_str(
            cast(w, cases[i].value, cases[i].from, cases[i].to, SCALAR_STRING),
            cases[i].result);
}

static void casts_to_text(void **state) {
    static const cast_case CASES[] = {
        {"NULL", SCALAR_INT, CAST_TEXT, STR_INIT("null")},
        {"12", SCALAR_INT, CAST_TEXT, STR_INIT("12")},
        {"1", SCALAR_BOOLEAN, CAST_TEXT, STR_INIT("true")},
        {"0", SCALAR_BOOLEAN, CAST_TEXT, STR_INIT("false")},
        {"0.1", SCALAR_FLOAT, CAST_TEXT, STR_INIT("0.1")},
        {"1e15", SCALAR_FLOAT, CAST_TEXT, STR_INIT("1e+15")},
        {"10.5", SCALAR_DECIMAL, CAST_TEXT, STR_INIT("10.5")},
        {"'10.50'", SCALAR_DECIMAL, CAST_TEXT, STR_INIT("10.50")},
        {"'2024-01-31T12:00:00.120+00:00'", SCALAR_DATETIME, CAST_TEXT,
         STR_INIT("2024-01-31 12:00:00.12")},
        {"1706702400000", SCALAR_DATETIME, CAST_TEXT,
         STR_INIT("2024-01-31 12:00:00")},
        {"'{\"b\":1, \"a\":2}'", SCALAR_JSON, CAST_TEXT,
         STR_INIT("{\"a\": 2, \"b\": 1}")},
        {"x'01ff'", SCALAR_BYTES, CAST_TEXT, STR_INIT("\\x01ff")},
    };
    expect_casts(*state, CASES, LENGTH(CASES));
}

static void casts_to_numbers(void **state) {
    static const cast_case CASES[] = {
        {"' 12 '", SCALAR_STRING, CAST_INT4, STR_INIT("12")},
        {"'+7'", SCALAR_STRING, CAST_INT4, STR_INIT("7")},
        {"'1.5'", SCALAR_STRING, CAST_INT4,
         STR_INIT("VALUE_SYNTAX: invalid input syntax for type integer:"
                  " \"1.5\"")},
        {"''", SCALAR_STRING, CAST_INT8,
         STR_INIT("VALUE_SYNTAX: invalid input syntax for type bigint: \"\"")},
        {"'40000'", SCALAR_STRING, CAST_INT2,
         STR_INIT("VALUE_RANGE: value \"40000\" is out of range for type"
                  " smallint")},
        {"40000", SCALAR_INT, CAST_INT2,
         STR_INIT("VALUE_RANGE: smallint out of range")},
        {"2.5", SCALAR_FLOAT, CAST_INT4, STR_INIT("2")},
        {"3.5", SCALAR_FLOAT, CAST_INT4, STR_INIT("4")},
        {"2.5", SCALAR_DECIMAL, CAST_INT4, STR_INIT("3")},
        {"-2.5", SCALAR_DECIMAL, CAST_INT4, STR_INIT("-3")},
        {"1e300", SCALAR_FLOAT, CAST_INT8,
         STR_INIT("VALUE_RANGE: bigint out of range")},
        {"1", SCALAR_BOOLEAN, CAST_INT4, STR_INIT("1")},
        {"1", SCALAR_BOOLEAN, CAST_INT8,
         STR_INIT("CAST: cannot cast type boolean to bigint")},
        {"'12.5'", SCALAR_JSON, CAST_INT4, STR_INIT("13")},
        {"'\"12\"'", SCALAR_JSON, CAST_INT4,
         STR_INIT("INVALID: cannot cast jsonb string to type integer")},
        {"'1e2'", SCALAR_STRING, CAST_FLOAT8, STR_INIT("100.0")},
        {"'x'", SCALAR_STRING, CAST_FLOAT8,
         STR_INIT("VALUE_SYNTAX: invalid input syntax for type double"
                  " precision: \"x\"")},
        {"'1e400'", SCALAR_STRING, CAST_FLOAT8,
         STR_INIT("VALUE_RANGE: \"1e400\" is out of range for type double"
                  " precision")},
        {"0.1", SCALAR_FLOAT, CAST_FLOAT4, STR_INIT("0.1")},
        {"16777217", SCALAR_INT, CAST_FLOAT4, STR_INIT("16777216.0")},
        {"'1e2'", SCALAR_STRING, CAST_NUMERIC, STR_INIT("100")},
        {"'0.10'", SCALAR_STRING, CAST_NUMERIC, STR_INIT("0.10")},
        {"0.1", SCALAR_FLOAT, CAST_NUMERIC, STR_INIT("0.1")},
        {"'x'", SCALAR_STRING, CAST_NUMERIC,
         STR_INIT("VALUE_SYNTAX: invalid input syntax for type numeric:"
                  " \"x\"")},
        {"'2024-01-31T12:00:00.000+00:00'", SCALAR_DATETIME, CAST_INT4,
         STR_INIT("CAST: cannot cast type timestamp without time zone to"
                  " integer")},
    };
    expect_casts(*state, CASES, LENGTH(CASES));
}

static void casts_to_other_types(void **state) {
    static const cast_case CASES[] = {
        {"'T'", SCALAR_STRING, CAST_BOOL, STR_INIT("1")},
        {"' off '", SCALAR_STRING, CAST_BOOL, STR_INIT("0")},
        {"'o'", SCALAR_STRING, CAST_BOOL,
         STR_INIT("VALUE_SYNTAX: invalid input syntax for type boolean:"
                  " \"o\"")},
        {"7", SCALAR_INT, CAST_BOOL, STR_INIT("1")},
        {"'true'", SCALAR_JSON, CAST_BOOL, STR_INIT("1")},
        {"'2024-01-31T12:00:00.120+00:00'", SCALAR_DATETIME, CAST_DATE,
         STR_INIT("2024-01-31")},
        {"'2024-01-31T12:00:00.120+00:00'", SCALAR_DATETIME, CAST_TIME,
         STR_INIT("12:00:00.12")},
        {"'2024-01-31T12:00:00.120+00:00'", SCALAR_DATETIME, CAST_TIMESTAMP,
         STR_INIT("2024-01-31T12:00:00.12")},
        {"'2024-01-31T12:00:00.120+00:00'", SCALAR_DATETIME, CAST_TIMESTAMPTZ,
         STR_INIT("2024-01-31T12:00:00.12+00:00")},
        {"'2024-01-31'", SCALAR_STRING, CAST_DATE, STR_INIT("2024-01-31")},
        {"'09:30'", SCALAR_STRING, CAST_TIME, STR_INIT("09:30:00")},
        {"'2024-02-30'", SCALAR_STRING, CAST_DATE,
         STR_INIT("VALUE_DATETIME_RANGE: date/time field value out of range:"
                  " \"2024-02-30\"")},
        {"'25:00'", SCALAR_STRING, CAST_TIME,
         STR_INIT("VALUE_DATETIME_RANGE: date/time field value out of range:"
                  " \"25:00\"")},
        {"'soon'", SCALAR_STRING, CAST_DATE,
         STR_INIT("VALUE_DATETIME: invalid input syntax for type date:"
                  " \"soon\"")},
        {"'{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'", SCALAR_STRING, CAST_UUID,
         STR_INIT("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
        {"'a0'", SCALAR_STRING, CAST_UUID,
         STR_INIT("VALUE_SYNTAX: invalid input syntax for type uuid: \"a0\"")},
        {"'\\x6869'", SCALAR_STRING, CAST_BYTEA, STR_INIT("hi")},
        {"'{\"b\":1}'", SCALAR_STRING, CAST_JSONB, STR_INIT("{\"b\": 1}")},
        {"'{'", SCALAR_STRING, CAST_JSON,
         STR_INIT("VALUE_SYNTAX: invalid input syntax for type json")},
    };
    expect_casts(*state, CASES, LENGTH(CASES));
    expect_str(cast(*state, "'2024-01-31 12:00'", SCALAR_STRING, CAST_DATE,
                    SCALAR_DATETIME),
               STR("2024-01-31T00:00:00.000+00:00"));
}

/* ---- Sums --------------------------------------------------------------- */

static void adds_exactly(void **state) {
    static const struct {
        const char *values;
        scalar_type scalar;
        str sum;
        str average;
    } CASES[] = {
        {"(1), (2), (NULL), (4)", SCALAR_INT, STR_INIT("7"),
         STR_INIT("2.3333333333333333")},
        {"(NULL)", SCALAR_INT, STR_INIT("null"), STR_INIT("null")},
        {"(2147483647), (2147483647)", SCALAR_INT, STR_INIT("4294967294"),
         STR_INIT("2147483647")},
        {"(9223372036854775807), (9223372036854775807)", SCALAR_BIGINT,
         STR_INIT("18446744073709551614"), STR_INIT("9223372036854775807")},
        {"(9223372036854775807), (1)", SCALAR_INT,
         STR_INIT("VALUE_RANGE: bigint out of range"),
         STR_INIT("4611686018427387904")},
        {"(0.1), (0.2)", SCALAR_DECIMAL, STR_INIT("0.3"), STR_INIT("0.15")},
        {"(0), (1), (1)", SCALAR_INT, STR_INIT("2"),
         STR_INIT("0.66666666666666666667")},
        {"(-1), (0.5)", SCALAR_DECIMAL, STR_INIT("-0.5"), STR_INIT("-0.25")},
        {"('123456789012345678901234567890.01'), ('0.09')", SCALAR_DECIMAL,
         STR_INIT("123456789012345678901234567890.10"),
         STR_INIT("61728394506172839450617283945.05")},
        {"('0.50'), ('0.50')", SCALAR_DECIMAL, STR_INIT("1.00"),
         STR_INIT("0.50000000000000000000")},
        {"(0.5), (0.5)", SCALAR_DECIMAL, STR_INIT("1"), STR_INIT("0.5")},
        {"(1.5), (2.25)", SCALAR_FLOAT, STR_INIT("3.75"), STR_INIT("1.875")},
        {"(1e308), (1e308)", SCALAR_FLOAT,
         STR_INIT("VALUE_RANGE: value out of range: overflow"),
         STR_INIT("VALUE_RANGE: value out of range: overflow")},
    };
    world *w = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str sql = arena_printf(
            w->a, "WITH t(n) AS (VALUES %s) SELECT tenon_sum(n, %d) FROM t",
            CASES[i].values, (int)CASES[i].scalar);
        expect_str(ask(w, sql, NULL, 0), CASES[i].sum);
        sql = arena_printf(
            w->a, "WITH t(n) AS (VALUES %s) SELECT tenon_avg(n, %d) FROM t",
            CASES[i].values, (int)CASES[i].scalar);
        str average = ask(w, sql, NULL, 0);
        expect_str(average, CASES[i].average);
    }
    expect_str(ask(w, STR("SELECT tenon_sum('x', 0)"), NULL, 0),
               STR("OPERATOR_TYPE: only numbers have a sum and an average"));
}

/* ---- Patterns ----------------------------------------------------------- */

static void matches_expressions(void **state) {
    static const struct {
        str pair[2];
        str matches;
        str ignoring_case;
    } CASES[] = {
        {{STR_INIT("hello"), STR_INIT("^h.l+o$")},
         STR_INIT("1"),
         STR_INIT("1")},
        {{STR_INIT("HELLO"), STR_INIT("hell")}, STR_INIT("0"), STR_INIT("1")},
        {{STR_INIT("a\nb"), STR_INIT("a.b")}, STR_INIT("1"), STR_INIT("1")},
        {{STR_INIT("a\nb"), STR_INIT("^b")}, STR_INIT("0"), STR_INIT("0")},
        {{STR_INIT("\xc3\x89t\xc3\xa9"), STR_INIT("^[[:alpha:]]+$")},
         STR_INIT("1"),
         STR_INIT("1")},
        {{STR_INIT("\xc3\x89t\xc3\xa9"), STR_INIT("\xc3\xa9T\xc3\xa9")},
         STR_INIT("0"),
         STR_INIT("1")},
        {{STR_INIT("x"), STR_INIT("(")},
         STR_INIT("REGEX: invalid regular expression: missing closing"
                  " parenthesis at byte 1"),
         STR_INIT("REGEX: invalid regular expression: missing closing"
                  " parenthesis at byte 1")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_str(
            ask(*state, STR("SELECT tenon_match(?, ?)"), CASES[i].pair, 2),
            CASES[i].matches);
        expect_str(
            ask(*state, STR("SELECT tenon_imatch(?, ?)"), CASES[i].pair, 2),
            CASES[i].ignoring_case);
    }
    static const str COSTLY[] = {
        STR_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
        STR_INIT("^(a+)+$")};
    expect_str(ask(*state, STR("SELECT tenon_match(?, ?)"), COSTLY, 2),
               STR("REGEX: regular expression failed: it is too costly for a"
                   " text that it was matched with"));
}

/* ---- Searches ----------------------------------------------------------- */

static void searches_texts(void **state) {
    static const struct {
        const char *text;
        const char *query;
        search_syntax syntax;
        const char *configuration;
        str found;
    } CASES[] = {
        {"The Fat Rats sat", "rat", SEARCH_QUERY, "", STR_INIT("1")},
        {"The Fat Rats sat", "rat", SEARCH_QUERY, "simple", STR_INIT("0")},
        {"The Fat Rats sat", "RATS", SEARCH_QUERY, "simple", STR_INIT("1")},
        {"The Fat Rats sat", "fat & rat", SEARCH_QUERY, "english",
         STR_INIT("1")},
        {"The Fat Rats sat", "fat & !rat", SEARCH_QUERY, "", STR_INIT("0")},
        {"The Fat Rats sat", "cat | (dog | sat)", SEARCH_QUERY, "",
         STR_INIT("1")},
        {"The Fat Rats sat", "ra:*", SEARCH_QUERY, "", STR_INIT("1")},
        {"The Fat Rats sat", "fat <-> rat", SEARCH_QUERY, "", STR_INIT("1")},
        {"The Fat Rats sat", "rat <-> fat", SEARCH_QUERY, "", STR_INIT("0")},
        {"The Fat Rats sat", "fat <2> sat", SEARCH_QUERY, "", STR_INIT("1")},
        {"The Fat Rats sat", "fat <-> (cat | rat)", SEARCH_QUERY, "",
         STR_INIT("1")},
        {"The Fat Rats sat", "fat <-> !rat", SEARCH_QUERY, "", STR_INIT("0")},
        {"The Fat Rats sat", "rat <-> !fat", SEARCH_QUERY, "", STR_INIT("1")},
        {"The Fat Rats sat", "'fat rats'", SEARCH_QUERY, "", STR_INIT("1")},
        {"The Fat Rats sat", "'rats fat'", SEARCH_QUERY, "", STR_INIT("0")},
        {"the big fat rats", "big <-> 'fat rats'", SEARCH_QUERY, "",
         STR_INIT("1")},
        {"the big old fat rats", "big <-> 'fat rats'", SEARCH_QUERY, "",
         STR_INIT("0")},
        {"the big fat rats", "big <-> ('fat rats' | rat)", SEARCH_QUERY, "",
         STR_INIT("1")},
        {"a cat in the hat", "cat <-> in <-> the <-> hat", SEARCH_QUERY, "",
         STR_INIT("1")},
        {"a cat on hat", "cat <-> in <-> the <-> hat", SEARCH_QUERY, "",
         STR_INIT("0")},
        {"The Fat Rats sat", "the", SEARCH_QUERY, "", STR_INIT("0")},
        {"The Fat Rats sat", "the", SEARCH_QUERY, "simple", STR_INIT("1")},
        {"The Fat Rats sat", "!the", SEARCH_QUERY, "", STR_INIT("0")},
        {"The Fat Rats sat", "", SEARCH_QUERY, "", STR_INIT("0")},
        {"The Fat Rats sat", "rats & sat & the", SEARCH_PLAIN, "",
         STR_INIT("1")},
        {"The Fat Rats sat", "sat rats", SEARCH_PLAIN, "", STR_INIT("1")},
        {"The Fat Rats sat", "sat dog", SEARCH_PLAIN, "", STR_INIT("0")},
        {"The Fat Rats sat", "fat rats", SEARCH_PHRASE, "", STR_INIT("1")},
        {"The Fat Rats sat", "fat sat", SEARCH_PHRASE, "", STR_INIT("0")},
        {"cat in the hat", "cat in the hat", SEARCH_PHRASE, "", STR_INIT("1")},
        {"cat in hat", "cat in the hat", SEARCH_PHRASE, "", STR_INIT("0")},
        {"The Fat Rats sat", "\"fat rats\" or cat", SEARCH_WEB, "",
         STR_INIT("1")},
        {"The Fat Rats sat", "\"rats fat\" or cat", SEARCH_WEB, "",
         STR_INIT("0")},
        {"The Fat Rats sat", "fat -cat", SEARCH_WEB, "", STR_INIT("1")},
        {"The Fat Rats sat", "fat -rats", SEARCH_WEB, "", STR_INIT("0")},
        {"The Fat Rats sat", "((( fat \"", SEARCH_WEB, "", STR_INIT("1")},
        {"\xc3\x89t\xc3\xa9 1984", "\xc3\xa9t\xc3\xa9 & 1984", SEARCH_QUERY, "",
         STR_INIT("1")},
        {"The Fat Rats sat", "fat rat", SEARCH_QUERY, "",
         STR_INIT("INVALID: syntax error in tsquery: \"fat rat\"")},
        {"The Fat Rats sat", "fat &", SEARCH_QUERY, "",
         STR_INIT("INVALID: no operand in tsquery: \"fat &\"")},
        {"The Fat Rats sat", "fat", SEARCH_QUERY, "french",
         STR_INIT("INVALID: text search configuration \"french\" does not"
                  " exist: on SQLite there are english and simple")},
    };
    world *w = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const str texts[] = {str_of(CASES[i].text), str_of(CASES[i].query),
                             str_of(CASES[i].configuration)};
        str sql = arena_printf(w->a, "SELECT tenon_search(?1, ?2, %d, ?3)",
                               (int)CASES[i].syntax);
        str got = ask(w, sql, texts, LENGTH(texts));
        if (!str_equal(got, CASES[i].found))
            fail_msg("%s in \"%s\": %.*s", CASES[i].query, CASES[i].text,
                     STR_ARG(got));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FUNCTION_TEST(json_is_followed_as_arrows_do),
        FUNCTION_TEST(json_sorts_as_jsonb_does),
        FUNCTION_TEST(json_is_equal_by_value),
        FUNCTION_TEST(json_contains_as_jsonb_does),
        FUNCTION_TEST(casts_to_text),
        FUNCTION_TEST(casts_to_numbers),
        FUNCTION_TEST(casts_to_other_types),
        FUNCTION_TEST(adds_exactly),
        FUNCTION_TEST(matches_expressions),
        FUNCTION_TEST(searches_texts),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_function", tests,
                                       NULL, NULL);
}
