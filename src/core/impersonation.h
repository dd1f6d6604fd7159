/*
 * impersonation.h: as whom a request runs in a database that decides by itself
 * what each of its roles may do.
 *
 *     Authorization: Bearer <a token that says {"role":"member"}>
 *
 * The token's role, or without one the anonymous role, becomes the role of the
 * transaction, and what the token says the setting request.jwt.claims, which
 * row level security can ask for. It is for databases that are served as they
 * are found; with a schema file, policies decide.
 */
#ifndef CORE_IMPERSONATION_H
#define CORE_IMPERSONATION_H

#include "base/err.h"
#include "base/json.h"
#include "core/token.h"
#include "database/scope.h"

typedef struct impersonation {
    const token_keys *keys; /* NULL: no token can be verified */
    str audience;           /* or empty: any */
    str role_claim;         /* "role", or another path (claim_path.h) */
    str anonymous_role;     /* or empty: nobody without a token */
    str search_path;   /* behind the exposed schema: "public, extensions" */
    str before_schema; /* a function that runs first */
    str before;        /* or empty */
    str root_schema;   /* a function that answers GET / */
    str root;          /* or empty; its schema may be, too: the profile */
    const scope_setting *settings; /* of the application */
    size_t setting_count;
} impersonation;

typedef struct bearer {
    str role;
    str claims; /* a JSON object, its role in it */
    bool is_anonymous;
} bearer;

/* From the value of an Authorization header, without one an str with a NULL
 * ptr. ERR_TOKEN, ERR_TOKEN_CLAIMS; ERR_TOKEN_REQUIRED where nobody is
 * anonymous; ERR_TOKEN_SECRET when there are no keys. */
fallible impersonation_of(arena *a, const impersonation *i, str authorization,
                          int64_t now_s, bearer *out);

#endif
