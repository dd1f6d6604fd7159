/* The second stage: what each field is. */
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

/* A misspelt block or file makes any unknown type a consequence. */
static void report_unknown(resolver *r, syntax_name type) {
    if (r->is_damaged)
        return;
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_TYPE, type.span,
                       "unknown type '%.*s'", STR_ARG(type.text));
    nearest n = suggest_for(d, type.text);
    for (int i = 0; i < SCALAR_TYPE_COUNT; i++)
        nearest_offer(&n, scalar_type_name((scalar_type)i));
    for (size_t i = 0; i < r->declared->count; i++)
        nearest_offer(&n, r->declared->entries[i].key);
    suggest(r->arena, d, &n);
}

static void report_composite(resolver *r, field_draft *f, const declared *d) {
    bool is_model = d->syntax->kind == BLOCK_MODEL;
    syntax_name type = f->syntax->type;
    diag *made = diag_add(r->arena, r->diags, DIAG_COMPOSITE_TYPE, type.span,
                          "%s '%.*s' cannot be the type of a field: it has no "
                          "table",
                          is_model ? "the abstract model" : "the type",
                          STR_ARG(type.text));
    diag_relate(r->arena, made, d->syntax->name.span, "declared here");
    diag_help(r->arena, made,
              "mix its fields in by 'model %.*s with %.*s', use Json, or make "
              "it a model",
              STR_ARG(f->owner->model->name), STR_ARG(type.text));
    f->is_damaged = true;
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
        break;
    case DECLARED_MIXIN:
        report_composite(r, f, d);
        break;
    case DECLARED_OTHER: /* reported where it is declared */
        f->is_damaged = true;
        break;
    }
}

/* Unsupported("VarChar(10)") for what can be written as @db.VarChar(10). */
static bool check_is_unknown(resolver *r, const field_draft *f, str text) {
    str rest = text;
    str name = str_trim(str_split(&rest, '('));
    const native_type_spec *known = native_type_find(name);
    if (known == NULL)
        return true;
    diag *d = diag_add(r->arena, r->diags, DIAG_KNOWN_UNSUPPORTED,
                       f->syntax->type.span, "'%.*s' is no unsupported type",
                       STR_ARG(text));
    diag_help(r->arena, d, "write '%.*s @%.*s.%.*s'",
              STR_ARG(scalar_type_name(known->scalar)),
              STR_ARG(str_is_empty(r->datasource.name) ? STR("db")
                                                       : r->datasource.name),
              STR_ARG(text));
    return false;
}

/* A schema of SQLite's own has its types from a database that has them. */
static bool is_of_sqlite(const resolver *r) {
    engine_kind engine;
    return engine_kind_find(r->datasource.provider, &engine) &&
           engine == ENGINE_SQLITE;
}

static void resolve_unsupported(resolver *r, field_draft *f) {
    const expression *text = f->syntax->unsupported;
    f->is_damaged = true;
    if (str_is_empty(str_trim(text->text))) {
        diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, text->span,
                 "Unsupported names a type of the database");
        return;
    }
    if (!is_of_sqlite(r) && !check_is_unknown(r, f, text->text))
        return;
    bool is_sqlite = r->engine == ENGINE_SQLITE;
    if (r->has_other_provider)
        return;
    if (is_sqlite && (f->field->is_list || !is_of_sqlite(r))) {
        diag *d = diag_add(r->arena, r->diags, DIAG_ENGINE_LACKS_TYPE,
                           f->syntax->type.span, "SQLite has no type '%.*s%s'",
                           STR_ARG(text->text), f->field->is_list ? "[]" : "");
        diag_help(r->arena, d,
                  "this schema needs PostgreSQL, or a type of ours here");
        return;
    }
    f->is_damaged = false;
    f->field->kind = FIELD_UNSUPPORTED;
    f->field->unsupported = text->text;
}

static void resolve_type(resolver *r, field_draft *f) {
    const syntax_field *syntax = f->syntax;
    field *made = f->field;
    made->is_list = syntax->arity == ARITY_LIST;
    made->is_optional = syntax->arity == ARITY_OPTIONAL;
    if (f->is_damaged)
        return;
    if (syntax->unsupported != NULL) {
        resolve_unsupported(r, f);
        return;
    }
    if (scalar_type_find(syntax->type.text, &made->scalar))
        return;
    const declared *d = map_find(r->declared, syntax->type.text);
    if (d != NULL) {
        resolve_declared(r, f, d);
    } else {
        report_unknown(r, syntax->type);
        f->is_damaged = true;
    }
}

/* A mixin that nobody has is no model's, but what it says should mean
 * something, too. */
static void check_unused_mixin(resolver *r, const syntax_block *block) {
    for (size_t i = 0; i < block->field_count; i++) {
        const syntax_field *f = &block->fields[i];
        scalar_type scalar;
        if (!f->is_damaged && f->unsupported == NULL &&
            !scalar_type_find(f->type.text, &scalar) &&
            map_find(r->declared, f->type.text) == NULL)
            report_unknown(r, f->type);
    }
}

void resolve_types(resolver *r) {
    for (size_t i = 0; i < r->model_count + r->shape_count; i++) {
        model_draft *m = &r->model_drafts[i];
        for (size_t k = 0; k < m->model->field_count; k++)
            resolve_type(r, &m->fields[k]);
    }
    for (size_t i = 0; i < r->declared->count; i++) {
        const declared *d = r->declared->entries[i].value;
        if (d->kind == DECLARED_MIXIN && !d->is_mixed_in)
            check_unused_mixin(r, d->syntax);
    }
}
