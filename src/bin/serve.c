/*
 * serve.c: `tenon serve`: the workers, and what they share.
 *
 * Each worker owns a loop, a database session, an API and an HTTP server; the
 * schema and the database are the process's. The main thread only waits for a
 * signal, then asks the workers to finish what they have begun.
 */
#include <pthread.h>
#include <stdio.h>

#include "api/api.h"
#include "base/log.h"
#include "bin/command.h"
#include "bin/serve_found.h"
#include "bin/serve_front.h"
#include "bin/serve_hooks.h"
#include "bin/serve_jobs.h"
#include "bin/serve_schema.h"
#include "bin/serve_settings.h"
#include "bin/serve_tls.h"
#include "core/hook_dispatcher.h"
#include "database/system_schema.h"
#include "io/http_server.h"
#include "io/listener.h"
#include "io/process.h"
#include "io/worker.h"

/* Jobs that wait for a blocking thread; past that they are refused. */
enum { BLOCKING_QUEUE = 64 };

typedef struct serve_worker serve_worker;

typedef struct server {
    app app;
    serve_found *found; /* or NULL: a schema file says what there is */
    serve_generation *first;
    serve_worker *workers;
    size_t worker_count;
    pthread_mutex_t lock; /* over what follows */
    uint64_t generation;
    bool is_ending; /* the workers have no ear for another application */
    http_limits limits;
    serve_scripts *scripts; /* or NULL */
    serve_jobs *jobs;       /* or NULL */
    serve_tls tls;
    int64_t drain_ms;
} server;

struct serve_worker {
    worker_task task;
    server *server;
    int socket;
    database_session *session;
    serve_front front; /* of a database that is served as it is found */
    http_server *http;
    hook_dispatcher hooks; /* of the first worker */
};

static serve_worker *worker_of(worker_task *task) {
    return CONTAINER_OF(task, serve_worker, task);
}

/* What answers; with a schema file there is never another. */
static http_service *service_of(serve_worker *w, arena *a, loop *l) {
    if (w->server->found == NULL)
        return &api_new(a, &w->server->app, w->session)->http;
    serve_front_open(&w->front, l, w->session, w->server->first);
    return &w->front.http;
}

static void close_service(serve_worker *w) {
    if (w->server->found != NULL)
        serve_front_close(&w->front);
    database_session_close(w->session);
}

/* One of all workers makes jobs of what hooks behind commits are to see. */
static err *open_hooks(serve_worker *w, arena *a, loop *l) {
    const app *application = &w->server->app;
    if (w != w->server->workers || application->hook_source_count == 0)
        return NULL;
    hook_dispatcher_init(&w->hooks, application, w->session);
    return hook_dispatcher_start(&w->hooks, a, l);
}

static err *open_worker(worker_task *task, arena *a, loop *l) {
    serve_worker *w = worker_of(task);
    const server *s = w->server;
    TRY(database_session_open(a, s->app.database, l, &w->session));
    err *failure = open_hooks(w, a, l);
    if (failure == NULL)
        failure = http_server_new(a, l, w->socket, &s->limits,
                                  service_of(w, a, l), &w->http);
    if (failure != NULL)
        close_service(w);
    else if (s->tls.context != NULL)
        http_server_use_tls(w->http, s->tls.context);
    return failure;
}

static void drain_worker(worker_task *task) {
    serve_worker *w = worker_of(task);
    http_server_drain(w->http, w->server->drain_ms);
    hook_dispatcher_drain(&w->hooks);
}

static void close_worker(worker_task *task) {
    serve_worker *w = worker_of(task);
    http_server_free(w->http);
    close_service(w);
}

/* ---- Another application -------------------------------------------------*/

/* Gets a schema and the arena that it is in. */
static void take_schema(void *argument, arena *own,
                        const found_database *found) {
    server *s = argument;
    app next = s->app;
    next.schema = found->schema;
    next.role_settings = found->role_settings;
    next.exposed = exposure_of_all(own, found->schema);
    pthread_mutex_lock(&s->lock);
    next.generation = ++s->generation;
    serve_generation *g = serve_generation_new(own, &next);
    for (size_t i = 0; !s->is_ending && i < s->worker_count; i++)
        serve_front_replace(&s->workers[i].front, g);
    pthread_mutex_unlock(&s->lock);
    serve_generation_release(g);
}

static void end_taking(server *s) {
    pthread_mutex_lock(&s->lock);
    s->is_ending = true;
    pthread_mutex_unlock(&s->lock);
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
    serve_scripts *scripts;
} stop_signal;

static void stop(void *main_loop) {
    loop_stop(main_loop);
}

static stop_signal stop_signal_open(server *all) {
    stop_signal s = {
        .loop = loop_new(), .tls = &all->tls, .scripts = all->scripts};
    s.signals = process_signals_open(s.loop, stop, s.loop);
    serve_tls_watch(s.tls, s.loop);
    serve_scripts_watch(s.scripts, s.loop);
    return s;
}

/* A second signal ends the process at once. */
static void stop_signal_close(stop_signal *s) {
    process_signals_close(s->signals);
    serve_tls_unwatch(s->tls);
    serve_scripts_unwatch(s->scripts);
    loop_free(s->loop);
}

static err *start_workers(arena *a, server *s, const sockets *open,
                          worker_group **out) {
    serve_worker *workers = arena_new_array(a, serve_worker, open->count);
    worker_task **tasks = arena_new_array(a, worker_task *, open->count);
    s->workers = workers;
    s->worker_count = open->count;
    for (size_t i = 0; i < open->count; i++) {
        workers[i] =
            (serve_worker){.task = {open_worker, drain_worker, close_worker},
                           .server = s,
                           .socket = open->fds[i]};
        tasks[i] = &workers[i].task;
    }
    return worker_group_start(a, tasks, open->count, out);
}

static void stop_workers(server *s, worker_group *workers) {
    end_taking(s);
    serve_jobs_drain(s->jobs);
    worker_group_drain(workers);
    worker_group_join(workers);
    serve_jobs_join(s->jobs);
}

/* What goes on beside the workers. */
static err *start_others(arena *a, server *s, stop_signal *end) {
    if (s->jobs != NULL)
        TRY(serve_jobs_start(a, s->jobs, &s->app));
    return s->found == NULL
               ? NULL
               : serve_found_watch(a, s->found, end->loop, take_schema, s);
}

static err *run_workers(command_context *c, server *s, const sockets *open,
                        stop_signal *end) {
    worker_group *workers = NULL;
    TRY(start_workers(c->arena, s, open, &workers));
    err *failure = start_others(c->arena, s, end);
    if (failure != NULL) {
        if (s->found != NULL)
            serve_found_unwatch(s->found);
        stop_workers(s, workers);
        return failure;
    }
    buf_printf(c->out, "listening on %s://%.*s\n",
               s->tls.context != NULL ? "https" : "http",
               STR_ARG(open->address));
    command_flush(c);
    loop_run(end->loop);
    if (s->found != NULL)
        serve_found_unwatch(s->found);
    stop_signal_close(end);
    stop_workers(s, workers);
    return NULL;
}

/* Answers until it is asked to stop, and then until all that had begun is
 * done. */
static err *run_server(command_context *c, server *s, const sockets *open) {
    TRY(blocking_pool_new(c->arena, open->count, BLOCKING_QUEUE,
                          &s->app.blocking));
    if (s->app.system != NULL)
        s->app.feed_bell = bell_new();
    TRY(serve_jobs_open(c, &s->app, &s->jobs));
    if (s->found != NULL)
        s->first = serve_generation_new(arena_new(), &s->app);
    stop_signal end = stop_signal_open(s);
    err *failure = run_workers(c, s, open, &end);
    if (failure != NULL)
        stop_signal_close(&end);
    if (s->found != NULL) {
        serve_found_join(s->found);
        serve_generation_release(s->first);
    }
    blocking_pool_free(s->app.blocking);
    serve_jobs_close(s->jobs);
    bell_free(s->app.feed_bell);
    return failure;
}

/* The address comes first: a wrong one is said before anything is touched. */
static err *listen_on(command_context *c, sockets *out) {
    out->count = serve_settings_workers(&c->config);
    out->fds = arena_new_array(c->arena, int, out->count);
    return listener_open(c->arena, config_text(&c->config, CONFIG_LISTEN),
                         out->count, out->fds, &out->address);
}

static err *load(command_context *c, const logger *log, serve_found **found,
                 app *out) {
    if (!config_is_on(&c->config, CONFIG_INTROSPECT)) {
        TRY(command_load_schema(c, &out->schema));
        TRY(system_schema_load(c->arena, out->schema, out->schema->engine,
                               &out->system));
        return serve_schema_load_called(c, out->schema, &out->called);
    }
    found_database what;
    TRY(serve_found_open(c->arena, &c->config, log, found, &what));
    out->schema = what.schema;
    out->role_settings = what.role_settings;
    return serve_schema_load_called(c, out->schema, &out->called);
}

err *command_serve(command_context *c) {
    logger log = {0};
    app application = {.log = &log};
    sockets open;
    CLEANUP(serve_found_close) serve_found *found = NULL;
    serve_scripts *scripts = NULL;
    TRY(serve_settings_log(c->arena, &c->config, &log));
    TRY(load(c, &log, &found, &application));
    TRY(serve_hooks_open(c, &application, &scripts));
    process_prepare();
    TRY(listen_on(c, &open));
    server s = {
        .app = application,
        .found = found,
        .scripts = scripts,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .limits = serve_settings_limits(&c->config, open.count),
        .drain_ms = config_number(&c->config, CONFIG_DRAIN_TIMEOUT),
    };
    TRY(serve_settings_read(c->arena, &c->config, &s.app));
    TRY(warn_of_openness(c->arena, &s, open.address, &log));
    TRY(serve_tls_open(c->arena, &c->config, &log, &s.tls));
    database_config place = command_database(c);
    place.log = &log;
    place.system = s.app.system;
    /* What is found has roles of its own to switch to. */
    place.protection.has_roles &= found == NULL;
    s.app.has_replicas = place.replica_count > 0;
    err *failure =
        database_open(c->arena, &place, s.app.schema, &s.app.database);
    if (failure == NULL) {
        failure = run_server(c, &s, &open);
        database_close(s.app.database);
    }
    serve_tls_close(&s.tls);
    http_client_free(s.app.http);
    serve_scripts_close(scripts);
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
            "  hooks      the Lua files of --hooks; SIGUSR1, or --watch, loads "
            "them again (docs/hooks.md)\n"
            "  as found   --introspect serves a PostgreSQL database without a "
            "schema file, for its\n"
            "             own roles: --expose, --anon-role, TENON_JWT_SECRET "
            "(docs/found-databases.md)\n"));
}
