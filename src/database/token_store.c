#include "database/token_store.h"

/* On SQLite, where all are texts, and on PostgreSQL. */
typedef struct statement {
    const char *lite;
    const char *postgres;
} statement;

static const statement ADD = {
    "INSERT INTO tenon_token (id, kind, name, prefix, hash, created_at,"
    " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (hash) DO NOTHING",
    "INSERT INTO tenon.token (id, kind, name, prefix, hash, created_at,"
    " expires_at) VALUES ($1::uuid, $2, $3, $4, $5, $6::timestamptz,"
    " $7::timestamptz) ON CONFLICT (hash) DO NOTHING",
};
#define SHOWN(column)                                                          \
    "to_char(" column " AT TIME ZONE 'UTC',"                                   \
    " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+00:00\"')"
static const statement LIST = {
    "SELECT id, name, created_at, expires_at, revoked_at FROM tenon_token"
    " WHERE kind = $1 ORDER BY created_at DESC, id",
    "SELECT id, name, " SHOWN("created_at") ", " SHOWN("expires_at") ", " SHOWN(
        "revoked_at") " FROM tenon.token WHERE kind = $1"
                      " ORDER BY tenon.token.created_at DESC, id",
};
static const statement REVOKE = {
    "UPDATE tenon_token SET revoked_at = $3"
    " WHERE kind = $1 AND id = $2 AND revoked_at IS NULL RETURNING id",
    "UPDATE tenon.token SET revoked_at = $3::timestamptz WHERE kind = $1"
    " AND id::text = $2 AND revoked_at IS NULL RETURNING id",
};

static err *run(arena *a, target *t, const statement *s, const str *parameters,
                size_t count, target_rows *out) {
    bool is_lite = target_engine(t) == ENGINE_SQLITE;
    err *e = target_query(a, t, str_of(is_lite ? s->lite : s->postgres),
                          parameters, count, out);
    if (e == NULL || e->code != ERR_UNKNOWN_TABLE)
        return e;
    return err_with_hint(err_new(a, ERR_NOT_FOUND,
                                 "the database %.*s has no tokens",
                                 STR_ARG(target_label(t))),
                         STR("'tenon push' and 'tenon serve' make the table"));
}

/* NULL for what is empty. */
static str or_null(str text) {
    return str_is_empty(text) ? (str){0} : text;
}

err *token_store_add(arena *a, target *t, const token_record *r) {
    const str parameters[] = {r->id,        r->kind, or_null(r->name),
                              r->prefix,    r->hash, r->created_at,
                              r->expires_at};
    target_rows none;
    return run(a, t, &ADD, parameters, LENGTH(parameters), &none);
}

err *token_store_list(arena *a, target *t, str kind, target_rows *out) {
    return run(a, t, &LIST, &kind, 1, out);
}

err *token_store_revoke(arena *a, target *t, str kind, str id, str now,
                        bool *is_there) {
    const str parameters[] = {kind, id, now};
    target_rows revoked;
    TRY(run(a, t, &REVOKE, parameters, LENGTH(parameters), &revoked));
    *is_there = revoked.row_count > 0;
    return NULL;
}
