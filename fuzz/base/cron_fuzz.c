/* What is read, written and read again is the same; and it is due again and
 * again, each time later. */
#include "base/cron.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    CLEANUP(buf_free) buf text = buf_new(4096);
    CLEANUP(buf_free) buf text_again = buf_new(4096);
    const time_zone utc = {.has_rule = true};
    cron c;
    cron again;
    if (cron_parse(a, (str){(const char *)data, size}, &c) != NULL)
        return 0;
    cron_format(&text, &c);
    ASSERT(!text.is_overflown);
    err *e = cron_parse(a, buf_str(&text), &again);
    ASSERT(e == NULL);
    cron_format(&text_again, &again);
    ASSERT(str_equal(buf_str(&text_again), buf_str(&text)));
    int64_t at = INT64_C(1700000000);
    for (int i = 0; i < 3; i++) {
        int64_t next = cron_next(&c, &utc, at);
        ASSERT(next > at && next % 60 == 0);
        at = next;
    }
    return 0;
}
