#include "schema/attribute_spec.h"

#include "base/assert.h"
#include "schema/suggest.h"

#define P(name)                                                                \
    { STR_INIT(name), false }
#define REQUIRED(name)                                                         \
    { STR_INIT(name), true }

/* What stands on a field or an enum value is written with @, what stands on a
 * block with @@: the places tell which. */
static const attribute_spec SPECS[] = {
    {.name = STR_INIT("id"),
     .id = ATTRIBUTE_ID,
     .places = PLACE_FIELD,
     .is_named_only = true,
     .parameters = {P("map"), P("length"), P("sort"), P("clustered")}},
    {.name = STR_INIT("id"),
     .id = ATTRIBUTE_ID,
     .places = PLACE_MODEL,
     .parameters = {REQUIRED("fields"), P("name"), P("map"), P("clustered")}},
    {.name = STR_INIT("unique"),
     .id = ATTRIBUTE_UNIQUE,
     .places = PLACE_FIELD,
     .is_named_only = true,
     .parameters = {P("map"), P("length"), P("sort"), P("clustered"),
                    P("where")}},
    {.name = STR_INIT("unique"),
     .id = ATTRIBUTE_UNIQUE,
     .places = PLACE_MODEL,
     .is_repeatable = true,
     .parameters = {REQUIRED("fields"), P("name"), P("map"), P("clustered"),
                    P("where")}},
    {.name = STR_INIT("index"),
     .id = ATTRIBUTE_INDEX,
     .places = PLACE_MODEL,
     .is_repeatable = true,
     .parameters = {REQUIRED("fields"), P("map"), P("name"), P("type"),
                    P("clustered"), P("where")}},
    {.name = STR_INIT("fulltext"),
     .id = ATTRIBUTE_FULLTEXT,
     .places = PLACE_MODEL,
     .is_repeatable = true,
     .parameters = {REQUIRED("fields"), P("map")}},
    {.name = STR_INIT("default"),
     .id = ATTRIBUTE_DEFAULT,
     .places = PLACE_FIELD | PLACE_ARGUMENT,
     .parameters = {REQUIRED("value"), P("map")}},
    {.name = STR_INIT("updatedAt"),
     .id = ATTRIBUTE_UPDATED_AT,
     .places = PLACE_FIELD},
    {.name = STR_INIT("map"),
     .id = ATTRIBUTE_MAP,
     .places = PLACE_FIELD | PLACE_MODEL | PLACE_ENUM | PLACE_ENUM_VALUE,
     .parameters = {REQUIRED("name")}},
    {.name = STR_INIT("relation"),
     .id = ATTRIBUTE_RELATION,
     .places = PLACE_FIELD,
     .parameters = {P("name"), P("fields"), P("references"), P("onDelete"),
                    P("onUpdate"), P("map")}},
    {.name = STR_INIT("ignore"),
     .id = ATTRIBUTE_IGNORE,
     .places = PLACE_FIELD | PLACE_MODEL},
    {.name = STR_INIT("schema"),
     .id = ATTRIBUTE_SCHEMA,
     .places = PLACE_MODEL | PLACE_ENUM,
     .parameters = {REQUIRED("map")}},
    {.name = STR_INIT("shardKey"),
     .id = ATTRIBUTE_SHARD_KEY,
     .places = PLACE_FIELD},
    {.name = STR_INIT("shardKey"),
     .id = ATTRIBUTE_SHARD_KEY,
     .places = PLACE_MODEL,
     .parameters = {REQUIRED("fields")}},
#include "schema/attribute_own.def"

    /* Known to the language: said so, and not taken for a misspelling. */
    {.name = STR_INIT("delegate"), .places = PLACE_MODEL},
    {.name = STR_INIT("meta"), .places = PLACE_FIELD | PLACE_MODEL},
    {.name = STR_INIT("date"), .places = PLACE_FIELD},
    {.name = STR_INIT("time"), .places = PLACE_FIELD},
    {.name = STR_INIT("phone"), .places = PLACE_FIELD},
    {.name = STR_INIT("encrypted"), .places = PLACE_FIELD},
    {.name = STR_INIT("computed"), .places = PLACE_FIELD},
    {.name = STR_INIT("json"), .places = PLACE_FIELD},
};

/* Who reports: the list, and what it is about. */
typedef struct reporter {
    arena *arena;
    diag_list *diags;
    const syntax_attribute *attribute;
    str label;
} reporter;

str attribute_label(const syntax_attribute *attribute) {
    return str_slice(attribute->span.source->text, (size_t)attribute->span.from,
                     attribute->name.span.to);
}

static const attribute_spec *find_spec(unsigned places, str name) {
    for (size_t i = 0; i < LENGTH(SPECS); i++) {
        if ((SPECS[i].places & places) != 0 && str_equal(SPECS[i].name, name))
            return &SPECS[i];
    }
    return NULL;
}

static const char *place_name(attribute_place place) {
    switch (place) {
    case PLACE_FIELD:
        return "a field";
    case PLACE_MODEL:
        return "a model";
    case PLACE_ENUM:
        return "an enum";
    case PLACE_ENUM_VALUE:
        return "an enum value";
    case PLACE_FUNCTION:
        return "a function";
    case PLACE_ARGUMENT:
        return "an argument";
    }
    PANIC("no such place");
}

static void report_misspelt(const reporter *r, attribute_place place,
                            source_span span) {
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_ATTRIBUTE, span,
                       "unknown attribute '%.*s'", STR_ARG(r->label));
    nearest n = nearest_to(r->attribute->name.text);
    for (size_t i = 0; i < LENGTH(SPECS); i++) {
        if ((SPECS[i].places & place) != 0)
            nearest_offer(&n, SPECS[i].name);
    }
    if (!str_is_empty(n.best))
        diag_help(r->arena, d, "did you mean '%s%.*s'?",
                  r->attribute->is_block ? "@@" : "@", STR_ARG(n.best));
}

/* A field's attribute on a model, or the other way round. */
static void report_misplaced(const reporter *r, attribute_place place,
                             const attribute_spec *elsewhere,
                             source_span span) {
    diag *d = diag_add(r->arena, r->diags, DIAG_MISPLACED_ATTRIBUTE, span,
                       "'%.*s' does not stand on %s", STR_ARG(r->label),
                       place_name(place));
    bool is_block = r->attribute->is_block;
    unsigned other = is_block ? PLACE_FIELD : PLACE_MODEL;
    if ((elsewhere->places & other) != 0)
        diag_help(r->arena, d, "on a %s it is written '%s%.*s'",
                  is_block ? "field" : "model", is_block ? "@" : "@@",
                  STR_ARG(r->attribute->name.text));
}

static void report_unknown(const reporter *r, attribute_place place) {
    str name = r->attribute->name.text;
    source_span span = r->attribute->span;
    span.to = r->attribute->name.span.to;
    const attribute_spec *elsewhere = find_spec(~0U, name);
    if (elsewhere != NULL)
        report_misplaced(r, place, elsewhere, span);
    else
        report_misspelt(r, place, span);
}

static size_t find_parameter(const attribute_spec *spec, str name) {
    size_t i = 0;
    while (i < ATTRIBUTE_MAX_PARAMETERS &&
           !str_equal(spec->parameters[i].name, name))
        i++;
    return i;
}

/* The parameter an unnamed argument goes to, or the count when there is none
 * left. */
static size_t next_unnamed(const attribute_spec *spec, size_t unnamed) {
    size_t at = spec->is_positional ? unnamed : 0;
    bool is_free =
        spec->is_positional || (unnamed == 0 && !spec->is_named_only);
    if (!is_free || at >= ATTRIBUTE_MAX_PARAMETERS ||
        str_is_empty(spec->parameters[at].name))
        return ATTRIBUTE_MAX_PARAMETERS;
    return at;
}

static void report_unknown_argument(const reporter *r,
                                    const attribute_spec *spec,
                                    const syntax_argument *argument) {
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_ARGUMENT,
                       argument->name.span, "'%.*s' has no argument '%.*s'",
                       STR_ARG(r->label), STR_ARG(argument->name.text));
    nearest n = nearest_to(argument->name.text);
    for (size_t i = 0; i < ATTRIBUTE_MAX_PARAMETERS; i++)
        nearest_offer(&n, spec->parameters[i].name);
    suggest(r->arena, d, &n);
}

static void report_unnamed(const reporter *r, const attribute_spec *spec,
                           const syntax_argument *argument) {
    str missing = spec->parameters[spec->is_named_only ? 0 : 1].name;
    diag *d =
        diag_add(r->arena, r->diags, DIAG_UNNAMED_ARGUMENT, argument->span,
                 "this argument of '%.*s' needs a name", STR_ARG(r->label));
    if (!str_is_empty(missing))
        diag_help(r->arena, d, "write '%.*s: ...'", STR_ARG(missing));
}

static void report_too_many(const reporter *r, const attribute_spec *spec,
                            const syntax_argument *argument) {
    size_t most = find_parameter(spec, (str){0});
    diag_add(r->arena, r->diags, DIAG_UNNAMED_ARGUMENT, argument->span,
             "'%.*s' takes %zu argument%s", STR_ARG(r->label), most,
             most == 1 ? "" : "s");
}

/* An argument that no parameter takes. */
static bool report_extra(const reporter *r, const attribute_spec *spec,
                         const syntax_argument *argument) {
    if (str_is_empty(spec->parameters[0].name))
        diag_add(r->arena, r->diags, DIAG_UNKNOWN_ARGUMENT, argument->span,
                 "'%.*s' takes no arguments", STR_ARG(r->label));
    else if (!str_is_empty(argument->name.text))
        report_unknown_argument(r, spec, argument);
    else if (spec->is_positional)
        report_too_many(r, spec, argument);
    else
        report_unnamed(r, spec, argument);
    return false;
}

static bool bind_one(const reporter *r, const syntax_argument *argument,
                     size_t at, binding *out) {
    if (out->values[at] != NULL) {
        diag_add(r->arena, r->diags, DIAG_REPEATED_ARGUMENT, argument->span,
                 "the argument '%.*s' is given twice",
                 STR_ARG(out->spec->parameters[at].name));
        return false;
    }
    out->values[at] = argument->value;
    return true;
}

static bool bind_arguments(const reporter *r, binding *out) {
    size_t unnamed = 0;
    bool is_bound = true;
    for (size_t i = 0; i < r->attribute->argument_count; i++) {
        const syntax_argument *argument = &r->attribute->arguments[i];
        bool is_unnamed = str_is_empty(argument->name.text);
        if (is_unnamed && out->spec->is_variadic && unnamed > 0)
            continue;
        size_t at = is_unnamed ? next_unnamed(out->spec, unnamed++)
                               : find_parameter(out->spec, argument->name.text);
        bool is_one = at < ATTRIBUTE_MAX_PARAMETERS
                          ? bind_one(r, argument, at, out)
                          : report_extra(r, out->spec, argument);
        is_bound = is_bound && is_one;
    }
    return is_bound;
}

static bool check_required(const reporter *r, const binding *b) {
    for (size_t i = 0; i < ATTRIBUTE_MAX_PARAMETERS; i++) {
        const parameter_spec *parameter = &b->spec->parameters[i];
        if (!parameter->is_required || b->values[i] != NULL)
            continue;
        diag_add(r->arena, r->diags, DIAG_MISSING_ARGUMENT, r->attribute->span,
                 "'%.*s' needs the argument '%.*s'", STR_ARG(r->label),
                 STR_ARG(parameter->name));
        return false;
    }
    return true;
}

bool attribute_bind(arena *a, diag_list *diags, attribute_place place,
                    const syntax_attribute *attribute, binding *out) {
    reporter r = {a, diags, attribute, attribute_label(attribute)};
    *out = (binding){.attribute = attribute,
                     .spec = find_spec(place, attribute->name.text)};
    if (out->spec == NULL) {
        report_unknown(&r, place);
        return false;
    }
    if (out->spec->id == ATTRIBUTE_LATER) {
        diag_add(a, diags, DIAG_NOT_SUPPORTED, attribute->span,
                 "'%.*s' is not supported yet", STR_ARG(r.label));
        return false;
    }
    return bind_arguments(&r, out) && check_required(&r, out);
}

const expression *binding_find(const binding *b, str parameter) {
    size_t at = find_parameter(b->spec, parameter);
    ASSERT(at < ATTRIBUTE_MAX_PARAMETERS);
    return b->values[at];
}
