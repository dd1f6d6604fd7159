#include "schema/source.h"

#include "base/assert.h"
#include "base/utf8.h"

bool source_ends_line(str text, size_t at) {
    if (text.ptr[at] == '\n')
        return true;
    return text.ptr[at] == '\r' &&
           (at + 1 == text.len || text.ptr[at + 1] != '\n');
}

source_position source_locate(const source *s, uint32_t at) {
    return source_locate_from(s, 0, (source_position){1, 1}, at);
}

source_position source_locate_from(const source *s, uint32_t known,
                                   source_position position, uint32_t at) {
    ASSERT(known <= at && at <= s->text.len);
    for (size_t i = known; i < at; i++) {
        if (source_ends_line(s->text, i)) {
            position.line++;
            position.column = 1;
        } else if (!utf8_is_tail((unsigned char)s->text.ptr[i])) {
            position.column++;
        }
    }
    return position;
}

bool source_has_blank_line(const source *s, uint32_t from, uint32_t to) {
    size_t ends = 0;
    for (size_t i = from; i < to; i++)
        ends += source_ends_line(s->text, i) ? 1 : 0;
    return ends > 1;
}

static bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

/* A byte of the line end belongs to the line it ends. */
str source_line(const source *s, uint32_t at) {
    ASSERT(at <= s->text.len);
    str text = s->text;
    size_t from = at;
    while (from > 0 && !source_ends_line(text, from - 1))
        from--;
    size_t to = from;
    while (to < text.len && !is_line_end(text.ptr[to]))
        to++;
    return str_slice(text, from, to);
}
