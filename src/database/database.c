#include "database/database.h"

#include "database/engine.h"
#include "database/migrate/push.h"
#include "database/postgres/pg_called.h"

static const engine *const ENGINES[ENGINE_KIND_COUNT] = {
    [ENGINE_SQLITE] = &LITE_ENGINE,
    [ENGINE_POSTGRESQL] = &PG_ENGINE,
};

/* The rest of the URL may hold a password. */
static err *no_engine(arena *a, str url) {
    if (str_is_empty(url))
        return err_with_hint(err_new(a, ERR_INVALID, "no database is named"),
                             STR("give one, such as file:app.db"));
    str hint =
        STR("a database URL is file:PATH or sqlite:PATH, such as file:app.db");
    str rest = url;
    str name = str_split(&rest, ':');
    /* A password may stand even where there is no ':'. */
    if (name.len == url.len)
        return err_with_hint(
            err_new(a, ERR_INVALID, "the database is not given as a URL"),
            hint);
    return err_with_hint(err_new(a, ERR_UNSUPPORTED,
                                 "no database engine for '%.*s' URLs",
                                 STR_ARG(name)),
                         hint);
}

err *database_engine_of(arena *a, str url, engine_kind *out) {
    return engine_kind_of_url(url, out) ? NULL : no_engine(a, url);
}

err *database_open(arena *a, const database_config *config, const schema *s,
                   database **out) {
    engine_kind kind;
    TRY(database_engine_of(a, config->url, &kind));
    if (config->replica_count > 0 && kind != ENGINE_POSTGRESQL)
        return err_new(a, ERR_INVALID, "only PostgreSQL has replicas");
    return ENGINES[kind]->open(a, config, s, out);
}

err *database_push(arena *a, const database_config *config, const schema *s,
                   bool accepts_loss, buf *report) {
    return push(a, config, s, accepts_loss, report);
}

err *database_expose_functions(arena *a, str url, const str *schemas,
                               size_t count, const schema *s,
                               const schema **out) {
    engine_kind kind;
    TRY(database_engine_of(a, url, &kind));
    if (kind != ENGINE_POSTGRESQL)
        return err_new(a, ERR_UNSUPPORTED,
                       "only a PostgreSQL database has functions of its own");
    CLEANUP(pg_connection_close) pg_connection *c = NULL;
    TRY(pg_connection_open(a, url, &c));
    return pg_called_read(a, c, schemas, count, s, out);
}

void database_close(database *d) {
    d->engine->close(d);
}

err *database_session_open(arena *a, database *d, loop *l,
                           database_session **out) {
    return d->engine->session_open(a, d, l, out);
}

void database_session_close(database_session *s) {
    s->engine->session_close(s);
}

err *database_check(database_session *s, arena *a) {
    return s->engine->check(s, a);
}

static const engine *engine_of(database_rows *rows) {
    return CONTAINER_OF(rows, engine_rows, rows)->engine;
}

err *database_query(database_session *s, arena *a, const query *q,
                    database_rows **out) {
    return s->engine->query(s, a, q, out);
}

bool database_rows_next(database_rows *rows) {
    return engine_of(rows)->rows_next(rows);
}

err *database_rows_end(database_rows *rows) {
    return engine_of(rows)->rows_end(rows);
}

void database_rows_close(database_rows **rows) {
    if (*rows == NULL)
        return;
    /* Who leaves early has an err of its own to report. */
    err *ignored = engine_of(*rows)->rows_end(*rows);
    (void)ignored;
    *rows = NULL;
}

err *database_mutate(database_session *s, arena *a, const mutation *m,
                     mutation_result *out) {
    size_t ignored;
    return s->engine->mutate(s, a, &m, 1, NULL, out, &ignored);
}

err *database_mutate_all(database_session *s, arena *a,
                         const mutation *const *mutations, size_t count,
                         mutation_result *results, size_t *failed_at) {
    *failed_at = count;
    return count == 0 ? NULL
                      : s->engine->mutate(s, a, mutations, count, NULL, results,
                                          failed_at);
}

err *database_mutate_once(database_session *s, arena *a,
                          const mutation *const *mutations, size_t count,
                          receipt *once, mutation_result *results,
                          size_t *failed_at) {
    *failed_at = count;
    return s->engine->mutate(s, a, mutations, count, once, results, failed_at);
}
