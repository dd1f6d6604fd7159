#include "database/postgres/pg_form.h"

#include "base/attr.h"
#include "database/postgres/pg_array.h"
#include "test/support/test.h"

static value read(arena *a, pg_form form, str text) {
    value v = {0};
    expect_ok(pg_form_read(a, form, text.ptr, text.len, &v));
    return v;
}

static void times_become_those_of_value_h(void **state) {
    static const struct {
        str text;
        str value;
    } CASES[] = {
        {STR_INIT("2024-01-31 12:00:00"),
         STR_INIT("2024-01-31T12:00:00.000+00:00")},
        {STR_INIT("2024-01-31 12:00:00+00"),
         STR_INIT("2024-01-31T12:00:00.000+00:00")},
        {STR_INIT("2024-01-31 12:00:00.1"),
         STR_INIT("2024-01-31T12:00:00.100+00:00")},
        {STR_INIT("2024-01-31 12:00:00.1234+00"),
         STR_INIT("2024-01-31T12:00:00.1234+00:00")},
        {STR_INIT("2024-01-31"), STR_INIT("2024-01-31")},
        {STR_INIT("12:00:00"), STR_INIT("12:00:00")},
        {STR_INIT("12:00:00+02"), STR_INIT("12:00:00+02")},
        {STR_INIT("infinity"), STR_INIT("infinity")},
        {STR_INIT("2024-01-31 12:00:00+02"),
         STR_INIT("2024-01-31 12:00:00+02")},
        {STR_INIT("0044-03-15 00:00:00 BC"),
         STR_INIT("0044-03-15 00:00:00 BC")},
        {STR_INIT("12024-01-31 12:00:00"), STR_INIT("12024-01-31 12:00:00")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value v = read(*state, PG_DATETIME, CASES[i].text);
        assert_int_equal(v.kind, VALUE_TEXT);
        expect_str(v.text, CASES[i].value);
    }
}

static void numbers_and_truths_are_read(void **state) {
    arena *a = *state;
    assert_true(read(a, PG_BOOLEAN, STR("t")).boolean);
    assert_false(read(a, PG_BOOLEAN, STR("f")).boolean);
    assert_true(read(a, PG_INTEGER, STR("-9223372036854775808")).integer ==
                INT64_MIN);
    assert_true(read(a, PG_REAL, STR("1e-05")).real > 0.9e-05);
    expect_str(read(a, PG_BYTES, STR("\\x61FF")).text, STR("a\xFF"));
    expect_str(read(a, PG_BYTES, STR("\\x")).text, STR(""));
}

/* Sums and special numbers, which no int64_t or JSON number can be. */
static void what_fits_no_number_stays_text(void **state) {
    expect_str(read(*state, PG_INTEGER, STR("9223372036854775808")).text,
               STR("9223372036854775808"));
    expect_str(read(*state, PG_REAL, STR("NaN")).text, STR("NaN"));
}

static void an_answer_of_another_form_is_an_error(void **state) {
    value v = {0};
    expect_err(pg_form_read(*state, PG_BOOLEAN, "yes", 3, &v), ERR_CORRUPT,
               STR("the database answers \"yes\" for a Boolean"));
    expect_err(pg_form_read(*state, PG_BYTES, "\\x1", 3, &v), ERR_CORRUPT,
               STR("the database answers \"\\x1\" for bytes"));
}

static void lists_become_array_literals(void **state) {
    static const struct {
        str list;
        bool is_json;
        str literal;
    } CASES[] = {
        {STR_INIT("[]"), false, STR_INIT("{}")},
        {STR_INIT("[\"a\",\"\",\"b,\\\"}\\\\\"]"), false,
         STR_INIT("{\"a\",\"\",\"b,\\\"}\\\\\"}")},
        {STR_INIT("[1,-2.50,true,null]"), false,
         STR_INIT("{\"1\",\"-2.50\",\"true\",NULL}")},
        {STR_INIT("[{\"a\": \"x\"}, \"s\", null]"), true,
         STR_INIT("{\"{\\\"a\\\":\\\"x\\\"}\",\"\\\"s\\\"\",\"null\"}")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str literal = {0};
        expect_ok(pg_array_of_list(*state, CASES[i].list, CASES[i].is_json,
                                   &literal));
        expect_str(literal, CASES[i].literal);
    }
    str literal = {0};
    expect_err(pg_array_of_list(*state, STR("1"), false, &literal),
               ERR_VALUE_SYNTAX, STR("a list must be a JSON array"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(times_become_those_of_value_h),
        TEST(numbers_and_truths_are_read),
        TEST(what_fits_no_number_stays_text),
        TEST(an_answer_of_another_form_is_an_error),
        TEST(lists_become_array_literals),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_form", tests, NULL,
                                       NULL);
}
