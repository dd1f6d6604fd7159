/*
 * operator_access.h: is this the operator's token, and is it still good?
 *
 * Tokens are rows of the Token table, by their hashes. The first one is made by
 * `tenon init`, when there is no database yet: its hash and its last day are in
 * a setting, and it becomes a row when it is used for the first time.
 */
#ifndef CORE_OPERATOR_ACCESS_H
#define CORE_OPERATOR_ACCESS_H

#include "core/caller.h"
#include "io/address_range.h"

/* token.kind of the operator's tokens. */
#define OPERATOR_TOKEN_KIND "operator"

/* The one of tenon init: hash@day, "9f86…@2027-02-19". */
typedef struct operator_first {
    str hash;    /* or empty: there is none */
    str expires; /* as a DateTime value */
} operator_first;

/* From where tokens are taken, and the first one; app.operators. */
typedef struct operator_rules {
    const address_range *ranges;
    size_t range_count; /* 0: from nowhere */
    bool is_local;      /* this machine's own, and nobody's by a proxy */
    operator_first first;
} operator_rules;

/* Of the setting's text; "none" is none. ERR_INVALID. */
fallible operator_first_parse(arena *a, str text, operator_first *out);

/* For the setting. expires is a DateTime value. */
str operator_first_format(arena *a, str hash, str expires);

/* c is a system_caller. ERR_TOKEN: it is none; ERR_TOKEN_CLAIMS: it was one, but
 * is expired or revoked. Suspends. */
fallible operator_access_check(const caller *c, const operator_rules *rules,
                               str token);

#endif
