#include "database/sqlite/lite_sql.h"

#include "base/assert.h"
#include "base/hex.h"

static void write_doubling(buf *out, str text, char quote) {
    for (;;) {
        size_t at = str_find_char(text, quote);
        buf_append(out, str_take(&text, at));
        if (str_is_empty(text))
            return;
        buf_append_char(out, quote);
        buf_append_char(out, quote);
        str_take(&text, 1);
    }
}

void lite_sql_joined_name(buf *out, const str *parts, size_t count) {
    buf_append_char(out, '"');
    for (size_t i = 0; i < count; i++)
        write_doubling(out, parts[i], '"');
    buf_append_char(out, '"');
}

void lite_sql_name(buf *out, str name) {
    lite_sql_joined_name(out, &name, 1);
}

void lite_sql_text(buf *out, str text) {
    buf_append_char(out, '\'');
    write_doubling(out, text, '\'');
    buf_append_char(out, '\'');
}

void lite_sql_bytes(buf *out, str bytes) {
    buf_append(out, STR("x'"));
    hex_encode(out, bytes);
    buf_append_char(out, '\'');
}

void lite_sql_columns(buf *out, const field *const *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append(out, STR(", "));
        lite_sql_name(out, fields[i]->column);
    }
}

str lite_sql_take(arena *a, buf *sql) {
    ASSERT(!sql->is_overflown);
    str text = arena_copy(a, buf_str(sql));
    buf_clear(sql, SIZE_MAX);
    return text;
}
