/* A time that is read, written and read again is the same time, in both forms;
 * and written forms sort as times do. */
#include "base/timestamp.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static timestamp read_back(arena *a, const char *text, size_t len) {
    timestamp t = {0};
    err *e = timestamp_parse(a, (str){text, len}, &t);
    ASSERT(e == NULL);
    return t;
}

static void round_trip(arena *a, timestamp t) {
    char value[TIMESTAMP_LENGTH];
    char wire[TIMESTAMP_LENGTH];
    char shortened[TIMESTAMP_LENGTH];
    timestamp_format(t, value);
    ASSERT(read_back(a, value, sizeof value).ms == t.ms);
    size_t len = timestamp_format_short(t, wire);
    ASSERT(read_back(a, wire, len).ms == t.ms);
    ASSERT(timestamp_shorten(value, shortened) == len);
    ASSERT(memcmp(wire, shortened, len) == 0);

    timestamp next = {t.ms + 1};
    char after[TIMESTAMP_LENGTH];
    if (timestamp_is_in_range(next)) {
        timestamp_format(next, after);
        ASSERT(memcmp(value, after, sizeof value) < 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    timestamp t;
    if (timestamp_parse(a, (str){(const void *)data, size}, &t) == NULL)
        round_trip(a, t);
    if (size == sizeof t.ms) {
        memcpy(&t.ms, data, sizeof t.ms);
        if (timestamp_is_in_range(t))
            round_trip(a, t);
    }
    return 0;
}
