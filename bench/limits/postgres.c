/*
 * What PostgreSQL behind HTTP costs at least: libpq's pipeline mode in a bare
 * epoll loop, and the answers put together without a look at what is in them.
 *
 *     bench_postgres URL PORT WORKERS
 *
 *     GET  /point/42     one row
 *     GET  /list/42      twenty rows
 *     GET  /nested/42    twenty sales with their seller and three lines each
 *     POST /item         inserts a row
 *
 * Each worker has connections of its own: two for reads, whose statements of
 * one turn of the loop share a Sync, and four for writes, each of which has its
 * own. It does not survive hostile input; nothing but the bench talks to it.
 */
#include <errno.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bare.h"

enum {
    EVENTS = 256,
    INPUT = 16384,
    OUTPUT = 32768,
    READERS = 2,
    WRITERS = 4,
    AWAITED = 1024, /* a power of two, more than the bench has connections */
};

typedef enum kind { LISTENER, CLIENT, DATABASE } kind;

typedef struct client {
    kind kind;
    int fd;
    bool is_nested; /* the rows that it waits for */
    size_t used;
    char input[INPUT];
} client;

/* Whose answers come, in order; NULL is a Sync's. */
typedef struct channel {
    kind kind;
    PGconn *pg;
    client *awaited[AWAITED];
    size_t begin;
    size_t end;
    bool needs_sync;
    client *written; /* its Sync is to come */
} channel;

typedef struct worker {
    int epoll;
    channel readers[READERS];
    channel writers[WRITERS];
    unsigned long next_reader;
    unsigned long next_writer;
} worker;

static struct settings {
    const char *url;
    uint16_t port;
} settings;

#define COLUMNS "id, user_id, title, note, price, quantity, active, created_at"

/* As Tenon asks. */
#define NESTED                                                                 \
    "SELECT s.id, s.seller_id, s.note, s.total, s.is_paid, s.created_at,"      \
    " (SELECT row_to_json(p.*) FROM (SELECT id, name, city,"                   \
    " created_at::timestamptz AS created_at FROM seller"                       \
    " WHERE s.seller_id = id LIMIT 1) AS p),"                                  \
    " (SELECT coalesce(json_agg(row_to_json(l.*)), '[]')"                      \
    " FROM (SELECT id, sale_id, title, quantity, price FROM line"              \
    " WHERE sale_id = s.id ORDER BY id LIMIT 3) AS l)"                         \
    " FROM sale s WHERE s.id > $1 ORDER BY s.id LIMIT 20"

static const struct statement {
    const char *name;
    const char *sql;
} STATEMENTS[] = {
    {"point", "SELECT " COLUMNS " FROM item WHERE id = $1"},
    {"list", "SELECT " COLUMNS " FROM item WHERE id > $1 ORDER BY id LIMIT 20"},
    {"nested", NESTED},
    {"insert", "INSERT INTO item (user_id, title, note, price, quantity,"
               " active) VALUES ($1, $2, $3, $4, $5, $6)"},
};

static void stop_pg(PGconn *pg) {
    fprintf(stderr, "bench_postgres: %s\n", PQerrorMessage(pg));
    exit(1);
}

/* ---- The database ------------------------------------------------------- */

static void open_link(worker *w, channel *l) {
    l->kind = DATABASE;
    l->pg = PQconnectdb(settings.url);
    if (PQstatus(l->pg) != CONNECTION_OK)
        stop_pg(l->pg);
    PQclear(PQexec(l->pg, "SET TimeZone = 'UTC'"));
    for (size_t i = 0; i < sizeof STATEMENTS / sizeof *STATEMENTS; i++)
        PQclear(
            PQprepare(l->pg, STATEMENTS[i].name, STATEMENTS[i].sql, 0, NULL));
    if (PQsetnonblocking(l->pg, 1) != 0 || PQenterPipelineMode(l->pg) != 1)
        stop_pg(l->pg);
    bare_watch(w->epoll, PQsocket(l->pg), l);
}

static void await(channel *l, client *c) {
    if (l->end - l->begin == AWAITED)
        stop_pg(l->pg);
    l->awaited[l->end++ % AWAITED] = c;
}

static void sync_link(channel *l) {
    if (PQpipelineSync(l->pg) != 1)
        stop_pg(l->pg);
    await(l, NULL);
    l->needs_sync = false;
}

static void ask(channel *l, client *c, const char *name, int count,
                const char *const *values) {
    if (PQsendQueryPrepared(l->pg, name, count, values, NULL, NULL, 0) != 1)
        stop_pg(l->pg);
    await(l, c);
    l->needs_sync = true;
}

/* ---- Answers ------------------------------------------------------------ */

/* A number, or JSON that PostgreSQL made, is itself. */
typedef enum spelling { NUMBER, TEXT, BOOLEAN } spelling;

static const struct column {
    const char *key;
    spelling spelling;
} ROW[] = {
    {"\"id\":", NUMBER},      {"\"user_id\":", NUMBER},
    {"\"title\":", TEXT},     {"\"note\":", TEXT},
    {"\"price\":", NUMBER},   {"\"quantity\":", NUMBER},
    {"\"active\":", BOOLEAN}, {"\"created_at\":", TEXT},
};

static const struct column SALE[] = {
    {"\"id\":", NUMBER},       {"\"seller_id\":", NUMBER},
    {"\"note\":", TEXT},       {"\"total\":", NUMBER},
    {"\"is_paid\":", BOOLEAN}, {"\"created_at\":", TEXT},
    {"\"seller\":", NUMBER},   {"\"line\":", NUMBER},
};

static char *put(char *to, const char *bytes, size_t len) {
    memcpy(to, bytes, len);
    return to + len;
}

static char *write_cell(char *to, const struct column *c, const char *value,
                        size_t len) {
    to = put(to, c->key, strlen(c->key));
    if (c->spelling == BOOLEAN)
        return value[0] == 't' ? put(to, "true", 4) : put(to, "false", 5);
    if (c->spelling == TEXT)
        *to++ = '"';
    to = put(to, value, len);
    if (c->spelling == TEXT)
        *to++ = '"';
    return to;
}

static size_t write_rows(const PGresult *r, const struct column *columns,
                         char *out) {
    char *to = out;
    *to++ = '[';
    for (int row = 0; row < PQntuples(r); row++) {
        if (row > 0)
            *to++ = ',';
        for (int i = 0; i < PQnfields(r); i++) {
            *to++ = i == 0 ? '{' : ',';
            to = write_cell(to, &columns[i], PQgetvalue(r, row, i),
                            (size_t)PQgetlength(r, row, i));
        }
        *to++ = '}';
    }
    *to++ = ']';
    return (size_t)(to - out);
}

/* rows: of a read; NULL of a write. */
static void reply(client *c, const PGresult *rows) {
    char body[OUTPUT];
    char text[OUTPUT + 256];
    if (c->fd < 0)
        return;
    const struct column *columns = c->is_nested ? SALE : ROW;
    size_t len = rows != NULL ? write_rows(rows, columns, body) : 0;
    int head = snprintf(text, 256,
                        "HTTP/1.1 %s\r\n"
                        "Content-Type: application/json; charset=utf-8\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        rows != NULL ? "200 OK" : "201 Created", len);
    memcpy(text + head, body, len);
    (void)send(c->fd, text, (size_t)head + len, MSG_NOSIGNAL);
}

/* A write is done when its Sync is. */
static void take_sync(channel *l) {
    if (l->written != NULL)
        reply(l->written, NULL);
    l->written = NULL;
    l->begin++;
}

static void take_answers(channel *l) {
    if (PQconsumeInput(l->pg) != 1)
        stop_pg(l->pg);
    while (l->begin < l->end && !PQisBusy(l->pg)) {
        client *c = l->awaited[l->begin % AWAITED];
        PGresult *r = PQgetResult(l->pg);
        if (r == NULL) {
            l->begin++;
            continue;
        }
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_PIPELINE_SYNC) {
            take_sync(l);
        } else if (status == PGRES_TUPLES_OK) {
            reply(c, r);
        } else if (status == PGRES_COMMAND_OK) {
            l->written = c;
        } else {
            fprintf(stderr, "bench_postgres: %s\n", PQresultErrorMessage(r));
            exit(1);
        }
        PQclear(r);
    }
}

/* ---- Questions ---------------------------------------------------------- */

static void ask_by_id(worker *w, client *c, const char *name, char *id) {
    id[strcspn(id, " ")] = '\0';
    const char *const values[] = {id};
    c->is_nested = strcmp(name, "nested") == 0;
    ask(&w->readers[w->next_reader++ % READERS], c, name, 1, values);
}

/* The bench's bodies have their members in this order. */
static void ask_to_insert(worker *w, client *c, const char *body) {
    char cells[6][256];
    if (sscanf(body,
               "{\"user_id\":%255[^,],\"title\":\"%255[^\"]\",\"note\":"
               "\"%255[^\"]\",\"price\":%255[^,],\"quantity\":%255[^,],"
               "\"active\":%255[^}]}",
               cells[0], cells[1], cells[2], cells[3], cells[4],
               cells[5]) != 6) {
        fputs("bench_postgres: unknown body\n", stderr);
        exit(1);
    }
    const char *const values[] = {cells[0], cells[1], cells[2],
                                  cells[3], cells[4], cells[5]};
    channel *l = &w->writers[w->next_writer++ % WRITERS];
    ask(l, c, "insert", 6, values);
    sync_link(l);
}

/* False: the request is not complete. */
static bool take_request(worker *w, client *c) {
    c->input[c->used] = '\0';
    char *body = strstr(c->input, "\r\n\r\n");
    if (body == NULL)
        return false;
    body += 4;
    if (strncmp(c->input, "GET /point/", 11) == 0) {
        ask_by_id(w, c, "point", c->input + 11);
    } else if (strncmp(c->input, "GET /list/", 10) == 0) {
        ask_by_id(w, c, "list", c->input + 10);
    } else if (strncmp(c->input, "GET /nested/", 12) == 0) {
        ask_by_id(w, c, "nested", c->input + 12);
    } else {
        if (strchr(body, '}') == NULL)
            return false;
        ask_to_insert(w, c, body);
    }
    c->used = 0;
    return true;
}

static void serve(worker *w, client *c) {
    ssize_t n = recv(c->fd, c->input + c->used, INPUT - 1 - c->used, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        /* Its memory stays: an answer may be on its way. */
        close(c->fd);
        c->fd = -1;
        return;
    }
    c->used += (size_t)n;
    (void)take_request(w, c);
}

/* ---- The loop ----------------------------------------------------------- */

static void *make_client(int fd) {
    client *c = malloc(sizeof *c);
    if (c == NULL)
        bare_stop("malloc");
    c->kind = CLIENT;
    c->fd = fd;
    c->is_nested = false;
    c->used = 0;
    return c;
}

static void handle(worker *w, int listener, void *what) {
    kind k = what == NULL ? LISTENER : *(const kind *)what;
    switch (k) {
    case LISTENER:
        bare_accept(w->epoll, listener, make_client);
        break;
    case CLIENT:
        serve(w, what);
        break;
    case DATABASE:
        take_answers(what);
        break;
    }
}

static void *run_worker(void *unused) {
    (void)unused;
    worker *w = calloc(1, sizeof *w);
    if (w == NULL)
        bare_stop("calloc");
    int listener = bare_listen(settings.port);
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (w->epoll < 0)
        bare_stop("epoll");
    bare_watch(w->epoll, listener, NULL);
    for (int i = 0; i < READERS; i++)
        open_link(w, &w->readers[i]);
    for (int i = 0; i < WRITERS; i++)
        open_link(w, &w->writers[i]);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(w->epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++)
            handle(w, listener, events[i].data.ptr);
        for (int i = 0; i < READERS; i++)
            if (w->readers[i].needs_sync)
                sync_link(&w->readers[i]);
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fputs("usage: bench_postgres URL PORT WORKERS\n", stderr);
        return 2;
    }
    settings.url = argv[1];
    settings.port = (uint16_t)strtoul(argv[2], NULL, 10);
    unsigned long workers = strtoul(argv[3], NULL, 10);
    if (workers < 1 || workers > BARE_WORKERS_MAX)
        return 2;
    bare_run(settings.port, workers, run_worker, NULL);
    return 0;
}
