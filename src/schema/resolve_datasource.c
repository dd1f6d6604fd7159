/*
 * The datasource block. Where the database is, the settings say, and its URL
 * names the engine; the block is read for what changes the meaning of the
 * schema, and for tools.
 */
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

typedef bool read_setting(resolver *r, const expression *value);

static const str OTHER_PROVIDERS[] = {
    STR_INIT("mysql"),
    STR_INIT("cockroachdb"),
    STR_INIT("sqlserver"),
    STR_INIT("mongodb"),
};

static bool report(resolver *r, const expression *value, const char *message) {
    diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span, "%s",
             message);
    return false;
}

static void report_unknown_provider(resolver *r, const expression *value) {
    diag *d = diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
                       "unknown provider '%.*s'", STR_ARG(value->text));
    nearest n = nearest_to(value->text);
    for (int i = 0; i < ENGINE_KIND_COUNT; i++)
        nearest_offer(&n, engine_kind_name((engine_kind)i));
    suggest(r->arena, d, &n);
}

static bool read_provider(resolver *r, const expression *value) {
    engine_kind engine;
    if (value->kind != EXPRESSION_STRING)
        return report(r, value, "the provider is a string, such as \"sqlite\"");
    r->datasource.provider = value->text;
    if (engine_kind_find(value->text, &engine))
        return true;
    r->has_other_provider = true;
    for (size_t i = 0; i < LENGTH(OTHER_PROVIDERS); i++) {
        if (!str_equal(OTHER_PROVIDERS[i], value->text))
            continue;
        diag *d = diag_add(r->arena, r->diags, DIAG_OTHER_PROVIDER, value->span,
                           "the provider '%.*s' is not one that Tenon serves",
                           STR_ARG(value->text));
        diag_help(r->arena, d,
                  "write \"sqlite\" or \"postgresql\"; native types such as "
                  "@db.VarChar(10) are PostgreSQL's then");
        return false;
    }
    report_unknown_provider(r, value);
    return false;
}

/* The X of env("X"), or NULL. */
static const expression *variable_of(const expression *value) {
    bool is_call = value->kind == EXPRESSION_CALL && value->left == NULL &&
                   str_equal(value->text, STR("env")) && value->count == 1 &&
                   value->items[0].value->kind == EXPRESSION_STRING;
    return is_call ? value->items[0].value : NULL;
}

static bool check_address(resolver *r, const expression *value) {
    if (value->kind == EXPRESSION_STRING || variable_of(value) != NULL)
        return true;
    return report(r, value,
                  "an address is a string or env(\"NAME\"), the name of an "
                  "environment variable");
}

static bool read_url(resolver *r, const expression *value) {
    if (!check_address(r, value))
        return false;
    const expression *variable = variable_of(value);
    if (variable != NULL)
        r->datasource.url_variable = variable->text;
    else
        r->datasource.url = value->text;
    return true;
}

static bool read_relation_mode(resolver *r, const expression *value) {
    bool is_prisma = str_equal(value->text, STR("prisma"));
    bool is_known = value->kind == EXPRESSION_STRING &&
                    (is_prisma || str_equal(value->text, STR("foreignKeys")));
    if (!is_known)
        return report(r, value,
                      "the relation mode is \"foreignKeys\" or \"prisma\"");
    r->datasource.has_no_foreign_keys = is_prisma;
    return true;
}

static bool read_schemas(resolver *r, const expression *value) {
    if (value->kind != EXPRESSION_LIST || value->count == 0)
        return report(
            r, value,
            "the schemas are a list of strings, such as [\"public\"]");
    datasource *d = &r->datasource;
    str *schemas = arena_new_array(r->arena, str, value->count);
    for (size_t i = 0; i < value->count; i++) {
        const expression *item = value->items[i].value;
        if (item->kind != EXPRESSION_STRING || str_is_empty(item->text))
            return report(r, item, "a schema is named by a string");
        for (size_t k = 0; k < i; k++) {
            if (str_equal(schemas[k], item->text))
                return report(r, item, "this schema is listed twice");
        }
        schemas[i] = item->text;
    }
    d->schemas = schemas;
    d->schema_count = value->count;
    return true;
}

/* One of the strings in citext(map: "...", schema: "...", version: "..."). */
static bool read_extension_argument(resolver *r,
                                    const syntax_argument *argument,
                                    extension *out) {
    const expression *value = argument->value;
    str name = argument->name.text;
    str *to = str_equal(name, STR("map"))       ? &out->name
              : str_equal(name, STR("schema"))  ? &out->schema
              : str_equal(name, STR("version")) ? &out->version
                                                : NULL;
    if (to == NULL || value->kind != EXPRESSION_STRING)
        return report(r, value,
                      "an extension takes map, schema and version, each a "
                      "string");
    *to = value->text;
    return true;
}

static bool read_extension(resolver *r, const expression *item,
                           extension *out) {
    bool is_name = item->kind == EXPRESSION_NAME;
    bool is_call = item->kind == EXPRESSION_CALL && item->left == NULL;
    if (!is_name && !is_call)
        return report(r, item, "an extension is a name, such as citext");
    *out = (extension){.name = item->text, .span = item->span};
    for (size_t i = 0; i < item->count; i++) {
        if (!read_extension_argument(r, &item->items[i], out))
            return false;
    }
    return true;
}

static bool read_extensions(resolver *r, const expression *value) {
    if (value->kind != EXPRESSION_LIST)
        return report(r, value,
                      "the extensions are a list of names, such as [citext]");
    datasource *d = &r->datasource;
    extension *extensions = arena_new_array(r->arena, extension, value->count);
    for (size_t i = 0; i < value->count; i++) {
        if (!read_extension(r, value->items[i].value, &extensions[i]))
            return false;
    }
    d->extensions = extensions;
    d->extension_count = value->count;
    return true;
}

static const struct setting_spec {
    str name;
    read_setting *read;
} SETTINGS[] = {
    {STR_INIT("provider"), read_provider},
    {STR_INIT("url"), read_url},
    {STR_INIT("directUrl"), check_address},
    {STR_INIT("shadowDatabaseUrl"), check_address},
    {STR_INIT("relationMode"), read_relation_mode},
    {STR_INIT("schemas"), read_schemas},
    {STR_INIT("extensions"), read_extensions},
};

static void report_unknown(resolver *r, const syntax_property *p) {
    diag *d =
        diag_add(r->arena, r->diags, DIAG_UNKNOWN_ARGUMENT, p->name.span,
                 "a datasource has no setting '%.*s'", STR_ARG(p->name.text));
    nearest n = nearest_to(p->name.text);
    for (size_t i = 0; i < LENGTH(SETTINGS); i++)
        nearest_offer(&n, SETTINGS[i].name);
    suggest(r->arena, d, &n);
}

static bool is_seen(const syntax_block *block, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (str_equal(block->properties[i].name.text,
                      block->properties[at].name.text))
            return true;
    }
    return false;
}

static void read_property(resolver *r, const syntax_property *p) {
    for (size_t i = 0; i < LENGTH(SETTINGS); i++) {
        if (!str_equal(SETTINGS[i].name, p->name.text))
            continue;
        if (p->value != NULL)
            (void)SETTINGS[i].read(r, p->value);
        return;
    }
    report_unknown(r, p);
}

bool resolve_is_for_sqlite(const resolver *r) {
    engine_kind written_for = ENGINE_SQLITE;
    engine_kind_find(r->datasource.provider, &written_for);
    return r->engine == ENGINE_SQLITE && written_for == ENGINE_SQLITE;
}

void resolve_datasource(resolver *r, const syntax_block *block) {
    r->datasource.name = block->name.text;
    for (size_t i = 0; i < block->property_count; i++) {
        const syntax_property *p = &block->properties[i];
        if (is_seen(block, i))
            diag_add(r->arena, r->diags, DIAG_REPEATED_ARGUMENT, p->name.span,
                     "'%.*s' is given twice", STR_ARG(p->name.text));
        else if (p->value == NULL)
            diag_add(r->arena, r->diags, DIAG_MISSING_VALUE, p->name.span,
                     "'%.*s' has no value", STR_ARG(p->name.text));
        else
            read_property(r, p);
    }
}
