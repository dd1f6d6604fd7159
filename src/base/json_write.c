#include "base/assert.h"
#include "base/json.h"
#include "base/json_plain.h"
#include "base/real.h"

/* The most that one byte becomes: \u001f. */
enum { MAX_ESCAPED = 6 };

static size_t escape(char c, char out[MAX_ESCAPED]) {
    static const char SHORT[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
    };
    out[0] = '\\';
    out[1] = SHORT[(unsigned char)c];
    if (out[1] != '\0')
        return 2;
    memcpy(out + 1, "u00", 3);
    out[4] = (char)('0' + (c >> 4));
    out[5] = "0123456789abcdef"[c & 0xF];
    return MAX_ESCAPED;
}

static void write_escaped(buf *out, str rest) {
    while (rest.len > 0) {
        buf_append(out, str_take(&rest, json_plain_prefix(rest.ptr, rest.len)));
        if (rest.len > 0) {
            char escaped[MAX_ESCAPED];
            size_t n = escape(str_take(&rest, 1).ptr[0], escaped);
            buf_append(out, (str){escaped, n});
        }
    }
}

void json_write_string(buf *out, str text) {
    size_t plain = json_plain_prefix(text.ptr, text.len);
    char *to = buf_reserve(out, plain + 2);
    if (UNLIKELY(to == NULL))
        return;
    *to = '"';
    if (plain > 0)
        memcpy(to + 1, text.ptr, plain);
    if (LIKELY(plain == text.len)) {
        to[plain + 1] = '"';
        buf_commit(out, plain + 2);
        return;
    }
    buf_commit(out, plain + 1);
    write_escaped(out, str_slice(text, plain, text.len));
    buf_append_char(out, '"');
}

void json_write_double(buf *out, double number) {
    char text[REAL_TEXT_MAX];
    buf_append(out, (str){text, real_format(number, text)});
}

static void write_scalar_or_open(buf *out, const json *value) {
    switch (value->kind) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
    case JSON_NUMBER:
        buf_append(out, value->text);
        return;
    case JSON_STRING:
        json_write_string(out, value->text);
        return;
    case JSON_ARRAY:
        buf_append_char(out, '[');
        return;
    case JSON_OBJECT:
        buf_append_char(out, '{');
        return;
    }
}

void json_write(buf *out, const json *value) {
    struct {
        const json *container;
        uint32_t next;
    } levels[JSON_MAX_DEPTH];
    size_t depth = 0;
    for (;;) {
        write_scalar_or_open(out, value);
        if (value->kind >= JSON_ARRAY) {
            ASSERT(depth < JSON_MAX_DEPTH);
            levels[depth].container = value;
            levels[depth++].next = 0;
        }
        while (depth > 0 &&
               levels[depth - 1].next == levels[depth - 1].container->count) {
            bool is_array = levels[--depth].container->kind == JSON_ARRAY;
            buf_append_char(out, is_array ? ']' : '}');
        }
        if (depth == 0)
            return;
        const json *container = levels[depth - 1].container;
        uint32_t i = levels[depth - 1].next++;
        if (i > 0)
            buf_append_char(out, ',');
        if (container->kind == JSON_OBJECT) {
            json_write_string(out, container->keys[i]);
            buf_append_char(out, ':');
        }
        value = &container->items[i];
    }
}
