#include "database/key_text.h"

#include "base/buf.h"
#include "base/real.h"
#include "database/sql.h"

enum { VALUE_SHOWN_MAX = 200 };

static void write_value(buf *out, const value *v) {
    char real[REAL_TEXT_MAX];
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        buf_append(out, STR("null"));
        return;
    case VALUE_BOOL:
        buf_append(out, v->boolean ? STR("t") : STR("f"));
        return;
    case VALUE_INT:
        buf_append_int(out, v->integer);
        return;
    case VALUE_FLOAT:
        buf_append(out, (str){real, real_format(v->real, real)});
        return;
    case VALUE_TEXT:
        buf_append(out, v->text);
        return;
    case VALUE_BYTES:
        buf_append(out, STR("..."));
        return;
    }
}

str key_text(arena *a, const field *const *fields, const value *const *values,
             size_t count, const char *what) {
    CLEANUP(buf_free) buf text = buf_new(SQL_MAX);
    buf_append(&text, STR("Key ("));
    for (size_t i = 0; i < count; i++) {
        if (values[i] == NULL || values[i]->kind == VALUE_DEFAULT ||
            fields[i]->is_redacted)
            return STR("");
        buf_append(&text, i > 0 ? STR(", ") : STR(""));
        buf_append(&text, fields[i]->column);
    }
    buf_append(&text, STR(")=("));
    for (size_t i = 0; i < count; i++) {
        buf_append(&text, i > 0 ? STR(", ") : STR(""));
        write_value(&text, values[i]);
    }
    if (text.len > VALUE_SHOWN_MAX)
        return STR("");
    buf_printf(&text, ") %s", what);
    return arena_copy(a, buf_str(&text));
}
