/* Any text is a path or refused; as a key in quotes it finds that key, and no
 * other. */
#include "core/claim_path.h"

#include <stdint.h>

#include "base/assert.h"

enum { MAX_BYTES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str quoted(arena *a, str key) {
    buf out = buf_over(arena_take(a, 2 * key.len + 3, 1), 2 * key.len + 3);
    buf_append(&out, STR(".\""));
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '"' || key.ptr[i] == '\\')
            buf_append_char(&out, '\\');
        buf_append_char(&out, key.ptr[i]);
    }
    buf_append_char(&out, '"');
    return buf_str(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    str keys[] = {arena_printf(a, "%.*s?", STR_ARG(text)), text};
    json items[] = {{.kind = JSON_TRUE}, {.kind = JSON_FALSE}};
    json claims = {
        .kind = JSON_OBJECT, .keys = keys, .items = items, .count = 2};
    str path = quoted(a, text);
    if (size > MAX_BYTES)
        return 0;
    if (claim_path_check(a, text) == NULL)
        (void)claim_path_find(&claims, text);
    ASSERT(claim_path_check(a, path) == NULL);
    ASSERT(claim_path_find(&claims, path) == &items[1]);
    return 0;
}
