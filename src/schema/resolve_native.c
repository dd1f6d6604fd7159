/* Native types: @db.VarChar(120). */
#include <inttypes.h>

#include "schema/resolve_draft.h"
#include "schema/suggest.h"

/* A name with a dot, whatever stands before it. */
bool resolve_is_native_type(const syntax_attribute *attribute) {
    str name = attribute->name.text;
    return !attribute->is_block && str_find_char(name, '.') < name.len;
}

/* With its @. */
static source_span whole_name(const syntax_attribute *attribute) {
    source_span span = attribute->span;
    span.to = attribute->name.span.to;
    return span;
}

/* Without a datasource the prefix is the one that everybody uses. */
static bool check_prefix(resolver *r, const syntax_attribute *attribute,
                         str prefix) {
    str expected = r->datasource_block != NULL ? r->datasource.name : STR("db");
    if (str_equal(prefix, expected))
        return true;
    diag *d =
        diag_add(r->arena, r->diags, DIAG_NATIVE_PREFIX, whole_name(attribute),
                 "'%.*s' does not start with the datasource's name",
                 STR_ARG(attribute_label(attribute)));
    str rest = attribute->name.text;
    (void)str_split(&rest, '.');
    diag_help(r->arena, d, "write '@%.*s.%.*s'", STR_ARG(expected),
              STR_ARG(rest));
    return false;
}

static void report_unknown(resolver *r, const field *f,
                           const syntax_attribute *attribute, str name) {
    diag *d =
        diag_add(r->arena, r->diags, DIAG_UNKNOWN_NATIVE_TYPE,
                 whole_name(attribute), "PostgreSQL has no native type '%.*s'",
                 STR_ARG(attribute_label(attribute)));
    nearest n = nearest_to(name);
    size_t count;
    const native_type_spec *specs = native_type_specs(&count);
    for (size_t i = 0; i < count; i++) {
        if (f->kind == FIELD_SCALAR && specs[i].scalar == f->scalar)
            nearest_offer(&n, specs[i].name);
    }
    for (size_t i = 0; str_is_empty(n.best) && i < count; i++)
        nearest_offer(&n, specs[i].name);
    suggest(r->arena, d, &n);
}

static bool check_scalar(resolver *r, const field_draft *f,
                         const syntax_attribute *attribute,
                         const native_type_spec *spec) {
    const field *made = f->field;
    if (made->kind == FIELD_SCALAR && made->scalar == spec->scalar)
        return true;
    diag *d = diag_add(r->arena, r->diags, DIAG_WRONG_NATIVE_TYPE,
                       whole_name(attribute),
                       "'%.*s' is a column for %.*s, but '%.*s' is %.*s",
                       STR_ARG(attribute_label(attribute)),
                       STR_ARG(scalar_type_name(spec->scalar)),
                       STR_ARG(made->name), STR_ARG(f->syntax->type.text));
    diag_relate(r->arena, d, f->syntax->type.span, "its type");
    return false;
}

static bool read_parameter(resolver *r, const syntax_argument *argument,
                           int64_t *out) {
    const expression *value = argument->value;
    bool is_number = value->kind == EXPRESSION_NUMBER &&
                     str_is_empty(argument->name.text) &&
                     str_parse_int64(value->text, out);
    if (!is_number)
        diag_add(r->arena, r->diags, DIAG_WRONG_NATIVE_TYPE, argument->span,
                 "a native type takes whole numbers");
    return is_number;
}

static bool check_range(resolver *r, const syntax_argument *argument,
                        int64_t value, int64_t lowest, int64_t highest) {
    if (value >= lowest && value <= highest)
        return true;
    diag_add(r->arena, r->diags, DIAG_WRONG_NATIVE_TYPE, argument->span,
             "%" PRId64 " is not from %" PRId64 " to %" PRId64, value, lowest,
             highest);
    return false;
}

static bool check_count(resolver *r, const syntax_attribute *attribute,
                        const native_type_spec *spec) {
    size_t most = spec->max_parameters;
    if (attribute->argument_count <= most)
        return true;
    diag *d = diag_add(r->arena, r->diags, DIAG_WRONG_NATIVE_TYPE,
                       attribute->arguments[most].span, "'%.*s' takes %s",
                       STR_ARG(attribute_label(attribute)),
                       most == 0   ? "no parameters"
                       : most == 1 ? "one parameter"
                                   : "two parameters");
    if (most == 0)
        diag_help(r->arena, d, "write '%.*s'",
                  STR_ARG(attribute_label(attribute)));
    return false;
}

/* The second parameter is the scale of a Decimal, within its precision. */
static bool read_parameters(resolver *r, const syntax_attribute *attribute,
                            native_type *out) {
    const native_type_spec *spec = out->spec;
    if (!check_count(r, attribute, spec))
        return false;
    for (size_t i = 0; i < attribute->argument_count; i++) {
        const syntax_argument *argument = &attribute->arguments[i];
        int64_t *value = &out->parameters[i];
        int64_t lowest = i == 0 ? spec->lowest : 0;
        int64_t highest = i == 0 ? spec->highest : out->parameters[0];
        if (!read_parameter(r, argument, value) ||
            !check_range(r, argument, *value, lowest, highest))
            return false;
    }
    out->parameter_count = attribute->argument_count;
    return true;
}

static bool read(resolver *r, const field_draft *f,
                 const syntax_attribute *attribute, native_type *out) {
    str name = attribute->name.text;
    str prefix = str_split(&name, '.');
    if (!check_prefix(r, attribute, prefix))
        return false;
    out->spec = native_type_find(name);
    if (out->spec == NULL) {
        report_unknown(r, f->field, attribute, name);
        return false;
    }
    return check_scalar(r, f, attribute, out->spec) &&
           read_parameters(r, attribute, out);
}

static bool check_single(resolver *r, const field_draft *f,
                         const syntax_attribute *attribute) {
    const syntax_attribute *all = f->syntax->attributes;
    for (const syntax_attribute *other = all; other < attribute; other++) {
        if (!resolve_is_native_type(other))
            continue;
        diag *d = diag_add(
            r->arena, r->diags, DIAG_REPEATED_ATTRIBUTE, attribute->span,
            "the field '%.*s' has two native types", STR_ARG(f->field->name));
        diag_relate(r->arena, d, other->span, "the first one");
        return false;
    }
    return true;
}

/* The checks are the same on SQLite, so that a file is right or wrong whatever
 * the engine. */
void resolve_native_type(resolver *r, field_draft *f,
                         const syntax_attribute *attribute) {
    native_type native = {0};
    if (r->has_other_provider || !check_single(r, f, attribute) ||
        !read(r, f, attribute, &native))
        return;
    if (r->engine == ENGINE_SQLITE)
        resolve_ignore(&r->native_types, attribute->span);
    else
        f->field->native = native;
}
