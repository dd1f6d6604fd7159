#include "api/rest/value_order.h"

#include "base/decimal.h"
#include "base/jsonb.h"

/* An enum is ordered as it is declared. */
static int rank(const enumeration *e, str name) {
    int at = 0;
    while (at < (int)e->value_count &&
           !str_equal(e->values[at].database_name, name))
        at++;
    return at;
}

static int compare_json(arena *a, str x, str y) {
    arena_place before = arena_mark(a);
    int order = jsonb_compare_texts(a, x, y);
    arena_rewind(a, before);
    return order;
}

/* What is foreign comes as JSON, whatever it is. */
static int compare_texts(arena *a, const field *type, str x, str y) {
    if (type == NULL || (type->scalar == SCALAR_JSON && !type->is_list))
        return compare_json(a, x, y);
    if (type->kind == FIELD_ENUM && !type->is_list)
        return rank(type->enumeration, x) - rank(type->enumeration, y);
    return type->scalar == SCALAR_DECIMAL && !type->is_list
               ? decimal_compare(x, y)
               : str_compare(x, y);
}

int value_compare(arena *a, const field *type, const value *x, const value *y) {
    switch (x->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        return 0;
    case VALUE_BOOL:
        return x->boolean - y->boolean;
    case VALUE_INT:
        return (x->integer > y->integer) - (x->integer < y->integer);
    case VALUE_FLOAT:
        return (x->real > y->real) - (x->real < y->real);
    case VALUE_TEXT:
        return compare_texts(a, type, x->text, y->text);
    case VALUE_BYTES:
        return str_compare(x->text, y->text);
    }
    return 0;
}
