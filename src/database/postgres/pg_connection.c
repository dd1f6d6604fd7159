#include "database/postgres/pg_connection.h"

#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>

#include "base/assert.h"
#include "base/utf8.h"
#include "database/postgres/pg_error.h"
#include "database/postgres/pg_library.h"
#include "database/postgres/pg_url.h"
#include "database/sql.h"

enum {
    MAX_NOTICES = 1000,
    MAX_NOTICE_BYTES = 8 * 1024, /* the server chooses how many it sends */
    MAX_PARAMETERS = 65535,      /* an Int16 on the wire, read as unsigned */
};

struct pg_connection {
    arena *own; /* holds this */
    pg_library pq;
    PGconn *pg;
    PGcancel *cancel;
    atomic_bool is_cancelled;
    str label;
    str schema;
    arena *notice_arena;
    pg_notice *notices;
    size_t notice_count;
};

/* ---- Opening ------------------------------------------------------------ */

static bool is_known(const PQconninfoOption *known, str name) {
    for (; known->keyword != NULL; known++)
        if (str_equal(str_of(known->keyword), name))
            return true;
    return str_equal(name, STR("ssl")); /* JDBC's, which libpq takes in URLs */
}

/* libpq's own messages quote the URL. */
static err *why_unreadable(arena *a, const pg_library *pq, str url) {
    PQconninfoOption *known = pq->PQconndefaults();
    str parameters = url;
    str_split(&parameters, '?');
    str unknown = {0};
    while (known != NULL && !str_is_empty(parameters)) {
        str pair = str_split(&parameters, '&');
        str name = str_split(&pair, '=');
        if (str_is_empty(unknown) && !is_known(known, name))
            unknown = name;
    }
    pq->PQconninfoFree(known);
    if (!str_is_empty(unknown))
        return err_new(a, ERR_INVALID,
                       "unknown parameter '%.*s' in the database URL",
                       STR_ARG(unknown));
    err *e = err_new(a, ERR_INVALID, "the database URL cannot be read");
    return err_with_hint(
        e, STR("Write postgresql://user:password@host:5432/database, with %XX "
               "for special characters in a name or the password."));
}

static err *check_url(arena *a, const pg_library *pq, str url) {
    char *message = NULL;
    PQconninfoOption *options =
        pq->PQconninfoParse(arena_cstr(a, url), &message);
    pq->PQfreemem(message);
    if (options == NULL)
        return why_unreadable(a, pq, url);
    pq->PQconninfoFree(options);
    return NULL;
}

static str make_label(arena *a, const pg_library *pq, const PGconn *pg) {
    const char *host = pq->PQhost(pg);
    const char *database = pq->PQdb(pg);
    const char *port = pq->PQport(pg);
    return arena_printf(a, "%s:%s/%s", host != NULL ? host : "",
                        port != NULL ? port : "",
                        database != NULL ? database : "");
}

static str notice_field(const pg_connection *c, const PGresult *r, int id) {
    str text = str_of(c->pq.PQresultErrorField(r, id));
    size_t end = text.len < MAX_NOTICE_BYTES ? text.len : MAX_NOTICE_BYTES;
    while (end < text.len && end > 0 &&
           utf8_is_tail((unsigned char)text.ptr[end]))
        end--;
    return arena_copy(c->notice_arena, str_slice(text, 0, end));
}

static void keep_notice(void *connection, const PGresult *r) {
    pg_connection *c = connection;
    if (c->notice_count == MAX_NOTICES)
        return;
    pg_notice n = {
        .severity = notice_field(c, r, PG_DIAG_SEVERITY),
        .message = notice_field(c, r, PG_DIAG_MESSAGE_PRIMARY),
    };
    ARENA_PUSH(c->notice_arena, c->notices, c->notice_count, n);
}

/* What stands before dbname is a default, what stands behind it is not up to
 * the URL. A machine that has vanished is noticed within a minute; what is sent
 * and not acknowledged, a request to cancel as well, ends sooner. */
static err *connect_to(arena *a, pg_connection *c, const pg_url *url) {
    const char *const names[] = {"connect_timeout",
                                 "fallback_application_name",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "tcp_user_timeout",
                                 "dbname",
                                 "client_encoding",
                                 NULL};
    const char *const values[] = {
        "10",   "tenon", "30", "10", "3", "15000", arena_cstr(a, url->connect),
        "UTF8", NULL};
    c->pg = c->pq.PQconnectdbParams(names, values, 1);
    ASSERT(c->pg != NULL); /* no memory */
    c->label = make_label(c->own, &c->pq, c->pg);
    if (c->pq.PQstatus(c->pg) != CONNECTION_OK)
        return err_new(a, ERR_UNAVAILABLE, "cannot connect to %.*s: %.*s",
                       STR_ARG(c->label),
                       STR_ARG(pg_error_text(a, &c->pq, c->pg)));
    c->cancel = c->pq.PQgetCancel(c->pg);
    (void)c->pq.PQsetNoticeReceiver(c->pg, keep_notice, c);
    return NULL;
}

static err *set_schema(arena *a, pg_connection *c, str schema) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR("SET search_path = "));
    sql_write_name(&sql, schema);
    c->schema = arena_copy(c->own, schema);
    return pg_connection_run(a, c, STR(""), buf_str(&sql));
}

static err *use_schema(arena *a, pg_connection *c, str schema) {
    pg_rows rows;
    if (!str_is_empty(schema))
        return set_schema(a, c, schema);
    TRY(pg_connection_query(a, c,
                            STR("SELECT coalesce(current_schema(), 'public')"
                                " WHERE current_user <> 'tenon'"),
                            NULL, 0, &rows));
    /* The search path begins with the schema of the role's name: a role called
     * tenon would make its tables among our own. */
    if (rows.row_count == 0)
        return set_schema(a, c, STR("public"));
    c->schema = arena_copy(c->own, pg_rows_cell(&rows, 0, 0));
    return NULL;
}

/* What is read and written must not depend on the server's settings. Compiling
 * a query over the catalog takes longer than running it. */
static err *set_up(arena *a, pg_connection *c, str schema) {
    TRY(pg_connection_run(a, c, STR(""),
                          STR("SET client_min_messages = notice;"
                              "SET standard_conforming_strings = on;"
                              "SET DateStyle = 'ISO, YMD';"
                              "SET IntervalStyle = 'postgres';"
                              "SET extra_float_digits = 1;"
                              "SET jit = off;"
                              "SET TimeZone = 'UTC'")));
    return use_schema(a, c, schema);
}

err *pg_connection_open(arena *a, str text, pg_connection **out) {
    pg_url url;
    TRY(pg_url_parse(a, text, &url));
    pg_library pq;
    TRY(pg_library_load(a, &pq));
    TRY(check_url(a, &pq, url.connect));

    arena *own = arena_new();
    CLEANUP(pg_connection_close)
    pg_connection *c = arena_new_array(own, pg_connection, 1);
    c->own = own;
    c->pq = pq;
    c->notice_arena = arena_new();
    TRY(connect_to(a, c, &url));
    TRY(set_up(a, c, url.schema));
    *out = c;
    c = NULL;
    return NULL;
}

void pg_connection_close(pg_connection **connection) {
    pg_connection *c = *connection;
    *connection = NULL;
    if (c == NULL)
        return;
    c->pq.PQfreeCancel(c->cancel);
    c->pq.PQfinish(c->pg);
    arena_free(c->notice_arena);
    arena_free(c->own);
}

static void ignore_notice(void *nobody, const PGresult *r) {
    (void)nobody;
    (void)r;
}

PGconn *pg_connection_detach(pg_connection **connection) {
    PGconn *pg = (*connection)->pg;
    (void)(*connection)->pq.PQsetNoticeReceiver(pg, ignore_notice, NULL);
    (*connection)->pg = NULL;
    pg_connection_close(connection);
    return pg;
}

str pg_connection_label(const pg_connection *c) {
    return c->label;
}

str pg_connection_schema(const pg_connection *c) {
    return c->schema;
}

int pg_connection_version(const pg_connection *c) {
    return c->pq.PQserverVersion(c->pg);
}

/* ---- Statements --------------------------------------------------------- */

static err *lost(arena *a, pg_connection *c) {
    return err_new(a, ERR_UNAVAILABLE, "the connection to %.*s is lost: %.*s",
                   STR_ARG(c->label), STR_ARG(pg_error_text(a, &c->pq, c->pg)));
}

static void read_rows(arena *a, const pg_library *pq, const PGresult *r,
                      pg_rows *out) {
    size_t rows = (size_t)pq->PQntuples(r);
    size_t columns = (size_t)pq->PQnfields(r);
    str *cells = arena_new_array(a, str, rows * columns);
    for (size_t i = 0; i < rows * columns; i++) {
        int row = (int)(i / columns);
        int column = (int)(i % columns);
        if (pq->PQgetisnull(r, row, column))
            continue;
        size_t len = (size_t)pq->PQgetlength(r, row, column);
        cells[i] = arena_copy(a, (str){pq->PQgetvalue(r, row, column), len});
    }
    *out = (pg_rows){rows, columns, cells};
}

/* A script cannot carry the data of a COPY. The server is told to give up. */
static err *refuse_copy(arena *a, pg_connection *c, ExecStatusType status) {
    if (status == PGRES_COPY_OUT) {
        char *data = NULL;
        while (c->pq.PQgetCopyData(c->pg, &data, 0) > 0)
            c->pq.PQfreemem(data);
    } else {
        (void)c->pq.PQputCopyEnd(c->pg, "not supported");
    }
    return err_new(a, ERR_UNSUPPORTED,
                   "COPY from or to the client is not supported; use INSERT");
}

static err *failed(arena *a, pg_connection *c, const PGresult *r,
                   const pg_running *running) {
    err *e = pg_error_of(a, &c->pq, r, running);
    if (e->code == ERR_TIMEOUT && atomic_load(&c->is_cancelled))
        e->code = ERR_CANCELLED;
    return e;
}

/* What one result says; failures are told once, by the first. */
static err *take_result(arena *a, pg_connection *c, const PGresult *r,
                        pg_running *running, pg_rows *out) {
    ExecStatusType status = c->pq.PQresultStatus(r);
    running->statement++;
    if (status == PGRES_TUPLES_OK && out != NULL)
        read_rows(a, &c->pq, r, out);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
        status == PGRES_EMPTY_QUERY)
        return NULL;
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT ||
        status == PGRES_COPY_BOTH)
        return refuse_copy(a, c, status);
    running->statement--;
    return failed(a, c, r, running);
}

static err *take_results(arena *a, pg_connection *c, pg_running *running,
                         pg_rows *out) {
    err *first = NULL;
    PGresult *r = NULL;
    while ((r = c->pq.PQgetResult(c->pg)) != NULL) {
        err *e = take_result(a, c, r, running, out);
        if (first == NULL)
            first = e;
        c->pq.PQclear(r);
    }
    atomic_store(&c->is_cancelled, false);
    if (c->pq.PQstatus(c->pg) != CONNECTION_OK)
        return lost(a, c);
    return first;
}

static err *check_text(arena *a, str text, const char *what) {
    if (str_find_char(text, '\0') == text.len)
        return NULL;
    return err_new(a, ERR_INVALID, "NUL in %s", what);
}

static err *run(arena *a, pg_connection *c, pg_running *running) {
    TRY(check_text(a, running->sql, "an SQL script"));
    if (!c->pq.PQsendQuery(c->pg, arena_cstr(a, running->sql)))
        return lost(a, c);
    return take_results(a, c, running, NULL);
}

err *pg_connection_run(arena *a, pg_connection *c, str name, str sql) {
    pg_running running = {.name = name, .sql = sql, .place = {1, 1}};
    return run(a, c, &running);
}

err *pg_connection_run_each(arena *a, pg_connection *c, str name, str sql) {
    pg_script rest = pg_script_of(sql);
    pg_statement s;
    while (pg_script_next(&rest, &s)) {
        pg_running running = {.name = name, .sql = s.text, .place = s.place};
        TRY(run(a, c, &running));
    }
    return NULL;
}

err *pg_connection_query(arena *a, pg_connection *c, str sql,
                         const str *parameters, size_t count, pg_rows *out) {
    ASSERT(count <= MAX_PARAMETERS);
    const char **values = arena_new_array(a, const char *, count);
    for (size_t i = 0; i < count; i++) {
        TRY(check_text(a, parameters[i], "a parameter"));
        if (parameters[i].ptr != NULL)
            values[i] = arena_cstr(a, parameters[i]);
    }
    pg_running running = {.sql = sql, .place = {1, 1}};
    *out = (pg_rows){0};
    TRY(check_text(a, sql, "a statement"));
    if (!c->pq.PQsendQueryParams(c->pg, arena_cstr(a, sql), (int)count, NULL,
                                 values, NULL, NULL, 0))
        return lost(a, c);
    return take_results(a, c, &running, out);
}

err *pg_connection_limit(arena *a, pg_connection *c, pg_limits limits) {
    str sql = arena_printf(
        a, "SET lock_timeout = %" PRId64 ";SET statement_timeout = %" PRId64,
        limits.lock_ms, limits.statement_ms);
    return pg_connection_run(a, c, STR(""), sql);
}

void pg_connection_cancel(pg_connection *c) {
    char why[256];
    atomic_store(&c->is_cancelled, true);
    (void)c->pq.PQcancel(c->cancel, why, sizeof why);
}

/* ---- Notifications ------------------------------------------------------ */

err *pg_connection_listen(arena *a, pg_connection *c, str channel) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR("LISTEN "));
    sql_write_name(&sql, channel);
    return pg_connection_run(a, c, STR(""), buf_str(&sql));
}

err *pg_connection_heard(arena *a, pg_connection *c, str *out) {
    *out = (str){0};
    if (!c->pq.PQconsumeInput(c->pg))
        return lost(a, c);
    PGnotify *said = c->pq.PQnotifies(c->pg);
    if (said == NULL)
        return NULL;
    *out = arena_copy(a, str_of(said->extra));
    c->pq.PQfreemem(said);
    return NULL;
}

err *pg_connection_hear(arena *a, pg_connection *c, int wake, str *out) {
    struct pollfd ready[] = {
        {.fd = c->pq.PQsocket(c->pg), .events = POLLIN},
        {.fd = wake, .events = POLLIN},
    };
    for (;;) {
        TRY(pg_connection_heard(a, c, out));
        if (out->ptr != NULL)
            return NULL;
        (void)poll(ready, LENGTH(ready), -1); /* a signal: looks again */
        if (ready[1].revents != 0)
            return NULL;
    }
}

/* ---- Transactions ------------------------------------------------------- */

bool pg_connection_is_in_transaction(const pg_connection *c) {
    PGTransactionStatusType status = c->pq.PQtransactionStatus(c->pg);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

err *pg_connection_begin(arena *a, pg_connection *c) {
    ASSERT(!pg_connection_is_in_transaction(c));
    return pg_connection_run(a, c, STR(""), STR("BEGIN"));
}

/* The server answers the COMMIT of a failed transaction with success, and a
 * script may have ended it itself. */
err *pg_connection_commit(arena *a, pg_connection *c) {
    PGTransactionStatusType status = c->pq.PQtransactionStatus(c->pg);
    TRY(pg_connection_run(a, c, STR(""), STR("COMMIT")));
    if (status == PQTRANS_INERROR)
        return err_new(a, ERR_CONFLICT,
                       "the transaction was rolled back, because a statement "
                       "in it had failed");
    if (status == PQTRANS_IDLE)
        return err_new(a, ERR_CONFLICT,
                       "the transaction was ended by a statement in it");
    return NULL;
}

void pg_connection_rollback(pg_connection *c) {
    if (!pg_connection_is_in_transaction(c) ||
        !c->pq.PQsendQuery(c->pg, "ROLLBACK"))
        return;
    PGresult *r = NULL;
    while ((r = c->pq.PQgetResult(c->pg)) != NULL)
        c->pq.PQclear(r);
}

/* ---- Notices ------------------------------------------------------------ */

size_t pg_connection_notices(const pg_connection *c, const pg_notice **out) {
    *out = c->notices;
    return c->notice_count;
}

void pg_connection_forget_notices(pg_connection *c) {
    arena_reset(c->notice_arena);
    c->notices = NULL;
    c->notice_count = 0;
}
