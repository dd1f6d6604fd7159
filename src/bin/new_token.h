/* new_token.h: a fresh token of the operator's, for `tenon init` and `tenon
 * token create`. It is shown once and kept nowhere. */
#ifndef BIN_NEW_TOKEN_H
#define BIN_NEW_TOKEN_H

#include "bin/command.h"

typedef struct new_token {
    str text;
    str hash;
    str expires; /* as a DateTime value */
} new_token;

new_token new_token_make(arena *a, int64_t days);

/* What --days says. ERR_INVALID. */
fallible new_token_read_days(const command_context *c, int64_t *out);

void new_token_show(buf *out, const new_token *t);

#endif
