/*
 * operator_token.h: what the operator's token is written like.
 *
 *     tenon_op_ 64 hexadecimal digits, 8 more that check them
 *
 * 256 random bits, so nobody finds one by trying. That is why its SHA-256 is
 * what is stored, and no slow hash, which is for what people think up. What was
 * mistyped or cut is known without asking a database, and who looks for secrets
 * in texts finds tenon_op_[0-9a-f]{72}.
 */
#ifndef CORE_OPERATOR_TOKEN_H
#define CORE_OPERATOR_TOKEN_H

#include "base/arena.h"
#include "base/rand.h"
#include "base/str.h"

enum { OPERATOR_TOKEN_DAYS = 90 }; /* how long it is good when nobody says */

extern const str OPERATOR_TOKEN_PREFIX;

str operator_token_make(arena *a, rand_source *r);

/* Is it meant to be one? */
bool operator_token_is_meant(str text);

/* Is it written as one, checksum and all? */
bool operator_token_is_whole(str text);

/* What is stored of it. */
str operator_token_hash(arena *a, str text);

/* The token of an Authorization header that is meant to be the operator's, or a
 * NULL ptr. */
str operator_token_of_header(str authorization);

#endif
