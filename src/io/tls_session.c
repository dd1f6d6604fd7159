#include "io/tls_session.h"

#include <stdlib.h>

#include "base/assert.h"
#include "io/tls_context_connection.h"

enum {
    /* OpenSSL is shown so much at once, so that the memory it copies them to
     * stays small. */
    SHOWN_AT_ONCE = 16 * 1024,

    /* More than one record holds. */
    PLAIN_OF_RECORD = 16 * 1024 + 1,

    /* Emptied memory up to this stays with a connection. */
    KEPT = 4 * 1024,
};

struct tls_session {
    const tls_library *library;
    SSL *connection;
    BIO *incoming; /* both are the connection's */
    BIO *outgoing;
    tls_state state;
    bool is_ended; /* by us */
    size_t barren;
    size_t sent; /* of the output */
    size_t plain_in_output;
    uint64_t total_sent;
};

static BIO *memory_new(const tls_library *l) {
    BIO *memory = l->BIO_new(l->BIO_s_mem());
    if (memory == NULL)
        PANIC("out of memory");
    return memory;
}

tls_session *tls_session_new(tls_context *c) {
    tls_session *s = calloc(1, sizeof *s);
    if (s == NULL)
        PANIC("out of memory");
    const tls_library *l = tls_context_library(c);
    *s = (tls_session){
        .library = l,
        .connection = tls_context_connection(c),
        .incoming = memory_new(l),
        .outgoing = memory_new(l),
    };
    l->SSL_set0_rbio(s->connection, s->incoming);
    l->SSL_set0_wbio(s->connection, s->outgoing);
    l->SSL_set_accept_state(s->connection);
    return s;
}

void tls_session_free(tls_session *s) {
    if (s == NULL)
        return;
    s->library->SSL_free(s->connection);
    free(s);
}

/* ---- Input --------------------------------------------------------------- */

/* A failure leaves its reasons in a queue of the thread, where the next call,
 * of another session, would take them for its own. */
static tls_state state_after(tls_session *s, int outcome) {
    const tls_library *l = s->library;
    switch (l->SSL_get_error(s->connection, outcome)) {
    case SSL_ERROR_WANT_READ:
        return TLS_OPEN;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_ENDED;
    default:
        l->ERR_clear_error();
        return TLS_FAILED;
    }
}

/* Asking in vain costs OpenSSL as much as a small record. */
static bool has_more(const tls_session *s) {
    const tls_library *l = s->library;
    return l->BIO_ctrl(s->incoming, BIO_CTRL_PENDING, 0, NULL) > 0 ||
           l->SSL_has_pending(s->connection) != 0;
}

/* What the shown bytes are good for. */
static tls_state read_records(tls_session *s, buf *plain) {
    size_t n;
    int outcome;
    do {
        n = 0;
        char *to = buf_reserve(plain, PLAIN_OF_RECORD);
        ASSERT(to != NULL);
        outcome =
            s->library->SSL_read_ex(s->connection, to, PLAIN_OF_RECORD, &n);
        buf_commit(plain, n);
        if (outcome == 1 && !has_more(s))
            return TLS_OPEN;
    } while (outcome == 1);
    return state_after(s, outcome);
}

/* All that was shown has been taken. */
static void renew_incoming(tls_session *s) {
    s->incoming = memory_new(s->library);
    s->library->SSL_set0_rbio(s->connection, s->incoming);
}

tls_state tls_session_receive(tls_session *s, str bytes, buf *plain) {
    size_t plain_before = plain->len;
    size_t had = bytes.len;
    s->barren += bytes.len;
    while (s->state == TLS_OPEN && bytes.len > 0) {
        size_t n = bytes.len < SHOWN_AT_ONCE ? bytes.len : SHOWN_AT_ONCE;
        int taken =
            s->library->BIO_write(s->incoming, str_take(&bytes, n).ptr, (int)n);
        ASSERT(taken == (int)n);
        s->state = read_records(s, plain);
    }
    if (had > KEPT && s->state == TLS_OPEN)
        renew_incoming(s);
    if (plain->len > plain_before)
        s->barren = 0;
    if (s->barren > TLS_MAX_BARREN)
        s->state = TLS_FAILED;
    return s->state;
}

bool tls_session_is_established(const tls_session *s) {
    return s->library->SSL_is_init_finished(s->connection) != 0;
}

/* ---- Output -------------------------------------------------------------- */

bool tls_session_write(tls_session *s, str plain) {
    size_t n = 0;
    if (s->state == TLS_FAILED || s->is_ended)
        return false;
    if (s->library->SSL_write_ex(s->connection, plain.ptr, plain.len, &n) !=
        1) {
        s->library->ERR_clear_error();
        s->state = TLS_FAILED;
        return false;
    }
    ASSERT(n == plain.len); /* memory takes all of it */
    s->plain_in_output += n;
    return true;
}

void tls_session_end(tls_session *s) {
    if (s->state == TLS_FAILED || s->is_ended || !tls_session_is_established(s))
        return;
    s->is_ended = true;
    s->library->SSL_shutdown(s->connection);
    s->library->ERR_clear_error();
}

str tls_session_output(const tls_session *s) {
    char *start = NULL;
    long len = s->library->BIO_ctrl(s->outgoing, BIO_CTRL_INFO, 0, &start);
    ASSERT(len >= 0 && s->sent <= (size_t)len);
    if ((size_t)len == s->sent)
        return (str){0};
    return (str){start + s->sent, (size_t)len - s->sent};
}

static void empty_output(tls_session *s, size_t held) {
    const tls_library *l = s->library;
    if (held > KEPT) {
        s->outgoing = memory_new(l);
        l->SSL_set0_wbio(s->connection, s->outgoing);
    } else {
        l->BIO_ctrl(s->outgoing, BIO_CTRL_RESET, 0, NULL);
    }
    s->sent = 0;
}

size_t tls_session_sent(tls_session *s, size_t n) {
    size_t left = tls_session_output(s).len;
    ASSERT(n <= left);
    s->sent += n;
    s->total_sent += n;
    if (n < left)
        return 0;
    size_t plain = s->plain_in_output;
    s->plain_in_output = 0;
    empty_output(s, s->sent);
    return plain;
}

uint64_t tls_session_total_sent(const tls_session *s) {
    return s->total_sent;
}
