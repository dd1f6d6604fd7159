/*
 * What is read, written and read again is written the same way; and a text is
 * refused if a second, slower reading of the grammar refuses it.
 */
#include "base/json.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- RFC 8259 once more, as its grammar reads, by recursion --- */

static const char *slow_value(const char *at, const char *end, int depth);

static const char *blanks(const char *at, const char *end) {
    while (at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0')
        at++;
    return at;
}

static const char *word(const char *at, const char *end, const char *text) {
    size_t len = strlen(text);
    bool is_there = (size_t)(end - at) >= len && memcmp(at, text, len) == 0;
    return is_there ? at + len : NULL;
}

static const char *digits(const char *at, const char *end) {
    const char *begin = at;
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at > begin ? at : NULL;
}

static const char *slow_number(const char *at, const char *end) {
    if (at < end && *at == '-')
        at++;
    at = at < end && *at == '0' ? at + 1 : digits(at, end);
    if (at != NULL && at < end && *at == '.')
        at = digits(at + 1, end);
    if (at != NULL && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        at = digits(at, end);
    }
    return at;
}

static long hex4(const char *at, const char *end) {
    char text[5] = {0};
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        if (at[i] == '\0' || strchr("0123456789abcdefABCDEF", at[i]) == NULL)
            return -1;
        text[i] = at[i];
    }
    return strtol(text, NULL, 16);
}

static const char *slow_escape(const char *at, const char *end) {
    if (at < end && *at != '\0' && strchr("\"\\/bfnrt", *at) != NULL)
        return at + 1;
    if (at == end || *at != 'u')
        return NULL;
    long unit = hex4(at + 1, end);
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return NULL;
    if (unit < 0xD800 || unit > 0xDFFF)
        return at + 5;
    at = word(at + 5, end, "\\u");
    long low = at != NULL ? hex4(at, end) : -1;
    return low >= 0xDC00 && low <= 0xDFFF ? at + 4 : NULL;
}

static const char *slow_string(const char *at, const char *end) {
    if (at == end || *at != '"')
        return NULL;
    at++;
    while (at != NULL && at < end && *at != '"') {
        if ((unsigned char)*at < 0x20)
            return NULL;
        at = *at == '\\' ? slow_escape(at + 1, end) : at + 1;
    }
    return at != NULL && at < end ? at + 1 : NULL;
}

static const char *slow_member(const char *at, const char *end, bool has_key,
                               int depth) {
    if (has_key) {
        at = slow_string(blanks(at, end), end);
        at = at != NULL ? word(blanks(at, end), end, ":") : NULL;
    }
    return at != NULL ? slow_value(at, end, depth) : NULL;
}

static const char *slow_container(const char *at, const char *end, int depth) {
    bool is_object = *at == '{';
    char closer = is_object ? '}' : ']';
    if (depth == JSON_MAX_DEPTH)
        return NULL;
    at = blanks(at + 1, end);
    if (at < end && *at == closer)
        return at + 1;
    for (;;) {
        at = slow_member(at, end, is_object, depth + 1);
        if (at == NULL || at == end)
            return NULL;
        if (*at == closer)
            return at + 1;
        if (*at++ != ',')
            return NULL;
    }
}

/* Returns where the blanks behind the value end, or NULL. */
static const char *slow_value(const char *at, const char *end, int depth) {
    at = blanks(at, end);
    if (at == end)
        return NULL;
    const char *next = *at == '{' || *at == '[' ? slow_container(at, end, depth)
                       : *at == '"'             ? slow_string(at, end)
                       : *at == 't'             ? word(at, end, "true")
                       : *at == 'f'             ? word(at, end, "false")
                       : *at == 'n'             ? word(at, end, "null")
                                                : slow_number(at, end);
    return next != NULL ? blanks(next, end) : NULL;
}

/* --- the properties --- */

static void write_and_read_again(arena *a, const json *value, size_t size) {
    CLEANUP(buf_free) buf once = buf_new(6 * size + 16);
    CLEANUP(buf_free) buf twice = buf_new(6 * size + 16);
    const json *again = NULL;
    json_write(&once, value);
    err *e = json_parse(a, buf_str(&once), &again);
    ASSERT(e == NULL);
    json_write(&twice, again);
    ASSERT(!once.is_overflown);
    ASSERT(str_equal(buf_str(&once), buf_str(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    const json *value = NULL;
    bool is_read = json_parse(a, text, &value) == NULL;
    const char *end = size > 0 ? text.ptr + size : text.ptr;
    bool is_valid =
        size > 0 && utf8_is_valid(text) && slow_value(text.ptr, end, 0) == end;
    ASSERT(is_read == is_valid);
    if (is_read)
        write_and_read_again(a, value, size);
    return 0;
}
