/*
 * A key that is taken is short and visible, and in quotes the same.
 */
#include "api/rest/idempotency_key.h"

#include "base/assert.h"
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str quote(arena *a, str key) {
    CLEANUP(buf_free) buf out = buf_new(2 * IDEMPOTENCY_KEY_MAX + 2);
    buf_append_char(&out, '"');
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '"' || key.ptr[i] == '\\')
            buf_append_char(&out, '\\');
        buf_append_char(&out, key.ptr[i]);
    }
    buf_append_char(&out, '"');
    return arena_copy(a, buf_str(&out));
}

static void check(arena *a, str key) {
    str again;
    ASSERT(key.len > 0 && key.len <= IDEMPOTENCY_KEY_MAX);
    for (size_t i = 0; i < key.len; i++)
        ASSERT(key.ptr[i] > ' ' && key.ptr[i] <= '~');
    err *e = idempotency_key_parse(a, quote(a, key), &again);
    ASSERT(e == NULL && str_equal(key, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena *a = arena_new();
    str key;
    err *e = idempotency_key_parse(a, (str){(const char *)data, size}, &key);
    if (e == NULL)
        check(a, key);
    arena_free(a);
    return 0;
}
