/*
 * router.h: from a path to who answers it.
 *
 * One static table of prefixes. What comes behind a prefix is the handler's:
 * the tables under /rest/v1/ are found by the schema's own hash.
 */
#ifndef API_ROUTER_H
#define API_ROUTER_H

#include <stdbool.h>

#include "base/str.h"
#include "io/http_message.h"

typedef enum route_target {
    ROUTE_NONE,
    ROUTE_REST,
    ROUTE_OPENAPI,
    ROUTE_HEALTH,
    ROUTE_READY,
} route_target;

typedef struct route {
    route_target target;
    str tail; /* what follows the prefix, still percent-encoded */
} route;

route router_find(str path);

/* The same where tables are at the root, too, as PostgREST has them. */
route router_find_rooted(str path);

bool router_allows(route_target target, http_method method);

/* The value of the Allow header. */
str router_allowed_methods(route_target target);

#endif
