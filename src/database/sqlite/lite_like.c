#include "database/sqlite/lite_like.h"

#include "base/attr.h"
#include "base/utf8.h"

/* ---- Case --------------------------------------------------------------- */

/* Upper-case ranges, in order. In a paired one capitals and small letters
 * alternate, starting with a capital. */
static const struct range {
    uint32_t from;
    uint32_t to;
    int32_t to_small;
    bool is_paired;
} RANGES[] = {
    {0x0041, 0x005A, 32, false}, {0x00C0, 0x00D6, 32, false},
    {0x00D8, 0x00DE, 32, false}, {0x0100, 0x012F, 1, true},
    {0x0132, 0x0137, 1, true},   {0x0139, 0x0148, 1, true},
    {0x014A, 0x0177, 1, true},   {0x0178, 0x0178, -121, false},
    {0x0179, 0x017E, 1, true},   {0x0386, 0x0386, 38, false},
    {0x0388, 0x038A, 37, false}, {0x038C, 0x038C, 64, false},
    {0x038E, 0x038F, 63, false}, {0x0391, 0x03A1, 32, false},
    {0x03A3, 0x03AB, 32, false}, {0x0400, 0x040F, 80, false},
    {0x0410, 0x042F, 32, false}, {0x0460, 0x0481, 1, true},
    {0x048A, 0x04BF, 1, true},   {0x04C0, 0x04C0, 15, false},
    {0x04C1, 0x04CE, 1, true},   {0x04D0, 0x052F, 1, true},
    {0x0531, 0x0556, 48, false}, {0x1E00, 0x1E95, 1, true},
    {0x1EA0, 0x1EFF, 1, true},
};

uint32_t lite_fold(uint32_t character) {
    for (size_t i = 0; i < LENGTH(RANGES); i++) {
        const struct range *r = &RANGES[i];
        if (character < r->from)
            break;
        if (character > r->to)
            continue;
        bool is_small = r->is_paired && (character - r->from) % 2 == 1;
        return is_small ? character
                        : (uint32_t)((int32_t)character + r->to_small);
    }
    return character;
}

/* ---- Matching ----------------------------------------------------------- */

enum {
    WORK_PER_TICK = 1 << 16, /* characters compared */
    NO_CHARACTER = 0x110000, /* plus a byte that is not UTF-8 */
};

typedef struct match {
    str pattern;
    str text;
    bool ignores_case;
    lite_like_watch watch;
    size_t work; /* since the last tick */
} match;

static size_t character_at(str s, size_t at, uint32_t *out) {
    unsigned char byte = (unsigned char)s.ptr[at];
    if (byte < 0x80) {
        *out = byte;
        return 1;
    }
    size_t length = utf8_decode(str_slice(s, at, s.len), out);
    if (length > 0)
        return length;
    *out = NO_CHARACTER + byte;
    return 1;
}

static bool is_wildcard(str pattern, size_t at, char wildcard) {
    return at < pattern.len && pattern.ptr[at] == wildcard;
}

/* Matches one character of both, neither being at its end nor the pattern at a
 * %, and moves behind it. */
static bool match_one(const match *m, size_t *in_pattern, size_t *in_text) {
    uint32_t got;
    uint32_t want;
    size_t length = character_at(m->text, *in_text, &got);
    if (is_wildcard(m->pattern, *in_pattern, '_')) {
        *in_pattern += 1;
        *in_text += length;
        return true;
    }
    *in_pattern += is_wildcard(m->pattern, *in_pattern, '\\');
    *in_pattern += character_at(m->pattern, *in_pattern, &want);
    *in_text += length;
    return got == want ||
           (m->ignores_case && lite_fold(got) == lite_fold(want));
}

static bool is_literal(str pattern, size_t at) {
    return at < pattern.len && pattern.ptr[at] != '%' &&
           pattern.ptr[at] != '_' && pattern.ptr[at] != '\\';
}

/* From where text can match what stands behind a %: at the next occurrence of
 * its first byte, if that is an exact one. */
static size_t skip_to_candidate(const match *m, size_t in_pattern,
                                size_t in_text) {
    if (m->ignores_case || !is_literal(m->pattern, in_pattern))
        return in_text;
    str rest = str_slice(m->text, in_text, m->text.len);
    return in_text + str_find_char(rest, m->pattern.ptr[in_pattern]);
}

static bool gives_up(match *m) {
    if (++m->work < WORK_PER_TICK)
        return false;
    m->work = 0;
    return m->watch.tick != NULL && m->watch.tick(m->watch.argument) != 0;
}

/* Only the last % is ever tried again: an earlier one could not do better. */
static lite_like_result run_match(match *m) {
    size_t in_pattern = 0;
    size_t in_text = 0;
    size_t behind_percent = SIZE_MAX;
    size_t retry_text = 0;
    while (in_text < m->text.len || in_pattern < m->pattern.len) {
        if (gives_up(m))
            return LITE_LIKE_GAVE_UP;
        if (is_wildcard(m->pattern, in_pattern, '%')) {
            behind_percent = ++in_pattern;
            if (in_pattern == m->pattern.len)
                return LITE_LIKE_YES;
            in_text = skip_to_candidate(m, in_pattern, in_text);
            retry_text = in_text;
            continue;
        }
        if (in_text < m->text.len && in_pattern < m->pattern.len &&
            match_one(m, &in_pattern, &in_text))
            continue;
        if (behind_percent == SIZE_MAX || retry_text >= m->text.len)
            return LITE_LIKE_NO;
        uint32_t skipped;
        retry_text += character_at(m->text, retry_text, &skipped);
        retry_text = skip_to_candidate(m, behind_percent, retry_text);
        in_pattern = behind_percent;
        in_text = retry_text;
    }
    return LITE_LIKE_YES;
}

static bool ends_in_lone_escape(str pattern) {
    size_t escapes = 0;
    while (escapes < pattern.len &&
           pattern.ptr[pattern.len - 1 - escapes] == '\\')
        escapes++;
    return escapes % 2 == 1;
}

lite_like_result lite_like(str pattern, str text, bool ignores_case,
                           lite_like_watch watch) {
    if (ends_in_lone_escape(pattern))
        return LITE_LIKE_BAD_PATTERN;
    match m = {pattern, text, ignores_case, watch, 0};
    return run_match(&m);
}
