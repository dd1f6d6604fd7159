#include "schema/function.h"

static const str VOLATILITIES[] = {
    [FUNCTION_VOLATILE] = STR_INIT("volatile"),
    [FUNCTION_STABLE] = STR_INIT("stable"),
    [FUNCTION_IMMUTABLE] = STR_INIT("immutable"),
};

str function_volatility_name(function_volatility v) {
    return VOLATILITIES[v];
}

bool function_argument_is_optional(const field *f) {
    return f->is_optional || f->default_value.kind != DEFAULT_NONE;
}
