#include "database/introspect/introspect_name.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "base/buf.h"
#include "schema/scalar_type.h"

str introspect_clean_name(arena *a, str name) {
    size_t from = 0;
    while (from < name.len && !ascii_is_letter(name.ptr[from]))
        from++;
    char *clean = arena_take(a, name.len - from + 1, 1);
    for (size_t i = from; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_kept = ascii_is_letter(c) || ascii_is_digit(c);
        clean[i - from] = is_kept ? c : '_';
    }
    return (str){clean, name.len - from};
}

static const str RESERVED[] = {
#define X(word) STR_INIT(#word),
#include "schema/reserved_name.def"
#undef X
};

static bool is_reserved(str name) {
    scalar_type type;
    if (scalar_type_find(name, &type) || str_equal(name, STR("Unsupported")))
        return true;
    for (size_t i = 0; i < LENGTH(RESERVED); i++) {
        if (str_equal(RESERVED[i], name))
            return true;
    }
    return false;
}

str introspect_model_name(arena *a, str name) {
    str clean = introspect_clean_name(a, name);
    if (!is_reserved(clean))
        return clean;
    return arena_printf(a, "Rename%.*s", STR_ARG(clean));
}

str introspect_free_name(arena *a, map *taken, str name) {
    str free_name = name;
    for (size_t n = 2; !map_add_number(taken, free_name, 0); n++)
        free_name = arena_printf(a, "%.*s_%zu", STR_ARG(name), n);
    return free_name;
}

static void quote_char(buf *out, char c) {
    static const char HEX[] = "0123456789abcdef";
    if (c == '"' || c == '\\') {
        buf_append_char(out, '\\');
        buf_append_char(out, c);
    } else if (c == '\n') {
        buf_append(out, STR("\\n"));
    } else if ((unsigned char)c < ' ') {
        buf_append(out, STR("\\u00"));
        buf_append_char(out, HEX[(unsigned char)c >> 4]);
        buf_append_char(out, HEX[(unsigned char)c & 15]);
    } else {
        buf_append_char(out, c);
    }
}

str introspect_quote(arena *a, str text) {
    CLEANUP(buf_free) buf out = buf_new(6 * text.len + 3);
    buf_append_char(&out, '"');
    for (size_t i = 0; i < text.len; i++)
        quote_char(&out, text.ptr[i]);
    buf_append_char(&out, '"');
    return arena_copy(a, buf_str(&out));
}
