#include "base/cron.h"

#include <time.h>

#include "base/ascii.h"
#include "base/assert.h"

enum {
    MINUTE = 60,
    HOUR = 60 * MINUTE,
    DAY = 24 * HOUR,
    /* The farthest that a clock was ever set, across the date line. */
    LARGEST_CHANGE = 26 * HOUR,
    /* From a 29 February on a Sunday to the next, past a year without one. */
    MAX_DAYS = 366 * 41,
    NAME_LENGTH = 3,
};

static const uint32_t ALL_HOURS = (UINT32_C(1) << 24) - 1;

/* ---- Reading ------------------------------------------------------------ */

typedef struct field_kind {
    const char *name;
    int lowest;
    int highest;
    const char *names; /* three letters each, from the lowest on; or NULL */
} field_kind;

enum { MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS, FIELD_COUNT };

static const field_kind FIELDS[FIELD_COUNT] = {
    [MINUTES] = {"minute", 0, 59, NULL},
    [HOURS] = {"hour", 0, 23, NULL},
    [DAYS] = {"day of month", 1, 31, NULL},
    [MONTHS] = {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    [WEEKDAYS] = {"day of week", 0, 7, "sunmontuewedthufrisat"},
};

static const struct {
    str name;
    str means;
} SHORTCUTS[] = {
    {STR_INIT("@yearly"), STR_INIT("0 0 1 1 *")},
    {STR_INIT("@annually"), STR_INIT("0 0 1 1 *")},
    {STR_INIT("@monthly"), STR_INIT("0 0 1 * *")},
    {STR_INIT("@weekly"), STR_INIT("0 0 * * 0")},
    {STR_INIT("@daily"), STR_INIT("0 0 * * *")},
    {STR_INIT("@midnight"), STR_INIT("0 0 * * *")},
    {STR_INIT("@hourly"), STR_INIT("0 * * * *")},
};

static bool read_name(const field_kind *k, str text, int *out) {
    if (k->names == NULL || text.len != NAME_LENGTH)
        return false;
    str names = str_of(k->names);
    for (int i = 0; !str_is_empty(names); i++) {
        if (!str_equal_ignoring_case(str_take(&names, NAME_LENGTH), text))
            continue;
        *out = k->lowest + i;
        return true;
    }
    return false;
}

static bool read_number(str text, int *out) {
    int n = 0;
    if (str_is_empty(text) || text.len > 2)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.ptr[i]))
            return false;
        n = n * 10 + (text.ptr[i] - '0');
    }
    *out = n;
    return true;
}

static bool read_value(const field_kind *k, str text, int *out) {
    return read_name(k, text, out) ||
           (read_number(text, out) && *out >= k->lowest && *out <= k->highest);
}

static err *refuse(arena *a, const field_kind *k, str text) {
    return err_new(a, ERR_INVALID,
                   "%s '%.*s': expected *, numbers from %d to %d%s, ranges "
                   "a-b, steps */n or a-b/n",
                   k->name, STR_ARG(text), k->lowest, k->highest,
                   k->names != NULL ? ", names" : "");
}

/* One part between commas. */
static err *read_part(arena *a, const field_kind *k, str part, uint64_t *out) {
    str step_text = part;
    str range = str_split(&step_text, '/');
    bool has_step = range.len < part.len;
    str last_text = range;
    str first_text = str_split(&last_text, '-');
    bool is_range = first_text.len < range.len;
    bool is_all = str_equal(range, STR("*"));
    int first = k->lowest;
    int last = k->highest;
    int step = 1;
    bool is_right = is_all || read_value(k, first_text, &first);
    if (is_right && !is_all)
        last = first;
    if (is_right && is_range)
        is_right = read_value(k, last_text, &last) && first <= last;
    if (is_right && has_step)
        is_right =
            (is_all || is_range) && read_number(step_text, &step) && step > 0;
    if (!is_right)
        return refuse(a, k, part);
    for (int i = first; i <= last; i += step)
        *out |= UINT64_C(1) << i;
    return NULL;
}

static err *read_field(arena *a, const field_kind *k, str text, uint64_t *out) {
    *out = 0;
    for (bool is_more = true; is_more;) {
        size_t comma = str_find_char(text, ',');
        is_more = comma < text.len;
        TRY(read_part(a, k, str_split(&text, ','), out));
    }
    return NULL;
}

static str take_word(str *rest) {
    while (rest->len > 0 && ascii_is_blank(rest->ptr[0]))
        str_take(rest, 1);
    size_t n = 0;
    while (n < rest->len && !ascii_is_blank(rest->ptr[n]))
        n++;
    return str_take(rest, n);
}

static err *expand(arena *a, str text, str *out) {
    *out = text;
    str word = take_word(&text);
    if (!str_starts_with(word, STR("@")))
        return NULL;
    for (size_t i = 0; i < LENGTH(SHORTCUTS); i++) {
        *out = SHORTCUTS[i].means;
        if (str_equal_ignoring_case(word, SHORTCUTS[i].name) &&
            str_is_empty(take_word(&text)))
            return NULL;
    }
    return err_new(a, ERR_INVALID,
                   "'%.*s' is not @hourly, @daily, @weekly, @monthly or "
                   "@yearly",
                   STR_ARG(word));
}

static bool begins_with_star(str word) {
    return str_starts_with(word, STR("*"));
}

/* The longest that each month can be. */
static bool has_day(const cron *c) {
    static const int DAYS_OF[] = {0,  31, 29, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    for (int month = 1; month <= 12; month++)
        if ((c->months >> month & 1) != 0 &&
            (c->days & ((UINT64_C(1) << (DAYS_OF[month] + 1)) - 1)) != 0)
            return true;
    return !c->is_any_weekday && !c->is_any_day;
}

err *cron_parse(arena *a, str text, cron *out) {
    str rest;
    uint64_t masks[FIELD_COUNT];
    str words[FIELD_COUNT];
    TRY(expand(a, text, &rest));
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        words[i] = take_word(&rest);
        if (str_is_empty(words[i]))
            return err_new(a, ERR_INVALID,
                           "the %s is missing: minute, hour, day of month, "
                           "month, day of week",
                           FIELDS[i].name);
        TRY(read_field(a, &FIELDS[i], words[i], &masks[i]));
    }
    str more = take_word(&rest);
    if (!str_is_empty(more))
        return err_new(a, ERR_INVALID, "'%.*s' stands behind five fields",
                       STR_ARG(more));
    uint64_t sunday = masks[WEEKDAYS] >> 7;
    cron c = {
        .minutes = masks[MINUTES],
        .hours = (uint32_t)masks[HOURS],
        .days = (uint32_t)masks[DAYS],
        .months = (uint32_t)masks[MONTHS],
        .weekdays = (uint32_t)((masks[WEEKDAYS] & 0x7f) | sunday),
        .is_any_day = begins_with_star(words[DAYS]),
        .is_any_weekday = begins_with_star(words[WEEKDAYS]),
    };
    if (!has_day(&c))
        return err_new(a, ERR_INVALID,
                       "'%.*s' is never: no such month has "
                       "such a day",
                       STR_ARG(str_trim(text)));
    *out = c;
    return NULL;
}

/* ---- Writing ------------------------------------------------------------ */

static void write_field(buf *out, const field_kind *k, uint64_t mask,
                        bool has_star) {
    bool is_first = true;
    int count = k->highest - k->lowest + 1 - (k == &FIELDS[WEEKDAYS]);
    bool is_all = mask >> k->lowest == (UINT64_C(1) << count) - 1;
    if (has_star)
        buf_append_char(out, '*');
    /* A step of more than there are takes the lowest alone. */
    if (has_star && !is_all)
        buf_append(out, STR("/63"));
    for (int i = k->lowest; !(has_star && is_all) && i <= k->highest; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        if (!is_first || has_star)
            buf_append_char(out, ',');
        is_first = false;
        buf_append_int(out, i);
    }
}

void cron_format(buf *out, const cron *c) {
    write_field(out, &FIELDS[MINUTES], c->minutes, false);
    buf_append_char(out, ' ');
    write_field(out, &FIELDS[HOURS], c->hours, false);
    buf_append_char(out, ' ');
    write_field(out, &FIELDS[DAYS], c->days, c->is_any_day);
    buf_append_char(out, ' ');
    write_field(out, &FIELDS[MONTHS], c->months, false);
    buf_append_char(out, ' ');
    write_field(out, &FIELDS[WEEKDAYS], c->weekdays, c->is_any_weekday);
}

/* ---- The clock on the wall ---------------------------------------------- */

/* What it shows, as if it were UTC. */
static int64_t wall_of(const time_zone *z, int64_t second) {
    return second + time_zone_offset(z, second);
}

/* When it shows that: the first and the last time. Where it never does, both
 * are when it was set past it. */
typedef struct showing {
    int64_t first;
    int64_t last;
    bool is_skipped;
} showing;

static int64_t find_change(const time_zone *z, int64_t wall, int64_t low,
                           int64_t high) {
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (wall_of(z, middle) > wall)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static showing find_showing(const time_zone *z, int64_t wall) {
    int32_t before = time_zone_offset(z, wall - LARGEST_CHANGE);
    int32_t behind = time_zone_offset(z, wall + LARGEST_CHANGE);
    int64_t by_before = wall - before;
    int64_t by_behind = wall - behind;
    bool is_before = wall_of(z, by_before) == wall;
    bool is_behind = wall_of(z, by_behind) == wall;
    if (is_before && is_behind)
        return (showing){by_before < by_behind ? by_before : by_behind,
                         by_before < by_behind ? by_behind : by_before, false};
    if (is_before || is_behind) {
        int64_t at = is_before ? by_before : by_behind;
        return (showing){at, at, false};
    }
    int64_t at = by_before < by_behind
                     ? find_change(z, wall, by_before, by_behind)
                     : find_change(z, wall, by_behind, by_before);
    return (showing){at, at, true};
}

/* ---- The next time ------------------------------------------------------ */

static bool has(uint64_t mask, int bit) {
    return (mask >> bit & 1) != 0;
}

static bool has_date(const cron *c, int64_t day) {
    struct tm date;
    time_t second = (time_t)(day * DAY);
    if (gmtime_r(&second, &date) == NULL || !has(c->months, date.tm_mon + 1))
        return false;
    bool is_day = has(c->days, date.tm_mday);
    bool is_weekday = has(c->weekdays, date.tm_wday);
    return c->is_any_day || c->is_any_weekday ? is_day && is_weekday
                                              : is_day || is_weekday;
}

typedef enum scan_kind {
    SCAN_FIRST,       /* the first time that the clock shows it */
    SCAN_FIRST_SHOWN, /* the same, of what it does show */
    SCAN_LAST_SHOWN,
} scan_kind;

/* When the clock shows this minute; false: not behind `after`. */
static bool is_next(const time_zone *z, int64_t wall, int64_t after,
                    scan_kind kind, int64_t *out) {
    showing s = find_showing(z, wall);
    if (s.is_skipped && kind != SCAN_FIRST)
        return false;
    *out = kind == SCAN_LAST_SHOWN ? s.last : s.first;
    return *out > after;
}

static bool scan_day(const cron *c, const time_zone *z, int64_t from,
                     int64_t day, int64_t after, scan_kind kind, int64_t *out) {
    for (int minute = 0; minute < 24 * 60; minute++) {
        int64_t wall = day * DAY + minute * MINUTE;
        if (wall >= from && has(c->hours, minute / 60) &&
            has(c->minutes, minute % 60) && is_next(z, wall, after, kind, out))
            return true;
    }
    return false;
}

static int64_t day_of(int64_t wall) {
    int64_t day = wall / DAY;
    return day - (wall % DAY < 0);
}

/* Later minutes on the wall are never earlier moments of the same kind, so the
 * first that is found is the first of all. */
static int64_t scan(const cron *c, const time_zone *z, int64_t from,
                    int64_t after, scan_kind kind) {
    int64_t out = 0;
    int64_t first = day_of(from);
    for (int64_t day = first; day < first + MAX_DAYS; day++)
        if (has_date(c, day) && scan_day(c, z, from, day, after, kind, &out))
            return out;
    PANIC("an expression that is never");
}

int64_t cron_next(const cron *c, const time_zone *z, int64_t after) {
    int64_t from = wall_of(z, after);
    if (c->hours != ALL_HOURS)
        return scan(c, z, from, after, SCAN_FIRST);
    int64_t first = scan(c, z, from, after, SCAN_FIRST_SHOWN);
    int64_t last = scan(c, z, from - LARGEST_CHANGE, after, SCAN_LAST_SHOWN);
    return first < last ? first : last;
}
