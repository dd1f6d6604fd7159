/* The first stage: what is declared, under which names. */
#include "schema/resolve_draft.h"

static const str RESERVED[] = {
#define X(word) STR_INIT(#word),
#include "schema/reserved_name.def"
#undef X
};

static bool is_reserved(str name) {
    for (size_t i = 0; i < LENGTH(RESERVED); i++) {
        if (str_equal(name, RESERVED[i]))
            return true;
    }
    return false;
}

static bool is_scalar(str name) {
    for (int i = 0; i < SCALAR_TYPE_COUNT; i++) {
        if (str_equal(name, scalar_type_name((scalar_type)i)))
            return true;
    }
    return false;
}

static void check_reserved(resolver *r, const syntax_block *b) {
    if (is_scalar(b->name.text))
        diag_add(r->arena, r->diags, DIAG_RESERVED_NAME, b->name.span,
                 "'%.*s' is the name of a built-in type",
                 STR_ARG(b->name.text));
    else if (is_reserved(b->name.text))
        diag_add(r->arena, r->diags, DIAG_RESERVED_NAME, b->name.span,
                 "'%.*s' is a reserved word and cannot name %s %.*s",
                 STR_ARG(b->name.text), b->kind == BLOCK_ENUM ? "an" : "a",
                 STR_ARG(b->keyword.text));
}

void resolve_report_duplicate(resolver *r, diag_code code, const char *what,
                              syntax_name name, source_span first) {
    diag *d = diag_add(r->arena, r->diags, code, name.span,
                       "%s '%.*s' is declared twice", what, STR_ARG(name.text));
    diag_relate(r->arena, d, first, "first declared here");
}

static void declare_field(resolver *r, model_draft *m, size_t at) {
    const syntax_field *syntax = &m->syntax->fields[at];
    field_draft *draft = &m->fields[at];
    field *f = draft->field;
    *f = (field){.name = syntax->name.text,
                 .doc = syntax->doc,
                 .model = m->model,
                 .index = (uint32_t)at,
                 .span = syntax->name.span};
    draft->owner = m;
    draft->syntax = syntax;
    draft->is_damaged = syntax->is_damaged;
    if (!map_add(m->field_names, f->name, draft)) {
        const field_draft *first = map_find(m->field_names, f->name);
        resolve_report_duplicate(
            r, DIAG_DUPLICATE_FIELD,
            m->syntax->kind == BLOCK_FUNCTION ? "the argument" : "the field",
            syntax->name, first->syntax->name.span);
        draft->is_damaged = true;
    }
}

void resolve_declare_model(resolver *r, model_draft *draft,
                           const syntax_block *written) {
    bool is_damaged;
    const syntax_block *b = resolve_mixins(r, written, &is_damaged);
    field *fields = arena_new_array(r->arena, field, b->field_count);
    *draft = (model_draft){
        .model = draft->model,
        .syntax = b,
        .fields = arena_new_array(r->arena, field_draft, b->field_count),
        .field_array = fields,
        .relations = arena_new_array(r->arena, relation *, b->field_count),
        .field_names = map_new_beside(r->arena, r->declared),
        .is_damaged = is_damaged,
    };
    *draft->model = (model){.name = b->name.text,
                            .doc = b->doc,
                            .is_view = b->kind == BLOCK_VIEW,
                            .fields = fields,
                            .field_count = b->field_count,
                            .index = (uint32_t)(draft - r->model_drafts),
                            .span = b->name.span};
    for (size_t i = 0; i < b->field_count; i++) {
        draft->fields[i].field = &fields[i];
        declare_field(r, draft, i);
    }
    if (b->field_count == 0 && !draft->is_damaged && b->kind != BLOCK_FUNCTION)
        diag_add(r->arena, r->diags, DIAG_EMPTY_MODEL, b->name.span,
                 "the %.*s '%.*s' has no fields", STR_ARG(b->keyword.text),
                 STR_ARG(b->name.text));
}

/* Its place, to be filled when all names are known. */
static model_draft *reserve_model(resolver *r) {
    size_t at = r->model_count++;
    r->model_drafts[at].model = &r->models[at];
    return &r->model_drafts[at];
}

static void declare_value(resolver *r, enum_draft *e, size_t at, map *seen) {
    const syntax_field *syntax = &e->syntax->fields[at];
    e->values[at].name = syntax->name.text;
    e->values[at].doc = syntax->doc;
    if (map_add(seen, syntax->name.text, syntax))
        return;
    const syntax_field *first = map_find(seen, syntax->name.text);
    resolve_report_duplicate(r, DIAG_DUPLICATE_ENUM_VALUE, "the value",
                             syntax->name, first->name.span);
}

static enum_draft *declare_enum(resolver *r, const syntax_block *b) {
    size_t at = r->enum_count++;
    enum_draft *draft = &r->enum_drafts[at];
    *draft = (enum_draft){
        .enumeration = &r->enums[at],
        .syntax = b,
        .values = arena_new_array(r->arena, enum_value, b->field_count),
        .is_damaged = b->is_damaged,
    };
    *draft->enumeration = (enumeration){.name = b->name.text,
                                        .doc = b->doc,
                                        .values = draft->values,
                                        .value_count = b->field_count,
                                        .span = b->name.span};
    map *seen = map_new_beside(r->arena, r->declared);
    for (size_t i = 0; i < b->field_count; i++)
        declare_value(r, draft, i, seen);
    if (b->field_count == 0 && !b->is_damaged)
        diag_add(r->arena, r->diags, DIAG_EMPTY_ENUM, b->name.span,
                 "the enum '%.*s' has no values", STR_ARG(b->name.text));
    return draft;
}

static void declare_type(resolver *r, const syntax_block *b) {
    declared *d = arena_new_array(r->arena, declared, 1);
    *d = (declared){.kind = DECLARED_OTHER, .syntax = b};
    check_reserved(r, b);
    if (!map_add(r->declared, b->name.text, d)) {
        const declared *first = map_find(r->declared, b->name.text);
        resolve_report_duplicate(r, DIAG_DUPLICATE_NAME, "the name", b->name,
                                 first->syntax->name.span);
        return;
    }
    bool is_abstract = b->abstract.source != NULL;
    if (b->kind == BLOCK_ENUM) {
        d->kind = DECLARED_ENUM;
        d->enumeration = declare_enum(r, b);
    } else if (b->kind == BLOCK_TYPE || is_abstract) {
        d->kind = DECLARED_MIXIN;
    } else if (b->kind == BLOCK_MODEL || b->kind == BLOCK_VIEW) {
        d->kind = DECLARED_MODEL;
        d->model = reserve_model(r);
    }
}

static void report_second_datasource(resolver *r, const syntax_block *b) {
    diag *d = diag_add(r->arena, r->diags, DIAG_DUPLICATE_NAME, b->name.span,
                       "there can be only one datasource");
    diag_relate(r->arena, d, r->datasource_block->name.span, "the first one");
}

static void declare(resolver *r, const syntax_block *b) {
    switch (b->kind) {
    case BLOCK_MODEL:
    case BLOCK_ENUM:
    case BLOCK_TYPE:
    case BLOCK_VIEW:
    case BLOCK_OTHER:
        declare_type(r, b);
        break;
    case BLOCK_FUNCTION:
        resolve_function_name(r, b);
        break;
    case BLOCK_DATASOURCE:
        if (r->datasource_block != NULL) {
            report_second_datasource(r, b);
            break;
        }
        r->datasource_block = b;
        resolve_datasource(r, b);
        break;
    case BLOCK_GENERATOR:
    case BLOCK_PLUGIN:
        break; /* a command to run: not by us */
    }
}

static void allocate(resolver *r) {
    size_t models = 0;
    size_t enums = 0;
    size_t functions = 0;
    size_t types = 0;
    for (size_t i = 0; i < r->file_count; i++) {
        for (size_t k = 0; k < r->files[i]->block_count; k++) {
            block_kind kind = r->files[i]->blocks[k].kind;
            models += kind == BLOCK_MODEL || kind == BLOCK_VIEW;
            enums += kind == BLOCK_ENUM;
            types += kind == BLOCK_TYPE;
            functions += kind == BLOCK_FUNCTION;
        }
    }
    /* Of a function its arguments and maybe a value; a type at most once. */
    if (functions > 0)
        models += 2 * functions + types;
    r->models = arena_new_array(r->arena, model, models);
    r->model_drafts = arena_new_array(r->arena, model_draft, models);
    r->functions = arena_new_array(r->arena, function, functions);
    r->function_drafts = arena_new_array(r->arena, function_draft, functions);
    r->enums = arena_new_array(r->arena, enumeration, enums);
    r->enum_drafts = arena_new_array(r->arena, enum_draft, enums);
}

void resolve_declarations(resolver *r) {
    allocate(r);
    r->declared = map_new(r->arena);
    r->function_names = map_new_beside(r->arena, r->declared);
    r->row_names = map_new_beside(r->arena, r->declared);
    for (size_t i = 0; i < r->file_count; i++) {
        const syntax_file *file = r->files[i];
        r->is_damaged = r->is_damaged || file->is_damaged;
        for (size_t k = 0; k < file->block_count; k++)
            declare(r, &file->blocks[k]);
    }
    for (size_t i = 0; i < r->declared->count; i++) {
        const declared *d = r->declared->entries[i].value;
        if (d->kind == DECLARED_MODEL)
            resolve_declare_model(r, d->model, d->syntax);
    }
    resolve_function_shapes(r);
}
