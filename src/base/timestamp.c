#include "base/timestamp.h"

#include "base/ascii.h"
#include "base/assert.h"

enum {
    MS_PER_MINUTE = 60 * 1000,
    MS_PER_DAY = 24 * 60 * MS_PER_MINUTE,
    DAYS_PER_ERA = 146097, /* 400 years */
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    FRACTION_AT = 19,      /* in the written form */
    ZONE_AT = 23,
    MAX_FRACTION = 9,
};

static const int64_t FIRST_MS = INT64_C(-62135596800000); /* year 1 */
static const int64_t LAST_MS = INT64_C(253402300799999);  /* end of 9999 */

/* --- days and dates --- */

/* Years are counted from March, so that the leap day is the last of its year
 * and months before it have the same lengths in all years. */
static int64_t days_of_date(int year, int month, int day) {
    int y = month > 2 ? year : year - 1;
    int months = month > 2 ? month - 3 : month + 9;
    int days_before = (153 * months + 2) / 5; /* 31 30 31 30 31 31 30 ... */
    return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + days_before + day -
           1 - DAYS_TO_1970;
}

typedef struct date {
    int year;
    int month;
    int day;
} date;

static date date_of_days(int64_t days) {
    int64_t n = days + DAYS_TO_1970;
    int era = (int)(n / DAYS_PER_ERA);
    int day = (int)(n % DAYS_PER_ERA);
    /* Take the leap days that are behind us out of the count. */
    int year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= year * 365 + year / 4 - year / 100;
    int months = (5 * day + 2) / 153;
    date d = {
        .year = era * 400 + year,
        .month = months < 10 ? months + 3 : months - 9,
        .day = day - (153 * months + 2) / 5 + 1,
    };
    d.year += d.month <= 2;
    return d;
}

static int days_in_month(int year, int month) {
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return DAYS[month - 1] + (month == 2 && is_leap);
}

/* --- reading --- */

typedef struct fields {
    int year, month, day;
    int hour, minute, second, ms;
    int zone_hour, zone_minute;
    bool is_west;
} fields;

static bool take_char(str *rest, char c) {
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    str_take(rest, 1);
    return true;
}

/* Exactly `count` digits. */
static bool take_number(str *rest, size_t count, int *out) {
    if (rest->len < count)
        return false;
    int n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!ascii_is_digit(rest->ptr[i]))
            return false;
        n = n * 10 + (rest->ptr[i] - '0');
    }
    str_take(rest, count);
    *out = n;
    return true;
}

/* More digits than ours may be written, but there are no such times. */
static bool take_year(str *rest, int *out) {
    enum { DIGITS = 4, MOST_DIGITS = 6 };
    size_t count = 0;
    while (count < rest->len && ascii_is_digit(rest->ptr[count]))
        count++;
    return count >= DIGITS && count <= MOST_DIGITS &&
           take_number(rest, count, out);
}

static bool take_date(str *rest, fields *f) {
    return take_year(rest, &f->year) && take_char(rest, '-') &&
           take_number(rest, 2, &f->month) && take_char(rest, '-') &&
           take_number(rest, 2, &f->day);
}

static bool take_fraction(str *rest, int *ms) {
    static const int UNITS[] = {100, 10, 1};
    int digits = 0;
    for (; rest->len > 0 && ascii_is_digit(rest->ptr[0]); digits++) {
        int digit = str_take(rest, 1).ptr[0] - '0';
        if (digits < (int)(sizeof UNITS / sizeof *UNITS))
            *ms += digit * UNITS[digits];
    }
    return digits >= 1 && digits <= MAX_FRACTION;
}

static bool take_time(str *rest, fields *f) {
    if (!take_number(rest, 2, &f->hour) || !take_char(rest, ':') ||
        !take_number(rest, 2, &f->minute))
        return false;
    if (!take_char(rest, ':'))
        return true;
    return take_number(rest, 2, &f->second) &&
           (!take_char(rest, '.') || take_fraction(rest, &f->ms));
}

static bool take_zone(str *rest, fields *f) {
    take_char(rest, ' ');
    if (take_char(rest, 'Z') || take_char(rest, 'z'))
        return true;
    f->is_west = take_char(rest, '-');
    if (!f->is_west && !take_char(rest, '+'))
        return false;
    if (!take_number(rest, 2, &f->zone_hour))
        return false;
    bool has_minute = take_char(rest, ':') || rest->len > 0;
    return !has_minute || take_number(rest, 2, &f->zone_minute);
}

static bool take_all(str rest, fields *f) {
    if (!take_date(&rest, f))
        return false;
    if (rest.len == 0)
        return true;
    bool has_time =
        take_char(&rest, 'T') || take_char(&rest, ' ') || take_char(&rest, 't');
    if (!has_time || !take_time(&rest, f))
        return false;
    return (rest.len == 0 || take_zone(&rest, f)) && rest.len == 0;
}

static bool has_valid_fields(const fields *f) {
    return f->year >= 1 && f->month >= 1 && f->month <= 12 && f->day >= 1 &&
           f->day <= days_in_month(f->year, f->month) && f->hour <= 23 &&
           f->minute <= 59 && f->second <= 60 && f->zone_hour <= 23 &&
           f->zone_minute <= 59;
}

static timestamp timestamp_of_fields(const fields *f) {
    int64_t minutes = f->hour * 60 + f->minute;
    int64_t zone = f->zone_hour * 60 + f->zone_minute;
    minutes += f->is_west ? zone : -zone;
    int64_t days = days_of_date(f->year, f->month, f->day);
    int64_t ms = f->second == 60 ? MS_PER_MINUTE : f->second * 1000 + f->ms;
    return (timestamp){days * MS_PER_DAY + minutes * MS_PER_MINUTE + ms};
}

err *timestamp_parse(arena *a, str text, timestamp *out) {
    fields f = {0};
    if (!take_all(text, &f))
        return err_new(a, ERR_VALUE_DATETIME, "\"%.*s\" is not a date and time",
                       STR_ARG(text));
    timestamp t = {0};
    bool exists = has_valid_fields(&f);
    if (exists)
        t = timestamp_of_fields(&f);
    if (!exists || !timestamp_is_in_range(t))
        return err_new(a, ERR_VALUE_RANGE,
                       "the date and time \"%.*s\" does not exist",
                       STR_ARG(text));
    *out = t;
    return NULL;
}

/* --- writing --- */

static void put_pair(char *out, int n) {
    out[0] = (char)('0' + n / 10);
    out[1] = (char)('0' + n % 10);
}

void timestamp_format(timestamp t, char out[TIMESTAMP_LENGTH]) {
    ASSERT(timestamp_is_in_range(t));
    int64_t since_first = t.ms - FIRST_MS; /* so that nothing is negative */
    int64_t days = since_first / MS_PER_DAY + FIRST_MS / MS_PER_DAY;
    int rest = (int)(since_first % MS_PER_DAY);
    date d = date_of_days(days);

    memcpy(out, "0000-00-00T00:00:00.000+00:00", TIMESTAMP_LENGTH);
    put_pair(out, d.year / 100);
    put_pair(out + 2, d.year % 100);
    put_pair(out + 5, d.month);
    put_pair(out + 8, d.day);
    put_pair(out + 11, rest / (60 * MS_PER_MINUTE));
    put_pair(out + 14, rest / MS_PER_MINUTE % 60);
    put_pair(out + 17, rest / 1000 % 60);
    out[FRACTION_AT + 1] = (char)('0' + rest / 100 % 10);
    put_pair(out + FRACTION_AT + 2, rest % 100);
}

size_t timestamp_shorten(const char value[TIMESTAMP_LENGTH],
                         char out[TIMESTAMP_LENGTH]) {
    size_t end = ZONE_AT;
    while (end > FRACTION_AT + 1 && value[end - 1] == '0')
        end--;
    if (end == FRACTION_AT + 1)
        end--;
    memmove(out, value, end);
    memcpy(out + end, "+00:00", TIMESTAMP_LENGTH - ZONE_AT);
    return end + TIMESTAMP_LENGTH - ZONE_AT;
}

size_t timestamp_format_short(timestamp t, char out[TIMESTAMP_LENGTH]) {
    timestamp_format(t, out);
    return timestamp_shorten(out, out);
}

bool timestamp_is_in_range(timestamp t) {
    return t.ms >= FIRST_MS && t.ms <= LAST_MS;
}
