/* Functions: their names, their arguments and rows as models without a table,
 * and at last what only shows when all else is resolved. */
#include "schema/resolve_draft.h"

void resolve_function_name(resolver *r, const syntax_block *b) {
    function_draft *d = &r->function_drafts[r->function_count];
    *d = (function_draft){.function = &r->functions[r->function_count],
                          .syntax = b,
                          .is_damaged = b->is_damaged};
    if (!map_add(r->function_names, b->name.text, d)) {
        const function_draft *first = map_find(r->function_names, b->name.text);
        resolve_report_duplicate(r, DIAG_DUPLICATE_NAME, "the function",
                                 b->name, first->syntax->name.span);
        return;
    }
    *d->function = (function){.name = b->name.text,
                              .doc = b->doc,
                              .index = (uint32_t)r->function_count,
                              .span = b->name.span};
    r->function_count++;
}

/* ---- Shapes --------------------------------------------------------------- */

static model_draft *add_shape(resolver *r, const syntax_block *b) {
    size_t at = r->model_count + r->shape_count++;
    model_draft *m = &r->model_drafts[at];
    m->model = &r->models[at];
    resolve_declare_model(r, m, b);
    m->model->table = m->model->name;
    m->model->is_shape = true;
    return m;
}

static void add_arguments(resolver *r, function_draft *d) {
    d->arguments = add_shape(r, d->syntax);
    d->arguments->function = d;
    d->function->arguments = d->arguments->model;
    d->arguments->model->function = d->function;
}

/* Nobody writes a row of a function, and none has a key. */
static model_draft *add_row(resolver *r, const syntax_block *b) {
    model_draft *row = add_shape(r, b);
    row->is_result = true;
    row->model->is_view = true;
    return row;
}

/* A row of one column, which has the function's name. */
static const model *add_value(resolver *r, const function_draft *d) {
    syntax_field *value = arena_new_array(r->arena, syntax_field, 1);
    *value = d->syntax->result;
    value->name = d->syntax->name;
    if (value->arity == ARITY_LIST)
        value->arity = ARITY_ONE;
    syntax_block *block = arena_new_array(r->arena, syntax_block, 1);
    *block = (syntax_block){.kind = BLOCK_TYPE,
                            .keyword = d->syntax->keyword,
                            .name = d->syntax->name,
                            .fields = value,
                            .field_count = 1,
                            .span = d->syntax->span};
    model *row = add_row(r, block)->model;
    row->function = d->function;
    return row;
}

/* Functions share the row of a type. */
static const model *add_type(resolver *r, declared *type) {
    str name = type->syntax->name.text;
    model_draft *row = map_find(r->row_names, name);
    if (row == NULL) {
        row = add_row(r, type->syntax);
        map_add(r->row_names, name, row);
        type->is_mixed_in = true; /* so its fields are resolved here */
    }
    return row->model;
}

static void report_abstract(resolver *r, function_draft *d) {
    diag *made = diag_add(r->arena, r->diags, DIAG_BAD_RESULT,
                          d->syntax->result.type.span,
                          "a function cannot give back the abstract model "
                          "'%.*s'",
                          STR_ARG(d->syntax->result.type.text));
    diag_help(r->arena, made, "make it a type");
    d->is_damaged = true;
}

static void add_result(resolver *r, function_draft *d) {
    const syntax_field *result = &d->syntax->result;
    function *f = d->function;
    if (str_is_empty(result->type.text) || result->is_damaged) {
        f->result = RESULT_VOID;
        return;
    }
    f->is_list = result->arity == ARITY_LIST;
    f->is_optional = result->arity == ARITY_OPTIONAL;
    f->result = RESULT_ROW;
    declared *type = map_find(r->declared, result->type.text);
    if (type == NULL || type->kind == DECLARED_ENUM) {
        f->result = RESULT_VALUE;
        f->row = add_value(r, d);
    } else if (type->kind == DECLARED_MODEL) {
        f->row = type->model->model;
    } else if (type->kind == DECLARED_OTHER) {
        d->is_damaged = true;
    } else if (type->syntax->kind == BLOCK_TYPE) {
        f->row = add_type(r, type);
    } else {
        report_abstract(r, d);
    }
}

void resolve_function_shapes(resolver *r) {
    for (size_t i = 0; i < r->function_count; i++) {
        add_arguments(r, &r->function_drafts[i]);
        add_result(r, &r->function_drafts[i]);
    }
}

/* ---- Attributes ----------------------------------------------------------- */

static void set_volatility(resolver *r, function_draft *d, const binding *b,
                           function_volatility v) {
    if (d->volatility.attribute == NULL) {
        d->volatility = *b;
        d->function->volatility = v;
        return;
    }
    diag *made =
        diag_add(r->arena, r->diags, DIAG_BAD_VOLATILITY, b->attribute->span,
                 "'%.*s' says something else than '%.*s'",
                 STR_ARG(attribute_label(b->attribute)),
                 STR_ARG(attribute_label(d->volatility.attribute)));
    diag_relate(r->arena, made, d->volatility.attribute->span, "the other one");
}

void resolve_function_attribute(resolver *r, model_draft *arguments,
                                const binding *b) {
    function_draft *d = arguments->function;
    if (b->spec->own == OWN_SQL)
        d->body = *b;
    else if (b->spec->own == OWN_STABLE)
        set_volatility(r, d, b, FUNCTION_STABLE);
    else if (b->spec->own == OWN_IMMUTABLE)
        set_volatility(r, d, b, FUNCTION_IMMUTABLE);
    else
        set_volatility(r, d, b, FUNCTION_VOLATILE);
}

/* ---- At the end ----------------------------------------------------------- */

static bool has_field(const model *m, str name) {
    for (size_t i = 0; i < m->field_count; i++) {
        if (str_equal(m->fields[i].name, name) ||
            str_equal(m->fields[i].column, name))
            return true;
    }
    return false;
}

/* A row for an argument makes a computed field of the function. */
static const char *check_row_argument(function_draft *d, const field_draft *f) {
    function *made = d->function;
    const model *m = f->target != NULL ? f->target->model : NULL;
    if (m == NULL)
        return NULL;
    if (made->arguments->field_count != 1 || f->field->is_list ||
        f->field->is_optional)
        return "is a row of a model, which only a computed field has, for its "
               "only argument";
    if (made->result != RESULT_VALUE || made->is_list ||
        made->volatility == FUNCTION_VOLATILE)
        return "is a row of a model: a computed field of it is a value, and "
               "@@stable or @@immutable";
    if (has_field(m, made->name))
        return "is a row of a model that has a field with the function's name";
    made->computed_of = m;
    return NULL;
}

static void check_argument(resolver *r, function_draft *d,
                           const field_draft *f) {
    const char *fault = NULL;
    default_kind made = f->field->default_value.kind;
    if (f->field->kind == FIELD_RELATION)
        fault = check_row_argument(d, f);
    else if (f->field->kind == FIELD_UNSUPPORTED)
        fault = "has a type that no client can write";
    else if (made == DEFAULT_AUTOINCREMENT || made == DEFAULT_DBGENERATED)
        fault = "has a default that only a table has";
    if (fault == NULL || f->is_damaged)
        return;
    diag_add(r->arena, r->diags, DIAG_BAD_FUNCTION_ARGUMENT,
             f->syntax->name.span, "the argument '%.*s' %s",
             STR_ARG(f->field->name), fault);
    d->is_damaged = true;
}

static void check_arguments(resolver *r, function_draft *d) {
    for (size_t i = 0; i < d->arguments->model->field_count; i++)
        check_argument(r, d, &d->arguments->fields[i]);
}

/* The rows of types hold columns only. */
static void check_row(resolver *r, const model_draft *row) {
    for (size_t i = 0; i < row->model->field_count; i++) {
        const field_draft *f = &row->fields[i];
        bool is_column =
            f->field->kind == FIELD_SCALAR || f->field->kind == FIELD_ENUM;
        if (is_column || f->is_damaged)
            continue;
        diag *made =
            diag_add(r->arena, r->diags, DIAG_BAD_RESULT, f->syntax->type.span,
                     "the row of a function has no field of type '%.*s'",
                     STR_ARG(f->syntax->type.text));
        diag_help(r->arena, made,
                  "give back its key, or a model whose relations clients can "
                  "embed");
    }
}

static void finish(resolver *r, function_draft *d) {
    model_draft *arguments = d->arguments;
    for (size_t i = 0; i < arguments->model->field_count; i++)
        arguments->is_damaged |= arguments->fields[i].is_damaged;
    if (!d->is_damaged && !arguments->is_damaged)
        d->is_damaged = !resolve_function_body(r, d);
}

void resolve_functions(resolver *r) {
    for (size_t i = 0; i < r->function_count; i++) {
        check_arguments(r, &r->function_drafts[i]);
        finish(r, &r->function_drafts[i]);
    }
    for (size_t i = 0; i < r->row_names->count; i++)
        check_row(r, r->row_names->entries[i].value);
}
