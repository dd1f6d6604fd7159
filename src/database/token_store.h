/*
 * token_store.h: the Token table for commands, which write to a database that
 * may be served by another process or by none.
 */
#ifndef DATABASE_TOKEN_STORE_H
#define DATABASE_TOKEN_STORE_H

#include "database/migrate/target.h"

typedef struct token_record {
    str id; /* a UUID */
    str kind;
    str name;       /* or empty */
    str prefix;     /* what such tokens begin with */
    str hash;       /* of the token, which is nowhere */
    str created_at; /* times are DateTime values */
    str expires_at;
} token_record;

/* The columns of token_store_list. */
enum {
    TOKEN_ID,
    TOKEN_NAME,
    TOKEN_CREATED_AT,
    TOKEN_EXPIRES_AT,
    TOKEN_REVOKED_AT,
    TOKEN_COLUMN_COUNT,
};

/* Does nothing when the hash is there. All of these are ERR_NOT_FOUND when the
 * database has no such table. Block. */
fallible token_store_add(arena *a, target *t, const token_record *r);

/* The newest first. */
fallible token_store_list(arena *a, target *t, str kind, target_rows *out);

/* *is_there: there was one of that id, and it was good until now. */
fallible token_store_revoke(arena *a, target *t, str kind, str id, str now,
                            bool *is_there);

#endif
