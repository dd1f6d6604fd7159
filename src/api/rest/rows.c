#include "api/rest/rows.h"

#include "base/hex.h"
#include "base/json.h"
#include "base/timestamp.h"

enum { MAX_ESCAPED = 6 }; /* \u0001 */

str rows_make_key(arena *a, str name) {
    size_t room = name.len * MAX_ESCAPED + sizeof ",\"\":";
    buf text = buf_over(arena_take(a, room, 1), room);
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

static void write_value(buf *out, scalar_type type, const value *v) {
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
        buf_append(out, STR("null"));
        break;
    case VALUE_BOOL:
        buf_append(out, v->boolean ? STR("true") : STR("false"));
        break;
    case VALUE_INT:
        buf_append_int(out, v->integer);
        break;
    case VALUE_FLOAT:
        json_write_double(out, v->real);
        break;
    case VALUE_TEXT:
        write_text(out, type, v->text);
        break;
    case VALUE_BYTES:
        write_bytes(out, v->text);
        break;
    }
}

/* ::text of what is not text already. */
static void write_as_text(buf *out, scalar_type type, const value *v) {
    bool is_bare = v->kind == VALUE_BOOL || v->kind == VALUE_INT ||
                   v->kind == VALUE_FLOAT || type == SCALAR_DECIMAL;
    if (v->kind == VALUE_TEXT && type == SCALAR_JSON) {
        json_write_string(out, v->text);
        return;
    }
    if (is_bare)
        buf_append_char(out, '"');
    write_value(out, type, v);
    if (is_bare)
        buf_append_char(out, '"');
}

void rows_write(buf *out, const row_shape *shape, const value *values) {
    size_t start = out->len;
    for (size_t i = 0; i < shape->column_count; i++) {
        const row_column *column = &shape->columns[i];
        const value *v = &values[i];
        if (v->kind == VALUE_NULL && shape->strips_nulls)
            continue;
        buf_append(out, column->key);
        if (column->is_text && v->kind != VALUE_NULL)
            write_as_text(out, column->type, v);
        else
            write_value(out, column->type, v);
    }
    if (out->len > start)
        out->ptr[start] = '{'; /* in place of the first key's comma */
    else
        buf_append_char(out, '{');
    buf_append_char(out, '}');
}
