#include "api/rest/put_key.h"

#include "base/decimal.h"
#include "base/json.h"

/* The filter that says what the column is, or NULL. */
static const filter *find_equal(const filter *where, const field *f) {
    bool is_equal = where->kind == FILTER_COMPARE && !where->is_negated &&
                    where->op == COMPARE_EQ && where->derivation == NULL &&
                    where->field == f;
    if (is_equal)
        return where;
    const filter *found = NULL;
    if (where->kind == FILTER_ALL && !where->is_negated)
        for (size_t i = 0; found == NULL && i < where->child_count; i++)
            found = find_equal(where->children[i], f);
    return found;
}

static size_t count_conditions(const filter *where) {
    if (where->kind != FILTER_ALL || where->is_negated)
        return 1;
    size_t count = 0;
    for (size_t i = 0; i < where->child_count; i++)
        count += count_conditions(where->children[i]);
    return count;
}

static bool names_the_row(const rest_request *r) {
    const filter *where = r->params.where;
    const key *identity = model_identity(r->table->model);
    if (where == NULL || identity == NULL ||
        count_conditions(where) != identity->field_count)
        return false;
    for (size_t i = 0; i < identity->field_count; i++)
        if (find_equal(where, identity->fields[i]) == NULL)
            return false;
    return true;
}

err *put_key_check_address(arena *a, const rest_request *r) {
    if (r->params.has_limit || r->params.has_offset)
        return err_new(
            a, ERR_PUT_LIMIT,
            "limit/offset querystring parameters are not allowed for PUT");
    if (names_the_row(r))
        return NULL;
    return err_new(a, ERR_PUT_FILTER,
                   "Filters must include all and only primary key columns with "
                   "'eq' operators");
}

static bool is_equal(const field *f, const value *a, const value *b) {
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        return false;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_INT:
        return a->integer == b->integer;
    case VALUE_FLOAT:
        return !(a->real < b->real) && !(a->real > b->real);
    case VALUE_TEXT:
        if (f->kind == FIELD_SCALAR && f->scalar == SCALAR_DECIMAL)
            return decimal_compare(a->text, b->text) == 0;
        return str_equal(a->text, b->text);
    case VALUE_BYTES:
        return str_equal(a->text, b->text);
    }
    return false;
}

/* In the body is JSON, in the address the text alone. */
static bool is_equal_foreign(arena *a, const value *body,
                             const value *address) {
    const json *cell = NULL;
    if (body->kind != VALUE_TEXT || address->kind != VALUE_TEXT)
        return false;
    bool is_text =
        json_parse(a, body->text, &cell) == NULL && cell->kind == JSON_STRING;
    return str_equal(is_text ? cell->text : body->text, address->text);
}

static bool has_value(arena *a, const payload *body, const field *f,
                      const value *v) {
    for (size_t i = 0; i < body->field_count; i++)
        if (body->fields[i] == f)
            return f->is_foreign ? is_equal_foreign(a, &body->values[i], v)
                                 : is_equal(f, &body->values[i], v);
    return false;
}

err *put_key_check_body(arena *a, const rest_request *r, const payload *body) {
    if (body->row_count != 1)
        return err_new(a, ERR_BODY, "the body of PUT is one object, not %zu",
                       body->row_count);
    const key *identity = model_identity(r->table->model);
    for (size_t i = 0; i < identity->field_count; i++) {
        const field *f = identity->fields[i];
        if (!has_value(a, body, f, &find_equal(r->params.where, f)->value))
            return err_new(a, ERR_PUT_KEY,
                           "Payload values do not match URL in primary key "
                           "column(s)");
    }
    return NULL;
}
