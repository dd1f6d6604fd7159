/* The second stage: what each field is. */
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

static void report_later(resolver *r, field_draft *f, const char *what) {
    diag_add(r->arena, r->diags, DIAG_NOT_SUPPORTED, f->syntax->type.span,
             "%s is not supported yet", what);
    f->is_damaged = true;
}

/* A misspelt block or file makes any unknown type a consequence. */
static void report_unknown(resolver *r, field_draft *f) {
    syntax_name type = f->syntax->type;
    f->is_damaged = true;
    if (r->is_damaged)
        return;
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_TYPE, type.span,
                       "unknown type '%.*s'", STR_ARG(type.text));
    nearest n = nearest_to(type.text);
    for (int i = 0; i < SCALAR_TYPE_COUNT; i++)
        nearest_offer(&n, scalar_type_name((scalar_type)i));
    for (size_t i = 0; i < r->declared->count; i++)
        nearest_offer(&n, r->declared->entries[i].key);
    suggest(r->arena, d, &n);
}

static void resolve_declared(resolver *r, field_draft *f, const declared *d) {
    field *made = f->field;
    switch (d->kind) {
    case DECLARED_MODEL:
        made->kind = FIELD_RELATION;
        f->target = d->model;
        break;
    case DECLARED_ENUM:
        made->kind = FIELD_ENUM;
        made->enumeration = d->enumeration->enumeration;
        if (made->is_list)
            report_later(r, f, "a list of enum values");
        break;
    case DECLARED_OTHER: /* reported where it is declared */
        f->is_damaged = true;
        break;
    }
}

static void resolve_type(resolver *r, field_draft *f) {
    const syntax_field *syntax = f->syntax;
    field *made = f->field;
    made->is_list = syntax->arity == ARITY_LIST;
    made->is_optional = syntax->arity == ARITY_OPTIONAL;
    if (f->is_damaged)
        return;
    if (syntax->unsupported != NULL) {
        report_later(r, f, "Unsupported");
        return;
    }
    const declared *d = map_find(r->declared, syntax->type.text);
    if (scalar_type_find(syntax->type.text, &made->scalar)) {
        if (made->is_list)
            report_later(r, f, "a list of scalars");
    } else if (d != NULL) {
        resolve_declared(r, f, d);
    } else {
        report_unknown(r, f);
    }
}

void resolve_types(resolver *r) {
    for (size_t i = 0; i < r->model_count; i++) {
        model_draft *m = &r->model_drafts[i];
        for (size_t k = 0; k < m->model->field_count; k++)
            resolve_type(r, &m->fields[k]);
    }
}
