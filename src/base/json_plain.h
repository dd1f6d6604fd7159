/*
 * json_plain.h: how far a JSON string runs without anything special. Shared by
 * the reader and the writer, which stop at the same bytes.
 */
#ifndef BASE_JSON_PLAIN_H
#define BASE_JSON_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* RFC 8259, section 7: what may not stand in a string as it is. */
static inline bool json_is_plain(char c) {
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/* The high bit of each byte that is not plain; a borrow may also set bits
 * above the lowest one, so only that one is exact. */
static inline uint64_t json_special_bits(uint64_t word) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ (ones * '"');
    uint64_t backslash = word ^ (ones * '\\');
    return ((word - ones * 0x20) | (quote - ones) | (backslash - ones)) &
           ~word & highs;
}

#ifdef __SSE2__
/* A bit for each of sixteen bytes that is not plain. */
static inline unsigned json_special_mask(const char *at) {
    __m128i bytes = _mm_loadu_si128((const void *)at);
    __m128i controls = _mm_set1_epi8(0x1F);
    __m128i special =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                  _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
                     /* max(c, 0x1F) == 0x1F: unsigned c <= 0x1F */
                     _mm_cmpeq_epi8(_mm_max_epu8(bytes, controls), controls));
    return (unsigned)_mm_movemask_epi8(special);
}
#endif

/* The number of plain bytes at the start. What is left behind full steps is
 * looked at together with bytes before it, which are known to be plain. */
static inline size_t json_plain_prefix(const char *at, size_t len) {
    size_t n = 0;
#ifdef __SSE2__
    while (len - n >= 16 || (n > 0 && n < len)) {
        size_t from = len - n >= 16 ? n : len - 16;
        unsigned mask = json_special_mask(at + from);
        if (mask != 0)
            return from + (size_t)__builtin_ctz(mask);
        n = from + 16;
    }
#endif
    for (; len - n >= 8; n += 8) {
        uint64_t word;
        memcpy(&word, at + n, sizeof word);
        if (json_special_bits(word) != 0)
            break;
    }
    while (n < len && json_is_plain(at[n]))
        n++;
    return n;
}

#endif
