/*
 * operator_door.h: what the bearer of the operator's token gets to see.
 *
 *     GET /rest/v1/audit_log?model=eq.Task&record_id=eq.7
 *     Authorization: Bearer tenon_op_...
 *     Accept-Profile: tenon
 *
 * Some of Tenon's own tables, in the dialect of all others, for reading; the
 * rules of their schema say which, and which columns. Everything else is
 * refused with such a token, though it may be open to everybody: who reads logs
 * should not be taken for somebody of the application. To others the profile is
 * one that is not there.
 *
 * The token is taken from the addresses of operator_rules. When that is this
 * machine alone, a request that a proxy has passed on is not from here, whatever
 * it says of itself: what names another client or another host is refused.
 */
#ifndef API_OPERATOR_DOOR_H
#define API_OPERATOR_DOOR_H

#include "api/description.h"
#include "api/rest/rest.h"
#include "api/router.h"
#include "base/attr.h"
#include "core/caller.h"
#include "core/operator_token.h"

typedef struct operator_door {
    arena *a;
    const app *app;
    /* Made when somebody comes; most never do. */
    rest *rest;
    app shown; /* what is described, the same on both engines */
    description description;
} operator_door;

/* What is made lives in a. */
operator_door operator_door_new(arena *a, const app *application);

/* Does the request bring such a token, good or not? */
static inline bool operator_door_is_for(const http_request *request) {
    return UNLIKELY(request->authorization.ptr != NULL) &&
           operator_token_of_header(request->authorization).ptr != NULL;
}

/* who is as of an anonymous caller. Suspends. */
void operator_door_serve(operator_door *d, const caller *who, route to,
                         const http_request *request, http_reply *reply);

#endif
