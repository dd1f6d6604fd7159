#include "base/cron.h"

#include "base/file.h"
#include "base/rand.h"
#include "base/timestamp.h"
#include "test/support/test.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 24 * HOUR };

static str formatted(arena *a, const cron *c) {
    CLEANUP(buf_free) buf out = buf_new(4096);
    cron_format(&out, c);
    return arena_copy(a, buf_str(&out));
}

static time_zone zone_of(arena *a, const char *name) {
    time_zone z;
    if (!file_exists(a, STR("/usr/share/zoneinfo/Europe/Berlin"))) {
        print_message("no time zone database: install tzdata\n");
        skip();
    }
    expect_ok(time_zone_find(a, str_of(name), &z));
    return z;
}

/* ---- Reading ------------------------------------------------------------ */

static void reads_what_crontabs_say(void **state) {
    arena *a = *state;
    static const struct {
        const char *text;
        const char *means;
    } CASES[] = {
        {"30 4 1 1 0", "30 4 1 1 0"},
        {" 5,10\t0-2 * * *", "5,10 0,1,2 * 1,2,3,4,5,6,7,8,9,10,11,12 *"},
        {"0-30/10 */8 1 1 *", "0,10,20,30 0,8,16 1 1 *"},
        {"0 0 1 jan,DEC mon-Wed", "0 0 1 1,12 1,2,3"},
        {"0 0 1 1 7", "0 0 1 1 0"},
        {"0 0 1 1 5-7", "0 0 1 1 0,5,6"},
        {"0 0 */10 1 */2", "0 0 */63,1,11,21,31 1 */63,0,2,4,6"},
        {"@yearly", "0 0 1 1 *"},
        {"@Weekly ", "0 0 * 1,2,3,4,5,6,7,8,9,10,11,12 0"},
        {"@daily", "0 0 * 1,2,3,4,5,6,7,8,9,10,11,12 *"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        cron c;
        cron again;
        expect_ok(cron_parse(a, str_of(CASES[i].text), &c));
        expect_str(formatted(a, &c), str_of(CASES[i].means));
        expect_ok(cron_parse(a, formatted(a, &c), &again));
        expect_str(formatted(a, &again), formatted(a, &c));
    }
}

static void says_what_is_wrong(void **state) {
    arena *a = *state;
    static const struct {
        const char *text;
        const char *message;
    } CASES[] = {
        {"", "the minute is missing: minute, hour, day of month, month, day of "
             "week"},
        {"* * *", "the month is missing: minute, hour, day of month, month, "
                  "day of week"},
        {"60 * * * *", "minute '60': expected *, numbers from 0 to 59, ranges "
                       "a-b, steps */n or a-b/n"},
        {"* * * 0 *", "month '0': expected *, numbers from 1 to 12, names, "
                      "ranges a-b, steps */n or a-b/n"},
        {"* 5-3 * * *", "hour '5-3': expected *, numbers from 0 to 23, ranges "
                        "a-b, steps */n or a-b/n"},
        {"*/0 * * * *", "minute '*/0': expected *, numbers from 0 to 59, "
                        "ranges a-b, steps */n or a-b/n"},
        {"5/2 * * * *", "minute '5/2': expected *, numbers from 0 to 59, "
                        "ranges a-b, steps */n or a-b/n"},
        {"1, * * * *", "minute '': expected *, numbers from 0 to 59, ranges "
                       "a-b, steps */n or a-b/n"},
        {"* * mon * *", "day of month 'mon': expected *, numbers from 1 to 31, "
                        "ranges a-b, steps */n or a-b/n"},
        {"* * * * * *", "'*' stands behind five fields"},
        {"0 0 30 2 *", "'0 0 30 2 *' is never: no such month has such a day"},
        {"@reboot", "'@reboot' is not @hourly, @daily, @weekly, @monthly or "
                    "@yearly"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        cron c = {.hours = 7};
        expect_err(cron_parse(a, str_of(CASES[i].text), &c), ERR_INVALID,
                   str_of(CASES[i].message));
        assert_int_equal(c.hours, 7);
    }
}

/* ---- The next time ------------------------------------------------------ */

static void knows_when_it_is_due_next(void **state) {
    arena *a = *state;
    static const struct {
        const char *text;
        const char *zone;
        const char *after;
        const char *next;
    } CASES[] = {
        {"0 4 * * *", "UTC", "2024-01-31T04:00:00Z", "2024-02-01T04:00:00Z"},
        {"0 4 * * *", "UTC", "2024-01-31T03:59:59Z", "2024-01-31T04:00:00Z"},
        {"0 0 29 2 *", "UTC", "2097-01-01T00:00:00Z", "2104-02-29T00:00:00Z"},
        /* Either day. */
        {"0 0 13 * fri", "UTC", "2024-09-06T12:00:00Z", "2024-09-13T00:00:00Z"},
        {"0 0 14 * fri", "UTC", "2024-09-13T12:00:00Z", "2024-09-14T00:00:00Z"},
        {"0 0 */63 * fri", "UTC", "2024-09-13T12:00:00Z",
         "2024-11-01T00:00:00Z"},
        {"30 2 * * *", "Europe/Berlin", "2024-06-01T12:00:00Z",
         "2024-06-02T00:30:00Z"},
        /* 02:00 to 03:00 is left out on 31 March: at 03:00, and once. */
        {"30 2 * * *", "Europe/Berlin", "2024-03-30T12:00:00Z",
         "2024-03-31T01:00:00Z"},
        {"*/10 2 * * *", "Europe/Berlin", "2024-03-31T01:00:00Z",
         "2024-04-01T00:00:00Z"},
        /* 02:00 to 03:00 is there twice on 27 October: the first time. */
        {"30 2 * * *", "Europe/Berlin", "2024-10-26T12:00:00Z",
         "2024-10-27T00:30:00Z"},
        {"30 2 * * *", "Europe/Berlin", "2024-10-27T00:30:00Z",
         "2024-10-28T01:30:00Z"},
        /* Of all hours: in each of both, and none in between. */
        {"30 * * * *", "Europe/Berlin", "2024-10-27T00:30:00Z",
         "2024-10-27T01:30:00Z"},
        {"30 * * * *", "Europe/Berlin", "2024-03-31T00:30:00Z",
         "2024-03-31T01:30:00Z"},
        /* A whole day was left out, across the date line. */
        {"0 12 30 12 *", "Pacific/Apia", "2011-12-29T00:00:00Z",
         "2011-12-30T10:00:00Z"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        cron c;
        timestamp after;
        timestamp want;
        time_zone z = zone_of(a, CASES[i].zone);
        expect_ok(cron_parse(a, str_of(CASES[i].text), &c));
        expect_ok(timestamp_parse(a, str_of(CASES[i].after), &after));
        expect_ok(timestamp_parse(a, str_of(CASES[i].next), &want));
        int64_t got = cron_next(&c, &z, after.ms / 1000);
        if (got != want.ms / 1000)
            fail_msg("%s in %s after %s: got %lld, want %lld", CASES[i].text,
                     CASES[i].zone, CASES[i].after, (long long)got,
                     (long long)(want.ms / 1000));
    }
}

/* ---- Minute by minute --------------------------------------------------- */

/* An expression of one day of the week or any day, so that "which days" is the
 * calendar's question alone. */
static bool matches(const cron *c, int64_t wall) {
    int64_t day = wall / DAY;
    int weekday = (int)((day + 4) % 7); /* 1 January 1970 was a Thursday */
    return (c->hours >> (wall % DAY / HOUR) & 1) != 0 &&
           (c->minutes >> (wall % HOUR / MINUTE) & 1) != 0 &&
           (c->weekdays >> weekday & 1) != 0;
}

typedef struct walk {
    const cron *cron;
    const time_zone *zone;
    bool is_by_hour;
    int64_t latest; /* minute on the wall that the clock has shown */
} walk;

/* Is it due at this moment, at which the clock shows a new minute? */
static bool is_due(walk *w, int64_t at) {
    int64_t wall = at + time_zone_offset(w->zone, at);
    if (!w->is_by_hour)
        return matches(w->cron, wall);
    bool is_due = false;
    for (int64_t m = w->latest + MINUTE; m <= wall; m += MINUTE)
        is_due |= matches(w->cron, m);
    w->latest = wall > w->latest ? wall : w->latest;
    return is_due;
}

/* Walks the clock on the wall minute by minute through some days, and writes
 * down each time that the expression says. */
static size_t list_by_hand(const cron *c, const time_zone *z, int64_t from,
                           int64_t to, int64_t *out, size_t most) {
    size_t count = 0;
    walk w = {.cron = c, .zone = z, .is_by_hour = c->hours != (1u << 24) - 1};
    w.latest = from + time_zone_offset(z, from);
    for (int64_t at = from + MINUTE; at <= to && count < most; at += MINUTE)
        if (is_due(&w, at))
            out[count++] = at;
    return count;
}

static uint64_t some_bits(rand_source *random, int count) {
    uint64_t all = (UINT64_C(1) << count) - 1;
    uint64_t bits = all;
    for (int i = 0; i < 3; i++)
        bits &= rand_uint64(random);
    return rand_below(random, 4) == 0 ? all
           : bits != 0                ? bits
                       : UINT64_C(1) << rand_below(random, (uint64_t)count);
}

/* Around changes of the clock in zones that do it in different ways: by half an
 * hour, at midnight, across the date line. */
static void agrees_with_a_walk_along_the_wall(void **state) {
    arena *a = *state;
    enum { MOST = 4000, ROUNDS = 40 };
    static const struct {
        const char *zone;
        const char *around;
    } CHANGES[] = {
        {"Europe/Berlin", "2024-03-31T01:00:00Z"},
        {"Europe/Berlin", "2024-10-27T01:00:00Z"},
        {"America/New_York", "2024-11-03T06:00:00Z"},
        {"Australia/Lord_Howe", "2024-04-06T15:00:00Z"},
        {"Australia/Lord_Howe", "2024-10-05T15:30:00Z"},
        {"America/Asuncion", "2023-10-01T04:00:00Z"},
        {"America/Havana", "2023-11-05T05:00:00Z"},
        {"Pacific/Apia", "2011-12-30T10:00:00Z"},
        {"Asia/Kolkata", "2024-06-01T00:00:00Z"},
    };
    rand_source random = rand_seeded(4);
    int64_t *want = arena_new_array(a, int64_t, MOST);
    for (size_t i = 0; i < LENGTH(CHANGES) * ROUNDS; i++) {
        const char *name = CHANGES[i % LENGTH(CHANGES)].zone;
        time_zone z = zone_of(a, name);
        timestamp around;
        expect_ok(timestamp_parse(
            a, str_of(CHANGES[i % LENGTH(CHANGES)].around), &around));
        int64_t from = around.ms / 1000 - DAY - DAY / 2;
        cron c = {
            .minutes = some_bits(&random, 60),
            .hours = (uint32_t)some_bits(&random, 24),
            .days = 0xfffffffe,
            .months = 0x1ffe,
            .weekdays = (uint32_t)some_bits(&random, 7),
            .is_any_day = true,
            .is_any_weekday = true,
        };
        size_t count = list_by_hand(&c, &z, from, from + 3 * DAY, want, MOST);
        for (size_t k = 0; k < count; k += 1 + k / 50) {
            int64_t at = cron_next(&c, &z, k == 0 ? from : want[k - 1]);
            if (at != want[k])
                fail_msg("%s, %.*s: got %lld, want %lld", name,
                         STR_ARG(formatted(a, &c)), (long long)at,
                         (long long)want[k]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_what_crontabs_say),
        TEST(says_what_is_wrong),
        TEST(knows_when_it_is_due_next),
        TEST(agrees_with_a_walk_along_the_wall),
    };
    return cmocka_run_group_tests_name("base/cron", tests, NULL, NULL);
}
