#include "core/operator_access.h"

#include "base/hex.h"
#include "base/sha256.h"
#include "base/timestamp.h"
#include "core/default_maker.h"
#include "core/mutation_engine.h"
#include "core/operator_token.h"
#include "database/system_schema.h"

/* ---- The first one ------------------------------------------------------- */

static const char LAST_MOMENT[] = "T23:59:59.999+00:00";
enum { DAY_LENGTH = sizeof "2024-01-31" - 1 };

err *operator_first_parse(arena *a, str text, operator_first *out) {
    str day = text;
    str hash = str_split(&day, '@');
    str expires = arena_printf(a, "%.*s%s", STR_ARG(day), LAST_MOMENT);
    str bytes;
    timestamp t;
    *out = (operator_first){0};
    if (str_equal(text, STR("none")))
        return NULL;
    bool is_good = hash.len == SHA256_HEX_LENGTH &&
                   hex_decode(a, hash, &bytes) && day.len == DAY_LENGTH &&
                   timestamp_parse(a, expires, &t) == NULL;
    if (!is_good)
        return err_with_hint(
            err_new(a, ERR_INVALID,
                    "operator-token: expected a hash and a day, as tenon init "
                    "writes them"),
            STR("tenon token create makes a token that needs no setting"));
    *out = (operator_first){.hash = hash, .expires = expires};
    return NULL;
}

str operator_first_format(arena *a, str hash, str expires) {
    return arena_printf(a, "%.*s@%.*s", STR_ARG(hash),
                        STR_ARG(str_slice(expires, 0, DAY_LENGTH)));
}

/* ---- Looking ------------------------------------------------------------- */

enum { KIND, EXPIRES_AT, REVOKED_AT, COLUMN_COUNT };

typedef struct token_row {
    bool is_there;
    bool is_revoked;
    str kind;
    str expires_at; /* as a DateTime value; empty: never */
} token_row;

static value text_value(str text) {
    return (value){.kind = VALUE_TEXT, .text = text};
}

static const field *column_of(const caller *c, const char *name) {
    return system_schema_field(c->app->system, SYSTEM_TOKEN, name);
}

static str text_of(arena *a, const value *v) {
    return v->kind == VALUE_TEXT ? arena_copy(a, v->text) : (str){0};
}

/* By an index of hashes, so how long it takes says nothing about the token. */
static err *find(const caller *c, str hash, token_row *out) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    const query_column columns[COLUMN_COUNT] = {
        query_column_of(column_of(c, "kind")),
        query_column_of(column_of(c, "expires_at")),
        query_column_of(column_of(c, "revoked_at")),
    };
    const filter where = {
        .kind = FILTER_COMPARE,
        .field = column_of(c, "hash"),
        .value = text_value(hash),
    };
    const query q = {
        .model = system_schema_model(c->app->system, SYSTEM_TOKEN),
        .columns = columns,
        .column_count = COLUMN_COUNT,
        .where = &where,
        .limit = 1,
    };
    *out = (token_row){0};
    TRY(database_query(c->session, c->arena, &q, &rows));
    out->is_there = database_rows_next(rows);
    if (out->is_there) {
        out->kind = text_of(c->arena, &rows->values[KIND]);
        out->expires_at = text_of(c->arena, &rows->values[EXPIRES_AT]);
        out->is_revoked = rows->values[REVOKED_AT].kind != VALUE_NULL;
    }
    return database_rows_end(rows);
}

/* Another worker may do so at the same time. */
static err *adopt(const caller *c, const operator_first *first) {
    enum { FIELDS = 6 };
    default_maker defaults = default_maker_for(c);
    const field *const fields[FIELDS] = {
        column_of(c, "hash"),       column_of(c, "kind"),
        column_of(c, "name"),       column_of(c, "prefix"),
        column_of(c, "created_at"), column_of(c, "expires_at"),
    };
    const value values[FIELDS] = {
        text_value(first->hash),      text_value(STR(OPERATOR_TOKEN_KIND)),
        text_value(STR("init")),      text_value(OPERATOR_TOKEN_PREFIX),
        default_maker_now(&defaults), text_value(first->expires),
    };
    const mutation m = {
        .kind = MUTATION_INSERT,
        .model = fields[0]->model,
        .fields = fields,
        .field_count = FIELDS,
        .values = values,
        .row_count = 1,
        .on_conflict = CONFLICT_IGNORE,
        .conflict_fields = fields,
        .conflict_field_count = 1,
        .max_rows = MUTATION_ANY_COUNT,
    };
    mutation_result made;
    return mutation_engine_run(c, &m, &made);
}

/* ---- Deciding ------------------------------------------------------------ */

static err *refuse(arena *a, err_code code, const char *why) {
    return err_with_hint(err_new(a, code, "the operator's token %s", why),
                         STR("tenon token create makes another one"));
}

static err *check_expiry(const caller *c, str expires_at) {
    timestamp t;
    if (str_is_empty(expires_at))
        return NULL;
    TRY(timestamp_parse(c->arena, expires_at, &t));
    return t.ms > clock_wall_ms(c->app->clock)
               ? NULL
               : refuse(c->arena, ERR_TOKEN_CLAIMS, "has expired");
}

err *operator_access_check(const caller *c, const operator_rules *rules,
                           str token) {
    token_row row;
    const operator_first *first = &rules->first;
    if (!operator_token_is_whole(token))
        return refuse(c->arena, ERR_TOKEN, "is not valid");
    str hash = operator_token_hash(c->arena, token);
    TRY(find(c, hash, &row));
    if (!row.is_there && str_equal(hash, first->hash)) {
        TRY(check_expiry(c, first->expires));
        TRY(adopt(c, first));
        TRY(find(c, hash, &row));
    }
    if (!row.is_there || !str_equal(row.kind, STR(OPERATOR_TOKEN_KIND)))
        return refuse(c->arena, ERR_TOKEN, "is not valid");
    if (row.is_revoked)
        return refuse(c->arena, ERR_TOKEN_CLAIMS, "was revoked");
    return check_expiry(c, row.expires_at);
}
