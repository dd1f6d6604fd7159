#include "database/audit_place.h"

#include "base/buf.h"

bool audit_place_parse(str text, audit_place *out) {
    audit_place p = AUDIT_PLACE_FIRST;
    str rest = text;
    str major = str_split(&rest, ' ');
    p.created_at = str_split(&rest, ' ');
    p.id = rest;
    if (!str_is_empty(text) &&
        (!str_parse_int64(major, &p.major) ||
         str_is_empty(p.id) != str_is_empty(p.created_at)))
        return false;
    *out = p;
    return true;
}

str audit_place_format(arena *a, const audit_place *p) {
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
    buf_append_int(&out, p->major);
    if (!str_is_empty(p->id)) {
        buf_append_char(&out, ' ');
        buf_append(&out, p->created_at);
        buf_append_char(&out, ' ');
        buf_append(&out, p->id);
    }
    return arena_copy(a, buf_str(&out));
}

int audit_place_compare(const audit_place *x, const audit_place *y) {
    if (x->major != y->major)
        return x->major < y->major ? -1 : 1;
    int by_time = str_compare(x->created_at, y->created_at);
    return by_time != 0 ? by_time : str_compare(x->id, y->id);
}
