#include "io/http_date.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"

/* Not strftime: it writes the names of the process's locale. */
static const char DAYS[] = "SunMonTueWedThuFriSat";
static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static void put_number(char *to, int n, size_t digits) {
    while (digits-- > 0) {
        to[digits] = (char)('0' + n % 10);
        n /= 10;
    }
}

void http_date_write(int64_t unix_seconds, char to[HTTP_DATE_LEN]) {
    time_t seconds = unix_seconds;
    struct tm tm;
    const struct tm *known = gmtime_r(&seconds, &tm);
    ASSERT(known != NULL);
    memcpy(to, "ddd, DD mmm YYYY HH:MM:SS GMT", HTTP_DATE_LEN);
    memcpy(to, DAYS + (ptrdiff_t)tm.tm_wday * 3, 3);
    put_number(to + 5, tm.tm_mday, 2);
    memcpy(to + 8, MONTHS + (ptrdiff_t)tm.tm_mon * 3, 3);
    put_number(to + 12, tm.tm_year + 1900, 4);
    put_number(to + 17, tm.tm_hour, 2);
    put_number(to + 20, tm.tm_min, 2);
    put_number(to + 23, tm.tm_sec, 2);
}
