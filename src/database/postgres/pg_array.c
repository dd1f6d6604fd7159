#include "database/postgres/pg_array.h"

#include "base/digits.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/real.h"

enum { SHORT_MAX = REAL_TEXT_MAX };
_Static_assert(SHORT_MAX > (int)DIGITS_MAX, "a sign and digits are short");

static char *put(char *to, str text) {
    if (text.len > 0)
        memcpy(to, text.ptr, text.len);
    return to + text.len;
}

static size_t quoted_length(str text) {
    size_t length = text.len + 2;
    for (size_t i = 0; i < text.len; i++)
        length += text.ptr[i] == '"' || text.ptr[i] == '\\';
    return length;
}

static char *put_quoted(char *to, str text) {
    *to++ = '"';
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            *to++ = '\\';
        *to++ = text.ptr[i];
    }
    *to++ = '"';
    return to;
}

/* Of an element that is neither text nor bytes. */
static char *put_short(char *to, const value *v) {
    switch (v->kind) {
    case VALUE_BOOL:
        return put(to, v->boolean ? STR("t") : STR("f"));
    case VALUE_INT:
        if (v->integer < 0)
            *to++ = '-';
        return to + digits_write(v->integer < 0 ? 0 - (uint64_t)v->integer
                                                : (uint64_t)v->integer,
                                 to);
    case VALUE_FLOAT:
        return to + real_format(v->real, to);
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
    case VALUE_TEXT:
    case VALUE_BYTES:
        break;
    }
    return put(to, STR("NULL"));
}

/* "\\x6869" */
static char *put_bytes(char *to, str bytes) {
    to = put(to, STR("\"\\\\x"));
    for (size_t i = 0; i < bytes.len; i++)
        to = hex_put(to, (unsigned char)bytes.ptr[i]);
    *to++ = '"';
    return to;
}

static size_t room_for(const value *v) {
    if (v->kind == VALUE_TEXT)
        return quoted_length(v->text);
    if (v->kind == VALUE_BYTES)
        return v->text.len * 2 + sizeof "\"\\\\x\"";
    return SHORT_MAX;
}

static char *put_value(char *to, const value *v) {
    if (v->kind == VALUE_TEXT)
        return put_quoted(to, v->text);
    if (v->kind == VALUE_BYTES)
        return put_bytes(to, v->text);
    return put_short(to, v);
}

str pg_array_of_values(arena *a, const value *values, size_t count,
                       size_t stride) {
    size_t room = sizeof "{}";
    for (size_t i = 0; i < count; i++)
        room += room_for(&values[i * stride]) + 1;
    char *text = arena_take(a, room, 1);
    char *to = put(text, STR("{"));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            *to++ = ',';
        to = put_value(to, &values[i * stride]);
    }
    *to++ = '}';
    return (str){text, (size_t)(to - text)};
}

/* The source of a string has no quotes of its own in the tree. */
static str source_of(arena *a, const json *j) {
    if (j->kind != JSON_STRING && j->kind != JSON_ARRAY &&
        j->kind != JSON_OBJECT)
        return j->text;
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX / 2);
    json_write(&out, j);
    return arena_copy(a, buf_str(&out));
}

static value element_of(arena *a, const json *j, bool is_json) {
    if (!is_json && j->kind == JSON_NULL)
        return (value){.kind = VALUE_NULL};
    bool is_text = !is_json && j->kind == JSON_STRING;
    return (value){.kind = VALUE_TEXT,
                   .text = is_text ? j->text : source_of(a, j)};
}

err *pg_array_of_list(arena *a, str list, bool is_json, str *out) {
    const json *j = NULL;
    TRY(json_parse(a, list, &j));
    if (j->kind != JSON_ARRAY)
        return err_new(a, ERR_VALUE_SYNTAX, "a list must be a JSON array");
    value *values = arena_new_array(a, value, j->count);
    for (uint32_t i = 0; i < j->count; i++)
        values[i] = element_of(a, &j->items[i], is_json);
    *out = pg_array_of_values(a, values, j->count, 1);
    return NULL;
}
