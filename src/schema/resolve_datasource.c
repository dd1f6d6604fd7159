/*
 * The datasource block. It decides nothing here: the engine and its address
 * come from the command line. It is read so that what would change the meaning
 * of the schema is not passed over in silence.
 */
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

typedef enum setting {
    SETTING_IGNORED, /* addresses: ours come from --database */
    SETTING_PROVIDER,
    SETTING_RELATION_MODE,
    SETTING_LATER,
} setting;

static const struct setting_spec {
    str name;
    setting setting;
} SETTINGS[] = {
    {STR_INIT("provider"), SETTING_PROVIDER},
    {STR_INIT("url"), SETTING_IGNORED},
    {STR_INIT("directUrl"), SETTING_IGNORED},
    {STR_INIT("shadowDatabaseUrl"), SETTING_IGNORED},
    {STR_INIT("relationMode"), SETTING_RELATION_MODE},
    {STR_INIT("schemas"), SETTING_LATER},
    {STR_INIT("extensions"), SETTING_LATER},
};

static const struct provider {
    str name;
    bool is_ours;
} PROVIDERS[] = {
    {STR_INIT("sqlite"), true},       {STR_INIT("postgresql"), true},
    {STR_INIT("postgres"), true},     {STR_INIT("mysql"), false},
    {STR_INIT("cockroachdb"), false}, {STR_INIT("sqlserver"), false},
    {STR_INIT("mongodb"), false},
};

static void report_later(resolver *r, source_span span, str what) {
    diag_add(r->arena, r->diags, DIAG_NOT_SUPPORTED, span,
             "'%.*s' is not supported yet", STR_ARG(what));
}

static void report_unknown_provider(resolver *r, const expression *value) {
    diag *d = diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
                       "unknown provider '%.*s'", STR_ARG(value->text));
    nearest n = nearest_to(value->text);
    for (size_t i = 0; i < LENGTH(PROVIDERS); i++)
        nearest_offer(&n, PROVIDERS[i].name);
    suggest(r->arena, d, &n);
}

static void check_provider(resolver *r, const expression *value) {
    if (value->kind != EXPRESSION_STRING) {
        diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
                 "the provider is a string, such as \"sqlite\"");
        return;
    }
    for (size_t i = 0; i < LENGTH(PROVIDERS); i++) {
        if (!str_equal(PROVIDERS[i].name, value->text))
            continue;
        if (!PROVIDERS[i].is_ours)
            diag_add(r->arena, r->diags, DIAG_NOT_SUPPORTED, value->span,
                     "the provider '%.*s' is not supported yet",
                     STR_ARG(value->text));
        return;
    }
    report_unknown_provider(r, value);
}

static void report_unknown(resolver *r, const syntax_property *p) {
    diag *d =
        diag_add(r->arena, r->diags, DIAG_UNKNOWN_ARGUMENT, p->name.span,
                 "a datasource has no setting '%.*s'", STR_ARG(p->name.text));
    nearest n = nearest_to(p->name.text);
    for (size_t i = 0; i < LENGTH(SETTINGS); i++)
        nearest_offer(&n, SETTINGS[i].name);
    suggest(r->arena, d, &n);
}

static void check_setting(resolver *r, const syntax_property *p, setting s) {
    bool is_default =
        p->value != NULL && str_equal(p->value->text, STR("foreignKeys"));
    switch (s) {
    case SETTING_IGNORED:
        break;
    case SETTING_PROVIDER:
        if (p->value != NULL)
            check_provider(r, p->value);
        break;
    case SETTING_RELATION_MODE:
        if (!is_default)
            report_later(r, p->span, p->name.text);
        break;
    case SETTING_LATER:
        report_later(r, p->span, p->name.text);
        break;
    }
}

static bool is_seen(const syntax_block *block, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (str_equal(block->properties[i].name.text,
                      block->properties[at].name.text))
            return true;
    }
    return false;
}

void resolve_datasource(resolver *r, const syntax_block *block) {
    for (size_t i = 0; i < block->property_count; i++) {
        const syntax_property *p = &block->properties[i];
        size_t at = 0;
        while (at < LENGTH(SETTINGS) &&
               !str_equal(SETTINGS[at].name, p->name.text))
            at++;
        if (is_seen(block, i))
            diag_add(r->arena, r->diags, DIAG_REPEATED_ARGUMENT, p->name.span,
                     "'%.*s' is given twice", STR_ARG(p->name.text));
        else if (at < LENGTH(SETTINGS))
            check_setting(r, p, SETTINGS[at].setting);
        else
            report_unknown(r, p);
    }
}
