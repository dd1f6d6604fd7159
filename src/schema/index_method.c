#include "schema/index_method.h"

#include "base/attr.h"

static const str NAMES[] = {
    [INDEX_BTREE] = STR_INIT("BTree"),   [INDEX_HASH] = STR_INIT("Hash"),
    [INDEX_GIN] = STR_INIT("Gin"),       [INDEX_GIST] = STR_INIT("Gist"),
    [INDEX_SPGIST] = STR_INIT("SpGist"), [INDEX_BRIN] = STR_INIT("Brin"),
};
_Static_assert(LENGTH(NAMES) == INDEX_METHOD_COUNT, "a name for each");

str index_method_name(index_method method) {
    return NAMES[method];
}

bool index_method_find(str name, index_method *out) {
    for (size_t i = 0; i < LENGTH(NAMES); i++) {
        if (str_equal_ignoring_case(name, NAMES[i])) {
            *out = (index_method)i;
            return true;
        }
    }
    return false;
}
