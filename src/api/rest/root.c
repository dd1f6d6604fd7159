#include "api/rest/root.h"

#include "api/description.h"
#include "api/rest/call.h"
#include "core/role_rights.h"

/* What it is about; of the forms of an answer a description has one. */
static err *plan(arena *a, rest_request *r, description_view *out) {
    const app *application = r->caller.app;
    *out = (description_view){.app = application};
    r->is_root = true;
    TRY(description_require(a, application));
    TRY(rest_request_find_profile(a, r, &out->schema_name));
    TRY(rest_request_read_headers(a, r));
    if (r->accept.is_object || r->accept.is_csv || r->accept.is_geojson ||
        r->accept.is_plan)
        return media_type_refuse(a,
                                 http_request_header(r->http, STR("Accept")));
    if (application->describes == DESCRIBES_ALL)
        return NULL;
    return role_rights_read(&r->caller, out->schema_name, &out->rights);
}

err *root_serve(arena *a, rest_request *r) {
    const impersonation *i = r->caller.app->impersonation;
    description_view view;
    if (!str_is_empty(i->root)) {
        r->is_root = true;
        return call_serve_foreign(a, r, i->root_schema, i->root);
    }
    TRY(plan(a, r, &view));
    description_write_swagger(&view, r->http, r->reply);
    return NULL;
}

err *root_serve_openapi(arena *a, rest_request *r) {
    description_view view;
    TRY(plan(a, r, &view));
    description_write_openapi(&view, r->reply);
    return NULL;
}
