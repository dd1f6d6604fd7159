#include "bin/serve_roles.h"

#include "core/claim_path.h"

static str or_empty(const config *c, config_id id, str nothing) {
    str text = config_text(c, id);
    return str_equal(text, nothing) ? (str){0} : text;
}

static err *read_keys(arena *a, const config *c, const token_keys **out) {
    str secret = or_empty(c, CONFIG_JWT_SECRET, STR("none"));
    token_keys *keys = NULL;
    *out = NULL;
    if (str_is_empty(secret))
        return NULL;
    err *e = config_is_on(c, CONFIG_JWT_SECRET_IS_BASE64)
                 ? token_keys_read_base64(a, secret, &keys)
                 : token_keys_read(a, secret, &keys);
    *out = keys;
    return e != NULL ? err_wrap(a, e, "jwt-secret") : NULL;
}

/* schema.function, or a function alone */
static void read_function(str text, str unnamed, str *schema_out, str *out) {
    str rest = text;
    str first = str_split(&rest, '.');
    bool has_schema = first.len < text.len;
    *schema_out = has_schema ? first : unnamed;
    *out = has_schema ? rest : first;
}

static err *read_settings(arena *a, str list, impersonation *out) {
    scope_setting *settings = NULL;
    while (!str_is_empty(list)) {
        str pair = str_split(&list, ',');
        str text = pair;
        str name = str_trim(str_split(&text, '='));
        if (str_find_char(name, '.') == name.len || name.len == pair.len)
            return err_with_hint(
                err_new(a, ERR_INVALID, "app-settings: cannot read '%.*s'",
                        STR_ARG(pair)),
                STR("write them as app.settings.a=1,app.settings.b=2"));
        scope_setting made = {.name = name, .value = text};
        ARENA_PUSH(a, settings, out->setting_count, made);
    }
    out->settings = settings;
    return NULL;
}

err *serve_roles_read(arena *a, const config *c, const impersonation **out) {
    impersonation *made = arena_new_array(a, impersonation, 1);
    *made = (impersonation){
        .audience = or_empty(c, CONFIG_JWT_AUD, STR("any")),
        .role_claim = config_text(c, CONFIG_JWT_ROLE_CLAIM),
        .anonymous_role = or_empty(c, CONFIG_ANON_ROLE, STR("none")),
        .search_path = config_text(c, CONFIG_EXTRA_SEARCH_PATH),
    };
    err *e = claim_path_check(a, made->role_claim);
    if (e != NULL)
        return err_wrap(a, e, "jwt-role-claim");
    TRY(read_keys(a, c, &made->keys));
    read_function(or_empty(c, CONFIG_PRE_REQUEST, STR("none")), STR("public"),
                  &made->before_schema, &made->before);
    read_function(or_empty(c, CONFIG_ROOT_SPEC, STR("none")), (str){0},
                  &made->root_schema, &made->root);
    *out = made;
    return read_settings(a, or_empty(c, CONFIG_APP_SETTINGS, STR("none")),
                         made);
}
