#include "schema/scalar_type.h"

#include "base/attr.h"

static const str NAMES[] = {
    [SCALAR_STRING] = STR_INIT("String"),
    [SCALAR_BOOLEAN] = STR_INIT("Boolean"),
    [SCALAR_INT] = STR_INIT("Int"),
    [SCALAR_BIGINT] = STR_INIT("BigInt"),
    [SCALAR_FLOAT] = STR_INIT("Float"),
    [SCALAR_DECIMAL] = STR_INIT("Decimal"),
    [SCALAR_DATETIME] = STR_INIT("DateTime"),
    [SCALAR_JSON] = STR_INIT("Json"),
    [SCALAR_BYTES] = STR_INIT("Bytes"),
};
_Static_assert(LENGTH(NAMES) == SCALAR_TYPE_COUNT, "a name for each");

str scalar_type_name(scalar_type type) {
    return NAMES[type];
}

bool scalar_type_find(str name, scalar_type *out) {
    for (int i = 0; i < SCALAR_TYPE_COUNT; i++) {
        if (str_equal(name, NAMES[i])) {
            *out = (scalar_type)i;
            return true;
        }
    }
    return false;
}
