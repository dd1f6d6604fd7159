#include "base/utf8_case.h"

#include "base/attr.h"
#include "base/utf8.h"

typedef struct case_range {
    uint32_t first;
    uint32_t last;
    uint32_t step;
    int32_t delta;
} case_range;

#define LOWER(first, last, step, delta) {first, last, step, delta},
#define UPPER(first, last, step, delta)
static const case_range TO_LOWER[] = {
#include "base/utf8_case.def"
};
#undef LOWER
#undef UPPER
#define LOWER(first, last, step, delta)
#define UPPER(first, last, step, delta) {first, last, step, delta},
static const case_range TO_UPPER[] = {
#include "base/utf8_case.def"
};
#undef LOWER
#undef UPPER

typedef struct case_table {
    const case_range *ranges;
    size_t count;
    char ascii_from; /* A for lower case, a for upper */
} case_table;

static const case_table LOWER_TABLE = {TO_LOWER, LENGTH(TO_LOWER), 'A'};
static const case_table UPPER_TABLE = {TO_UPPER, LENGTH(TO_UPPER), 'a'};

static uint32_t map_one(const case_table *t, uint32_t c) {
    if (c < 0x80) {
        uint32_t from = (uint32_t)t->ascii_from;
        return c >= from && c < from + 26 ? c ^ 0x20 : c;
    }
    for (size_t i = 0; i < t->count && t->ranges[i].first <= c; i++) {
        const case_range *r = &t->ranges[i];
        if (c <= r->last && (c - r->first) % r->step == 0)
            return (uint32_t)((int32_t)c + r->delta);
    }
    return c;
}

static size_t find_change(const case_table *t, str text) {
    size_t at = 0;
    while (at < text.len) {
        uint32_t c = 0;
        size_t n = utf8_decode(str_slice(text, at, text.len), &c);
        if (n == 0 || map_one(t, c) != c)
            return at;
        at += n;
    }
    return at;
}

static str map_all(arena *a, const case_table *t, str text) {
    size_t same = find_change(t, text);
    if (same == text.len)
        return text;
    /* A few code points of two bytes have partners of three. */
    char *to = arena_take(a, same + (text.len - same) * 2, 1);
    if (same > 0)
        memcpy(to, text.ptr, same);
    size_t len = same;
    while (same < text.len) {
        uint32_t c = 0;
        size_t n = utf8_decode(str_slice(text, same, text.len), &c);
        if (n == 0)
            break;
        len += utf8_encode(map_one(t, c), to + len);
        same += n;
    }
    return (str){to, len};
}

str utf8_lower(arena *a, str text) {
    return map_all(a, &LOWER_TABLE, text);
}

str utf8_upper(arena *a, str text) {
    return map_all(a, &UPPER_TABLE, text);
}

/* White_Space of Unicode's PropList.txt, but U+0085, and the byte order mark:
 * ECMA-262, sections 12.2 and 12.3. */
static bool is_blank(uint32_t c) {
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

str utf8_trim(str text) {
    uint32_t c = 0;
    for (;;) {
        size_t n = utf8_decode(text, &c);
        if (n == 0 || !is_blank(c))
            break;
        str_take(&text, n);
    }
    while (text.len > 0) {
        size_t at = text.len - 1;
        while (at > 0 && utf8_is_tail((unsigned char)text.ptr[at]))
            at--;
        if (utf8_decode(str_slice(text, at, text.len), &c) == 0 || !is_blank(c))
            break;
        text.len = at;
    }
    return text;
}
