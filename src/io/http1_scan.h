/*
 * http1_scan.h: how far the bytes are of a kind.
 *
 * Each returns the first byte that is not, or end.
 */
#ifndef IO_HTTP1_SCAN_H
#define IO_HTTP1_SCAN_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "io/http1_class.h"

static inline const char *http1_skip(const char *at, const char *end,
                                     uint8_t classes) {
    while (at < end && http1_is(*at, classes))
        at++;
    return at;
}

/* Sixteen bytes a step where the machine can: a head is mostly values and a
 * query, and a loop over a short name costs more in a wrong guess of its end
 * than in work. The tables say the same for the rest. */
#ifdef __SSE2__
static inline __m128i http1_load(const char *at) {
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* Which bytes lie in [from, from + count), all ones for yes. */
static inline __m128i http1_in_range(__m128i bytes, char from, char count) {
    __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8(from));
    __m128i last = _mm_set1_epi8((char)(count - 1));
    return _mm_cmpeq_epi8(_mm_min_epu8(above, last), above);
}

static inline __m128i http1_equal_to(__m128i bytes, char c) {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

static inline bool http1_find_first(__m128i set, const char **at) {
    unsigned mask = (unsigned)_mm_movemask_epi8(set);
    *at += mask != 0 ? __builtin_ctz(mask) : 16;
    return mask != 0;
}
#endif

#ifdef __SSE2__
static inline __m128i http1_value_stops(__m128i bytes) {
    return _mm_or_si128(_mm_andnot_si128(http1_equal_to(bytes, '\t'),
                                         http1_in_range(bytes, 0, 0x20)),
                        http1_equal_to(bytes, 0x7f));
}
#endif

static inline const char *http1_skip_value(const char *at, const char *end) {
#ifdef __SSE2__
    while (end - at >= 16) {
        __m128i stops = http1_value_stops(http1_load(at));
        if (http1_find_first(stops, &at))
            return at;
    }
#endif
    return http1_skip(at, end, HTTP1_VALUE);
}

/* Is all of it a value? The last step looks again at bytes that are known. */
static inline bool http1_is_value(const char *at, const char *end) {
#ifdef __SSE2__
    if (end - at >= 16) {
        __m128i stops = http1_value_stops(http1_load(end - 16));
        for (; end - at > 16; at += 16)
            stops = _mm_or_si128(stops, http1_value_stops(http1_load(at)));
        return _mm_movemask_epi8(stops) == 0;
    }
#endif
    return http1_skip(at, end, HTTP1_VALUE) == end;
}

static inline const char *http1_skip_query(const char *at, const char *end) {
#ifdef __SSE2__
    while (end - at >= 16) {
        __m128i bytes = http1_load(at);
        __m128i is_printable = http1_in_range(bytes, 0x21, 0x7f - 0x21);
        __m128i stops =
            _mm_or_si128(_mm_xor_si128(is_printable, _mm_set1_epi8(-1)),
                         http1_equal_to(bytes, '#'));
        if (http1_find_first(stops, &at))
            return at;
    }
#endif
    return http1_skip(at, end, HTTP1_QUERY);
}

/* Letters, digits and '-' are all that most names have. */
static inline const char *http1_skip_token(const char *at, const char *end) {
#ifdef __SSE2__
    if (end - at >= 16) {
        __m128i bytes = http1_load(at);
        __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
        __m128i goes_on =
            _mm_or_si128(_mm_or_si128(http1_in_range(lower, 'a', 26),
                                      http1_in_range(bytes, '0', 10)),
                         http1_equal_to(bytes, '-'));
        http1_find_first(_mm_xor_si128(goes_on, _mm_set1_epi8(-1)), &at);
    }
#endif
    return http1_skip(at, end, HTTP1_TOKEN);
}

#endif
