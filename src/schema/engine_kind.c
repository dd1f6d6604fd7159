#include "schema/engine_kind.h"

#include "base/attr.h"

static const struct {
    str name;
    str title;
    str provider;   /* a synonym */
    str schemes[2]; /* of its URLs */
} ENGINES[] = {
    [ENGINE_SQLITE] = {STR_INIT("sqlite"),
                       STR_INIT("SQLite"),
                       STR_INIT("sqlite3"),
                       {STR_INIT("file"), STR_INIT("sqlite")}},
    [ENGINE_POSTGRESQL] = {STR_INIT("postgresql"),
                           STR_INIT("PostgreSQL"),
                           STR_INIT("postgres"),
                           {STR_INIT("postgresql"), STR_INIT("postgres")}},
};
_Static_assert(LENGTH(ENGINES) == ENGINE_KIND_COUNT, "a row for each");

str engine_kind_name(engine_kind kind) {
    return ENGINES[kind].name;
}

str engine_kind_title(engine_kind kind) {
    return ENGINES[kind].title;
}

bool engine_kind_find(str name, engine_kind *out) {
    for (size_t i = 0; i < LENGTH(ENGINES); i++) {
        if (str_equal(name, ENGINES[i].name) ||
            str_equal(name, ENGINES[i].provider)) {
            *out = (engine_kind)i;
            return true;
        }
    }
    return false;
}

bool engine_kind_of_url(str url, engine_kind *out) {
    str rest = url;
    str scheme = str_split(&rest, ':');
    if (scheme.len == url.len)
        return false;
    for (size_t i = 0; i < LENGTH(ENGINES); i++) {
        for (size_t k = 0; k < LENGTH(ENGINES[i].schemes); k++) {
            if (str_equal_ignoring_case(scheme, ENGINES[i].schemes[k])) {
                *out = (engine_kind)i;
                return true;
            }
        }
    }
    return false;
}
