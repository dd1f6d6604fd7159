#include "base/time_zone.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "test/support/test.h"

/* Moments on both sides of changes, in the past by the table, in the future by
 * the rule; offsets as `date` with TZ prints them. */
static void knows_what_the_clock_shows(void **state) {
    arena *a = *state;
    if (!file_exists(a, STR("/usr/share/zoneinfo/Europe/Berlin"))) {
        print_message("no time zone database: install tzdata\n");
        skip();
    }
    static const struct {
        const char *zone;
        const char *moment;
        int32_t offset;
    } CASES[] = {
        {"UTC", "2024-07-01", 0},
        {"Europe/Berlin", "2024-03-31T00:59:59Z", 3600},
        {"Europe/Berlin", "2024-03-31T01:00:00Z", 7200},
        {"Europe/Berlin", "2024-10-27T00:59:59Z", 7200},
        {"Europe/Berlin", "2024-10-27T01:00:00Z", 3600},
        {"Europe/Berlin", "2090-03-26T00:59:59Z", 3600},
        {"Europe/Berlin", "2090-03-26T01:00:00Z", 7200},
        {"Europe/Berlin", "2090-10-29T01:00:00Z", 3600},
        {"Europe/Berlin", "1800-01-01T00:00:00Z", 3208},
        {"America/Los_Angeles", "2024-01-01", -28800},
        {"America/Los_Angeles", "2060-07-01", -25200},
        {"Australia/Sydney", "2060-01-01", 39600},
        {"Australia/Sydney", "2060-07-01", 36000},
        {"Asia/Kolkata", "2024-01-01", 19800},
        {"Asia/Kathmandu", "2060-01-01", 20700},
        {"Etc/GMT+5", "2024-01-01", -18000},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        time_zone z;
        timestamp t;
        expect_ok(time_zone_find(a, str_of(CASES[i].zone), &z));
        expect_ok(timestamp_parse(a, str_of(CASES[i].moment), &t));
        assert_int_equal(time_zone_offset(&z, t.ms / 1000), CASES[i].offset);
    }
}

static void finds_no_zone_by_a_name_that_is_none(void **state) {
    arena *a = *state;
    static const char *const NAMES[] = {
        "",       "Jupiter",   "../zoneinfo/UTC", "/etc/passwd",
        "Europe", "tzdata.zi", "Europe/Berlin ",  "posix\n"};
    for (size_t i = 0; i < LENGTH(NAMES); i++) {
        time_zone z;
        err *e = time_zone_find(a, str_of(NAMES[i]), &z);
        assert_non_null(e);
        assert_int_equal(e->code, ERR_INVALID);
    }
}

static void refuses_a_file_that_is_cut_off(void **state) {
    arena *a = *state;
    str file;
    time_zone z;
    if (file_read(a, STR("/usr/share/zoneinfo/Europe/Berlin"), &file) != NULL)
        skip();
    for (size_t len = 0; len + 1 < file.len; len += 7)
        expect_err(time_zone_parse(a, (str){file.ptr, len}, &z), ERR_CORRUPT,
                   STR("not a file of a time zone"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(knows_what_the_clock_shows),
        TEST(finds_no_zone_by_a_name_that_is_none),
        TEST(refuses_a_file_that_is_cut_off),
    };
    return cmocka_run_group_tests_name("base/time_zone", tests, NULL, NULL);
}
