#include "base/utf8.h"

#include "base/assert.h"

static const uint64_t HIGH_BITS = UINT64_C(0x8080808080808080);

static uint64_t load_word(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static size_t ascii_prefix(const char *at, size_t len) {
    size_t n = 0;
    for (; len - n >= 32; n += 32) {
        uint64_t any = load_word(at + n) | load_word(at + n + 8) |
                       load_word(at + n + 16) | load_word(at + n + 24);
        if ((any & HIGH_BITS) != 0)
            break;
    }
    for (; len - n >= 8 && (load_word(at + n) & HIGH_BITS) == 0; n += 8)
        ;
    while (n < len && (unsigned char)at[n] < 0x80)
        n++;
    return n;
}

/* Unicode, table 3-7: only the second byte has a range that depends on the
 * first. Returns the length of the sequence at p, or 0. */
static size_t sequence_length(const unsigned char *p, size_t len) {
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || len < 2)
        return 0;
    if (p[0] < 0xE0)
        return utf8_is_tail(p[1]) ? 2 : 0;
    if (p[0] < 0xF0) {
        unsigned char low = p[0] == 0xE0 ? 0xA0 : 0x80;
        unsigned char high = p[0] == 0xED ? 0x9F : 0xBF;
        bool is_valid =
            len >= 3 && p[1] >= low && p[1] <= high && utf8_is_tail(p[2]);
        return is_valid ? 3 : 0;
    }
    unsigned char low = p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xF4 ? 0x8F : 0xBF;
    bool is_valid = p[0] <= 0xF4 && len >= 4 && p[1] >= low && p[1] <= high &&
                    utf8_is_tail(p[2]) && utf8_is_tail(p[3]);
    return is_valid ? 4 : 0;
}

size_t utf8_valid_prefix(str s) {
    size_t n = 0;
    while (n < s.len) {
        n += ascii_prefix(s.ptr + n, s.len - n);
        /* Text that is not ASCII comes in runs. */
        while (n < s.len && (unsigned char)s.ptr[n] >= 0x80) {
            const void *at = s.ptr + n;
            size_t length = sequence_length(at, s.len - n);
            if (length == 0)
                return n;
            n += length;
        }
    }
    return n;
}

size_t utf8_decode(str s, uint32_t *code_point) {
    /* The payload bits of the first byte, by length. */
    static const unsigned char MASKS[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *p = (const void *)s.ptr;
    size_t length = s.len > 0 ? sequence_length(p, s.len) : 0;
    if (length == 0)
        return 0;
    uint32_t c = p[0] & MASKS[length];
    for (size_t i = 1; i < length; i++)
        c = c << 6 | (p[i] & 0x3F);
    *code_point = c;
    return length;
}

size_t utf8_encode(uint32_t code_point, char out[UTF8_MAX_BYTES]) {
    uint32_t c = code_point;
    ASSERT(c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF));
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    static const unsigned char LEADS[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(LEADS[length] | c);
    return length;
}

size_t utf8_count(str s) {
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += !utf8_is_tail((unsigned char)s.ptr[i]);
    return count;
}
