/* The first line is a pattern, the rest a text: the matcher agrees with the
 * obvious recursive one, with and without case. */
#include <stdint.h>

#include "base/assert.h"
#include "base/utf8.h"
#include "database/sqlite/lite_like.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_STEPS = 1 << 16 };

typedef struct slow_match {
    bool ignores_case;
    int steps;
} slow_match;

static str behind(str s, size_t n) {
    return str_slice(s, n, s.len);
}

/* A byte that is not UTF-8 is a character past all others. */
static size_t first_character(str s, uint32_t *out) {
    size_t length = utf8_decode(s, out);
    if (length > 0)
        return length;
    *out = 0x110000 + (unsigned char)s.ptr[0];
    return 1;
}

static bool are_equal(const slow_match *m, uint32_t a, uint32_t b) {
    return a == b || (m->ignores_case && lite_fold(a) == lite_fold(b));
}

static bool matches(slow_match *m, str pattern, str text) {
    if (++m->steps > MAX_STEPS)
        return false;
    if (pattern.len == 0)
        return text.len == 0;
    if (pattern.ptr[0] == '%') {
        uint32_t skipped;
        return matches(m, behind(pattern, 1), text) ||
               (text.len > 0 &&
                matches(m, pattern,
                        behind(text, first_character(text, &skipped))));
    }
    if (text.len == 0)
        return false;
    bool is_any = pattern.ptr[0] == '_';
    if (pattern.ptr[0] == '\\')
        pattern = behind(pattern, 1);
    uint32_t want;
    uint32_t got;
    size_t in_pattern = first_character(pattern, &want);
    size_t in_text = first_character(text, &got);
    return (is_any || are_equal(m, want, got)) &&
           matches(m, behind(pattern, in_pattern), behind(text, in_text));
}

static void compare(str pattern, str text, bool ignores_case) {
    lite_like_result got =
        lite_like(pattern, text, ignores_case, (lite_like_watch){0});
    if (got == LITE_LIKE_BAD_PATTERN)
        return;
    slow_match m = {.ignores_case = ignores_case};
    bool want = matches(&m, pattern, text);
    if (m.steps <= MAX_STEPS)
        ASSERT(want == (got == LITE_LIKE_YES));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { MAX_SIZE = 200 }; /* the obvious one recurses */
    str text = {(const char *)data, size < MAX_SIZE ? size : MAX_SIZE};
    str pattern = str_split(&text, '\n');
    compare(pattern, text, false);
    compare(pattern, text, true);
    uint32_t c =
        size >= 4 ? (uint32_t)(data[0] | data[1] << 8 | data[2] << 16) : 0;
    ASSERT(lite_fold(lite_fold(c)) == lite_fold(c));
    return 0;
}
