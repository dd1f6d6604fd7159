#include "database/row_json.h"

#include "base/digits.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/real.h"
#include "base/timestamp.h"

enum {
    MAX_ESCAPED = 6,           /* \u0001 */
    SHORT_MAX = REAL_TEXT_MAX, /* null, a Boolean, a number */
};
_Static_assert(SHORT_MAX > (int)DIGITS_MAX, "a sign and digits are short");
_Static_assert(SHORT_MAX >= (int)ROW_JSON_SHORT_KEY,
               "where a key fits, 16 bytes do");

str row_json_make_key(arena *a, str name) {
    size_t room = name.len * MAX_ESCAPED + ROW_JSON_SHORT_KEY;
    buf text = buf_over(arena_alloc(a, room, 1), room);
    buf_append_char(&text, ',');
    json_write_string(&text, name);
    buf_append_char(&text, ':');
    return buf_str(&text);
}

static void write_datetime(buf *out, str text) {
    if (text.len != TIMESTAMP_LENGTH) { /* nothing that we wrote */
        json_write_string(out, text);
        return;
    }
    char *to = buf_reserve(out, TIMESTAMP_LENGTH + 2);
    if (to == NULL)
        return;
    to[0] = '"';
    size_t len = timestamp_shorten(text.ptr, to + 1);
    to[len + 1] = '"';
    buf_commit(out, len + 2);
}

static void write_bytes(buf *out, str bytes) {
    buf_append(out, STR("\"\\\\x"));
    hex_encode(out, bytes);
    buf_append_char(out, '"');
}

static void write_text(buf *out, scalar_type type, str text) {
    switch (type) {
    case SCALAR_DECIMAL:
    case SCALAR_JSON:
        buf_append(out, text);
        break;
    case SCALAR_DATETIME:
        write_datetime(out, text);
        break;
    case SCALAR_STRING:
    case SCALAR_BOOLEAN:
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
    case SCALAR_BYTES:
        json_write_string(out, text);
        break;
    }
}

static char *put(char *to, str text) {
    memcpy(to, text.ptr, text.len);
    return to + text.len;
}

static char *put_int(char *to, int64_t n) {
    if (n < 0)
        *to++ = '-';
    return to + digits_write(n < 0 ? 0 - (uint64_t)n : (uint64_t)n, to);
}

/* Anything but text and bytes, in room for SHORT_MAX. */
static char *put_short(char *to, const value *v) {
    switch (v->kind) {
    case VALUE_BOOL:
        return put(to, v->boolean ? STR("true") : STR("false"));
    case VALUE_INT:
        return put_int(to, v->integer);
    case VALUE_FLOAT:
        return to + real_format(v->real, to);
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
    case VALUE_TEXT:
    case VALUE_BYTES:
        break;
    }
    return put(to, STR("null"));
}

/* In room for as much again as SHORT_MAX. */
static char *put_key(char *to, str made) {
    memcpy(to, made.ptr, ROW_JSON_SHORT_KEY);
    if (UNLIKELY(made.len > ROW_JSON_SHORT_KEY))
        memcpy(to, made.ptr, made.len);
    return to + made.len;
}

/* ,"name":value with one look at the room there is. */
static void write_cell(buf *out, const row_column *column, const value *v) {
    char *start = buf_reserve(out, column->key.len + SHORT_MAX);
    if (UNLIKELY(start == NULL))
        return;
    char *to = put_key(start, column->key);
    bool is_short = v->kind != VALUE_TEXT && v->kind != VALUE_BYTES;
    if (is_short)
        to = put_short(to, v);
    buf_commit(out, (size_t)(to - start));
    if (v->kind == VALUE_TEXT)
        write_text(out, column->type, v->text);
    else if (!is_short)
        write_bytes(out, v->text);
}

void row_json_write(buf *out, const row_shape *shape, const value *values) {
    size_t start = out->len;
    for (size_t i = 0; i < shape->column_count; i++) {
        const row_column *column = &shape->columns[i];
        const value *v = &values[i];
        if (v->kind == VALUE_NULL && shape->strips_nulls)
            continue;
        write_cell(out, column, v);
    }
    if (out->len > start)
        out->ptr[start] = '{'; /* in place of the first key's comma */
    else
        buf_append_char(out, '{');
    buf_append_char(out, '}');
}

void row_json_write_value(buf *out, const row_column *column, const value *v) {
    static const char NO_KEY[ROW_JSON_SHORT_KEY] = "";
    row_column bare = *column;
    bare.key = (str){NO_KEY, 0};
    write_cell(out, &bare, v);
}
