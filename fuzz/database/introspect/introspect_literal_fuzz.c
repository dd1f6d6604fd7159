/*
 * Any bytes are a constant or an expression. Any text, written as a constant of
 * SQL with a cast behind it, is read as itself; quoted for the schema language
 * it is the same text again.
 */
#include "database/introspect/introspect_literal.h"

#include <stdint.h>

#include "base/assert.h"
#include "base/utf8.h"
#include "database/introspect/introspect_name.h"
#include "database/sql.h"
#include "schema/text_literal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str as_sql(arena *a, str text) {
    CLEANUP(buf_free) buf sql = buf_new(4 * text.len + 64);
    buf_append(&sql, STR("("));
    sql_write_text(&sql, text);
    buf_append(&sql, STR("::character varying(20))"));
    return arena_copy(a, buf_str(&sql));
}

static void comes_back_from_sql(arena *a, str text) {
    literal l;
    ASSERT(literal_read(a, as_sql(a, text), &l));
    ASSERT(l.kind == LITERAL_TEXT && str_equal(l.text, text));
}

/* The schema language takes neither NUL nor what is no UTF-8. */
static void comes_back_from_schema(arena *a, str text) {
    if (str_find_char(text, '\0') < text.len || !utf8_is_valid(text))
        return;
    diag_list diags = {0};
    source s = {.text = introspect_quote(a, text)};
    source_span span = {&s, 0, (uint32_t)s.text.len};
    ASSERT(str_equal(text_literal_decode(a, span, &diags), text));
    ASSERT(diags.count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const char *)data, size};
    literal l;
    (void)literal_read(a, text, &l);
    comes_back_from_sql(a, text);
    comes_back_from_schema(a, text);
    return 0;
}
