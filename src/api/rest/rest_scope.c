#include "api/rest/rest_scope.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "database/sql.h"

enum {
    SETTING_MAX = 1024 * 1024,
    OWN_SETTINGS = 7,
    MS_A_SECOND = 1000,
    /* For what is added on the way out: tags, compression, positions. */
    HEADERS_OF_OURS = 8,
};

static const str METHODS[] = {
    [HTTP_GET] = STR_INIT("GET"),         [HTTP_HEAD] = STR_INIT("HEAD"),
    [HTTP_POST] = STR_INIT("POST"),       [HTTP_PUT] = STR_INIT("PUT"),
    [HTTP_PATCH] = STR_INIT("PATCH"),     [HTTP_DELETE] = STR_INIT("DELETE"),
    [HTTP_OPTIONS] = STR_INIT("OPTIONS"), [HTTP_OTHER_METHOD] = STR_INIT(""),
};

/* ---- Settings ----------------------------------------------------------- */

static str lower(arena *a, str text) {
    char *to = arena_take(a, text.len, 1);
    for (size_t i = 0; i < text.len; i++)
        to[i] = ascii_lower(text.ptr[i]);
    return (str){to, text.len};
}

static void write_member(buf *out, size_t at, str name, str text) {
    if (at > 0)
        buf_append_char(out, ',');
    json_write_string(out, name);
    buf_append_char(out, ':');
    json_write_string(out, text);
}

/* Of those that come twice the first, as everywhere. */
static bool came_before(const http_request *http, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (str_equal_ignoring_case(http->headers[i].name,
                                    http->headers[at].name))
            return true;
    }
    return false;
}

static str headers_of(arena *a, const http_request *http) {
    CLEANUP(buf_free) buf out = buf_new(SETTING_MAX);
    size_t count = 0;
    buf_append_char(&out, '{');
    for (size_t i = 0; i < http->header_count; i++) {
        const http_header *h = &http->headers[i];
        if (!came_before(http, i) && utf8_is_valid(h->value))
            write_member(&out, count++, lower(a, h->name), h->value);
    }
    buf_append_char(&out, '}');
    return arena_copy(a, buf_str(&out));
}

/* a=1; b=2 */
static str cookies_of(arena *a, const http_request *http) {
    CLEANUP(buf_free) buf out = buf_new(SETTING_MAX);
    str rest = http_request_header(http, STR("Cookie"));
    size_t count = 0;
    if (!utf8_is_valid(rest))
        rest = (str){0};
    buf_append_char(&out, '{');
    while (!str_is_empty(rest)) {
        str text = str_trim(str_split(&rest, ';'));
        str name = str_split(&text, '=');
        if (!str_is_empty(name))
            write_member(&out, count++, name, text);
    }
    buf_append_char(&out, '}');
    return arena_copy(a, buf_str(&out));
}

/* The profile of the request if it is exposed; if not, it is refused later. */
static str profile_of(const rest_request *r) {
    const exposure *e = &r->tables->exposed;
    bool is_read = r->http->method == HTTP_GET || r->http->method == HTTP_HEAD;
    str named = http_request_header(r->http, is_read ? STR("Accept-Profile")
                                                     : STR("Content-Profile"));
    return named.ptr != NULL && exposure_has(e, named) ? named : e->names[0];
}

static str search_path_of(arena *a, const rest_request *r) {
    CLEANUP(buf_free) buf out = buf_new(SETTING_MAX);
    str rest = r->caller.app->impersonation->search_path;
    sql_write_name(&out, profile_of(r));
    while (!str_is_empty(rest)) {
        str name = str_trim(str_split(&rest, ','));
        if (str_is_empty(name))
            continue;
        buf_append(&out, STR(", "));
        sql_write_name(&out, name);
    }
    return arena_copy(a, buf_str(&out));
}

/* What else is set goes before it. */
static scope_settings settings_of_role(const app *application, str role) {
    const scope_settings *found =
        application->role_settings == NULL
            ? NULL
            : map_find(application->role_settings, role);
    return found != NULL ? *found : (scope_settings){0};
}

static const scope_setting *settings_of(arena *a, const rest_request *r,
                                        const bearer *who, size_t *count) {
    const impersonation *i = r->caller.app->impersonation;
    const http_request *http = r->http;
    const scope_setting own[OWN_SETTINGS] = {
        {STR("search_path"), search_path_of(a, r)},
        {STR("role"), who->role},
        {STR("request.jwt.claims"), who->claims},
        {STR("request.method"), METHODS[http->method]},
        {STR("request.path"), http->path},
        {STR("request.headers"), headers_of(a, http)},
        {STR("request.cookies"), cookies_of(a, http)},
    };
    const scope_settings lists[] = {
        settings_of_role(r->caller.app, who->role),
        {own, OWN_SETTINGS},
        {i->settings, i->setting_count},
    };
    scope_setting *all = NULL;
    for (size_t k = 0; k < LENGTH(lists); k++)
        for (size_t n = 0; n < lists[k].count; n++)
            ARENA_PUSH(a, all, *count, lists[k].items[n]);
    return all;
}

void rest_scope_make_read_only(arena *a, rest_request *r) {
    database_scope *scope = r->caller.scope;
    size_t count = scope->setting_count;
    scope_setting *all = arena_new_array(a, scope_setting, count + 1);
    memcpy(all, scope->settings, count * sizeof *all);
    all[count] = (scope_setting){STR("transaction_read_only"), STR("on")};
    scope->settings = all;
    scope->setting_count = count + 1;
}

err *rest_scope_open(arena *a, rest_request *r, bearer *out) {
    const app *application = r->caller.app;
    const impersonation *i = application->impersonation;
    if (i == NULL)
        return NULL;
    str authorization = http_request_header(r->http, STR("Authorization"));
    int64_t now_s = clock_wall_ms(application->clock) / MS_A_SECOND;
    TRY(impersonation_of(a, i, authorization, now_s, out));
    database_scope *scope = arena_new_array(a, database_scope, 1);
    scope->settings = settings_of(a, r, out, &scope->setting_count);
    scope->before_schema = i->before_schema;
    scope->before = i->before;
    scope->generation = application->generation;
    r->caller.scope = scope;
    if (r->http->method == HTTP_GET || r->http->method == HTTP_HEAD)
        rest_scope_make_read_only(a, r);
    return NULL;
}

/* ---- What it says ------------------------------------------------------- */

static err *refuse_headers(arena *a) {
    return err_new(a, ERR_GUC_HEADERS,
                   "response.headers guc must be a JSON array composed of "
                   "objects with a single key and a string value");
}

/* What may stand in a header's line (RFC 9110, section 5.5). */
static bool is_line(str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 0x7F)
            return false;
    }
    return true;
}

static bool is_name(str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != '-' && c != '_')
            return false;
    }
    return !str_is_empty(text);
}

/* Where an answer ends, and what becomes of the connection, is not for the
 * database to say: two words about it are how answers are smuggled (RFC 9112,
 * section 11.2). */
static bool is_about_connection(str name) {
    static const str NAMES[] = {
        STR_INIT("Connection"), STR_INIT("Content-Length"),
        STR_INIT("Keep-Alive"), STR_INIT("Proxy-Connection"),
        STR_INIT("Trailer"),    STR_INIT("Transfer-Encoding"),
        STR_INIT("Upgrade"),
    };
    for (size_t i = 0; i < LENGTH(NAMES); i++)
        if (str_equal_ignoring_case(name, NAMES[i]))
            return true;
    return false;
}

bool rest_scope_add_header(http_reply *reply, str name, str text) {
    bool is_good =
        is_name(name) && is_line(text) && !is_about_connection(name) &&
        reply->header_count < HTTP_MAX_REPLY_HEADERS - HEADERS_OF_OURS;
    if (!is_good)
        return false;
    if (str_equal_ignoring_case(name, STR("Content-Type")))
        reply->content_type = text;
    else
        http_reply_add(reply, name, text);
    return true;
}

static err *add_headers(arena *a, str text, http_reply *reply) {
    const json *list;
    if (json_parse(a, text, &list) != NULL || list->kind != JSON_ARRAY)
        return refuse_headers(a);
    for (size_t i = 0; i < list->count; i++) {
        const json *one = &list->items[i];
        bool is_good =
            one->kind == JSON_OBJECT && one->count == 1 &&
            one->items[0].kind == JSON_STRING &&
            rest_scope_add_header(reply, one->keys[0], one->items[0].text);
        if (!is_good)
            return refuse_headers(a);
    }
    return NULL;
}

err *rest_scope_answer(arena *a, const rest_request *r) {
    const database_scope *scope = r->caller.scope;
    int64_t status;
    if (scope == NULL)
        return NULL;
    if (!str_is_empty(scope->headers))
        TRY(add_headers(a, scope->headers, r->reply));
    if (str_is_empty(scope->status))
        return NULL;
    if (!str_parse_int64(scope->status, &status) || status < 200 ||
        status > 599)
        return err_new(a, ERR_GUC_STATUS,
                       "response.status guc must be a valid status code");
    r->reply->status = (int)status;
    return NULL;
}
