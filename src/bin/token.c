/* token.c: `tenon token create`, `list` and `revoke`: the operator's tokens. */
#include "base/clock.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "bin/command.h"
#include "bin/new_token.h"
#include "bin/plain_text.h"
#include "core/operator_access.h"
#include "core/operator_token.h"
#include "database/token_store.h"

static const str KIND = STR_INIT(OPERATOR_TOKEN_KIND);

static err *open_store(command_context *c, target **out) {
    str url = config_text(&c->config, CONFIG_DATABASE);
    return target_open(c->arena, url, TARGET_WRITE, out);
}

static str now_of(arena *a) {
    char *text = arena_alloc(a, TIMESTAMP_LENGTH, 1);
    timestamp_format((timestamp){clock_wall_ms(NULL)}, text);
    return (str){text, TIMESTAMP_LENGTH};
}

static str make_id(arena *a) {
    rand_source random = rand_secure();
    uuid_sequence sequence = {0};
    char *text = arena_alloc(a, UUID_LENGTH, 1);
    uuid_format(uuid_v7(&sequence, &random, clock_wall_ms(NULL)), text);
    return (str){text, UUID_LENGTH};
}

static err *add(command_context *c, target *t, str name, str hash,
                str expires) {
    const token_record r = {
        .id = make_id(c->arena),
        .kind = KIND,
        .name = name,
        .prefix = OPERATOR_TOKEN_PREFIX,
        .hash = hash,
        .created_at = now_of(c->arena),
        .expires_at = expires,
    };
    return token_store_add(c->arena, t, &r);
}

/* The one of tenon init may not have been used yet. */
static err *adopt(command_context *c, target *t) {
    operator_first first;
    TRY(operator_first_parse(
        c->arena, config_text(&c->config, CONFIG_OPERATOR_TOKEN), &first));
    return str_is_empty(first.hash)
               ? NULL
               : add(c, t, STR("init"), first.hash, first.expires);
}

err *command_token_create(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    int64_t days;
    TRY(new_token_read_days(c, &days));
    TRY(open_store(c, &t));
    new_token made = new_token_make(c->arena, days);
    TRY(add(c, t, command_value(c, STR("name")), made.hash, made.expires));
    new_token_show(c->out, &made);
    return NULL;
}

static str state_of(const target_rows *rows, size_t row, str now) {
    str expires = target_cell(rows, row, TOKEN_EXPIRES_AT);
    if (target_cell(rows, row, TOKEN_REVOKED_AT).ptr != NULL)
        return STR("revoked");
    return str_compare(expires, now) > 0 ? STR("good until") : STR("expired");
}

err *command_token_list(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    target_rows rows;
    str now = now_of(c->arena);
    TRY(open_store(c, &t));
    TRY(adopt(c, t));
    TRY(token_store_list(c->arena, t, KIND, &rows));
    for (size_t i = 0; i < rows.row_count; i++) {
        str name = target_cell(&rows, i, TOKEN_NAME);
        str expires = target_cell(&rows, i, TOKEN_EXPIRES_AT);
        buf_printf(c->out, "%.*s  %.*s %.*s  ",
                   STR_ARG(target_cell(&rows, i, TOKEN_ID)),
                   STR_ARG(state_of(&rows, i, now)),
                   STR_ARG(str_slice(expires, 0, sizeof "2024-01-31" - 1)));
        plain_text_write(c->out, name, SIZE_MAX);
        buf_append_char(c->out, '\n');
    }
    if (rows.row_count == 0)
        buf_append(c->out, STR("no tokens; tenon token create makes one\n"));
    return NULL;
}

err *command_token_revoke(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    bool is_there;
    if (c->argument_count == 0)
        return err_with_hint(
            err_new(c->arena, ERR_INVALID, "which token? give its id"),
            STR("tenon token list shows the ids"));
    str id = c->arguments[0];
    TRY(open_store(c, &t));
    TRY(adopt(c, t));
    TRY(token_store_revoke(c->arena, t, KIND, id, now_of(c->arena), &is_there));
    if (!is_there)
        return err_with_hint(err_new(c->arena, ERR_NOT_FOUND,
                                     "there is no token %.*s that is not "
                                     "revoked",
                                     STR_ARG(id)),
                             STR("tenon token list shows the ids"));
    buf_printf(c->out, "revoked %.*s\n", STR_ARG(id));
    return NULL;
}
