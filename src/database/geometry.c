#include "database/geometry.h"

#include "base/assert.h"

static const str TYPES[] = {STR_INIT("geometry"), STR_INIT("geography")};

/* Without (Point,4326), which holds no parenthesis. */
static str without_modifiers(str type) {
    size_t end = type.len;
    if (!str_ends_with(type, STR(")")))
        return type;
    while (end > 0 && type.ptr[end - 1] != '(')
        end--;
    return str_slice(type, 0, end > 0 ? end - 1 : 0);
}

static bool find_place(const field *f, str *out) {
    str type = without_modifiers(f->unsupported);
    for (size_t i = 0; f->is_foreign && i < LENGTH(TYPES); i++) {
        if (!str_ends_with(type, TYPES[i]))
            continue;
        *out = str_slice(type, 0, type.len - TYPES[i].len);
        if (str_is_empty(*out) || str_ends_with(*out, STR(".")))
            return true;
    }
    return false;
}

bool geometry_is(const field *f) {
    str ignored;
    return find_place(f, &ignored);
}

str geometry_place(const field *f) {
    str place = {0};
    bool is_geometry = find_place(f, &place);
    ASSERT(is_geometry);
    return place;
}
