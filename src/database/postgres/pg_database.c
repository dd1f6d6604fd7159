#include "database/postgres/pg_database.h"

#include <stdlib.h>

#include "base/assert.h"
#include "database/migrate/plan.h"
#include "database/postgres/pg_call_check.h"
#include "database/postgres/pg_session.h"
#include "database/postgres/pg_settle.h"
#include "database/postgres/pg_structure.h"
#include "database/postgres/pg_url.h"

enum {
    DEFAULT_STATEMENT_TIMEOUT_MS = 10 * 1000,
    DEFAULT_READ_CONNECTIONS = 4,
    /* A commit waits for the disk: several can wait at once. */
    DEFAULT_WRITE_CONNECTIONS = 4,
    /* Signing in and cancelling; both mostly wait for the server. */
    THREADS = 4,
    THREAD_QUEUE = 1024,
    DIFFERENCES_SHOWN = 5,
};

static pg_database *of(database *d) {
    return CONTAINER_OF(d, pg_database, base);
}

/* ---- Is it the one that is expected? ------------------------------------ */

static str push_hint(void) {
    return STR("'tenon push' makes a database equal to the schema");
}

/* A database with migrations is changed by these alone. */
static str change_hint(arena *a, pg_connection *c) {
    pg_rows rows = {0};
    err *e = pg_connection_query(
        a, c, STR("SELECT to_regclass('tenon.migration') IS NOT NULL"), NULL, 0,
        &rows);
    if (e != NULL || !str_equal(pg_rows_cell(&rows, 0, 0), STR("t")))
        return push_hint();
    return STR("'tenon migrate deploy' applies the migrations that it lacks;"
               " 'tenon migrate check' tells what differs");
}

static err *differ(arena *a, const plan *p) {
    str text = {0};
    for (size_t i = 0; i < p->step_count && i < DIFFERENCES_SHOWN; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? "; " : "",
                            STR_ARG(p->steps[i].title));
    if (p->step_count > DIFFERENCES_SHOWN)
        text = arena_printf(a, "%.*s; and %zu more", STR_ARG(text),
                            p->step_count - DIFFERENCES_SHOWN);
    return err_new(a, ERR_CONFLICT,
                   "the database is not what the schema says, it would take:"
                   " %.*s",
                   STR_ARG(text));
}

static err *compare(const pg_database *d, arena *a, pg_connection *c) {
    structure have;
    const schema *s = d->schema;
    const structure *want = structure_of_schema(a, s);
    TRY(pg_structure_read(a, c, s->datasource.schemas,
                          s->datasource.schema_count, &have));
    if (have.table_count == 0 && want->table_count > 0)
        return err_with_hint(err_new(a, ERR_CONFLICT,
                                     "the database %.*s is empty",
                                     STR_ARG(pg_connection_label(c))),
                             push_hint());
    TRY(pg_settle_defaults(a, c, &have, want, &want));
    const plan *p = plan_make(a, &have, want, (plan_options){0});
    if (plan_is_empty(p))
        return pg_call_check_all(a, c, s);
    return err_with_hint(differ(a, p), change_hint(a, c));
}

static err *compare_all(const pg_database *d, arena *a, pg_connection *c) {
    TRY(compare(d, a, c));
    return d->system.system != NULL ? pg_system_ensure(a, c, &d->system) : NULL;
}

/* The first connection is asked, whoever opens it. */
static err *verify(void *self, arena *a, pg_connection *c) {
    pg_database *d = self;
    pthread_mutex_lock(&d->lock);
    bool is_known = d->is_verified || d->schema->is_foreign;
    err *e = is_known ? NULL : compare_all(d, a, c);
    d->is_verified |= e == NULL;
    pthread_mutex_unlock(&d->lock);
    return e;
}

/* ---- Life --------------------------------------------------------------- */

static void release(pg_database *d) {
    if (d->threads != NULL)
        blocking_pool_free(d->threads);
    pthread_mutex_destroy(&d->lock);
    arena_free(d->arena);
    free(d);
}

/* Said once, where each connection would say it. */
static err *warn_of_roles(const pg_database *d, arena *a, pg_connection *c) {
    const pg_login *l = &d->login;
    bool is_same = str_equal(l->urls[PG_PATH_READ], l->urls[PG_PATH_WRITE]);
    for (pg_path path = PG_PATH_WRITE; path < PG_PATH_COUNT; path++) {
        pg_role_choice choice = {0};
        if (!l->has_roles || (path == PG_PATH_READ && !is_same))
            continue;
        TRY(pg_role_choose(a, c, path, &choice));
        if (!str_is_empty(choice.why) && l->log != NULL)
            log_warn(l->log, "no role of its own",
                     LOG_STR("reason", choice.why), LOG_END);
    }
    return NULL;
}

/* A wrong password and a server that starts up look alike to libpq, but not
 * when it only asks whether there is a server. */
static bool is_there(arena *a, const pg_database *d) {
    pg_url url;
    if (pg_url_parse(a, d->login.urls[PG_PATH_WRITE], &url) != NULL)
        return true;
    const char *const names[] = {"connect_timeout", "dbname", NULL};
    const char *const values[] = {"5", arena_cstr(a, url.connect), NULL};
    PGPing ping = d->login.pq.PQpingParams(names, values, 1);
    return ping == PQPING_OK || ping == PQPING_NO_ATTEMPT;
}

static err *start(pg_database *d, arena *a) {
    TRY(pg_library_load(a, &d->login.pq));
    TRY(blocking_pool_new(a, THREADS, THREAD_QUEUE, &d->threads));
    CLEANUP(pg_connection_close) pg_connection *c = NULL;
    err *e = pg_connection_open(a, d->login.urls[PG_PATH_WRITE], &c);
    if (e == NULL) {
        TRY(verify(d, a, c));
        return warn_of_roles(d, a, c);
    }
    if (e->code != ERR_UNAVAILABLE || is_there(a, d))
        return e;
    if (d->login.log != NULL)
        log_warn(d->login.log,
                 "the database is down: requests are answered with 503 until"
                 " it is there",
                 LOG_CAUSE(e), LOG_END);
    return NULL;
}

static size_t or_default(size_t count, size_t fallback) {
    return count > 0 ? count : fallback;
}

static err *place_system(arena *a, pg_database *d,
                         const database_config *config) {
    pg_url reader = {0};
    if (!str_is_empty(config->protection.read_url))
        TRY(pg_url_parse(a, config->protection.read_url, &reader));
    d->system = (pg_system_place){config->system, d->login.has_roles,
                                  arena_copy(d->arena, reader.user)};
    return NULL;
}

/* The same sign-in elsewhere; replicas are only read. */
static err *add_replicas(arena *a, pg_database *d,
                         const database_config *config) {
    d->replica_count = config->replica_count;
    d->replicas = arena_new_array(d->arena, pg_login, d->replica_count);
    d->replica_limits = (pg_replica_limits){
        .lag_ms = config->replica_lag_ms,
        .wait_ms = config->replica_wait_ms,
    };
    for (size_t i = 0; i < d->replica_count; i++) {
        pg_url url;
        err *e = pg_url_parse(a, config->replica_urls[i], &url);
        if (e != NULL)
            return err_wrap(a, e, "replica %zu", i + 1);
        d->replicas[i] = d->login;
        d->replicas[i].urls[PG_PATH_READ] =
            arena_copy(d->arena, config->replica_urls[i]);
    }
    return NULL;
}

static err *open_database(arena *a, const database_config *config,
                          const schema *s, database **out) {
    pg_database *d = calloc(1, sizeof *d);
    if (d == NULL)
        PANIC("out of memory");
    pthread_mutex_init(&d->lock, NULL);
    d->base.engine = &PG_ENGINE;
    d->arena = arena_new();
    d->schema = s;
    const protection *given = &config->protection;
    d->login.urls[PG_PATH_WRITE] = arena_copy(d->arena, config->url);
    d->login.urls[PG_PATH_READ] = str_is_empty(given->read_url)
                                      ? d->login.urls[PG_PATH_WRITE]
                                      : arena_copy(d->arena, given->read_url);
    d->login.has_roles = given->has_roles;
    d->login.log = config->log;
    d->has_no_events = config->has_no_events;
    d->login.statement_timeout_ms = config->statement_timeout_ms > 0
                                        ? config->statement_timeout_ms
                                        : DEFAULT_STATEMENT_TIMEOUT_MS;
    d->login.verify = verify;
    d->login.argument = d;
    d->read_connections =
        or_default(config->read_connections, DEFAULT_READ_CONNECTIONS);
    d->write_connections =
        or_default(config->write_connections, DEFAULT_WRITE_CONNECTIONS);
    err *e = place_system(a, d, config);
    if (e == NULL)
        e = start(d, a);
    if (e == NULL)
        e = add_replicas(a, d, config);
    if (e != NULL) {
        release(d);
        return e;
    }
    *out = &d->base;
    return NULL;
}

static void close_database(database *d) {
    release(of(d));
}

const engine PG_ENGINE = {
    .open = open_database,
    .close = close_database,
    .session_open = pg_session_open,
    .session_close = pg_session_close,
    .check = pg_session_check,
    .query = pg_read_open,
    .rows_next = pg_read_next,
    .rows_end = pg_read_end,
    .mutate = pg_write_run,
};
