#include "base/attr.h"
#include "io/http_connection.h"

enum {
    /* Dropping who holds less frees nothing. */
    HARMLESS = 4 * 1024,

    /* Requests up to this are served until twice the budget is spent, so that
     * large ones do not keep small ones out. */
    SMALL_REQUEST = 4 * 1024,
};

/* ---- What waits --------------------------------------------------------- */

static size_t waiting_of(const http_connection *c) {
    size_t n = c->kept.capacity;
    if (c->pending != NULL)
        n += c->pending->out.capacity + c->pending->body.capacity;
    if (c->pending != NULL && c->tls != NULL)
        n += tls_session_output(c->tls).len;
    return n;
}

/* A phase's list is in order of the last byte that a client sent or took, so
 * that who keeps up is found last. */
static http_connection *first_holder(const http_server *s, http_phase phase) {
    http_connection *c = s->phases[phase].first;
    while (c != NULL && c->waiting <= HARMLESS)
        c = c->next;
    return c;
}

static http_connection *stalest_holder(const http_server *s) {
    static const http_phase PHASES[] = {HTTP_PHASE_HEAD, HTTP_PHASE_BODY,
                                        HTTP_PHASE_WRITING};
    http_connection *found = NULL;
    for (size_t i = 0; i < LENGTH(PHASES); i++) {
        http_connection *c = first_holder(s, PHASES[i]);
        if (c != NULL && (found == NULL || c->since < found->since))
            found = c;
    }
    return found;
}

/* Dropping one accounts for it in turn, hence the flag. */
static COLD void make_room(http_server *s) {
    http_connection *c;
    if (s->is_making_room)
        return;
    s->is_making_room = true;
    while (s->waiting > s->limits.waiting_bytes &&
           (c = stalest_holder(s)) != NULL)
        http_connection_drop(c);
    s->is_making_room = false;
}

void http_budget_account(http_connection *c) {
    http_server *s = c->server;
    size_t now = waiting_of(c);
    if (LIKELY(now == c->waiting))
        return;
    s->waiting += now - c->waiting;
    c->waiting = now;
    if (UNLIKELY(s->waiting > s->limits.waiting_bytes))
        make_room(s);
}

/* ---- What is served ----------------------------------------------------- */

bool http_budget_allows(const http_server *s, size_t request_len) {
    size_t serving = atomic_load_explicit(&s->serving, memory_order_relaxed);
    if (LIKELY(serving <= s->limits.serving_bytes))
        return true;
    return request_len <= SMALL_REQUEST &&
           serving / 2 <= s->limits.serving_bytes;
}
