#include "database/commit_position.h"

#include <inttypes.h>

static bool read_digit(char c, uint64_t *out) {
    if (c >= '0' && c <= '9')
        *out = (uint64_t)(c - '0');
    else if (c >= 'A' && c <= 'F')
        *out = (uint64_t)(c - 'A') + 10;
    else if (c >= 'a' && c <= 'f')
        *out = (uint64_t)(c - 'a') + 10;
    else
        return false;
    return true;
}

static bool read_half(str text, uint64_t *out) {
    uint64_t half = 0;
    if (text.len == 0 || text.len > 8)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint64_t digit = 0;
        if (!read_digit(text.ptr[i], &digit))
            return false;
        half = half << 4 | digit;
    }
    *out = half;
    return true;
}

bool commit_position_parse(str text, commit_position *out) {
    uint64_t high = 0;
    uint64_t low = 0;
    size_t slash = str_find_char(text, '/');
    if (slash == text.len || !read_half(str_slice(text, 0, slash), &high) ||
        !read_half(str_slice(text, slash + 1, text.len), &low))
        return false;
    *out = high << 32 | low;
    return true;
}

str commit_position_format(arena *a, commit_position p) {
    return arena_printf(a, "%" PRIX64 "/%" PRIX64, p >> 32, p & UINT32_MAX);
}
