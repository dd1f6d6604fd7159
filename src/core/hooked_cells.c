#include "core/hooked_cells.h"

#include <string.h>

/* Zero has two signs, and not a number is what it was. */
static bool has_bits_of(double a, double b) {
    uint64_t bits_of_a;
    uint64_t bits_of_b;
    memcpy(&bits_of_a, &a, sizeof a);
    memcpy(&bits_of_b, &b, sizeof b);
    return bits_of_a == bits_of_b;
}

bool hooked_cell_is(const value *a, const value *b) {
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
        return true;
    case VALUE_CELL:
        return memcmp(&a->cell, &b->cell, sizeof a->cell) == 0;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_INT:
        return a->integer == b->integer;
    case VALUE_FLOAT:
        return has_bits_of(a->real, b->real);
    case VALUE_TEXT:
    case VALUE_BYTES:
        return str_equal(a->text, b->text);
    }
    return false;
}

value hooked_cell_shown(value v) {
    return v.kind == VALUE_CELL ? (value){.kind = VALUE_DEFAULT} : v;
}

value hooked_cell_of_absent(const field *f) {
    bool has_none = f->default_value.kind == DEFAULT_NONE &&
                    !f->is_updated_at && field_is_visible(f);
    return (value){.kind = has_none ? VALUE_NULL : VALUE_DEFAULT};
}

static err *refuse(const caller *c, const field *f, const char *what) {
    return err_new(c->arena, ERR_HOOK_FAILED,
                   "a hook set column \"%.*s\" of \"%.*s\", %s",
                   STR_ARG(f->column), STR_ARG(f->model->table), what);
}

err *hooked_cell_check(const caller *c, const field *f, const value *v) {
    bool is_empty = v->kind == VALUE_NULL || v->kind == VALUE_DEFAULT;
    if (f->is_password)
        return refuse(c, f, "which is a password, and those cannot be written");
    if (!field_is_visible(f))
        return refuse(c, f, "which nobody writes");
    if (f == f->model->soft_delete && !is_empty)
        return refuse(c, f, "which is set when the row is deleted");
    return NULL;
}
