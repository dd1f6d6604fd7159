#include "database/sql.h"

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

void sql_write_joined_name(buf *out, const str *parts, size_t count) {
    buf_append_char(out, '"');
    for (size_t i = 0; i < count; i++)
        write_doubling(out, parts[i], '"');
    buf_append_char(out, '"');
}

void sql_write_name(buf *out, str name) {
    sql_write_joined_name(out, &name, 1);
}

void sql_write_path(buf *out, str schema, str name) {
    if (!str_is_empty(schema)) {
        sql_write_name(out, schema);
        buf_append_char(out, '.');
    }
    sql_write_name(out, name);
}

void sql_write_names(buf *out, const str *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append(out, STR(", "));
        sql_write_name(out, names[i]);
    }
}

void sql_write_text(buf *out, str text) {
    buf_append_char(out, '\'');
    write_doubling(out, text, '\'');
    buf_append_char(out, '\'');
}
