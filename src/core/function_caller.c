#include "core/function_caller.h"

#include "base/json.h"
#include "core/coerce.h"
#include "core/default_maker.h"
#include "core/policy.h"
#include "core/validator.h"

/* As literals stand in JSON. */
enum { LIST_MAX_BYTES = 1024 * 1024 };

err *function_caller_require(const caller *c, const function *f) {
    if (f->is_foreign || policy_allows(c, f->arguments, OPERATION_CALL))
        return NULL;
    err *e = err_new(c->arena, ERR_DENIED,
                     "permission denied for function %.*s", STR_ARG(f->name));
    return err_with_hint(
        e, arena_printf(c->arena,
                        "no policy of function %.*s allows call: add "
                        "@@allow('call', true) to open it to everybody",
                        STR_ARG(f->name)));
}

static bool is_written_in_quotes(const field *f) {
    return f->kind == FIELD_ENUM ||
           (f->scalar != SCALAR_BOOLEAN && f->scalar != SCALAR_INT &&
            f->scalar != SCALAR_BIGINT && f->scalar != SCALAR_FLOAT &&
            f->scalar != SCALAR_DECIMAL && f->scalar != SCALAR_JSON);
}

/* What a table leaves to the database. */
static err *make_list(arena *a, const field *f, value *out) {
    const default_value *made = &f->default_value;
    CLEANUP(buf_free) buf text = buf_new(LIST_MAX_BYTES);
    buf_append_char(&text, '[');
    for (size_t i = 0; i < made->item_count; i++) {
        if (i > 0)
            buf_append_char(&text, ',');
        if (is_written_in_quotes(f))
            json_write_string(&text, made->items[i]);
        else
            buf_append(&text, made->items[i]);
    }
    buf_append_char(&text, ']');
    const json *list;
    TRY(json_parse(a, arena_copy(a, buf_str(&text)), &list));
    return coerce_json(a, f, list, out);
}

static err *make_argument(default_maker *defaults, const field *f, value *out) {
    TRY(default_maker_make(defaults, f, out));
    if (out->kind == VALUE_DEFAULT)
        return make_list(defaults->caller->arena, f, out);
    return NULL;
}

static err *refuse_null(arena *a, const function *f, const field *argument) {
    return err_new(a, ERR_NOT_NULL_VIOLATION,
                   "null value in argument \"%.*s\" of function \"%.*s\"",
                   STR_ARG(argument->name), STR_ARG(f->name));
}

static err *complete(const caller *c, const function_call *wanted,
                     default_maker *defaults, value *values) {
    const model *arguments = wanted->function->arguments;
    for (size_t i = 0; i < arguments->column_count; i++) {
        const field *f = arguments->columns[i];
        values[i] = wanted->arguments[i];
        if (values[i].kind == VALUE_DEFAULT)
            TRY(make_argument(defaults, f, &values[i]));
        if (values[i].kind == VALUE_NULL && !f->is_optional)
            return refuse_null(c->arena, wanted->function, f);
    }
    return NULL;
}

err *function_caller_complete(const caller *c, const function_call *wanted,
                              const function_call **out) {
    const function *f = wanted->function;
    const model *arguments = f->arguments;
    TRY(function_caller_require(c, f));
    *out = wanted;
    if (f->is_foreign)
        return NULL;
    value *values = arena_new_array(c->arena, value, arguments->column_count);
    default_maker defaults = default_maker_for(c);
    TRY(complete(c, wanted, &defaults, values));
    mutation checked = {.kind = MUTATION_INSERT,
                        .model = arguments,
                        .fields = arguments->columns,
                        .field_count = arguments->column_count,
                        .values = values,
                        .row_count = 1};
    TRY(validator_run(c, &checked, &defaults));
    function_call *call = arena_new_array(c->arena, function_call, 1);
    *call = (function_call){.function = f, .arguments = checked.values};
    *out = call;
    return NULL;
}
