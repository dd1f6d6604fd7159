#include "api/rest/idempotency_key.h"

static err *refuse(arena *a, const char *why) {
    return err_with_hint(
        err_new(a, ERR_INVALID, "invalid Idempotency-Key: %s", why),
        arena_printf(a,
                     "a key is 1 to %d visible characters, such as a UUID, "
                     "with or without quotes",
                     IDEMPOTENCY_KEY_MAX));
}

static bool is_visible(char c) {
    return c > ' ' && c <= '~';
}

static err *check(arena *a, str key) {
    if (str_is_empty(key))
        return refuse(a, "it is empty");
    if (key.len > IDEMPOTENCY_KEY_MAX)
        return refuse(a, "it is too long");
    for (size_t i = 0; i < key.len; i++)
        if (!is_visible(key.ptr[i]))
            return refuse(a, "it has a character that is not visible ASCII");
    return NULL;
}

static err *refuse_quotes(arena *a) {
    return refuse(a, "its quotes do not match");
}

/* What stands behind the opening quote, to the end. */
static err *unquote(arena *a, str text, str *out) {
    char *to = arena_take(a, text.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"') {
            *out = (str){to, len};
            return i + 1 == text.len ? NULL : refuse_quotes(a);
        }
        if (c == '\\') {
            if (++i == text.len)
                break;
            c = text.ptr[i];
            if (c != '"' && c != '\\')
                return refuse(a, "only quotes and backslashes are escaped");
        }
        to[len++] = c;
    }
    return refuse_quotes(a);
}

err *idempotency_key_parse(arena *a, str text, str *out) {
    str key = str_trim(text);
    if (!str_is_empty(key) && key.ptr[0] == '"')
        TRY(unquote(a, str_slice(key, 1, key.len), &key));
    TRY(check(a, key));
    *out = key;
    return NULL;
}
