#include "bin/new_token.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/timestamp.h"
#include "core/operator_token.h"

enum { MS_A_DAY = 24 * 60 * 60 * 1000, MAX_DAYS = 366 };

new_token new_token_make(arena *a, int64_t days) {
    rand_source random = rand_secure();
    char *expires = arena_alloc(a, TIMESTAMP_LENGTH, 1);
    str text = operator_token_make(a, &random);
    timestamp_format((timestamp){clock_wall_ms(NULL) + days * MS_A_DAY},
                     expires);
    return (new_token){
        .text = text,
        .hash = operator_token_hash(a, text),
        .expires = {expires, TIMESTAMP_LENGTH},
    };
}

err *new_token_read_days(const command_context *c, int64_t *out) {
    str text = command_value(c, STR("days"));
    *out = OPERATOR_TOKEN_DAYS;
    if (str_is_empty(text) ||
        (str_parse_int64(text, out) && *out >= 1 && *out <= MAX_DAYS))
        return NULL;
    return err_new(c->arena, ERR_INVALID,
                   "--days is a number of days, 1 to %d, not '%.*s'", MAX_DAYS,
                   STR_ARG(text));
}

void new_token_show(buf *out, const new_token *t) {
    buf_printf(out,
               "The operator's token, good until %.*s and shown only now:\n\n"
               "  %.*s\n\n"
               "It reads the audit log, events and jobs, and nothing else: "
               "docs/operator.md.\n",
               STR_ARG(str_slice(t->expires, 0, sizeof "2024-01-31" - 1)),
               STR_ARG(t->text));
}
