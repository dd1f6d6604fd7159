/*
 * http_connection.h: what the files of the HTTP/1.1 server share; nobody else
 * includes it.
 *
 *   http_server      accepts, watches the clock, drains
 *   http_connection  bytes in, requests out, one at a time
 *   http_exchange    one request and its reply, pooled
 *   http_tls         what TLS puts between a connection and its socket
 *   http_turn        a turn's requests, and its replies, in one go each
 *   http_output      replies to the socket, and what it did not take yet
 *   http_stream      replies whose end is not known when they begin
 *   http_budget      what all clients together make us hold
 *
 * A connection is in one phase, and in the list of that phase. All waits of a
 * phase are equally long, so a list in order of entry is in order of expiry:
 * entering, leaving and finding who is late cost O(1), with one timer for all.
 *
 *         .--> IDLE --> HEAD --> BODY --.
 *         |     '---------'-------'-----+--> SERVING <--> WRITING (stream)
 *         |                                     |
 *         '---- WRITING, if the socket is full -'--> LINGERING --> CLOSED
 *
 * With TLS a connection begins in HEAD, so that its handshake has the time of a
 * head, and its input is what was decrypted.
 *
 * What it has depends on the phase: an exchange and a fiber while it serves,
 * input bytes in HEAD and BODY (or while serving, if requests are pipelined),
 * unsent output in WRITING. IDLE has none of these.
 */
#ifndef IO_HTTP_CONNECTION_H
#define IO_HTTP_CONNECTION_H

#include <stdatomic.h>

#include <uv.h>

#include "base/buf.h"
#include "io/fiber.h"
#include "io/http1.h"
#include "io/http1_chunked.h"
#include "io/http_limits.h"
#include "io/http_message.h"
#include "io/http_server.h"
#include "io/loop.h"
#include "io/tls_session.h"

enum {
    HTTP_BLOCK = 64 * 1024, /* the most one read takes */
    HTTP_PLAIN_BLOCK = HTTP_BLOCK + TLS_MORE_PLAIN,

    /* Pipelined bytes beside a request in progress; then reading stops. */
    HTTP_MAX_UNREAD = 64 * 1024,

    /* Replies gather up to this, and bodies up to this are copied to them. */
    HTTP_GATHERED = 64 * 1024,
    HTTP_COPIED_BODY = 8 * 1024,

    /* What a pooled exchange keeps of its memory. */
    HTTP_KEPT_OUT = 16 * 1024,
    HTTP_KEPT_BODY = 64 * 1024,

    HTTP_PEER_SIZE = 56,

    /* What a stage of a turn gathers: so many, and none longer than that. */
    HTTP_TURN_MAX = 64,
    HTTP_TURN_REQUEST = 4 * 1024,
    HTTP_TURN_REPLY = 8 * 1024,
};

typedef enum http_phase {
    HTTP_PHASE_IDLE,
    HTTP_PHASE_HEAD,
    HTTP_PHASE_BODY,
    HTTP_PHASE_SERVING,
    HTTP_PHASE_WRITING,
    HTTP_PHASE_LINGERING,
    HTTP_PHASES,
    HTTP_PHASE_CLOSED = HTTP_PHASES,
} http_phase;

typedef struct http_connection http_connection;
typedef struct http_exchange http_exchange;

typedef struct http_phase_list {
    http_connection *first; /* waits longest */
    http_connection *last;
} http_phase_list;

/* What a socket would not take: bytes of out, then of body. Both may be empty
 * while a TLS session has output of its own. */
typedef struct http_pending {
    buf out;
    buf body;
    size_t sent;
    int in_kernel; /* bytes the client had not taken when last looked at */
} http_pending;

/* A complete reply that leaves with the others. */
typedef struct http_departure {
    http_connection *connection; /* NULL: it left before */
    size_t len;
} http_departure;

typedef struct http_turn {
    http_connection *arrivals[HTTP_TURN_MAX]; /* NULL: it is closed */
    size_t arrival_count;
    size_t arrived; /* bytes of the server's block that are theirs */
    loop_hook serve;

    buf departing; /* their bytes, one behind the other */
    http_departure departures[HTTP_TURN_MAX];
    size_t departure_count;
    loop_hook send;
} http_turn;

struct http_connection {
    uv_poll_t poll;
    http_server *server;
    http_connection *previous; /* in the list of its phase */
    http_connection *next;
    int64_t since;      /* when it entered the list */
    int64_t body_since; /* when it entered BODY from elsewhere */
    http_phase phase;
    int fd;
    int events; /* that poll asks for */

    bool is_input_ended;
    bool is_last; /* no request is taken after the current one */
    bool is_handle_closed;
    bool is_output_awaited; /* the fiber is parked until pending is sent */
    bool has_continued;     /* 100 was sent for the request that comes in */
    bool is_arrived;        /* its input waits to be served in this turn */
    bool is_departing;      /* a reply waits to be sent in this turn */
    uint8_t peer_len;

    /* What came and was not taken yet: in the server's block during the
     * callback of a read, else the tail of kept. */
    str input;
    buf kept;
    size_t looked_at; /* of the head */
    size_t needed;    /* input is of no use before it is so long */
    size_t chunks_at; /* where in input the next chunks are; 0: not begun */
    http1_chunked chunked;
    size_t lingered; /* bytes thrown away */
    size_t waiting;  /* its part of the server's */
    uint64_t number; /* the handlers' */

    fiber *fiber;            /* while serving */
    http_exchange *exchange; /* while serving, else NULL */
    http_pending *pending;   /* or NULL */
    tls_session *tls;        /* or NULL: none, or nothing came yet */
    char peer[HTTP_PEER_SIZE];
};

/* ---- http_exchange ------------------------------------------------------ */

struct http_exchange {
    http_server *server;
    http_connection *connection;
    http_exchange *next_free;
    http_exchange *next_unflushed;
    bool is_unflushed;

    http_request request;
    http_reply reply;
    arena *arena;
    buf bytes; /* of a large request; small ones are in the arena */
    buf body;  /* the reply's */
    buf out;   /* replies ready to be sent */

    bool is_body_ready; /* body is complete and to be sent behind out */
    bool is_head;       /* the reply's body is not sent */
    bool is_http10;
    bool is_kept_alive;
    http_stream stream;
    bool is_stream_begun;
    bool is_stream_ended;
    bool is_stream_chunked;
    bool is_stream_silent; /* HEAD, 204, 304: no body is sent */

    http_header headers[]; /* limits.header_count */
};

void http_exchange_free(http_exchange *x);
http_exchange *http_exchange_take(http_server *s, http_connection *c);
void http_exchange_put(http_exchange *x);

/* Takes the next request from c's input into x. REFUSED has appended the reply
 * to x->out; MORE may have appended "100 Continue". */
http1_outcome http_exchange_read(http_exchange *x);

/* An empty reply for the handler to fill in. */
void http_exchange_begin_reply(http_exchange *x);

/* Whether the connection closes behind x's reply; from then on it takes no
 * other request. */
bool http_exchange_is_last(http_exchange *x);

/* Appends the complete reply to x->out; a large body stays in x->body for
 * http_output_flush. */
void http_exchange_reply(http_exchange *x);

/* Appends an error reply of the server's own and makes it the last. */
void http_exchange_refuse(http_exchange *x, int status, str reason);

/* Forgets the request, keeps the memory. */
void http_exchange_clear(http_exchange *x);

/* ---- http_turn ---------------------------------------------------------- */

/*
 * A turn has three stages: read from all sockets that have something, serve
 * all, send to all. A processor keeps the code of the last few microseconds at
 * hand. A stage finds its own there, where requests that are each read, served
 * and sent would find the end of the one before. Requests and replies that are
 * long, or in parts, go their own way at once.
 */
void http_turn_init(http_turn *t);
void http_turn_free(http_turn *t);

/* Where the next read puts its bytes, in the server's block. */
char *http_turn_room(http_server *s, size_t *size);

/* True: c, which is idle, is served after the events of this turn. bytes are
 * those just read into the room. */
bool http_turn_arrive(http_connection *c, str bytes);

/* Serves all that have arrived. */
void http_turn_serve(http_server *s);

/* True: x's output, behind which nothing follows, leaves when the turn's
 * requests are served, and x is done with it. */
bool http_turn_depart(http_exchange *x);

/* Sends at once what of c's waits to be sent. */
void http_turn_hurry(http_connection *c);

/* c is about to be closed: what is to be sent is, as far as the socket takes
 * it, and its request is not served. c may be lost by that. */
void http_turn_leave(http_connection *c);

/* ---- http_output -------------------------------------------------------- */

/* Sends bytes that follow all that was sent before; those that the socket does
 * not take become c->pending. A lost connection is aborted. */
void http_output_send(http_connection *c, str bytes);

/* Sends what x has gathered. What the socket does not take becomes c->pending
 * and c goes to WRITING. A lost connection is aborted. Suspends, in c's fiber,
 * while there is something pending from before. */
void http_output_flush(http_exchange *x);

/* Until nothing is pending, or c is closed. In c's fiber. Suspends. */
void http_output_wait(http_connection *c);

/* Flushes at the end of this turn, in case x's fiber parks. */
void http_output_flush_soon(http_exchange *x);

/* Goes on with c->pending. True when all of it was taken. */
bool http_output_resume(http_connection *c);

/* Whether the client took a byte since the last look. The kernel speaks of
 * room only when there is much of it, so a slow reader would seem not to read
 * at all. */
bool http_output_advances(http_connection *c);

/* Makes c's pending of what x has beside the first sent bytes; x may be NULL:
 * the TLS session alone has something. */
void http_output_keep(http_connection *c, http_exchange *x, size_t sent);

void http_output_drop(http_connection *c);

/* A hook of the server's. */
void http_output_flush_all(loop_hook *hook);

/* ---- http_stream -------------------------------------------------------- */

void http_stream_init(http_exchange *x);

/* When serve has returned: sends what is left, or breaks off. */
void http_stream_finish(http_exchange *x);

/* ---- http_tls ----------------------------------------------------------- */

/* Goes on with bytes from the socket: the handshake, requests, the end. */
void http_tls_read(http_connection *c, str bytes);

/* As http_output's own way to send: *sent counts bytes of out and body that the
 * socket took as records. False when the connection is lost. */
bool http_tls_send(http_connection *c, const buf *out, const buf *body,
                   size_t *sent);

/* Whether c waits for its handshake; never without TLS. */
bool http_tls_is_new(const http_connection *c);

/* Tells the client that this is the end, if the socket takes it at once. */
void http_tls_say_end(http_connection *c);

/* ---- http_budget -------------------------------------------------------- */

/* After c's kept or pending changed. Past the budget, ends other connections or
 * c itself: see http_connection_drop. */
void http_budget_account(http_connection *c);

/* Whether a request of that length, with its head, may be served now. */
bool http_budget_allows(const http_server *s, size_t request_len);

/* ---- http_connection ---------------------------------------------------- */

/* Owns fd from here on; closes it when it fails. */
void http_connection_new(http_server *s, int fd, const struct sockaddr *from);

void http_connection_read(http_connection *c);

/* Adds bytes to the input and serves what is complete. They are in a block of
 * the server's. */
void http_connection_take(http_connection *c, str bytes);

/* Serves what is complete of the input, while c serves nothing. */
void http_connection_go_on(http_connection *c);

/* No more input comes. */
void http_connection_end_input(http_connection *c);

/* Answers what cannot be served, while c serves nothing. */
void http_connection_refuse(http_connection *c, int status, str reason);

/* No reply follows: ends our side and waits for the client to end its own. */
void http_connection_linger(http_connection *c);

/* Copies the input from the server's block, where the next read overwrites it.
 * What was taken from it is dropped. */
void http_connection_keep_input(http_connection *c);

void http_connection_enter(http_connection *c, http_phase phase);
void http_connection_time_out(http_connection *c);

/* To free what it holds: 503 if it is sending, a reset if it does not read. */
void http_connection_drop(http_connection *c);

/* Closes an idle one in order. */
void http_connection_close(http_connection *c);

/* Closes at once; what was not sent is lost. A fiber that serves it is
 * cancelled and ends later. */
void http_connection_abort(http_connection *c);

/* The same, and the client sees a reset, not an orderly end. */
void http_connection_reset(http_connection *c);

/* Asks the loop for the events that c's state waits for. */
void http_connection_watch(http_connection *c);

/* ---- http_server -------------------------------------------------------- */

struct http_server {
    loop *loop;
    http_limits limits;
    http_service *service;
    tls_context *tls; /* or NULL */
    fiber_group fibers;

    int socket; /* -1 when draining */
    uv_poll_t listener;
    uv_timer_t timer; /* runs while there is a connection */
    bool is_accepting;
    bool is_draining;
    int64_t drain_until;
    int open_handles; /* of the server's own */

    http_phase_list phases[HTTP_PHASES];
    size_t connections;
    size_t waiting;        /* bytes: see http_limits */
    atomic_size_t serving; /* bytes; the database's threads count too */
    bool is_making_room;
    uint64_t next_id;

    http_exchange *free_exchanges;
    size_t free_count;
    http_exchange *unflushed;
    loop_hook flush_hook;
    http_turn turn;

    int64_t date_checked_at; /* loop_now */
    int64_t date_second;
    char date[32];
    char *block;       /* HTTP_BLOCK bytes */
    char *plain_block; /* TLS: what was decrypted; HTTP_PLAIN_BLOCK bytes */
};

void http_server_count_in(http_server *s);
void http_server_count_out(http_server *s);

/* "Sun, 06 Nov 1994 08:49:37 GMT", of now. */
str http_server_date(http_server *s);

#endif
