#include "database/row_csv.h"

#include "base/ascii.h"
#include "base/assert.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/timestamp.h"

/* Of one cell: text of a column has no bound of its own below this. */
enum { CELL_MAX = 64 * 1024 * 1024 };

static bool is_special(char c) {
    return ascii_is_space(c) || c == ',' || c == '(' || c == ')' || c == '"' ||
           c == '\\';
}

static bool has_special(str text) {
    for (size_t i = 0; i < text.len; i++)
        if (is_special(text.ptr[i]))
            return true;
    return false;
}

/* In quotes, with quotes and backslashes twice or behind a backslash. */
static void write_quoted(buf *out, str text, bool is_doubled) {
    buf_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            buf_append_char(out, is_doubled ? c : '\\');
        buf_append_char(out, c);
    }
    buf_append_char(out, '"');
}

static void write_text(buf *out, str text) {
    if (str_is_empty(text) || has_special(text))
        write_quoted(out, text, true);
    else
        buf_append(out, text);
}

/* 2024-01-31 12:00:00.5+00, of the form of a column's value. */
static str format_datetime(str text, char out[TIMESTAMP_LENGTH]) {
    if (text.len != TIMESTAMP_LENGTH) /* nothing that we wrote */
        return text;
    size_t len = timestamp_shorten(text.ptr, out);
    out[sizeof "2024-01-31" - 1] = ' ';
    return (str){out, len - (sizeof ":00" - 1)};
}

/* --- lists --- */

static bool needs_quotes(str element) {
    if (str_is_empty(element) ||
        str_equal_ignoring_case(element, STR("NULL")) || has_special(element))
        return true;
    return str_find_char(element, '{') < element.len ||
           str_find_char(element, '}') < element.len;
}

static void write_element(buf *out, scalar_type type, const json *element) {
    char time[TIMESTAMP_LENGTH];
    str text = element->text;
    if (element->kind == JSON_NULL) {
        buf_append(out, STR("NULL"));
        return;
    }
    if (type == SCALAR_BOOLEAN)
        text = element->kind == JSON_TRUE ? STR("t") : STR("f");
    else if (type == SCALAR_DATETIME)
        text = format_datetime(text, time);
    CLEANUP(buf_free) buf written = buf_new(CELL_MAX);
    if (type == SCALAR_JSON) {
        json_write(&written, element);
        text = buf_str(&written);
    }
    if (needs_quotes(text))
        write_quoted(out, text, false);
    else
        buf_append(out, text);
}

static void write_list(arena *a, buf *out, scalar_type type, str text) {
    arena_place before = arena_mark(a);
    CLEANUP(buf_free) buf literal = buf_new(CELL_MAX);
    const json *list;
    err *e = json_parse(a, text, &list);
    if (e != NULL || list->kind != JSON_ARRAY) { /* nothing that we wrote */
        write_text(out, text);
    } else {
        for (uint32_t i = 0; i < list->count; i++) {
            buf_append_char(&literal, i == 0 ? '{' : ',');
            write_element(&literal, type, &list->items[i]);
        }
        buf_append(&literal, list->count == 0 ? STR("{}") : STR("}"));
        ASSERT(literal.ptr != NULL);
        write_text(out, buf_str(&literal));
    }
    arena_rewind(a, before);
}

/* --- rows --- */

static void write_bytes(buf *out, str bytes) {
    buf_append(out, STR("\"\\\\x"));
    hex_encode(out, bytes);
    buf_append_char(out, '"');
}

static void write_foreign(arena *a, buf *out, str text) {
    arena_place before = arena_mark(a);
    const json *shown;
    err *e = json_parse(a, text, &shown);
    if (e == NULL && shown->kind == JSON_STRING)
        write_text(out, shown->text);
    else if (e == NULL && shown->kind == JSON_TRUE)
        buf_append_char(out, 't');
    else if (e == NULL && shown->kind == JSON_FALSE)
        buf_append_char(out, 'f');
    else
        write_text(out, text);
    arena_rewind(a, before);
}

static void write_cell(arena *a, buf *out, const csv_column *column,
                       const value *v) {
    char time[TIMESTAMP_LENGTH];
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        return;
    case VALUE_BOOL:
        buf_append_char(out, v->boolean ? 't' : 'f');
        return;
    case VALUE_INT:
        buf_append_int(out, v->integer);
        return;
    case VALUE_FLOAT:
        json_write_double(out, v->real);
        return;
    case VALUE_BYTES:
        write_bytes(out, v->text);
        return;
    case VALUE_TEXT:
        if (column->is_list)
            write_list(a, out, column->type, v->text);
        else if (column->is_foreign)
            write_foreign(a, out, v->text);
        else if (column->type == SCALAR_DATETIME)
            write_text(out, format_datetime(v->text, time));
        else
            write_text(out, v->text);
        return;
    }
}

void row_csv_write_header(buf *out, const csv_column *columns, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(out, ',');
        write_text(out, columns[i].name);
    }
}

void row_csv_write(arena *a, buf *out, const csv_column *columns, size_t count,
                   const value *values) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(out, ',');
        write_cell(a, out, &columns[i], &values[i]);
    }
}
