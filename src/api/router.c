#include "api/router.h"

#include "base/attr.h"

enum {
    GET = 1U << HTTP_GET,
    HEAD = 1U << HTTP_HEAD,
    POST = 1U << HTTP_POST,
    PATCH = 1U << HTTP_PATCH,
    PUT = 1U << HTTP_PUT,
    DELETE = 1U << HTTP_DELETE,
};

/* A path that ends in a slash stands for all paths below it. */
static const struct row {
    str path;
    route_target target;
} ROUTES[] = {
    {STR_INIT("/rest/v1/"), ROUTE_REST},
    {STR_INIT("/openapi.json"), ROUTE_OPENAPI},
    {STR_INIT("/healthz"), ROUTE_HEALTH},
    {STR_INIT("/readyz"), ROUTE_READY},
};

static const struct methods {
    unsigned mask;
    str allow;
} METHODS[] = {
    [ROUTE_NONE] = {0, STR_INIT("")},
    [ROUTE_REST] = {GET | HEAD | POST | PATCH | PUT | DELETE,
                    STR_INIT("GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS")},
    [ROUTE_OPENAPI] = {GET | HEAD, STR_INIT("GET, HEAD, OPTIONS")},
    [ROUTE_HEALTH] = {GET | HEAD, STR_INIT("GET, HEAD, OPTIONS")},
    [ROUTE_READY] = {GET | HEAD, STR_INIT("GET, HEAD, OPTIONS")},
};

route router_find(str path) {
    for (size_t i = 0; i < LENGTH(ROUTES); i++) {
        str at = ROUTES[i].path;
        bool is_prefix = str_ends_with(at, STR("/"));
        if (is_prefix ? str_starts_with(path, at) : str_equal(path, at))
            return (route){ROUTES[i].target, str_slice(path, at.len, path.len)};
    }
    return (route){.target = ROUTE_NONE};
}

route router_find_rooted(str path) {
    route found = router_find(path);
    if (found.target == ROUTE_NONE && str_starts_with(path, STR("/")))
        found = (route){ROUTE_REST, str_slice(path, 1, path.len)};
    return found;
}

bool router_allows(route_target target, http_method method) {
    return (METHODS[target].mask & (1U << method)) != 0;
}

str router_allowed_methods(route_target target) {
    return METHODS[target].allow;
}
