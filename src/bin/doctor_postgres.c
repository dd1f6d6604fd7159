/* doctor_postgres.c: a PostgreSQL database and its server. */
#include "bin/doctor.h"

#include <inttypes.h>

#include "io/process.h"

enum { WITH_COLLATION_VERSION = 150000 };

/* ---- The database -------------------------------------------------------- */

static err *look_for_writing(doctor *d, doctor_finding *out) {
    pg_rows rows;
    TRY(doctor_ask(d,
                   "SELECT pg_is_in_recovery(),"
                   " current_setting('default_transaction_read_only') = 'on'",
                   NULL, 0, &rows));
    out->sentence = STR("the server takes writes");
    if (doctor_flag(&rows, 0))
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = STR("the server is a standby and takes no writes"),
            .advice = STR("name the primary in DATABASE_URL, and this one in "
                          "DATABASE_REPLICA_URLS"),
        };
    else if (doctor_flag(&rows, 1))
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = STR("default_transaction_read_only is on for this "
                            "user or database"),
            .advice = STR("ALTER ROLE or ALTER DATABASE ... RESET "
                          "default_transaction_read_only"),
        };
    return NULL;
}

static err *look_at_encoding(doctor *d, doctor_finding *out) {
    pg_rows rows;
    TRY(doctor_ask(d, "SELECT current_setting('server_encoding')", NULL, 0,
                   &rows));
    out->sentence = doctor_cell(&rows, 0);
    if (str_equal(out->sentence, STR("UTF8")))
        return NULL;
    out->level = DOCTOR_WRONG;
    out->sentence = arena_printf(
        d->arena, "the database is in %.*s: not every text can be stored",
        STR_ARG(out->sentence));
    out->advice = STR("make one in UTF8, and load a dump of this one into it: "
                      "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0");
    return NULL;
}

/* By code points, which is what SQLite and the tests have. */
static bool is_plain(str collation) {
    static const str PLAIN[] = {STR_INIT("C"), STR_INIT("POSIX"),
                                STR_INIT("C.UTF-8"), STR_INIT("C.utf8")};
    for (size_t i = 0; i < LENGTH(PLAIN); i++) {
        if (str_equal(collation, PLAIN[i]))
            return true;
    }
    return false;
}

/* Columns of the catalog that older servers lack are asked for as JSON. */
static err *look_at_collation(doctor *d, doctor_finding *out) {
    pg_rows rows;
    TRY(doctor_ask(d,
                   "SELECT coalesce(to_jsonb(d) ->> 'datlocale',"
                   " to_jsonb(d) ->> 'daticulocale', d.datcollate)"
                   " FROM pg_database d WHERE d.datname = current_database()",
                   NULL, 0, &rows));
    str name = doctor_cell(&rows, 0);
    out->sentence = arena_printf(
        d->arena, "%.*s: text is ordered by its code points", STR_ARG(name));
    if (is_plain(name))
        return NULL;
    out->level = DOCTOR_NOTE;
    out->sentence = arena_printf(
        d->arena, "text is ordered as %.*s has it, and not as SQLite orders it",
        STR_ARG(name));
    out->advice = STR("where both engines have to order text alike: CREATE "
                      "DATABASE ... LOCALE 'C.UTF-8' TEMPLATE template0");
    return NULL;
}

/* Indexes were made by the rules of that time, and are searched by today's. */
static err *look_at_collation_version(doctor *d, doctor_finding *out) {
    pg_rows rows;
    out->sentence = STR("the server does not know");
    if (pg_connection_version(d->postgres) < WITH_COLLATION_VERSION)
        return NULL;
    TRY(doctor_ask(d,
                   "SELECT datcollversion,"
                   " pg_database_collation_actual_version(oid),"
                   " quote_ident(datname) FROM pg_database"
                   " WHERE datname = current_database()",
                   NULL, 0, &rows));
    str made = doctor_cell(&rows, 0);
    str now = doctor_cell(&rows, 1);
    out->sentence = STR("unchanged since the database was made");
    if (pg_is_null(made) || str_equal(made, now))
        return NULL;
    str name = doctor_cell(&rows, 2);
    *out = (doctor_finding){
        .level = DOCTOR_WARNING,
        .sentence = arena_printf(d->arena,
                                 "the order of text was version %.*s and is "
                                 "%.*s now: indexes may miss rows",
                                 STR_ARG(made), STR_ARG(now)),
        .advice = arena_printf(d->arena,
                               "REINDEX DATABASE %.*s; then ALTER DATABASE "
                               "%.*s REFRESH COLLATION VERSION",
                               STR_ARG(name), STR_ARG(name)),
    };
    return NULL;
}

/* ---- The way there ------------------------------------------------------- */

static err *look_at_encryption(doctor *d, doctor_finding *out) {
    pg_rows rows;
    TRY(doctor_ask(d,
                   "SELECT s.ssl, coalesce(host(inet_server_addr()), ''),"
                   " inet_server_addr() IS NULL"
                   " OR inet_server_addr() <<= '127.0.0.0/8'"
                   " OR inet_server_addr() = '::1'"
                   " FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()",
                   NULL, 0, &rows));
    if (rows.row_count == 0 || doctor_flag(&rows, 0)) {
        out->sentence = STR("by TLS");
        return NULL;
    }
    out->sentence = STR("none, and the server is on this machine");
    if (doctor_flag(&rows, 2))
        return NULL;
    *out = (doctor_finding){
        .level = DOCTOR_WARNING,
        .sentence = arena_printf(d->arena,
                                 "what goes to %.*s and comes from there is "
                                 "not encrypted",
                                 STR_ARG(doctor_cell(&rows, 1))),
        .advice = STR("add ?sslmode=verify-full to the URL"),
    };
    return NULL;
}

/* ---- The server ---------------------------------------------------------- */

static err *look_at_durability(doctor *d, doctor_finding *out) {
    pg_rows rows;
    TRY(doctor_ask(d,
                   "SELECT string_agg(name || ' = ' || setting, ', '"
                   " ORDER BY name) FROM pg_settings WHERE setting = 'off'"
                   " AND name IN ('fsync', 'full_page_writes',"
                   " 'synchronous_commit')",
                   NULL, 0, &rows));
    out->sentence = STR("what is committed is on disk");
    if (pg_is_null(doctor_cell(&rows, 0)))
        return NULL;
    *out = (doctor_finding){
        .level = DOCTOR_WARNING,
        .sentence = arena_printf(
            d->arena, "%.*s: what was acknowledged can be lost in a crash",
            STR_ARG(doctor_cell(&rows, 0))),
        .advice = STR("switch them on, unless it is a server for tests"),
    };
    return NULL;
}

/* Connections have a statement_timeout of ours, and wait for the next request
 * as long as it takes. */
static err *look_at_timeouts(doctor *d, doctor_finding *out) {
    pg_rows rows;
    TRY(doctor_ask(d,
                   "SELECT string_agg(name || ' = ' || setting || unit, ', '"
                   " ORDER BY name) FROM pg_settings WHERE setting <> '0'"
                   " AND name IN ('idle_session_timeout', 'lock_timeout',"
                   " 'transaction_timeout')",
                   NULL, 0, &rows));
    out->sentence = STR("Tenon's alone");
    if (pg_is_null(doctor_cell(&rows, 0)))
        return NULL;
    *out = (doctor_finding){
        .level = DOCTOR_NOTE,
        .sentence = arena_printf(d->arena, "the server has its own: %.*s",
                                 STR_ARG(doctor_cell(&rows, 0))),
        .advice = STR("they end connections and statements that Tenon keeps; "
                      "ALTER ROLE ... SET them to 0 for its user"),
    };
    return NULL;
}

/* ---- Connections --------------------------------------------------------- */

static const char CONNECTIONS[] =
    "SELECT least(current_setting('max_connections')::int"
    "  - current_setting('superuser_reserved_connections')::int"
    "  - coalesce(current_setting('reserved_connections', true)::int, 0),"
    "  nullif(d.datconnlimit, -1), nullif(r.rolconnlimit, -1)),"
    " (SELECT count(*) FROM pg_stat_activity a"
    "  WHERE a.datid IS NOT NULL AND a.pid <> pg_backend_pid()"
    "  AND a.application_name <> 'tenon')"
    " FROM pg_database d, pg_roles r"
    " WHERE d.datname = current_database() AND r.rolname = current_user";

static int64_t count_workers(const config *c) {
    int64_t said = config_number(c, CONFIG_WORKERS);
    return said > 0 ? said : (int64_t)process_cpu_count();
}

static err *look_at_connections(doctor *d, doctor_finding *out) {
    pg_rows rows;
    TRY(doctor_ask(d, CONNECTIONS, NULL, 0, &rows));
    int64_t workers = count_workers(d->config);
    int64_t readers = config_number(d->config, CONFIG_READ_CONNECTIONS);
    int64_t writers = config_number(d->config, CONFIG_WRITE_CONNECTIONS);
    int64_t most = doctor_number(&rows, 0);
    int64_t others = doctor_number(&rows, 1);
    int64_t wanted = workers * (readers + writers);
    bool is_short = wanted + others > most;
    *out = (doctor_finding){
        .level = wanted > most ? DOCTOR_WRONG
                 : is_short    ? DOCTOR_WARNING
                               : DOCTOR_FINE,
        .sentence = arena_printf(
            d->arena,
            "%" PRId64 " at most (%" PRId64 " worker%s, %" PRId64 " + %" PRId64
            " each), the server has %" PRId64 ", others use %" PRId64,
            wanted, workers, workers == 1 ? "" : "s", readers, writers, most,
            others),
        .advice = is_short ? STR("lower --read-connections, "
                                 "--write-connections or --workers, or raise "
                                 "max_connections; each process has as many")
                           : (str){0},
    };
    return NULL;
}

enum { OF_POSTGRES = DOCTOR_ON_POSTGRESQL | DOCTOR_HAS_DATABASE };

static const doctor_check CHECKS[] = {
    {.name = STR_INIT("primary"),
     .about = STR_INIT("the server takes writes"),
     .when = OF_POSTGRES,
     .run = look_for_writing},
    {.name = STR_INIT("encoding"),
     .about = STR_INIT("every text can be stored"),
     .when = OF_POSTGRES,
     .run = look_at_encoding},
    {.name = STR_INIT("collation"),
     .about = STR_INIT("how text is ordered"),
     .when = OF_POSTGRES,
     .run = look_at_collation},
    {.name = STR_INIT("collation version"),
     .about = STR_INIT("text is ordered as when indexes were made"),
     .when = OF_POSTGRES,
     .run = look_at_collation_version},
    {.name = STR_INIT("encryption"),
     .about = STR_INIT("of the way to the server"),
     .when = OF_POSTGRES,
     .run = look_at_encryption},
    {.name = STR_INIT("durability"),
     .about = STR_INIT("a commit is on disk"),
     .when = OF_POSTGRES,
     .run = look_at_durability},
    {.name = STR_INIT("timeouts"),
     .about = STR_INIT("the server's do not get in the way"),
     .when = OF_POSTGRES,
     .run = look_at_timeouts},
    {.name = STR_INIT("connections"),
     .about = STR_INIT("the server has enough for all workers"),
     .when = OF_POSTGRES,
     .run = look_at_connections},
};

const doctor_group DOCTOR_POSTGRES = {STR_INIT("postgresql"), CHECKS,
                                      LENGTH(CHECKS)};
