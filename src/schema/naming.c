#include "schema/naming.h"

#include "base/assert.h"
#include "base/utf8.h"

size_t naming_limit(engine_kind engine) {
    return engine == ENGINE_POSTGRESQL ? NAMING_POSTGRESQL_LIMIT
                                       : NAMING_NO_LIMIT;
}

static size_t joined_length(str table, const str *columns, size_t count) {
    size_t len = table.len;
    for (size_t i = 0; i < count; i++)
        len += 1 + columns[i].len;
    return len;
}

static void put(char *out, size_t *len, str text) {
    if (text.len > 0)
        memcpy(out + *len, text.ptr, text.len);
    *len += text.len;
}

str naming_of_columns(arena *a, str table, const str *columns, size_t count,
                      str suffix, size_t limit) {
    ASSERT(limit > suffix.len);
    size_t all = joined_length(table, columns, count);
    char *out = arena_take(a, all + suffix.len + 1, 1);
    size_t len = 0;
    put(out, &len, table);
    for (size_t i = 0; i < count; i++) {
        put(out, &len, STR("_"));
        put(out, &len, columns[i]);
    }
    if (len > limit - suffix.len) {
        len = limit - suffix.len;
        while (len > 0 && utf8_is_tail((unsigned char)out[len]))
            len--;
    }
    put(out, &len, suffix);
    out[len] = '\0';
    return (str){out, len};
}

str naming_constraint(arena *a, str table, const field *const *columns,
                      size_t count, str suffix, size_t limit) {
    str *names = arena_new_array(a, str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = columns[i]->column;
    return naming_of_columns(a, table, names, count, suffix, limit);
}
