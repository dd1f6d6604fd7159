/* target_pg.c: a PostgreSQL database as a target. */
#include "base/rand.h"
#include "base/sql_token.h"
#include "database/migrate/target_engine.h"
#include "database/postgres/pg_connection.h"
#include "database/postgres/pg_guard.h"
#include "database/postgres/pg_receipt.h"
#include "database/postgres/pg_role_grant.h"
#include "database/postgres/pg_script.h"
#include "database/postgres/pg_settle.h"
#include "database/postgres/pg_structure.h"
#include "database/postgres/pg_system.h"
#include "database/postgres/pg_url.h"
#include "database/sql.h"
#include "database/system_schema.h"

typedef struct pg_target {
    target base;
    pg_connection *connection;
    pg_connection *maker; /* of a blank database, to drop it; else NULL */
    str made;             /* its name */
    bool is_shadow;       /* a given one: emptied when it is closed */
} pg_target;

static pg_target *of(target *t) {
    return CONTAINER_OF(t, pg_target, base);
}

static err *wipe(arena *a, pg_connection *c, const str *schemas, size_t count);
static err *wipe_all(arena *a, pg_connection *c);

static void pg_target_close(target *base) {
    pg_target *t = of(base);
    CLEANUP(arena_release) arena *a = arena_new();
    if (t->connection != NULL)
        pg_connection_rollback(t->connection);
    /* What cannot be cleaned up is told when it is used the next time. */
    if (t->is_shadow) {
        err *e = wipe_all(a, t->connection);
        (void)e;
    }
    pg_connection_close(&t->connection);
    if (t->maker != NULL) {
        CLEANUP(buf_free) buf sql = buf_new(1024);
        buf_append(&sql, STR("DROP DATABASE IF EXISTS "));
        sql_write_name(&sql, t->made);
        err *e = pg_connection_run(a, t->maker, STR(""), buf_str(&sql));
        (void)e;
        pg_connection_close(&t->maker);
    }
}

static err *pg_target_open(arena *a, str url, target_access access,
                           target **out) {
    pg_target *t = arena_new_array(a, pg_target, 1);
    t->base.engine = ENGINE_POSTGRESQL;
    TRY(pg_connection_open(a, url, &t->connection));
    t->base.label = pg_connection_label(t->connection);
    *out = &t->base;
    if (access == TARGET_READ)
        return NULL;
    err *e =
        pg_connection_run(a, t->connection, (str){0}, STR(PG_GUARD_SESSION));
    if (e != NULL)
        pg_connection_close(&t->connection);
    return e;
}

/* ---- A blank one ---------------------------------------------------------*/

/* The same URL with another database. */
static str with_database(arena *a, str url, str name) {
    str rest = url;
    str scheme = str_split(&rest, ':');
    if (str_starts_with(rest, STR("//")))
        str_take(&rest, 2);
    size_t parameters = str_find_char(rest, '?');
    str tail = str_slice(rest, parameters, rest.len);
    str authority = str_slice(rest, 0, parameters);
    authority = str_split(&authority, '/');
    return arena_printf(a, "%.*s://%.*s/%.*s%.*s", STR_ARG(scheme),
                        STR_ARG(authority), STR_ARG(name), STR_ARG(tail));
}

static str random_name(arena *a) {
    rand_source random = rand_secure();
    return arena_printf(a, "tenon_shadow_%016llx",
                        (unsigned long long)rand_uint64(&random));
}

static err *make_database(arena *a, str url, pg_target *t) {
    CLEANUP(buf_free) buf sql = buf_new(1024);
    TRY(pg_connection_open(a, url, &t->maker));
    str name = random_name(a);
    buf_append(&sql, STR("CREATE DATABASE "));
    sql_write_name(&sql, name);
    buf_append(&sql, STR(" TEMPLATE template0"));
    err *e = pg_connection_run(a, t->maker, STR(""), buf_str(&sql));
    if (e != NULL) {
        pg_connection_close(&t->maker);
        return err_with_hint(
            err_wrap(a, e, "making a blank database to try migrations in"),
            STR("the role needs CREATEDB; or name an empty database with "
                "--shadow-database"));
    }
    t->made = name;
    return NULL;
}

/* Prisma's ?schema= is where tables without a schema of their own go. */
static err *make_schema(arena *a, str url, pg_connection *c) {
    pg_url parts;
    CLEANUP(buf_free) buf sql = buf_new(1024);
    TRY(pg_url_parse(a, url, &parts));
    if (str_is_empty(parts.schema))
        return NULL;
    buf_append(&sql, STR("CREATE SCHEMA IF NOT EXISTS "));
    sql_write_name(&sql, parts.schema);
    return pg_connection_run(a, c, STR(""), buf_str(&sql));
}

/* In any schema: what is in it is dropped with the schemas when it is closed.
 * What an extension brought is no work of anybody's. */
static err *is_used(arena *a, pg_connection *c, bool *out) {
    static const str SQL = STR_INIT(
        "SELECT 1 FROM (SELECT oid, relnamespace AS place FROM pg_class"
        " UNION ALL SELECT oid, pronamespace FROM pg_proc"
        " UNION ALL SELECT oid, typnamespace FROM pg_type) AS o"
        " JOIN pg_namespace n ON n.oid = o.place"
        " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid"
        " AND d.deptype = 'e') LIMIT 1");
    pg_rows rows;
    TRY(pg_connection_query(a, c, SQL, NULL, 0, &rows));
    *out = rows.row_count > 0;
    return NULL;
}

static err *take_shadow(arena *a, pg_target *t) {
    bool is_in_use = true;
    TRY(is_used(a, t->connection, &is_in_use));
    if (is_in_use)
        return err_with_hint(
            err_new(a, ERR_CONFLICT, "the shadow database %.*s is not empty",
                    STR_ARG(pg_connection_label(t->connection))),
            STR("name a database that nobody uses: it is filled and emptied "
                "again"));
    t->is_shadow = true;
    return NULL;
}

static err *pg_target_open_blank(arena *a, str url, str shadow, target **out) {
    pg_target *t = arena_new_array(a, pg_target, 1);
    str place = shadow;
    t->base.engine = ENGINE_POSTGRESQL;
    if (str_is_empty(shadow)) {
        TRY(make_database(a, url, t));
        place = with_database(a, url, t->made);
    }
    err *e = pg_connection_open(a, place, &t->connection);
    if (e == NULL && !str_is_empty(shadow))
        e = take_shadow(a, t);
    if (e == NULL)
        e = make_schema(a, place, t->connection);
    if (e != NULL) {
        pg_target_close(&t->base);
        return e;
    }
    t->base.label = pg_connection_label(t->connection);
    *out = &t->base;
    return NULL;
}

static err *pg_target_structure(arena *a, target *base, const str *schemas,
                                size_t count, structure *out) {
    return pg_structure_read(a, of(base)->connection, schemas, count, out);
}

static err *pg_target_settle(arena *a, target *base, const structure *have,
                             const structure *want, const structure **settled) {
    return pg_settle_defaults(a, of(base)->connection, have, want, settled);
}

/* ---- The lock ------------------------------------------------------------*/

/* "tenon" in ASCII: one lock for all of our migrations of a database. */
#define LOCK_KEY "499848244078"

static err *pg_target_lock(arena *a, target *base, int64_t timeout_ms) {
    pg_target *t = of(base);
    pg_limits limits = {.lock_ms = timeout_ms};
    pg_rows rows;
    TRY(pg_connection_limit(a, t->connection, limits));
    err *e = pg_connection_query(a, t->connection,
                                 STR("SELECT pg_advisory_lock(" LOCK_KEY ")"),
                                 NULL, 0, &rows);
    if (e == NULL || e->code != ERR_BUSY)
        return e;
    return err_with_hint(
        err_new(a, ERR_BUSY, "another migration of %.*s is running",
                STR_ARG(t->base.label)),
        STR("wait for it; --lock-timeout says how long to wait"));
}

/* ---- Statements ----------------------------------------------------------*/

static err *pg_target_begin(arena *a, target *base) {
    return pg_connection_begin(a, of(base)->connection);
}

static err *pg_target_commit(arena *a, target *base) {
    return pg_connection_commit(a, of(base)->connection);
}

static void pg_target_rollback(target *base) {
    pg_connection_rollback(of(base)->connection);
}

static bool is_about_transaction(str statement) {
    static const str WORDS[] = {
        STR_INIT("BEGIN"), STR_INIT("START"),    STR_INIT("COMMIT"),
        STR_INIT("END"),   STR_INIT("ROLLBACK"), STR_INIT("ABORT"),
    };
    sql_token word;
    sql_token last = {0};
    if (!sql_token_next(&statement, &word))
        return false;
    bool is_found = false;
    for (size_t i = 0; i < LENGTH(WORDS); i++)
        is_found |= sql_token_is_word(word, WORDS[i]);
    if (sql_token_is_word(word, STR("PREPARE")))
        return sql_token_next(&statement, &last) &&
               sql_token_is_word(last, STR("TRANSACTION"));
    /* ROLLBACK TO a savepoint stays inside. */
    while (is_found && sql_token_next(&statement, &last))
        if (sql_token_is_word(last, STR("TO")))
            return false;
    return is_found;
}

/* Ours must end where we end it: what came before could not be undone. */
static err *refuse_transactions(arena *a, str name, str sql) {
    pg_script rest = pg_script_of(sql);
    pg_statement s;
    while (pg_script_next(&rest, &s)) {
        if (!is_about_transaction(s.text))
            continue;
        str said = STR("the migration is one transaction already: remove"
                       " BEGIN, COMMIT and ROLLBACK");
        if (str_is_empty(name))
            return err_new(a, ERR_INVALID, "%.*s", STR_ARG(said));
        return err_new(a, ERR_INVALID, "%.*s:%zu: %.*s", STR_ARG(name),
                       s.place.line, STR_ARG(said));
    }
    return NULL;
}

/* Outside of a transaction each statement is one: some want that. */
static err *pg_target_run(arena *a, target *base, str name, str sql) {
    pg_connection *c = of(base)->connection;
    if (!pg_connection_is_in_transaction(c))
        return pg_connection_run_each(a, c, name, sql);
    TRY(refuse_transactions(a, name, sql));
    return pg_connection_run(a, c, name, sql);
}

static err *pg_target_query(arena *a, target *base, str sql,
                            const str *parameters, size_t count,
                            target_rows *out) {
    pg_rows rows;
    TRY(pg_connection_query(a, of(base)->connection, sql, parameters, count,
                            &rows));
    *out = (target_rows){.row_count = rows.row_count,
                         .column_count = rows.column_count,
                         .cells = rows.cells};
    return NULL;
}

/* ---- Protection ----------------------------------------------------------*/

/* The log and the feed are there already, to be granted. */
static err *prepare_system(arena *a, pg_connection *c, const protection *p,
                           str reader, buf *report) {
    pg_system_place place = {.has_roles = p->has_roles, .reader = reader};
    TRY(system_schema_load(a, NULL, ENGINE_POSTGRESQL, &place.system));
    err *e = pg_system_prepare(a, c, &place);
    if (e == NULL || e->code != ERR_DENIED)
        return e;
    buf_printf(report, "warning: Tenon's own tables are not made: %.*s\n",
               STR_ARG(e->message));
    return NULL;
}

static err *guard(arena *a, pg_connection *c, const pg_guard_place *place,
                  bool is_wanted, buf *report) {
    return is_wanted ? pg_guard_install(a, c, place, report)
                     : pg_guard_remove(a, c, report);
}

static err *pg_target_protect(arena *a, target *base, const schema *s,
                              const protection *p, buf *report) {
    pg_connection *c = of(base)->connection;
    str own = pg_connection_schema(c);
    pg_url reader = {0};
    if (!str_is_empty(p->read_url))
        TRY(pg_url_parse(a, p->read_url, &reader));
    pg_role_place place = {.schemas = &own,
                           .schema_count = 1,
                           .reader = reader.user,
                           .called = p->called_schemas,
                           .called_count = p->called_schema_count};
    if (s != NULL && s->datasource.schema_count > 0) {
        place.schemas = s->datasource.schemas;
        place.schema_count = s->datasource.schema_count;
    }
    if (p->has_roles)
        TRY(pg_role_prepare(a, c, &place, report));
    TRY(pg_receipt_prepare(a, c, p->has_roles, report));
    pg_guard_place guarded = {place.schemas, place.schema_count, s,
                              p->has_roles};
    TRY(guard(a, c, &guarded, p->has_guards, report));
    return prepare_system(a, c, p, reader.user, report);
}

/* ---- Beginning anew ------------------------------------------------------*/

static err *drop_schema(arena *a, pg_connection *c, str name) {
    CLEANUP(buf_free) buf sql = buf_new(1024);
    buf_append(&sql, STR("DROP SCHEMA IF EXISTS "));
    sql_write_name(&sql, name);
    buf_append(&sql, STR(" CASCADE"));
    return pg_connection_run(a, c, STR(""), buf_str(&sql));
}

static err *wipe(arena *a, pg_connection *c, const str *schemas, size_t count) {
    TRY(pg_connection_begin(a, c));
    TRY(drop_schema(a, c, STR("tenon")));
    TRY(drop_schema(a, c, STR("public")));
    for (size_t i = 0; i < count; i++)
        TRY(drop_schema(a, c, schemas[i]));
    TRY(pg_connection_run(a, c, STR(""), STR("CREATE SCHEMA public")));
    return pg_connection_commit(a, c);
}

static err *wipe_all(arena *a, pg_connection *c) {
    pg_rows rows;
    TRY(pg_connection_query(a, c,
                            STR("SELECT nspname FROM pg_namespace WHERE nspname"
                                " !~ '^pg_' AND nspname <>"
                                " 'information_schema'"),
                            NULL, 0, &rows));
    return wipe(a, c, rows.cells, rows.row_count);
}

static err *pg_target_wipe(arena *a, target *base, const str *schemas,
                           size_t count) {
    return wipe(a, of(base)->connection, schemas, count);
}

const target_functions TARGET_PG = {
    .open = pg_target_open,
    .open_blank = pg_target_open_blank,
    .close = pg_target_close,
    .structure = pg_target_structure,
    .settle = pg_target_settle,
    .lock = pg_target_lock,
    .begin = pg_target_begin,
    .commit = pg_target_commit,
    .rollback = pg_target_rollback,
    .run = pg_target_run,
    .query = pg_target_query,
    .protect = pg_target_protect,
    .wipe = pg_target_wipe,
};
