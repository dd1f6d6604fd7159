#include "database/postgres/pg_receipt.h"

#include "base/hex.h"
#include "database/postgres/pg_role.h"
#include "database/sql.h"

_Static_assert(RECEIPT_LIFE_HOURS == 24 && RECEIPT_PRUNED == 16,
               "the statements below say so");

#define IS_OLD "created_at <= now() - interval '24 hours'"

/* Names begin with their schema everywhere: the search path is the app's. No
 * lock is taken, and is_held is null, where there is a row already. The
 * insert sees a row that was committed after the statement began. */
static const char CLAIM[] =
    "WITH held AS MATERIALIZED (SELECT CASE WHEN EXISTS ("
    "SELECT FROM tenon.idempotency WHERE scope = $1::text AND key = $2::text"
    " AND NOT " IS_OLD ") THEN NULL ELSE pg_try_advisory_xact_lock("
    "hashtextextended('tenon.idempotency ' || $1::text || ' ' || $2::text, 0))"
    " END AS is_held),"
    " made AS (INSERT INTO tenon.idempotency AS k"
    " (scope, key, fingerprint, created_at)"
    " SELECT $1::text, $2::text, $3::text, now() FROM held WHERE is_held"
    " ON CONFLICT (scope, key) DO UPDATE SET fingerprint ="
    " excluded.fingerprint, created_at = excluded.created_at, status = NULL,"
    " headers = NULL, body = NULL WHERE k." IS_OLD " RETURNING 1)"
    " SELECT is_held, EXISTS (SELECT FROM made) FROM held";

enum { IS_HELD, IS_MADE };

static const char FIND[] =
    "SELECT fingerprint, status, headers, encode(body, 'hex')"
    " FROM tenon.idempotency WHERE scope = $1::text AND key = $2::text"
    " AND status IS NOT NULL";

enum { FINGERPRINT, STATUS, HEADERS, BODY };

/* Old ones that somebody else is at stay. */
static const char KEEP[] =
    "WITH gone AS (DELETE FROM tenon.idempotency WHERE ctid = ANY (ARRAY("
    "SELECT ctid FROM tenon.idempotency WHERE " IS_OLD " ORDER BY created_at"
    " LIMIT 16 FOR UPDATE SKIP LOCKED)))"
    " UPDATE tenon.idempotency SET status = $3::int, headers = $4::text,"
    " body = $5::bytea WHERE scope = $1::text AND key = $2::text";

/* ---- A claim ------------------------------------------------------------ */

/* Its two questions. */
typedef struct claim {
    pg_ticket taken;
    pg_ticket found;
    pg_ticket end;
} claim;

static pg_arguments key_of(arena *a, const receipt *r) {
    pg_arguments arguments = {0};
    pg_arguments_add_text(a, &arguments, r->scope);
    pg_arguments_add_text(a, &arguments, r->key);
    return arguments;
}

static void ask(pg_session *s, arena *a, pg_pipe *p, const receipt *r,
                claim *c) {
    pg_arguments find = key_of(a, r);
    pg_arguments take = key_of(a, r);
    pg_arguments_add_text(a, &take, r->fingerprint);
    pg_session_run_with(s, p, CLAIM, &take, &c->taken);
    pg_session_run_with(s, p, FIND, &find, &c->found);
    pg_pipe_sync(p, &c->end);
    while (c->end.state == PG_WAITING)
        fiber_park_until_woken();
}

/* The first answer that is not PG_DONE, or NULL. */
static pg_ticket *find_failed(claim *c) {
    if (c->taken.state != PG_DONE)
        return &c->taken;
    if (c->found.state != PG_DONE)
        return &c->found;
    return c->end.state != PG_DONE ? &c->end : NULL;
}

static str cell(const pg_session *s, const pg_ticket *t, int column) {
    return (str){s->pq->PQgetvalue(t->result, 0, column),
                 (size_t)s->pq->PQgetlength(t->result, 0, column)};
}

static err *take_answer(const pg_session *s, arena *a, const pg_ticket *found,
                        receipt *r) {
    int64_t status = 0;
    str body = {0};
    if (!str_equal(cell(s, found, FINGERPRINT), r->fingerprint))
        return receipt_refuse_reuse(a);
    if (!str_parse_int64(cell(s, found, STATUS), &status) ||
        !hex_decode(a, cell(s, found, BODY), &body))
        return err_new(a, ERR_CORRUPT, "a row of tenon.idempotency is damaged");
    r->is_repeat = true;
    r->answer = (receipt_answer){
        .status = (int)status,
        .headers = arena_copy(a, cell(s, found, HEADERS)),
        .body = body,
    };
    return NULL;
}

static err *take(const pg_session *s, arena *a, const claim *c, receipt *r) {
    if (str_equal(cell(s, &c->taken, IS_HELD), STR("f")))
        return receipt_refuse_busy(a);
    if (str_equal(cell(s, &c->taken, IS_MADE), STR("t")))
        return NULL;
    /* There a moment ago, and taken away by whoever makes room. */
    if (s->pq->PQntuples(c->found.result) == 0)
        return receipt_refuse_busy(a);
    return take_answer(s, a, &c->found, r);
}

err *pg_receipt_claim(pg_session *s, arena *a, pg_pipe *p, receipt *r,
                      pg_ticket *failed) {
    claim c = {.end = {.fiber = fiber_current()}};
    err *e = NULL;
    r->is_repeat = false;
    ask(s, a, p, r, &c);
    pg_ticket *first = find_failed(&c);
    if (first == NULL) {
        e = take(s, a, &c, r);
    } else {
        *failed = *first;
        first->result = NULL;
    }
    s->pq->PQclear(c.taken.result);
    s->pq->PQclear(c.found.result);
    s->pq->PQclear(c.end.result);
    return e;
}

/* ---- The answer --------------------------------------------------------- */

void pg_receipt_keep(pg_session *s, arena *a, pg_pipe *p, const receipt *r,
                     pg_ticket *out) {
    pg_arguments arguments = key_of(a, r);
    pg_arguments_add_int(a, &arguments, r->answer.status);
    pg_arguments_add_text(a, &arguments, r->answer.headers);
    pg_arguments_add_bytes(a, &arguments, r->answer.body);
    pg_session_run_with(s, p, KEEP, &arguments, out);
}

err *pg_receipt_explain(arena *a, err *e) {
    bool is_missing = str_equal(e->foreign_code, STR("42P01")) ||
                      str_equal(e->foreign_code, STR("3F000")) ||
                      str_equal(e->foreign_code, STR("42501"));
    if (!is_missing)
        return e;
    return err_with_hint(
        err_new(a, ERR_UNSUPPORTED,
                "Idempotency-Key needs the table tenon.idempotency"),
        STR("'tenon push' and 'tenon migrate deploy' make it"));
}

/* ---- The table ---------------------------------------------------------- */

static const char MAKE[] = "CREATE TABLE tenon.idempotency (\n"
                           "    scope text NOT NULL,\n"
                           "    key text NOT NULL,\n"
                           "    fingerprint text NOT NULL,\n"
                           "    status integer,\n"
                           "    headers text,\n"
                           "    body bytea,\n"
                           "    created_at timestamptz NOT NULL,\n"
                           "    PRIMARY KEY (scope, key)\n"
                           ");\n"
                           "CREATE INDEX idempotency_created_at_idx"
                           " ON tenon.idempotency (created_at)";

static const char LOOK[] = "SELECT to_regnamespace('tenon') IS NOT NULL,"
                           " to_regclass('tenon.idempotency') IS NOT NULL";

/* $1: who. */
static const char MAY_USE[] =
    "SELECT has_schema_privilege($1::name, 'tenon', 'USAGE')"
    " AND has_table_privilege($1::name, 'tenon.idempotency', 'SELECT')"
    " AND has_table_privilege($1::name, 'tenon.idempotency', 'INSERT')"
    " AND has_table_privilege($1::name, 'tenon.idempotency', 'UPDATE')"
    " AND has_table_privilege($1::name, 'tenon.idempotency', 'DELETE')";

static bool is_true(const pg_rows *rows, size_t column) {
    return str_equal(pg_rows_cell(rows, 0, column), STR("t"));
}

static err *make_table(arena *a, pg_connection *c) {
    pg_rows rows;
    TRY(pg_connection_query(a, c, str_of(LOOK), NULL, 0, &rows));
    if (!is_true(&rows, 0))
        TRY(pg_connection_run(a, c, STR(""), STR("CREATE SCHEMA tenon")));
    if (is_true(&rows, 1))
        return NULL;
    return pg_connection_run(a, c, STR(""), str_of(MAKE));
}

static err *grant(arena *a, pg_connection *c, str role) {
    CLEANUP(buf_free) buf sql = buf_new(4096);
    pg_rows rows;
    TRY(pg_connection_query(a, c, str_of(MAY_USE), &role, 1, &rows));
    if (is_true(&rows, 0))
        return NULL;
    buf_append(&sql, STR("GRANT USAGE ON SCHEMA tenon TO "));
    sql_write_name(&sql, role);
    buf_append(&sql, STR(";GRANT SELECT, INSERT, UPDATE, DELETE"
                         " ON TABLE tenon.idempotency TO "));
    sql_write_name(&sql, role);
    return pg_connection_run(a, c, STR(""), buf_str(&sql));
}

static err *prepare(arena *a, pg_connection *c, bool has_roles) {
    pg_role_choice choice = {0};
    TRY(make_table(a, c));
    if (has_roles)
        TRY(pg_role_choose(a, c, PG_PATH_WRITE, &choice));
    return str_is_empty(choice.role) ? NULL : grant(a, c, choice.role);
}

err *pg_receipt_prepare(arena *a, pg_connection *c, bool has_roles,
                        buf *report) {
    TRY(pg_connection_begin(a, c));
    err *e = prepare(a, c, has_roles);
    if (e == NULL)
        e = pg_connection_commit(a, c);
    if (e == NULL)
        return NULL;
    pg_connection_rollback(c);
    if (e->code != ERR_DENIED)
        return err_wrap(a, e, "making the table of idempotency keys");
    buf_printf(report,
               "warning: requests with an Idempotency-Key are refused: "
               "%.*s\n",
               STR_ARG(e->message));
    return NULL;
}
