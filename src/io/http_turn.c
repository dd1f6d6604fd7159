#include "base/assert.h"
#include "io/http_connection.h"

enum {
    /* One read has at least the half of the block for itself. */
    MAX_ARRIVED = HTTP_BLOCK / 2,
    MAX_DEPARTING = HTTP_TURN_MAX * HTTP_TURN_REPLY,
};

static http_server *server_of(http_turn *t) {
    return CONTAINER_OF(t, http_server, turn);
}

/* ---- Requests ----------------------------------------------------------- */

char *http_turn_room(http_server *s, size_t *size) {
    *size = HTTP_BLOCK - s->turn.arrived;
    return s->block + s->turn.arrived;
}

bool http_turn_arrive(http_connection *c, str bytes) {
    http_turn *t = &c->server->turn;
    bool is_plain = c->phase == HTTP_PHASE_IDLE && c->kept.len == 0 &&
                    bytes.len <= HTTP_TURN_REQUEST;
    if (UNLIKELY(!is_plain))
        return false;
    c->input = bytes;
    c->is_arrived = true;
    t->arrivals[t->arrival_count++] = c;
    t->arrived += bytes.len;
    loop_request_turn_end(c->server->loop, &t->serve);
    if (t->arrival_count == HTTP_TURN_MAX || t->arrived > MAX_ARRIVED)
        http_turn_serve(c->server);
    return true;
}

void http_turn_serve(http_server *s) {
    http_turn *t = &s->turn;
    for (size_t i = 0; i < t->arrival_count; i++) {
        http_connection *c = t->arrivals[i];
        if (UNLIKELY(c == NULL))
            continue;
        c->is_arrived = false;
        http_connection_go_on(c);
    }
    t->arrival_count = 0;
    t->arrived = 0;
}

static void serve_hook(loop_hook *hook) {
    http_turn_serve(server_of(CONTAINER_OF(hook, http_turn, serve)));
}

/* ---- Replies ------------------------------------------------------------ */

static void send_one(http_departure *d, str bytes) {
    http_connection *c = d->connection;
    if (c == NULL)
        return;
    d->connection = NULL;
    c->is_departing = false;
    http_output_send(c, bytes);
}

static void send_all(http_turn *t) {
    str rest = buf_str(&t->departing);
    for (size_t i = 0; i < t->departure_count; i++) {
        http_departure *d = &t->departures[i];
        send_one(d, str_take(&rest, d->len));
    }
    t->departure_count = 0;
    buf_clear(&t->departing, HTTP_GATHERED);
}

static void send_hook(loop_hook *hook) {
    send_all(CONTAINER_OF(hook, http_turn, send));
}

bool http_turn_depart(http_exchange *x) {
    http_connection *c = x->connection;
    http_turn *t = &x->server->turn;
    bool is_plain = x->out.len > 0 && x->out.len <= HTTP_TURN_REPLY &&
                    !x->is_body_ready && !c->is_last && !c->is_input_ended &&
                    !c->is_departing && c->pending == NULL && c->tls == NULL &&
                    c->phase != HTTP_PHASE_CLOSED;
    if (UNLIKELY(!is_plain))
        return false;
    if (t->departure_count == HTTP_TURN_MAX)
        send_all(t);
    buf_append(&t->departing, buf_str(&x->out));
    t->departures[t->departure_count++] = (http_departure){c, x->out.len};
    c->is_departing = true;
    buf_clear(&x->out, HTTP_KEPT_OUT);
    loop_request_turn_end(x->server->loop, &t->send);
    return true;
}

void http_turn_hurry(http_connection *c) {
    http_turn *t = &c->server->turn;
    str rest = buf_str(&t->departing);
    for (size_t i = 0; c->is_departing && i < t->departure_count; i++) {
        http_departure *d = &t->departures[i];
        str bytes = str_take(&rest, d->len);
        if (d->connection == c)
            send_one(d, bytes);
    }
}

/* ---- Life --------------------------------------------------------------- */

void http_turn_leave(http_connection *c) {
    http_turn *t = &c->server->turn;
    for (size_t i = 0; c->is_arrived && i < t->arrival_count; i++) {
        if (t->arrivals[i] != c)
            continue;
        t->arrivals[i] = NULL;
        c->is_arrived = false;
    }
    http_turn_hurry(c);
}

void http_turn_init(http_turn *t) {
    *t = (http_turn){
        .departing = buf_new(MAX_DEPARTING),
        .serve = {.run = serve_hook},
        .send = {.run = send_hook},
    };
}

void http_turn_free(http_turn *t) {
    buf_free(&t->departing);
}
