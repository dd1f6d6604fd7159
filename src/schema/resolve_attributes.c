/* The third stage: what the attributes say, each by itself. */
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

static bool is_seen(const syntax_attribute *attributes, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (str_equal(attributes[i].name.text, attributes[at].name.text))
            return true;
    }
    return false;
}

/* Binds attribute `at` of a list and refuses a second one of its name. */
static bool bind(resolver *r, attribute_place place,
                 const syntax_attribute *attributes, size_t at, binding *out) {
    const syntax_attribute *attribute = &attributes[at];
    if (!attribute_bind(r->arena, r->diags, place, attribute, out))
        return false;
    if (out->spec->is_repeatable || !is_seen(attributes, at))
        return true;
    diag_add(r->arena, r->diags, DIAG_REPEATED_ATTRIBUTE, attribute->span,
             "'%.*s' is given twice", STR_ARG(attribute_label(attribute)));
    return false;
}

/* A name in the database: any text that a database keeps as a name. */
static bool read_map(resolver *r, const binding *b, str *out) {
    const expression *value = binding_find(b, STR("name"));
    if (value->kind != EXPRESSION_STRING) {
        diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
                 "'%.*s' takes a string",
                 STR_ARG(attribute_label(b->attribute)));
        return false;
    }
    if (str_is_empty(value->text)) {
        diag_add(r->arena, r->diags, DIAG_BAD_DATABASE_NAME, value->span,
                 "a name in the database cannot be empty");
        return false;
    }
    *out = value->text;
    return true;
}

static void read_updated_at(resolver *r, field_draft *f, const binding *b) {
    bool is_date = f->field->kind == FIELD_SCALAR &&
                   f->field->scalar == SCALAR_DATETIME && !f->field->is_list;
    if (!is_date)
        diag_add(
            r->arena, r->diags, DIAG_BAD_UPDATED_AT, b->attribute->span,
            "'@updatedAt' stands on a field of type DateTime, and on no list");
    f->field->is_updated_at = is_date;
}

/* An Unsupported field is not for clients anyway, and what is in an ignored
 * model neither. */
static void read_ignore(resolver *r, field_draft *f, const binding *b) {
    f->field->is_ignored = true;
    if (f->owner->model->is_ignored)
        diag_add(r->arena, r->diags, DIAG_BAD_IGNORE, b->attribute->span,
                 "the whole model '%.*s' is ignored, '@ignore' adds nothing",
                 STR_ARG(f->owner->model->name));
    else if (f->field->kind == FIELD_UNSUPPORTED)
        diag_add(r->arena, r->diags, DIAG_BAD_IGNORE, b->attribute->span,
                 "'@ignore' does not stand on an Unsupported field, which no "
                 "client sees anyway");
}

/* These describe a column, which a relation field does not have. */
static bool describes_column(attribute_id id) {
    switch (id) {
    case ATTRIBUTE_ID:
    case ATTRIBUTE_UNIQUE:
    case ATTRIBUTE_DEFAULT:
    case ATTRIBUTE_UPDATED_AT:
    case ATTRIBUTE_MAP:
    case ATTRIBUTE_SHARD_KEY:
        return true;
    case ATTRIBUTE_INDEX:
    case ATTRIBUTE_RELATION:
    case ATTRIBUTE_IGNORE:
    case ATTRIBUTE_SCHEMA:
    case ATTRIBUTE_FULLTEXT:
    case ATTRIBUTE_OWN:
    case ATTRIBUTE_LATER:
        return false;
    }
    return false;
}

static void report_no_column(resolver *r, field_draft *f, const binding *b) {
    diag *d = diag_add(r->arena, r->diags, DIAG_MISPLACED_ATTRIBUTE,
                       b->attribute->span,
                       "'%.*s' does not stand on a relation field",
                       STR_ARG(attribute_label(b->attribute)));
    diag_help(r->arena, d, "put it on the field that holds the foreign key");
    f->is_damaged = true;
}

static void read_side(resolver *r, field_draft *f, const binding *b) {
    if (f->field->kind == FIELD_RELATION)
        resolve_side(r, f, b);
    else
        diag_add(r->arena, r->diags, DIAG_MISPLACED_ATTRIBUTE,
                 b->attribute->span,
                 "'@relation' stands on a field whose type is a model");
}

static void apply_to_field(resolver *r, field_draft *f, const binding *b) {
    if (f->field->kind == FIELD_RELATION && describes_column(b->spec->id)) {
        report_no_column(r, f, b);
        return;
    }
    switch (b->spec->id) {
    case ATTRIBUTE_ID:
    case ATTRIBUTE_UNIQUE:
        resolve_field_key(r, f, b);
        break;
    case ATTRIBUTE_DEFAULT:
        resolve_default(r, f, b);
        break;
    case ATTRIBUTE_UPDATED_AT:
        read_updated_at(r, f, b);
        break;
    case ATTRIBUTE_MAP:
        f->is_damaged = !read_map(r, b, &f->field->column);
        break;
    case ATTRIBUTE_RELATION:
        read_side(r, f, b);
        break;
    case ATTRIBUTE_IGNORE:
        read_ignore(r, f, b);
        break;
    case ATTRIBUTE_OWN:
        resolve_put_off(r, f->owner, f, b);
        break;
    case ATTRIBUTE_SHARD_KEY: /* of a database that we do not serve */
    case ATTRIBUTE_INDEX:
    case ATTRIBUTE_SCHEMA:
    case ATTRIBUTE_FULLTEXT:
    case ATTRIBUTE_LATER:
        break;
    }
}

/* First, since keys are judged by them. */
static void resolve_native_types(resolver *r, field_draft *f) {
    for (size_t i = 0; i < f->syntax->attribute_count; i++) {
        if (resolve_is_native_type(&f->syntax->attributes[i]))
            resolve_native_type(r, f, &f->syntax->attributes[i]);
    }
}

static attribute_place place_of(const field_draft *f) {
    return f->owner->syntax->kind == BLOCK_FUNCTION ? PLACE_ARGUMENT
                                                    : PLACE_FIELD;
}

static void resolve_field(resolver *r, field_draft *f) {
    const syntax_field *syntax = f->syntax;
    f->field->column =
        f->field->kind == FIELD_RELATION ? (str){0} : f->field->name;
    bool was_damaged = f->is_damaged;
    if (!was_damaged)
        resolve_native_types(r, f);
    for (size_t i = 0; i < syntax->attribute_count; i++) {
        binding b;
        if (resolve_is_native_type(&syntax->attributes[i])) {
            continue;
        } else if (!bind(r, place_of(f), syntax->attributes, i, &b)) {
            f->is_damaged = true;
        } else if (!was_damaged) {
            apply_to_field(r, f, &b);
        }
    }
}

static bool is_listed(const datasource *d, str name) {
    for (size_t i = 0; i < d->schema_count; i++) {
        if (str_equal(d->schemas[i], name))
            return true;
    }
    return false;
}

/* @@schema("auth") */
static void read_schema(resolver *r, const binding *b, str *out) {
    const expression *value = binding_find(b, STR("map"));
    if (value->kind != EXPRESSION_STRING) {
        diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
                 "'@@schema' takes a string");
    } else if (is_listed(&r->datasource, value->text)) {
        *out = value->text;
        if (r->engine == ENGINE_SQLITE)
            resolve_ignore(&r->schemas, b->attribute->span);
    } else {
        diag *d = diag_add(r->arena, r->diags, DIAG_BAD_SCHEMA, value->span,
                           "the datasource lists no schema '%.*s'",
                           STR_ARG(value->text));
        nearest n = nearest_to(value->text);
        for (size_t i = 0; i < r->datasource.schema_count; i++)
            nearest_offer(&n, r->datasource.schemas[i]);
        suggest(r->arena, d, &n);
        if (r->datasource.schema_count == 0)
            diag_help(r->arena, d, "add schemas = [\"%.*s\"] to it",
                      STR_ARG(value->text));
    }
}

static bool has_attribute(const syntax_block *block, str name) {
    for (size_t i = 0; i < block->attribute_count; i++) {
        if (str_equal(block->attributes[i].name.text, name))
            return true;
    }
    return false;
}

/* Once there are schemas, nothing stands outside of them by accident. */
static void check_schema(resolver *r, const syntax_block *block) {
    if (r->datasource.schema_count == 0 || r->engine == ENGINE_SQLITE ||
        block->is_damaged || has_attribute(block, STR("schema")))
        return;
    diag *d = diag_add(r->arena, r->diags, DIAG_BAD_SCHEMA, block->name.span,
                       "the %.*s '%.*s' does not say in which schema it is",
                       STR_ARG(block->keyword.text), STR_ARG(block->name.text));
    diag_help(r->arena, d, "add @@schema(\"%.*s\")",
              STR_ARG(r->datasource.schemas[0]));
}

static void apply_to_model(resolver *r, model_draft *m, const binding *b) {
    switch (b->spec->id) {
    case ATTRIBUTE_MAP:
        if (!read_map(r, b, &m->model->table))
            m->is_damaged = true;
        break;
    case ATTRIBUTE_ID:
    case ATTRIBUTE_UNIQUE:
    case ATTRIBUTE_INDEX:
    case ATTRIBUTE_FULLTEXT:
        resolve_model_key(r, m, b);
        break;
    case ATTRIBUTE_IGNORE: /* read ahead */
        break;
    case ATTRIBUTE_SCHEMA:
        read_schema(r, b, &m->model->database_schema);
        break;
    case ATTRIBUTE_OWN:
        resolve_put_off(r, m, NULL, b);
        break;
    case ATTRIBUTE_DEFAULT:
    case ATTRIBUTE_UPDATED_AT:
    case ATTRIBUTE_RELATION:
    case ATTRIBUTE_SHARD_KEY:
    case ATTRIBUTE_LATER:
        break;
    }
}

static void resolve_model(resolver *r, model_draft *m) {
    m->model->table = m->model->name;
    m->model->is_ignored = has_attribute(m->syntax, STR("ignore"));
    for (size_t i = 0; i < m->model->field_count; i++)
        resolve_field(r, &m->fields[i]);
    for (size_t i = 0; i < m->syntax->attribute_count; i++) {
        binding b;
        if (bind(r, PLACE_MODEL, m->syntax->attributes, i, &b))
            apply_to_model(r, m, &b);
        else
            m->is_damaged = true;
    }
    check_schema(r, m->syntax);
}

static void resolve_function(resolver *r, model_draft *m) {
    m->model->table = m->model->name;
    for (size_t i = 0; i < m->model->field_count; i++)
        resolve_field(r, &m->fields[i]);
    for (size_t i = 0; i < m->syntax->attribute_count; i++) {
        binding b;
        if (bind(r, PLACE_FUNCTION, m->syntax->attributes, i, &b))
            resolve_put_off(r, m, NULL, &b);
        else
            m->is_damaged = true;
    }
}

/* A type as the row of a function: what concerns tables does not matter. */
static void resolve_row(resolver *r, model_draft *m) {
    for (size_t i = 0; i < m->model->field_count; i++) {
        field_draft *f = &m->fields[i];
        f->field->column = f->field->name;
        for (size_t k = 0; k < f->syntax->attribute_count; k++) {
            binding b;
            if (str_equal(f->syntax->attributes[k].name.text, STR("map")) &&
                bind(r, PLACE_FIELD, f->syntax->attributes, k, &b))
                f->is_damaged = !read_map(r, &b, &f->field->column);
        }
    }
}

static void resolve_value(resolver *r, enum_draft *e, size_t at) {
    const syntax_field *syntax = &e->syntax->fields[at];
    e->values[at].database_name = e->values[at].name;
    for (size_t i = 0; i < syntax->attribute_count; i++) {
        binding b;
        if (bind(r, PLACE_ENUM_VALUE, syntax->attributes, i, &b))
            (void)read_map(r, &b, &e->values[at].database_name);
    }
}

/* Two values with one name in the database could not be told apart. */
static void check_values(resolver *r, const enum_draft *e) {
    map *seen = map_new_beside(r->arena, r->declared);
    for (size_t i = 0; i < e->enumeration->value_count; i++) {
        const syntax_field *syntax = &e->syntax->fields[i];
        if (map_add(seen, e->values[i].database_name, syntax))
            continue;
        const syntax_field *first = map_find(seen, e->values[i].database_name);
        if (str_equal(first->name.text, syntax->name.text))
            continue; /* reported as declared twice */
        diag *d = diag_add(
            r->arena, r->diags, DIAG_DUPLICATE_ENUM_VALUE, syntax->name.span,
            "the value '%.*s' is '%.*s' in the database, and so is '%.*s'",
            STR_ARG(syntax->name.text), STR_ARG(e->values[i].database_name),
            STR_ARG(first->name.text));
        diag_relate(r->arena, d, first->name.span, "the other one");
    }
}

static void resolve_enum(resolver *r, enum_draft *e) {
    e->enumeration->database_name = e->enumeration->name;
    for (size_t i = 0; i < e->enumeration->value_count; i++)
        resolve_value(r, e, i);
    for (size_t i = 0; i < e->syntax->attribute_count; i++) {
        binding b;
        if (!bind(r, PLACE_ENUM, e->syntax->attributes, i, &b))
            continue;
        if (b.spec->id == ATTRIBUTE_SCHEMA)
            read_schema(r, &b, &e->enumeration->database_schema);
        else
            (void)read_map(r, &b, &e->enumeration->database_name);
    }
    check_schema(r, e->syntax);
    check_values(r, e);
}

/* Enums first: defaults of fields need the values' names. */
void resolve_attributes(resolver *r) {
    for (size_t i = 0; i < r->enum_count; i++)
        resolve_enum(r, &r->enum_drafts[i]);
    for (size_t i = 0; i < r->model_count; i++)
        resolve_model(r, &r->model_drafts[i]);
    for (size_t i = 0; i < r->shape_count; i++) {
        model_draft *m = &r->model_drafts[r->model_count + i];
        if (m->function != NULL)
            resolve_function(r, m);
        else
            resolve_row(r, m);
    }
}
