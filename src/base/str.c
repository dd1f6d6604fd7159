#include "base/str.h"

#include "base/ascii.h"

bool str_contains(str s, str part) {
    if (s.len < part.len || part.len == 0)
        return part.len == 0;
    return memmem(s.ptr, s.len, part.ptr, part.len) != NULL;
}

size_t str_find_char(str s, char c) {
    const char *at = s.len > 0 ? memchr(s.ptr, c, s.len) : NULL;
    return at != NULL ? (size_t)(at - s.ptr) : s.len;
}

str str_split(str *rest, char separator) {
    size_t at = str_find_char(*rest, separator);
    bool found = at < rest->len;
    str head = str_take(rest, at);
    if (found)
        str_take(rest, 1);
    return head;
}

/* ascii_lower of eight bytes: adding to seven bits sets the eighth past 'Z' and
 * from 'A' on, and carries into no neighbour. */
static uint64_t lower_eight(const char *at) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t low = word & (ones * 0x7F);
    uint64_t past_z = low + ones * (0x7F - 'Z');
    uint64_t from_a = low + ones * (0x80 - 'A');
    uint64_t is_upper = (from_a ^ past_z) & ~word & (ones * 0x80);
    return word | is_upper >> 2;
}

/* The last step looks again at bytes that are known to be equal. */
bool str_equal_ignoring_case(str a, str b) {
    if (a.len != b.len)
        return false;
    size_t i = 0;
    while (a.len >= 8 && i < a.len) {
        size_t from = a.len - i >= 8 ? i : a.len - 8;
        if (lower_eight(a.ptr + from) != lower_eight(b.ptr + from))
            return false;
        i = from + 8;
    }
    for (; i < a.len; i++) {
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
            return false;
    }
    return true;
}

str str_trim(str s) {
    while (s.len > 0 && ascii_is_blank(s.ptr[0]))
        str_take(&s, 1);
    while (s.len > 0 && ascii_is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

int str_compare(str a, str b) {
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

/* So many digits fit, whichever they are. */
enum { SAFE_DIGITS = 18 };

static bool parse_few_digits(str s, int64_t *out) {
    int64_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_is_digit(s.ptr[i]))
            return false;
        n = n * 10 + (s.ptr[i] - '0');
    }
    *out = n;
    return true;
}

bool str_parse_int64(str s, int64_t *out) {
    if (s.len > 0 && s.len <= SAFE_DIGITS && s.ptr[0] != '-')
        return parse_few_digits(s, out);
    bool negative = s.len > 0 && s.ptr[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == s.len)
        return false;
    int64_t n = 0;
    for (; i < s.len; i++) {
        if (!ascii_is_digit(s.ptr[i]))
            return false;
        /* Counted downwards: INT64_MIN has no positive counterpart. */
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_sub_overflow(n, s.ptr[i] - '0', &n))
            return false;
    }
    if (!negative && n == INT64_MIN)
        return false;
    *out = negative ? n : -n;
    return true;
}
