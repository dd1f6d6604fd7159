#include "bin/plain_text.h"

#include <stdbool.h>

static bool is_continuation(str text, size_t i) {
    return i < text.len && ((unsigned char)text.ptr[i] & 0xc0) == 0x80;
}

/* C0, DEL and both bytes of a C1 in UTF-8, such as c2 9b. */
static bool is_control(str text, size_t i) {
    unsigned char c = (unsigned char)text.ptr[i];
    bool is_second = i > 0 && (unsigned char)text.ptr[i - 1] == 0xc2 &&
                     is_continuation(text, i);
    bool is_first = c == 0xc2 && is_continuation(text, i + 1);
    unsigned char last = is_first ? (unsigned char)text.ptr[i + 1] : c;
    return c < ' ' || c == 0x7f || ((is_first || is_second) && last < 0xa0);
}

void plain_text_write(buf *out, str text, size_t most) {
    size_t shown = text.len < most ? text.len : most;
    while (shown > 0 && is_continuation(text, shown))
        shown--;
    for (size_t i = 0; i < shown; i++)
        buf_append_char(out, is_control(text, i) ? '?' : text.ptr[i]);
    if (shown < text.len)
        buf_append(out, STR("..."));
}
