#include "database/audit_place.h"

#include <inttypes.h>

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
    if (str_is_empty(p->id))
        return arena_printf(a, "%" PRId64, p->major);
    return arena_printf(a, "%" PRId64 " %.*s %.*s", p->major,
                        STR_ARG(p->created_at), STR_ARG(p->id));
}

int audit_place_compare(const audit_place *x, const audit_place *y) {
    if (x->major != y->major)
        return x->major < y->major ? -1 : 1;
    int by_time = str_compare(x->created_at, y->created_at);
    return by_time != 0 ? by_time : str_compare(x->id, y->id);
}
