#include "base/url.h"

#include "base/ascii.h"
#include "base/hex.h"
#include "base/utf8.h"

static bool is_plain(char c) {
    return c != '%' && c != '+' && c != '\0' && (unsigned char)c < 0x80;
}

/* The high bit of each byte that is 0; a borrow can only find too much. */
static uint64_t zero_bits(uint64_t word) {
    return (word - UINT64_C(0x0101010101010101)) & ~word;
}

static bool are_plain_eight(const char *at) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t special = word | zero_bits(word) | zero_bits(word ^ ones * '%') |
                       zero_bits(word ^ ones * '+');
    return (special & highs) == 0;
}

/* The last step looks again at bytes that are known to be plain. */
bool url_is_plain(str text) {
    size_t i = 0;
    while (text.len >= 8 && i < text.len) {
        size_t from = text.len - i >= 8 ? i : text.len - 8;
        if (!are_plain_eight(text.ptr + from))
            return false;
        i = from + 8;
    }
    while (i < text.len && is_plain(text.ptr[i]))
        i++;
    return i == text.len;
}

static err *decode_escapes(arena *a, str text, char plus, str *out) {
    char *to = arena_take(a, text.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '+') {
            c = plus;
        } else if (c == '%') {
            int high = text.len - i > 2 ? hex_digit(text.ptr[i + 1]) : -1;
            int low = text.len - i > 2 ? hex_digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return err_new(
                    a, ERR_QUERY_SYNTAX,
                    "'%%' without two hexadecimal digits in the URL");
            c = (char)(high * 16 + low);
            i += 2;
        }
        to[len++] = c;
    }
    *out = (str){to, len};
    return NULL;
}

static err *check_text(arena *a, str text) {
    if (!utf8_is_valid(text))
        return err_new(a, ERR_QUERY_SYNTAX, "the URL is not valid UTF-8");
    if (str_find_char(text, '\0') < text.len)
        return err_new(a, ERR_QUERY_SYNTAX, "NUL in the URL");
    return NULL;
}

static err *decode(arena *a, str text, char plus, str *out) {
    *out = text;
    if (url_is_plain(text))
        return NULL;
    TRY(decode_escapes(a, text, plus, out));
    return check_text(a, *out);
}

err *url_decode_path(arena *a, str text, str *out) {
    return decode(a, text, '+', out);
}

err *url_decode_query(arena *a, str text, str *out) {
    return decode(a, text, ' ', out);
}

static bool is_unreserved(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

str url_encode(arena *a, str text) {
    static const char DIGITS[] = "0123456789ABCDEF";
    char *to = arena_take(a, text.len * 3 + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (is_unreserved(text.ptr[i])) {
            to[len++] = text.ptr[i];
            continue;
        }
        to[len++] = '%';
        to[len++] = DIGITS[byte >> 4];
        to[len++] = DIGITS[byte & 0xf];
    }
    return (str){to, len};
}
