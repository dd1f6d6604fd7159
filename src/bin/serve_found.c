#include "bin/serve_found.h"

#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/clock.h"
#include "database/database.h"
#include "database/postgres/pg_connection.h"
#include "database/postgres/pg_exposure.h"
#include "database/postgres/pg_role_setting.h"
#include "io/thread.h"

enum {
    LEAST_BACKOFF_MS = 250,
    MOST_BACKOFF_MS = 30 * 1000,
    /* Whoever may notify may do so without end. */
    LEAST_GAP_MS = 100,
    US_A_MS = 1000,
    LOCK_MS = 10 * 1000,
    STATEMENT_MS = 60 * 1000,
};

struct serve_found {
    const logger *log;
    str url;
    str channel; /* or empty: nothing is listened to */
    pg_exposure what;
    int64_t statement_ms; /* of requests */

    pg_connection *connection; /* the thread's, once that runs; or NULL */
    size_t failures;           /* to connect, since it last succeeded */
    int64_t read_ms;           /* when it was last read */
    bool is_due;               /* it has to be read */

    serve_found_taker *take;
    void *argument;
    process_signals *signals; /* while it is watched */
    pthread_t thread;
    bool has_thread;
    int wake; /* an eventfd, for the two below */
    atomic_bool is_asked;
    atomic_bool is_stopped;
};

static int64_t now_ms(void) {
    return clock_monotonic_us(NULL) / US_A_MS;
}

/* ---- Settings ------------------------------------------------------------ */

static const str *split(arena *a, str list, size_t *count) {
    str *names = NULL;
    while (!str_is_empty(list)) {
        str name = str_trim(str_split(&list, ','));
        if (!str_is_empty(name))
            ARENA_PUSH(a, names, *count, name);
    }
    return names;
}

static void read_settings(arena *a, const config *c, serve_found *f) {
    pg_exposure *what = &f->what;
    str list = config_text(c, CONFIG_EXPOSE);
    str channel = config_text(c, CONFIG_CHANNEL);
    if (str_equal(list, STR("auto")))
        list = STR("public");
    f->url = config_text(c, CONFIG_DATABASE);
    f->statement_ms = config_number(c, CONFIG_STATEMENT_TIMEOUT);
    f->channel = str_equal(channel, STR("none")) ? (str){0} : channel;
    what->schemas = split(a, list, &what->count);
    what->extra =
        split(a, config_text(c, CONFIG_EXTRA_SEARCH_PATH), &what->extra_count);
}

/* ---- Connecting ---------------------------------------------------------- */

/* Where nobody can be listened to, as on a standby, a signal still helps. */
static err *begin_to_listen(arena *a, const serve_found *f, pg_connection *c) {
    if (str_is_empty(f->channel))
        return NULL;
    err *e = pg_connection_listen(a, c, f->channel);
    if (e == NULL || e->code == ERR_UNAVAILABLE)
        return e;
    log_warn(f->log,
             "cannot listen to the database: it is read again at SIGUSR1 only",
             LOG_CAUSE(e), LOG_END);
    return NULL;
}

static err *connect_to(arena *a, serve_found *f) {
    CLEANUP(pg_connection_close) pg_connection *c = NULL;
    pg_limits limits = {.lock_ms = LOCK_MS, .statement_ms = STATEMENT_MS};
    TRY(pg_connection_open(a, f->url, &c));
    TRY(pg_connection_limit(a, c, limits));
    TRY(begin_to_listen(a, f, c));
    f->connection = c;
    c = NULL;
    return NULL;
}

static err *check_engine(arena *a, str url) {
    engine_kind kind;
    TRY(database_engine_of(a, url, &kind));
    if (kind == ENGINE_POSTGRESQL)
        return NULL;
    return err_new(a, ERR_UNSUPPORTED,
                   "only a PostgreSQL database is served without a schema"
                   " file");
}

static err *read_all(arena *a, const serve_found *f, found_database *out) {
    TRY(pg_exposure_read(a, f->connection, &f->what, &out->schema));
    return pg_role_setting_read(a, f->connection, f->statement_ms,
                                &out->role_settings);
}

err *serve_found_open(arena *a, const config *c, const logger *log,
                      serve_found **out, found_database *found) {
    CLEANUP(serve_found_close)
    serve_found *f = arena_new_array(a, serve_found, 1);
    f->log = log;
    f->wake = -1;
    read_settings(a, c, f);
    TRY(check_engine(a, f->url));
    TRY(connect_to(a, f));
    TRY(read_all(a, f, found));
    f->read_ms = now_ms();
    *out = f;
    f = NULL;
    return NULL;
}

err *serve_found_read(arena *a, const config *c, const schema **out) {
    serve_found f = {0};
    CLEANUP(pg_connection_close) pg_connection *connection = NULL;
    read_settings(a, c, &f);
    TRY(check_engine(a, f.url));
    TRY(pg_connection_open(a, f.url, &connection));
    return pg_exposure_read(a, connection, &f.what, out);
}

/* ---- The thread ---------------------------------------------------------- */

static void wait_for_ms(const serve_found *f, int64_t ms) {
    struct pollfd wake = {.fd = f->wake, .events = POLLIN};
    if (ms > 0)
        (void)poll(&wake, 1, (int)ms);
}

static void forget_wake(const serve_found *f) {
    uint64_t count;
    ssize_t n = read(f->wake, &count, sizeof count);
    (void)n; /* nothing to forget */
}

static void read_again(serve_found *f) {
    found_database found;
    wait_for_ms(f, f->read_ms + LEAST_GAP_MS - now_ms());
    arena *own = arena_new();
    err *e = read_all(own, f, &found);
    f->read_ms = now_ms();
    f->is_due = e != NULL && e->code == ERR_UNAVAILABLE;
    if (e == NULL) {
        log_info(f->log, "read the database again",
                 LOG_INT("tables", (int64_t)found.schema->model_count),
                 LOG_INT("functions", (int64_t)found.schema->function_count),
                 LOG_END);
        f->take(f->argument, own, &found);
        return;
    }
    log_error(f->log, "database not read again, what was served stays",
              LOG_CAUSE(e), LOG_END);
    if (f->is_due)
        pg_connection_close(&f->connection);
    arena_free(own);
}

/* In PostgREST's words, whose configuration are the settings of roles, too. */
static void obey(serve_found *f, str said) {
    if (str_is_empty(said) || str_equal(said, STR("reload schema")) ||
        str_equal(said, STR("reload config")))
        f->is_due = true;
    else
        log_warn(f->log, "unknown notification", LOG_STR("said", said),
                 LOG_END);
}

/* All that was said while it was read is one reason to read. */
static err *listen_once(arena *a, serve_found *f) {
    str said;
    TRY(pg_connection_hear(a, f->connection, f->wake, &said));
    while (said.ptr != NULL) {
        obey(f, said);
        TRY(pg_connection_heard(a, f->connection, &said));
    }
    forget_wake(f);
    return NULL;
}

static void note_failure(serve_found *f, const err *e) {
    int64_t ms = LEAST_BACKOFF_MS;
    for (size_t i = 0; i < f->failures && ms < MOST_BACKOFF_MS; i++)
        ms *= 2;
    ms = ms < MOST_BACKOFF_MS ? ms : MOST_BACKOFF_MS;
    f->failures++;
    f->is_due = true;
    log_warn(f->log, "cannot listen to the database", LOG_CAUSE(e),
             LOG_INT("next_try_in_ms", ms), LOG_END);
    wait_for_ms(f, ms);
    forget_wake(f);
}

/* One thing at a time; on failure there is no connection. */
static err *go_on(arena *a, serve_found *f) {
    if (atomic_exchange(&f->is_asked, false))
        f->is_due = true;
    if (f->connection == NULL) {
        TRY(connect_to(a, f));
        log_info(f->log, "listening to the database again", LOG_END);
        f->failures = 0;
    }
    if (f->is_due) {
        read_again(f);
        return NULL;
    }
    err *e = listen_once(a, f);
    if (e != NULL)
        pg_connection_close(&f->connection);
    return e;
}

static void *run(void *self) {
    serve_found *f = self;
    while (!atomic_load(&f->is_stopped)) {
        CLEANUP(arena_release) arena *a = arena_new();
        err *e = go_on(a, f);
        if (e != NULL && !atomic_load(&f->is_stopped))
            note_failure(f, e);
    }
    return NULL;
}

/* ---- Life ---------------------------------------------------------------- */

static void wake(const serve_found *f) {
    uint64_t one = 1;
    ssize_t n = write(f->wake, &one, sizeof one);
    (void)n; /* so many already that it is awake */
}

static void on_signal(void *argument) {
    serve_found *f = argument;
    atomic_store(&f->is_asked, true);
    wake(f);
}

err *serve_found_watch(arena *a, serve_found *f, loop *l,
                       serve_found_taker *take, void *argument) {
    f->take = take;
    f->argument = argument;
    f->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (f->wake < 0)
        return err_new(a, ERR_UNAVAILABLE, "no descriptor is left");
    TRY(thread_start(a, "found", run, f, &f->thread));
    f->has_thread = true;
    f->signals = process_rereads_open(l, on_signal, f);
    return NULL;
}

void serve_found_unwatch(serve_found *f) {
    if (f->signals != NULL)
        process_signals_close(f->signals);
    f->signals = NULL;
    atomic_store(&f->is_stopped, true);
    if (f->has_thread)
        wake(f);
}

void serve_found_join(serve_found *f) {
    if (f->has_thread)
        pthread_join(f->thread, NULL);
    f->has_thread = false;
}

void serve_found_close(serve_found **found) {
    serve_found *f = *found;
    *found = NULL;
    if (f == NULL)
        return;
    ASSERT(!f->has_thread);
    if (f->wake >= 0)
        close(f->wake);
    pg_connection_close(&f->connection);
}
