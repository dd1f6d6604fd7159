#include "base/timestamp.h"

#include <stdio.h>

#include "test/support/test.h"

static str written(timestamp t, char out[TIMESTAMP_LENGTH]) {
    timestamp_format(t, out);
    return (str){out, TIMESTAMP_LENGTH};
}

static void reads_the_forms_that_clients_send(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str value;
    } CASES[] = {
        {STR_INIT("2024-01-31T12:00:00.123+00:00"),
         STR_INIT("2024-01-31T12:00:00.123+00:00")},
        {STR_INIT("2024-01-31"), STR_INIT("2024-01-31T00:00:00.000+00:00")},
        {STR_INIT("2024-01-31 12:34"),
         STR_INIT("2024-01-31T12:34:00.000+00:00")},
        {STR_INIT("2024-01-31 12:34:56"),
         STR_INIT("2024-01-31T12:34:56.000+00:00")},
        {STR_INIT("2024-01-31T12:34:56"),
         STR_INIT("2024-01-31T12:34:56.000+00:00")},
        {STR_INIT("2024-01-31t12:34:56z"),
         STR_INIT("2024-01-31T12:34:56.000+00:00")},
        {STR_INIT("1970-01-01T00:00:00Z"),
         STR_INIT("1970-01-01T00:00:00.000+00:00")},

        {STR_INIT("2024-01-31 12:00:00.1"),
         STR_INIT("2024-01-31T12:00:00.100+00:00")},
        {STR_INIT("2024-01-31 12:00:00.12Z"),
         STR_INIT("2024-01-31T12:00:00.120+00:00")},
        {STR_INIT("2024-01-31 12:00:00.123456+00"),
         STR_INIT("2024-01-31T12:00:00.123+00:00")},
        {STR_INIT("9999-12-31T23:59:59.999999999Z"),
         STR_INIT("9999-12-31T23:59:59.999+00:00")},

        {STR_INIT("2024-01-31T12:00:00+02"),
         STR_INIT("2024-01-31T10:00:00.000+00:00")},
        {STR_INIT("2024-01-31T12:00:00-0530"),
         STR_INIT("2024-01-31T17:30:00.000+00:00")},
        {STR_INIT("2024-01-31T12:00:00 +05:45"),
         STR_INIT("2024-01-31T06:15:00.000+00:00")},
        {STR_INIT("2024-01-01T00:30+01:00"),
         STR_INIT("2023-12-31T23:30:00.000+00:00")},
        {STR_INIT("2024-02-28T23:59:59.999-23:59"),
         STR_INIT("2024-02-29T23:58:59.999+00:00")},
        {STR_INIT("2024-01-31T12:00:00-00:00"),
         STR_INIT("2024-01-31T12:00:00.000+00:00")},

        {STR_INIT("2024-02-29"), STR_INIT("2024-02-29T00:00:00.000+00:00")},
        {STR_INIT("2000-02-29"), STR_INIT("2000-02-29T00:00:00.000+00:00")},
        {STR_INIT("2016-12-31T23:59:60Z"),
         STR_INIT("2017-01-01T00:00:00.000+00:00")},
        {STR_INIT("2016-12-31T23:59:60.9Z"),
         STR_INIT("2017-01-01T00:00:00.000+00:00")},
        {STR_INIT("0001-01-01"), STR_INIT("0001-01-01T00:00:00.000+00:00")},
        {STR_INIT("0001-01-01T00:00:00-01:00"),
         STR_INIT("0001-01-01T01:00:00.000+00:00")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        timestamp t;
        char out[TIMESTAMP_LENGTH];
        expect_ok(timestamp_parse(a, CASES[i].text, &t));
        expect_str(written(t, out), CASES[i].value);
    }
}

static void refuses_what_is_not_written_like_a_time(void **state) {
    arena *a = *state;
    static const char *const CASES[] = {
        "",
        "now",
        "2024",
        "2024-01",
        "2024-1-31",
        "24-01-31",
        "20240131",
        "+2024-01-31",
        "-2024-01-31",
        "1234567-01-31",
        "024-01-31",
        "2024/01/31",
        "2024-01-31T",
        "2024-01-31 ",
        "2024-01-31Z",
        "2024-01-31T12",
        "2024-01-31T12:",
        "2024-01-31T12:0",
        "2024-01-31T120000",
        "2024-01-31T12:00:",
        "2024-01-31T12:00:0",
        "2024-01-31T12:00:00.",
        "2024-01-31T12:00:00.Z",
        "2024-01-31T12:00:00,5",
        "2024-01-31T12:00:00.1234567890",
        "2024-01-31T12:00:00+",
        "2024-01-31T12:00:00+2",
        "2024-01-31T12:00:00+02:",
        "2024-01-31T12:00:00+02:3",
        "2024-01-31T12:00:00+023",
        "2024-01-31T12:00:00+02:30:15",
        "2024-01-31T12:00:00 ",
        "2024-01-31T12:00:00  Z",
        "2024-01-31T12:00:00Z ",
        "2024-01-31T12:00:00ZZ",
        "2024-01-31T12:00:00 UTC",
        " 2024-01-31",
        "2024-01-31  12:00:00",
        "2024-01-31T12:00:0\xD9\xA1",
        "1706702400000",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        timestamp t = {42};
        char message[100];
        snprintf(message, sizeof message, "\"%s\" is not a date and time",
                 CASES[i]);
        expect_err(timestamp_parse(a, str_of(CASES[i]), &t), ERR_VALUE_DATETIME,
                   str_of(message));
        assert_true(t.ms == 42);
    }
}

static void refuses_times_that_do_not_exist(void **state) {
    arena *a = *state;
    static const char *const CASES[] = {
        "0000-01-01",
        "2024-00-01",
        "2024-13-01",
        "2024-01-00",
        "2024-01-32",
        "2024-04-31",
        "2024-02-30",
        "2023-02-29",
        "1900-02-29",
        "2100-02-29",
        "2024-01-31T24:00:00",
        "2024-01-31T12:60:00",
        "2024-01-31T12:00:61",
        "2024-01-31T12:00:00+24:00",
        "2024-01-31T12:00:00+01:60",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:00-00:01",
        "9999-12-31T23:59:60Z",
        "10000-01-01",
        "12024-01-31",
        "294277-01-01T00:00:00Z",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        timestamp t = {42};
        char message[100];
        snprintf(message, sizeof message,
                 "the date and time \"%s\" does not exist", CASES[i]);
        expect_err(timestamp_parse(a, str_of(CASES[i]), &t), ERR_VALUE_RANGE,
                   str_of(message));
        assert_true(t.ms == 42);
    }
}

static void trims_the_fraction_on_the_wire(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str wire;
    } CASES[] = {
        {STR_INIT("2024-01-31 12:00:00"),
         STR_INIT("2024-01-31T12:00:00+00:00")},
        {STR_INIT("2024-01-31 12:00:00.1"),
         STR_INIT("2024-01-31T12:00:00.1+00:00")},
        {STR_INIT("2024-01-31 12:00:00.12"),
         STR_INIT("2024-01-31T12:00:00.12+00:00")},
        {STR_INIT("2024-01-31 12:00:00.123"),
         STR_INIT("2024-01-31T12:00:00.123+00:00")},
        {STR_INIT("2024-01-31 12:00:00.003"),
         STR_INIT("2024-01-31T12:00:00.003+00:00")},
        {STR_INIT("2024-01-31 12:00:00.010"),
         STR_INIT("2024-01-31T12:00:00.01+00:00")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        timestamp t;
        char value[TIMESTAMP_LENGTH];
        char wire[TIMESTAMP_LENGTH];
        expect_ok(timestamp_parse(a, CASES[i].text, &t));
        size_t len = timestamp_format_short(t, wire);
        expect_str(((str){wire, len}), CASES[i].wire);
        timestamp_format(t, value);
        len = timestamp_shorten(value, wire);
        expect_str(((str){wire, len}), CASES[i].wire);
    }
}

static int days_of_month(int year, int month) {
    if (month == 2)
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Walks the calendar day by day from the first to the last. */
static void knows_every_day(void **state) {
    arena *a = *state;
    int64_t ms = INT64_C(-62135596800000);
    assert_false(timestamp_is_in_range((timestamp){ms - 1}));
    for (int year = 1; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= days_of_month(year, month); day++) {
                char out[TIMESTAMP_LENGTH];
                timestamp_format((timestamp){ms + 86399999}, out);
                int y = (out[0] - '0') * 1000 + (out[1] - '0') * 100 +
                        (out[2] - '0') * 10 + out[3] - '0';
                int m = (out[5] - '0') * 10 + out[6] - '0';
                int d = (out[8] - '0') * 10 + out[9] - '0';
                timestamp t = {0};
                if (timestamp_parse(a, (str){out, TIMESTAMP_LENGTH}, &t) ||
                    t.ms != ms + 86399999 || y != year || m != month ||
                    d != day)
                    fail_msg("wrong on %04d-%02d-%02d", year, month, day);
                ms += 86400000;
            }
        }
    }
    assert_true(timestamp_is_in_range((timestamp){ms - 1}));
    assert_false(timestamp_is_in_range((timestamp){ms}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_the_forms_that_clients_send),
        TEST(refuses_what_is_not_written_like_a_time),
        TEST(refuses_times_that_do_not_exist),
        TEST(trims_the_fraction_on_the_wire),
        TEST(knows_every_day),
    };
    return cmocka_run_group_tests_name("base/timestamp", tests, NULL, NULL);
}
