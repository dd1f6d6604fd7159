#include "base/time_zone.h"

#include "base/ascii.h"
#include "base/file.h"

enum {
    HEADER = 44,
    COUNTS_AT = 20, /* six of four bytes */
    COUNT_OF_COUNTS = 6,
    OFFSET_BYTES = 6,
    NAME_MAX_LENGTH = 64,
    HOUR = 3600,
    DAY = 24 * HOUR,
    MAX_HOURS = 167, /* RFC 9636, 3.3.1 */
    DEFAULT_CHANGE = 2 * HOUR,
    FIRST_YEAR = 1970,
};

enum { UT_COUNT, STD_COUNT, LEAP_COUNT, TIME_COUNT, TYPE_COUNT, CHAR_COUNT };

/* --- the file --- */

static uint64_t read_number(const char *at, size_t bytes) {
    uint64_t n = 0;
    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | (unsigned char)at[i];
    return n;
}

static bool take(str *rest, uint64_t count, size_t each, str *out) {
    if (count > rest->len / each)
        return false;
    *out = str_take(rest, (size_t)count * each);
    return true;
}

static bool take_header(str *rest, uint64_t counts[COUNT_OF_COUNTS]) {
    str header;
    if (!take(rest, 1, HEADER, &header) ||
        !str_starts_with(header, STR("TZif")))
        return false;
    for (size_t i = 0; i < COUNT_OF_COUNTS; i++)
        counts[i] = read_number(header.ptr + COUNTS_AT + 4 * i, 4);
    return true;
}

/* Everything behind a header; moments are of so many bytes. */
static bool take_body(str *rest, const uint64_t *counts, size_t moment,
                      time_zone *out) {
    str ignored;
    return take(rest, counts[TIME_COUNT], moment, &out->moments) &&
           take(rest, counts[TIME_COUNT], 1, &out->kinds) &&
           take(rest, counts[TYPE_COUNT], OFFSET_BYTES, &out->offsets) &&
           take(rest, counts[CHAR_COUNT], 1, &ignored) &&
           take(rest, counts[LEAP_COUNT], moment + 4, &ignored) &&
           take(rest, counts[STD_COUNT], 1, &ignored) &&
           take(rest, counts[UT_COUNT], 1, &ignored);
}

static bool are_kinds_known(const time_zone *z) {
    size_t count = z->offsets.len / OFFSET_BYTES;
    for (size_t i = 0; i < z->kinds.len; i++)
        if ((unsigned char)z->kinds.ptr[i] >= count)
            return false;
    return count > 0;
}

/* --- the rule --- */

static bool take_char(str *rest, char c) {
    if (str_is_empty(*rest) || rest->ptr[0] != c)
        return false;
    str_take(rest, 1);
    return true;
}

static bool take_int(str *rest, int min, int max, int *out) {
    int n = 0;
    size_t digits = 0;
    while (digits < 3 && rest->len > 0 && ascii_is_digit(rest->ptr[0])) {
        n = n * 10 + (str_take(rest, 1).ptr[0] - '0');
        digits++;
    }
    *out = n;
    return digits > 0 && n >= min && n <= max;
}

/* [+-]hh[:mm[:ss]] */
static bool take_seconds(str *rest, int32_t *out) {
    int hours;
    int minutes = 0;
    int seconds = 0;
    bool is_negative = take_char(rest, '-');
    if (!is_negative)
        take_char(rest, '+');
    if (!take_int(rest, 0, MAX_HOURS, &hours) ||
        (take_char(rest, ':') &&
         (!take_int(rest, 0, 59, &minutes) ||
          (take_char(rest, ':') && !take_int(rest, 0, 59, &seconds)))))
        return false;
    int32_t all = hours * HOUR + minutes * 60 + seconds;
    *out = is_negative ? -all : all;
    return true;
}

/* CET, or <+03> */
static bool skip_name(str *rest) {
    size_t n = 0;
    bool is_quoted = take_char(rest, '<');
    while (n < rest->len &&
           (is_quoted ? rest->ptr[n] != '>' : ascii_is_letter(rest->ptr[n])))
        n++;
    str_take(rest, n);
    return n > 0 && (!is_quoted || take_char(rest, '>'));
}

static bool take_change(str *rest, zone_change *out) {
    *out = (zone_change){.kind = 'N', .second = DEFAULT_CHANGE};
    if (!take_char(rest, ','))
        return false;
    if (take_char(rest, 'M')) {
        out->kind = 'M';
        if (!take_int(rest, 1, 12, &out->month) || !take_char(rest, '.') ||
            !take_int(rest, 1, 5, &out->week) || !take_char(rest, '.') ||
            !take_int(rest, 0, 6, &out->day))
            return false;
    } else {
        bool is_julian = take_char(rest, 'J');
        out->kind = is_julian ? 'J' : 'N';
        if (!take_int(rest, is_julian, 365, &out->day))
            return false;
    }
    return !take_char(rest, '/') || take_seconds(rest, &out->second);
}

/* POSIX counts west of UTC. */
static bool read_rule(str text, time_zone *out) {
    if (!skip_name(&text) || !take_seconds(&text, &out->standard))
        return false;
    out->standard = -out->standard;
    out->has_rule = true;
    out->has_summer = !str_is_empty(text);
    if (!out->has_summer)
        return true;
    out->summer = out->standard + HOUR;
    if (!skip_name(&text))
        return false;
    if (!str_is_empty(text) && text.ptr[0] != ',') {
        if (!take_seconds(&text, &out->summer))
            return false;
        out->summer = -out->summer;
    }
    return take_change(&text, &out->to_summer) &&
           take_change(&text, &out->to_standard) && str_is_empty(text);
}

/* \nCET-1CEST,M3.5.0,M10.5.0/3\n, perhaps empty between the line ends. */
static bool read_footer(str rest, time_zone *out) {
    if (!take_char(&rest, '\n'))
        return false;
    str rule = str_split(&rest, '\n');
    return str_is_empty(rule) || read_rule(rule, out);
}

err *time_zone_parse(arena *a, str file, time_zone *out) {
    uint64_t counts[COUNT_OF_COUNTS];
    str rest = file;
    time_zone old;
    *out = (time_zone){0};
    /* The first block is for readers of the first version. */
    bool is_read =
        take_header(&rest, counts) && take_body(&rest, counts, 4, &old) &&
        take_header(&rest, counts) && take_body(&rest, counts, 8, out) &&
        are_kinds_known(out) && read_footer(rest, out);
    return is_read ? NULL
                   : err_new(a, ERR_CORRUPT, "not a file of a time zone");
}

/* --- by name --- */

static bool is_name(str name) {
    if (str_is_empty(name) || name.len > NAME_MAX_LENGTH ||
        name.ptr[0] == '/' || str_contains(name, STR(".")))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != '/' && c != '_' &&
            c != '-' && c != '+')
            return false;
    }
    return true;
}

err *time_zone_find(arena *a, str name, time_zone *out) {
    str file = {0};
    err *e = NULL;
    if (is_name(name))
        e = file_read(
            a, arena_printf(a, "/usr/share/zoneinfo/%.*s", STR_ARG(name)),
            &file);
    if (e == NULL && !str_is_empty(file))
        e = time_zone_parse(a, file, out);
    if (e == NULL && !str_is_empty(file))
        return NULL;
    return err_new(a, ERR_INVALID,
                   "invalid value for parameter \"TimeZone\": \"%.*s\"",
                   STR_ARG(name));
}

/* --- moments --- */

static bool is_leap(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* From 1970-01-01 to the first of January. */
static int64_t days_before(int64_t year) {
    int64_t y = year - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 - 719162;
}

static int64_t days_of_month(int64_t year, int month) {
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return DAYS[month - 1] + (month == 2 && is_leap(year));
}

/* Days from the first of January. */
static int64_t day_of_change(const zone_change *c, int64_t year) {
    if (c->kind == 'N')
        return c->day;
    if (c->kind == 'J') /* never counts the 29th of February */
        return c->day - 1 + (c->day >= 60 && is_leap(year));
    int64_t first = 0;
    for (int m = 1; m < c->month; m++)
        first += days_of_month(year, m);
    /* 1970-01-01 was a Thursday. */
    int64_t weekday = (days_before(year) + first + 4) % 7;
    int64_t day = (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
    while (day >= days_of_month(year, c->month))
        day -= 7;
    return first + day;
}

/* The clock shows the offset that ends. */
static int64_t moment_of(const zone_change *c, int64_t year, int32_t before) {
    return (days_before(year) + day_of_change(c, year)) * DAY + c->second -
           before;
}

static int64_t year_of(int64_t second) {
    int64_t year = FIRST_YEAR + second / (365 * (int64_t)DAY);
    while (days_before(year) * DAY > second)
        year--;
    return year;
}

static int32_t offset_by_rule(const time_zone *z, int64_t second) {
    if (!z->has_summer)
        return z->standard;
    int64_t year = year_of(second + z->standard);
    int64_t begin = moment_of(&z->to_summer, year, z->standard);
    int64_t end = moment_of(&z->to_standard, year, z->summer);
    /* South of the equator the year begins in summer. */
    bool is_summer = begin < end ? second >= begin && second < end
                                 : second >= begin || second < end;
    return is_summer ? z->summer : z->standard;
}

static int64_t moment_at(const time_zone *z, size_t i) {
    return (int64_t)read_number(z->moments.ptr + 8 * i, 8);
}

int32_t time_zone_offset(const time_zone *z, int64_t second) {
    size_t count = z->kinds.len;
    if (count > 0 && second < moment_at(z, count - 1)) {
        size_t low = 0; /* how many are not after it */
        size_t high = count;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (moment_at(z, middle) <= second)
                low = middle + 1;
            else
                high = middle;
        }
        count = low;
    } else if (z->has_rule) {
        return offset_by_rule(z, second);
    }
    /* Before the first moment it is the first offset. */
    size_t kind = count > 0 ? (unsigned char)z->kinds.ptr[count - 1] : 0;
    return (int32_t)read_number(z->offsets.ptr + OFFSET_BYTES * kind, 4);
}
