#include "language/text_position.h"

#include "base/utf8.h"
#include "schema/source.h"

/* The units that the byte adds: with UTF-16, the first byte of a character
 * stands for all of it, and one outside the basic plane takes two. */
static uint32_t units_of(char c, text_encoding encoding) {
    if (encoding == TEXT_UTF8)
        return 1;
    if (utf8_is_tail((unsigned char)c))
        return 0;
    return (unsigned char)c >= 0xF0 ? 2 : 1;
}

text_lines text_lines_find(arena *a, str text) {
    uint32_t *starts = NULL;
    size_t count = 0;
    ARENA_PUSH(a, starts, count, 0);
    for (size_t i = 0; i < text.len; i++) {
        if (source_ends_line(text, i))
            ARENA_PUSH(a, starts, count, (uint32_t)i + 1);
    }
    return (text_lines){.text = text, .starts = starts, .count = count};
}

/* The last one that begins at or before the byte. */
static size_t find_line(const text_lines *lines, uint32_t at) {
    size_t low = 0;
    size_t high = lines->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (lines->starts[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t count_units(str text, uint32_t from, uint32_t to,
                            text_encoding encoding) {
    uint32_t units = 0;
    for (size_t i = from; i < to; i++)
        units += units_of(text.ptr[i], encoding);
    return units;
}

text_position text_position_of(text_lines *lines, uint32_t at,
                               text_encoding encoding) {
    uint32_t line = (uint32_t)find_line(lines, at);
    uint32_t start = lines->starts[line];
    uint32_t known = lines->known_at;
    text_position p = {line, 0};
    if (line != lines->known.line || (known > at && known - at > at - start))
        p.character = count_units(lines->text, start, at, encoding);
    else if (known <= at)
        p.character = lines->known.character +
                      count_units(lines->text, known, at, encoding);
    else
        p.character = lines->known.character -
                      count_units(lines->text, at, known, encoding);
    lines->known_at = at;
    lines->known = p;
    return p;
}

uint32_t text_position_find(const text_lines *lines, text_position p,
                            text_encoding encoding) {
    str text = lines->text;
    if (p.line >= lines->count)
        return (uint32_t)text.len;
    size_t at = lines->starts[p.line];
    uint32_t units = 0;
    while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r') {
        units += units_of(text.ptr[at], encoding);
        if (units > p.character)
            break;
        at++;
    }
    while (at > 0 && at < text.len && utf8_is_tail((unsigned char)text.ptr[at]))
        at--;
    return (uint32_t)at;
}
