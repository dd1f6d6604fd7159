#include "base/base64.h"

#include <stdint.h>

static const char *const ALPHABETS[] = {
    [BASE64_STANDARD] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    [BASE64_URL] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

static uint32_t byte_at(str bytes, size_t i) {
    return i < bytes.len ? (unsigned char)bytes.ptr[i] : 0;
}

void base64_encode(buf *out, str bytes, base64_form form) {
    const char *alphabet = ALPHABETS[form];
    size_t groups = bytes.len / 3 + (bytes.len % 3 > 0);
    char *begin = buf_reserve(out, groups * 4);
    if (begin == NULL || groups == 0)
        return;
    char *to = begin;
    for (size_t i = 0; i < bytes.len; i += 3) {
        uint32_t bits = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 |
                        byte_at(bytes, i + 2);
        for (int shift = 18; shift >= 0; shift -= 6)
            *to++ = alphabet[bits >> shift & 63];
    }
    size_t padding = groups * 3 - bytes.len;
    to -= padding;
    if (form == BASE64_STANDARD) {
        memset(to, '=', padding);
        to += padding;
    }
    buf_commit(out, (size_t)(to - begin));
}

static int value_of(char c, base64_form form) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    const char *alphabet = ALPHABETS[form];
    return c == alphabet[62] ? 62 : c == alphabet[63] ? 63 : -1;
}

/* Takes the padding off; false if it is not what the form wants. */
static bool strip_padding(str *text, base64_form form) {
    if (form == BASE64_URL)
        return true;
    if (text->len % 4 != 0)
        return false;
    for (int i = 0; i < 2 && text->len > 0; i++)
        text->len -= text->ptr[text->len - 1] == '=';
    return true;
}

bool base64_decode(arena *a, str text, base64_form form, str *out) {
    if (!strip_padding(&text, form) || text.len % 4 == 1)
        return false;
    size_t len = text.len / 4 * 3 + (text.len % 4 > 0 ? text.len % 4 - 1 : 0);
    char *bytes = arena_take(a, len, 1);
    char *to = bytes;
    uint32_t bits = 0;
    int count = 0; /* of bits that are not written yet */
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.ptr[i], form);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            *to++ = (char)(bits >> count & 0xFF);
        }
    }
    if ((bits & ((1U << count) - 1)) != 0)
        return false;
    *out = (str){bytes, len};
    return true;
}
