#include "database/sqlite/lite_sql.h"

#include "base/assert.h"
#include "base/hex.h"

void lite_sql_bytes(buf *out, str bytes) {
    buf_append(out, STR("x'"));
    hex_encode(out, bytes);
    buf_append_char(out, '\'');
}

void lite_sql_columns(buf *out, const field *const *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append(out, STR(", "));
        sql_write_name(out, fields[i]->column);
    }
}

str lite_sql_take(arena *a, buf *sql) {
    ASSERT(!sql->is_overflown);
    str text = arena_copy(a, buf_str(sql));
    buf_clear(sql, SIZE_MAX);
    return text;
}
