#include "base/hex.h"

void hex_encode(buf *out, str bytes) {
    char *to = buf_reserve(out, bytes.len * 2);
    if (to == NULL)
        return;
    for (size_t i = 0; i < bytes.len; i++)
        to = hex_put(to, (unsigned char)bytes.ptr[i]);
    buf_commit(out, bytes.len * 2);
}

bool hex_decode(arena *a, str text, str *out) {
    if (text.len % 2 != 0)
        return false;
    char *bytes = arena_take(a, text.len / 2, 1);
    for (size_t i = 0; i < text.len / 2; i++) {
        int high = hex_digit(text.ptr[2 * i]);
        int low = hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (char)(high << 4 | low);
    }
    *out = (str){bytes, text.len / 2};
    return true;
}
