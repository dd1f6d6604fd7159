/*
 * token.h: who a JSON Web Token says its bearer is (RFC 7519, RFC 7515), if
 * that is true.
 *
 * The keys say which algorithms may be used; a token that names another one,
 * or none at all, is refused. Clocks may differ by half a minute.
 */
#ifndef CORE_TOKEN_H
#define CORE_TOKEN_H

#include "base/err.h"
#include "base/json.h"

typedef struct token_keys token_keys;

enum {
    TOKEN_SECRET_MIN = 32, /* bytes, as many as HS256's digest has */
    TOKEN_LEEWAY_S = 30,
};

/* text is a secret, a JSON Web Key or a set of them (RFC 7517). Keys of a set
 * that are not for signatures, or of a kind we do not know, are left out.
 * ERR_INVALID if nothing is left, or for a secret that is too short. Lives
 * until token_keys_free. */
fallible token_keys_read(arena *a, str text, token_keys **out);

/* The same for a secret that is written in base64, of either alphabet. */
fallible token_keys_read_base64(arena *a, str text, token_keys **out);

/* NULL is fine. */
void token_keys_free(token_keys *keys);

/* The claims, a JSON object that borrows from a. ERR_TOKEN if it is no token
 * that one of the keys has signed; ERR_TOKEN_CLAIMS if it is one, but expired,
 * not valid yet, or with an audience that does not hold ours (empty: any
 * will do). */
fallible token_verify(arena *a, const token_keys *keys, str audience,
                      int64_t now_s, str token, const json **out);

#endif
