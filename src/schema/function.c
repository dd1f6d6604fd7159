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

const field *function_find_computed(const schema *s, const model *m, str name) {
    const function *f = schema_find_function(s, name);
    while (f != NULL && (f->computed_of != m || f->result != RESULT_VALUE))
        f = f->overload;
    return f != NULL ? f->row->columns[0] : NULL;
}

const function *function_of_computed(const field *f) {
    const function *made = f->model->function;
    return made != NULL && made->computed_of != NULL ? made : NULL;
}
