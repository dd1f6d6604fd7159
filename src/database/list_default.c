#include "database/list_default.h"

#include "base/assert.h"
#include "base/base64.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "database/sql.h"

/* Is it a number, true or false, that JSON spells the same? */
static bool is_bare_in_json(const field *f) {
    return f->scalar == SCALAR_BOOLEAN || f->scalar == SCALAR_INT ||
           f->scalar == SCALAR_BIGINT || f->scalar == SCALAR_FLOAT ||
           f->scalar == SCALAR_DECIMAL || f->scalar == SCALAR_JSON;
}

/* The schema's loader has read all of them. */
static void write_item(arena *a, buf *out, const field *f, str text) {
    if (is_bare_in_json(f)) {
        buf_append(out, text);
        return;
    }
    if (f->scalar == SCALAR_DATETIME) {
        timestamp t = {0};
        char canonical[TIMESTAMP_LENGTH];
        err *e = timestamp_parse(a, text, &t);
        ASSERT(e == NULL);
        timestamp_format(t, canonical);
        json_write_string(out, (str){canonical, sizeof canonical});
        return;
    }
    if (f->scalar == SCALAR_BYTES) {
        str bytes = {0};
        bool is_base64 = base64_decode(a, text, BASE64_STANDARD, &bytes);
        ASSERT(is_base64);
        buf_append(out, STR("\"\\\\x"));
        hex_encode(out, bytes);
        buf_append_char(out, '"');
        return;
    }
    json_write_string(out, text);
}

str list_default_text(arena *a, const field *f) {
    CLEANUP(buf_free) buf list = buf_new(SQL_MAX);
    ASSERT(f->default_value.kind == DEFAULT_LIST);
    buf_append_char(&list, '[');
    for (size_t i = 0; i < f->default_value.item_count; i++) {
        buf_append(&list, i > 0 ? STR(",") : STR(""));
        write_item(a, &list, f, f->default_value.items[i]);
    }
    buf_append_char(&list, ']');
    return arena_copy(a, buf_str(&list));
}
