/*
 * serve.c: `tenon serve`: the workers, and what they share.
 *
 * Each worker owns a loop, a database session, an API and an HTTP server; the
 * schema and the database are the process's. The main thread only waits for a
 * signal, then asks the workers to finish what they have begun.
 */
#include <stdio.h>
#include <unistd.h>

#include "api/api.h"
#include "base/log.h"
#include "bin/command.h"
#include "bin/serve_roles.h"
#include "bin/serve_schema.h"
#include "bin/serve_tls.h"
#include "io/http_server.h"
#include "io/listener.h"
#include "io/process.h"
#include "io/worker.h"

/* Jobs that wait for a blocking thread; past that they are refused. */
enum { BLOCKING_QUEUE = 64 };

typedef struct server {
    app app;
    http_limits limits;
    serve_tls tls;
    int64_t drain_ms;
} server;

typedef struct serve_worker {
    worker_task task;
    server *server;
    int socket;
    database_session *session;
    http_server *http;
} serve_worker;

static serve_worker *worker_of(worker_task *task) {
    return CONTAINER_OF(task, serve_worker, task);
}

static err *open_worker(worker_task *task, arena *a, loop *l) {
    serve_worker *w = worker_of(task);
    const app *application = &w->server->app;
    TRY(database_session_open(a, application->database, l, &w->session));
    api_service *api = api_new(a, application, w->session);
    err *failure = http_server_new(a, l, w->socket, &w->server->limits,
                                   &api->http, &w->http);
    if (failure != NULL)
        database_session_close(w->session);
    else if (w->server->tls.context != NULL)
        http_server_use_tls(w->http, w->server->tls.context);
    return failure;
}

static void drain_worker(worker_task *task) {
    serve_worker *w = worker_of(task);
    http_server_drain(w->http, w->server->drain_ms);
}

static void close_worker(worker_task *task) {
    serve_worker *w = worker_of(task);
    http_server_free(w->http);
    database_session_close(w->session);
}

/* ---- Settings ------------------------------------------------------------*/

/* A worker's half of its share is for what waits and half for what is served;
 * the largest request and the largest reply have to fit, or nobody could ever
 * send or take one. */
static void share_memory(http_limits *limits, size_t all, size_t workers) {
    size_t half = all / workers / 2;
    size_t least =
        limits->head_bytes + limits->body_bytes + limits->reply_bytes;
    limits->waiting_bytes = half > least ? half : least;
    limits->serving_bytes = limits->waiting_bytes;
}

static http_limits limits_of(const config *c, size_t workers) {
    http_limits limits = http_limits_default();
    limits.head_bytes = (size_t)config_number(c, CONFIG_MAX_HEAD_SIZE);
    limits.body_bytes = (size_t)config_number(c, CONFIG_MAX_BODY_SIZE);
    limits.reply_bytes = (size_t)config_number(c, CONFIG_MAX_REPLY_SIZE);
    limits.connections =
        (size_t)config_number(c, CONFIG_MAX_CONNECTIONS) / workers + 1;
    share_memory(&limits, (size_t)config_number(c, CONFIG_MAX_HELD_SIZE),
                 workers);
    limits.head_ms = config_number(c, CONFIG_HEAD_TIMEOUT);
    limits.body_ms = config_number(c, CONFIG_BODY_TIMEOUT);
    limits.idle_ms = config_number(c, CONFIG_IDLE_TIMEOUT);
    limits.write_ms = config_number(c, CONFIG_WRITE_TIMEOUT);
    limits.request_ms = config_number(c, CONFIG_REQUEST_TIMEOUT);
    return limits;
}

static size_t worker_count(const config *c) {
    size_t count = (size_t)config_number(c, CONFIG_WORKERS);
    return count > 0 ? count : process_cpu_count();
}

static err *logger_of(arena *a, const config *c, logger *out) {
    log_level level;
    str name = config_text(c, CONFIG_LOG_LEVEL);
    str format = config_text(c, CONFIG_LOG_FORMAT);
    if (!log_level_parse(name, &level))
        return err_new(a, ERR_INVALID,
                       "log-level: expected debug, info, warn or error, got "
                       "'%.*s'",
                       STR_ARG(name));
    *out = logger_to(STDERR_FILENO, level);
    if (str_equal(format, STR("json")))
        out->format = LOG_FORMAT_JSON;
    else if (str_equal(format, STR("human")))
        out->format =
            out->format == LOG_FORMAT_JSON ? LOG_FORMAT_PLAIN : out->format;
    else if (!str_equal(format, STR("auto")))
        return err_new(a, ERR_INVALID,
                       "log-format: expected human, json or auto, got '%.*s'",
                       STR_ARG(format));
    return NULL;
}

static err *tx_end_of(arena *a, const config *c, tx_end *out) {
    static const struct {
        str name;
        tx_end end;
    } ENDS[] = {
        {STR_INIT("commit"), {false, false}},
        {STR_INIT("commit-allow-override"), {false, true}},
        {STR_INIT("rollback"), {true, false}},
        {STR_INIT("rollback-allow-override"), {true, true}},
    };
    str name = config_text(c, CONFIG_TX_END);
    for (size_t i = 0; i < LENGTH(ENDS); i++) {
        if (!str_equal(ENDS[i].name, name))
            continue;
        *out = ENDS[i].end;
        return NULL;
    }
    return err_new(
        a, ERR_INVALID,
        "tx-end: expected commit, commit-allow-override, rollback or "
        "rollback-allow-override, got '%.*s'",
        STR_ARG(name));
}

static err *origins_of(arena *a, const config *c, app *out) {
    str *origins = NULL;
    size_t count = 0;
    str list = config_text(c, CONFIG_CORS_ORIGINS);
    if (str_equal(list, STR("any")))
        return NULL;
    while (!str_is_empty(list)) {
        str origin = str_trim(str_split(&list, ','));
        bool is_origin = str_starts_with(origin, STR("http://")) ||
                         str_starts_with(origin, STR("https://"));
        if (!is_origin || str_ends_with(origin, STR("/")))
            return err_new(a, ERR_INVALID,
                           "cors-origins: '%.*s' is not an origin such as "
                           "https://app.example",
                           STR_ARG(origin));
        ARENA_PUSH(a, origins, count, origin);
    }
    out->cors_origins = origins;
    out->cors_origin_count = count;
    return NULL;
}

/* ---- Who may reach us ----------------------------------------------------*/

/* Called with the address that is bound, before anybody is answered. */
static err *warn_of_openness(arena *a, const server *s, str address,
                             const logger *log) {
    bool is_local = listener_is_loopback(address);
    if (s->app.is_dev_open && !is_local)
        return err_with_hint(
            err_new(a, ERR_INVALID,
                    "--dev-open opens everything to everybody, so it serves "
                    "loopback only, not %.*s",
                    STR_ARG(address)),
            STR("leave out --dev-open, or listen on 127.0.0.1"));
    if (s->app.is_dev_open)
        log_warn(log, "dev-open: policies are off, everybody may do everything",
                 LOG_END);
    if (!is_local)
        log_warn(log,
                 "other machines can reach this address and all callers are "
                 "anonymous: policies alone protect the data",
                 LOG_STR("address", address), LOG_END);
    return NULL;
}

/* ---- The command ---------------------------------------------------------*/

typedef struct sockets {
    int *fds;
    size_t count;
    str address;
} sockets;

/* A signal that comes between the start and the wait is not lost, so the order
 * is: signals, workers, the line that says we are there, the wait. */
typedef struct stop_signal {
    loop *loop;
    process_signals *signals;
    serve_tls *tls;
} stop_signal;

static void stop(void *main_loop) {
    loop_stop(main_loop);
}

static stop_signal stop_signal_open(serve_tls *tls) {
    stop_signal s = {.loop = loop_new(), .tls = tls};
    s.signals = process_signals_open(s.loop, stop, s.loop);
    serve_tls_watch(tls, s.loop);
    return s;
}

/* A second signal ends the process at once. */
static void stop_signal_close(stop_signal *s) {
    process_signals_close(s->signals);
    serve_tls_unwatch(s->tls);
    loop_free(s->loop);
}

static err *start_workers(arena *a, server *s, const sockets *open,
                          worker_group **out) {
    serve_worker *workers = arena_new_array(a, serve_worker, open->count);
    worker_task **tasks = arena_new_array(a, worker_task *, open->count);
    for (size_t i = 0; i < open->count; i++) {
        workers[i] =
            (serve_worker){.task = {open_worker, drain_worker, close_worker},
                           .server = s,
                           .socket = open->fds[i]};
        tasks[i] = &workers[i].task;
    }
    return worker_group_start(a, tasks, open->count, out);
}

static err *run_workers(command_context *c, server *s, const sockets *open,
                        stop_signal *end) {
    worker_group *workers = NULL;
    TRY(start_workers(c->arena, s, open, &workers));
    buf_printf(c->out, "listening on %s://%.*s\n",
               s->tls.context != NULL ? "https" : "http",
               STR_ARG(open->address));
    command_flush(c);
    loop_run(end->loop);
    stop_signal_close(end);
    worker_group_drain(workers);
    worker_group_join(workers);
    return NULL;
}

/* Answers until it is asked to stop, and then until all that had begun is
 * done. */
static err *run_server(command_context *c, server *s, const sockets *open) {
    TRY(blocking_pool_new(c->arena, open->count, BLOCKING_QUEUE,
                          &s->app.blocking));
    stop_signal end = stop_signal_open(&s->tls);
    err *failure = run_workers(c, s, open, &end);
    if (failure != NULL)
        stop_signal_close(&end);
    blocking_pool_free(s->app.blocking);
    return failure;
}

/* The address comes first: a wrong one is said before anything is touched. */
static err *listen_on(command_context *c, sockets *out) {
    out->count = worker_count(&c->config);
    out->fds = arena_new_array(c->arena, int, out->count);
    return listener_open(c->arena, config_text(&c->config, CONFIG_LISTEN),
                         out->count, out->fds, &out->address);
}

/* Clients of a database that is served as found expect all rows. */
static int64_t max_rows_of(const config *c, const schema *loaded) {
    bool is_said = c->values[CONFIG_MAX_ROWS].source != CONFIG_FROM_DEFAULT;
    return loaded->is_foreign && !is_said ? 0
                                          : config_number(c, CONFIG_MAX_ROWS);
}

err *command_serve(command_context *c) {
    const schema *loaded = NULL;
    logger log = {0};
    sockets open;
    TRY(logger_of(c->arena, &c->config, &log));
    TRY(serve_schema_load(c, &loaded));
    process_prepare();
    TRY(listen_on(c, &open));
    tx_end end = {0};
    TRY(tx_end_of(c->arena, &c->config, &end));

    int64_t max_rows = max_rows_of(&c->config, loaded);
    size_t etag_size = (size_t)config_number(&c->config, CONFIG_ETAG_SIZE);
    const schema *called = NULL;
    TRY(serve_schema_load_called(c, loaded, &called));
    server s = {
        .app = {.schema = loaded,
                .called = called,
                .log = &log,
                .tx_end = end,
                .max_rows = max_rows > 0 ? max_rows : QUERY_NO_LIMIT,
                .is_dev_open = config_is_on(&c->config, CONFIG_DEV_OPEN),
                .allows_plans = config_is_on(&c->config, CONFIG_PLAN),
                .allows_aggregates =
                    config_is_on(&c->config, CONFIG_AGGREGATES),
                .is_uncompressed =
                    config_is_on(&c->config, CONFIG_NO_COMPRESSION),
                .etag_size = etag_size > 0 ? etag_size : 1},
        .limits = limits_of(&c->config, open.count),
        .drain_ms = config_number(&c->config, CONFIG_DRAIN_TIMEOUT),
    };
    TRY(origins_of(c->arena, &c->config, &s.app));
    if (loaded->is_foreign)
        TRY(serve_roles_read(c->arena, &c->config, &s.app.impersonation));
    TRY(exposure_read(c->arena, loaded, config_text(&c->config, CONFIG_EXPOSE),
                      &s.app.exposed));
    TRY(warn_of_openness(c->arena, &s, open.address, &log));
    TRY(serve_tls_open(c->arena, &c->config, &log, &s.tls));
    database_config place = command_database(c);
    place.log = &log;
    s.app.has_replicas = place.replica_count > 0;
    err *failure = database_open(c->arena, &place, loaded, &s.app.database);
    if (failure == NULL) {
        failure = run_server(c, &s, &open);
        database_close(s.app.database);
    }
    serve_tls_close(&s.tls);
    if (failure == NULL)
        log_info(&log, "stopped", LOG_END);
    return failure;
}

void command_serve_describe(buf *out) {
    buf_append(
        out,
        STR("\nThe models of --schema are at /rest/v1/ and described at "
            "/openapi.json. SIGTERM ends the\n"
            "server when all that it has begun is done.\n\n"
            "  https      --tls-certificate and --tls-key; SIGHUP reads them "
            "again (docs/https.md)\n"
            "  replicas   --database-replicas: copies of a PostgreSQL database "
            "that take reads off\n"
            "             it (docs/engines.md)\n"
            "  functions  --expose-functions: those that a PostgreSQL database "
            "has in these schemas\n"
            "             (docs/rest.md)\n"
            "  as found   --introspect serves a PostgreSQL database without a "
            "schema file, for its\n"
            "             own roles: --expose, --anon-role, TENON_JWT_SECRET "
            "(docs/found-databases.md)\n"));
}
