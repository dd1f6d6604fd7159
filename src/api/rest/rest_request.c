#include "api/rest/rest_request.h"

#include "api/rest/foreign_csv.h"
#include "api/rest/geojson.h"
#include "api/rest/rest_names.h"
#include "base/url.h"
#include "database/system_schema.h"

typedef struct headers {
    str accept;
    str accept_profile;
    str content_profile;
    str content_type;
    str idempotency_key;
    str range;
    bool has_prefer;
} headers;

/* One pass: a length tells most names apart. Of a header that comes twice the
 * first counts. */
static void take_header(const http_header *h, str name, str *out) {
    if (out->ptr == NULL && str_equal_ignoring_case(h->name, name))
        *out = h->value;
}

static headers collect_headers(const http_request *http) {
    headers found = {0};
    for (size_t i = 0; i < http->header_count; i++) {
        const http_header *h = &http->headers[i];
        switch (h->name.len) {
        case sizeof "Range" - 1:
            take_header(h, STR("Range"), &found.range);
            break;
        case sizeof "Accept" - 1: /* and Prefer */
            take_header(h, STR("Accept"), &found.accept);
            found.has_prefer |= str_equal_ignoring_case(h->name, STR("Prefer"));
            break;
        case sizeof "Content-Type" - 1:
            take_header(h, STR("Content-Type"), &found.content_type);
            break;
        case sizeof "Accept-Profile" - 1:
            take_header(h, STR("Accept-Profile"), &found.accept_profile);
            break;
        case sizeof "Content-Profile" - 1: /* and Idempotency-Key */
            take_header(h, STR("Content-Profile"), &found.content_profile);
            take_header(h, STR("Idempotency-Key"), &found.idempotency_key);
            break;
        default:
            break;
        }
    }
    return found;
}

static bool is_read(const http_request *http) {
    return http->method == HTTP_GET || http->method == HTTP_HEAD;
}

/* A reply says which, once there was a choice. */
static err *check_profile(arena *a, const rest_request *r, str named) {
    const exposure *e = &r->tables->exposed;
    str profile;
    TRY(exposure_choose(a, e, named, &profile));
    if (named.ptr != NULL || e->count > 1)
        http_reply_add(r->reply, STR("Content-Profile"), profile);
    return NULL;
}

static err *find_zone(arena *a, rest_request *r) {
    time_zone *zone = arena_new_array(a, time_zone, 1);
    err *e = time_zone_find(a, r->prefer.timezone, zone);
    r->zone = zone;
    if (e == NULL || !r->prefer.is_strict)
        return e;
    return err_with_details(
        err_new(a, ERR_PREFERENCE,
                "Invalid preferences given with handling=strict"),
        arena_printf(a, "Invalid preferences: timezone=%.*s",
                     STR_ARG(r->prefer.timezone)));
}

static err *check_plan(arena *a, const rest_request *r, str accept) {
    bool is_on = r->caller.app->allows_plans;
    if (is_on && is_read(r->http))
        return NULL;
    return err_with_hint(media_type_refuse(a, accept),
                         is_on ? STR("a plan is that of a read")
                               : STR("plans are told when the server is "
                                     "started with --plan"));
}

/* A dry run that wrote would be the worst way to ignore a preference. */
static err *check_tx(arena *a, rest_request *r) {
    tx_end end = r->caller.app->tx_end;
    bool differs = r->prefer.tx ==
                   (end.is_rollback ? PREFER_TX_COMMIT : PREFER_TX_ROLLBACK);
    if (differs && !end.may_differ)
        return err_with_hint(
            err_new(a, ERR_PREFERENCE, "tx=%s is not allowed",
                    end.is_rollback ? "commit" : "rollback"),
            arena_printf(a, "serve with --tx-end %s-allow-override",
                         end.is_rollback ? "rollback" : "commit"));
    if (!end.may_differ)
        r->prefer.tx = PREFER_TX_UNSAID;
    r->is_rolled_back = end.is_rollback != differs;
    return NULL;
}

static void ask_for_deleted(rest_request *r) {
    static const deleted_rows ROWS[] = {
        [PREFER_DELETED_UNSAID] = DELETED_LEFT_OUT,
        [PREFER_DELETED_INCLUDE] = DELETED_INCLUDED,
        [PREFER_DELETED_ONLY] = DELETED_ONLY,
    };
    r->caller.deleted = ROWS[r->prefer.deleted];
    if (r->table != NULL && r->table->model->soft_delete == NULL)
        r->prefer.deleted = PREFER_DELETED_UNSAID; /* says nothing of it */
}

err *rest_request_read_headers(arena *a, rest_request *r) {
    headers found = collect_headers(r->http);
    http_reply_add(r->reply, STR("Vary"), STR("Accept, Prefer, Range, Origin"));
    TRY(check_profile(
        a, r, is_read(r->http) ? found.accept_profile : found.content_profile));
    TRY(UNLIKELY(r->is_root)
            ? media_type_negotiate_root(a, found.accept, &r->accept)
            : media_type_negotiate(a, found.accept, &r->accept));
    if (UNLIKELY(r->accept.is_plan))
        TRY(check_plan(a, r, found.accept));
    r->prefer = (preferences){0};
    r->has_prefer = found.has_prefer;
    if (found.has_prefer)
        TRY(preferences_parse(a, r->http, &r->prefer));
    if (UNLIKELY(r->prefer.deleted != PREFER_DELETED_UNSAID))
        ask_for_deleted(r);
    TRY(check_tx(a, r));
    if (UNLIKELY(!str_is_empty(r->prefer.timezone)))
        TRY(find_zone(a, r));
    r->content_type = found.content_type;
    r->range = found.range;
    r->idempotency_key = found.idempotency_key;
    return NULL;
}

/* No name of the request is in it, since a header cannot hold every one. */
static const str OLD_NAME = STR_INIT("299 - \"an embedded table that has an "
                                     "alias is named by its table: name it "
                                     "by the alias, as in alias.column=eq.1\"");

err *rest_request_read_query(arena *a, rest_request *r, str text) {
    TRY(query_string_parse(a, r->tables, r->table, text, &r->params));
    if (UNLIKELY(r->accept.is_geojson))
        TRY(geojson_plan(a, r));
    if (UNLIKELY(r->params.has_old_name))
        http_reply_add(r->reply, STR("Warning"), OLD_NAME);
    if (UNLIKELY(r->accept.is_csv) && r->tables->schema->is_foreign)
        foreign_csv_choose(a, &r->params.selection);
    return NULL;
}

err *rest_request_read(arena *a, rest_request *r) {
    TRY(rest_request_read_headers(a, r));
    return rest_request_read_query(a, r, r->http->query);
}

/* Where there is one schema only, no header is looked for. */
err *rest_request_find_profile(arena *a, const rest_request *r, str *out) {
    const exposure *e = &r->tables->exposed;
    if (LIKELY(e->count == 1)) {
        *out = e->names[0];
        return NULL;
    }
    str header =
        is_read(r->http) ? STR("Accept-Profile") : STR("Content-Profile");
    return exposure_choose(a, e, http_request_header(r->http, header), out);
}

/* They are called otherwise in the database. */
static err *find_system_table(arena *a, const schema *system, str name,
                              const model **out) {
    *out = system_schema_find(system, name);
    if (*out != NULL)
        return NULL;
    return err_new(a, ERR_UNKNOWN_TABLE,
                   "Could not find the table 'tenon.%.*s' in the schema cache",
                   STR_ARG(name));
}

err *rest_request_find_table(arena *a, rest_request *r, str path) {
    const rest_tables *tables = r->tables;
    str profile;
    str name;
    const model *m;
    if (str_is_empty(path))
        return err_with_hint(
            err_new(a, ERR_UNKNOWN_PATH,
                    "Invalid path specified in request URL"),
            STR("GET describes the interface here and POST takes a batch; the "
                "tables are at /rest/v1/<table>"));
    if (str_find_char(path, '/') < path.len)
        return err_new(a, ERR_UNKNOWN_PATH,
                       "Invalid path specified in request URL");
    TRY(url_decode_path(a, path, &name));
    TRY(rest_request_find_profile(a, r, &profile));
    TRY(UNLIKELY(tables->schema->is_system)
            ? find_system_table(a, tables->schema, name, &m)
            : rest_names_table(a, tables->schema, profile, name, &m));
    r->table = rest_tables_get(tables, m);
    return NULL;
}
