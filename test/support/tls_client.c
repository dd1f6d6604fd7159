#include "test/support/tls_client.h"

#include <dlfcn.h>

#include "base/assert.h"
#include "test/support/test.h"

#define FUNCTIONS(X)                                                           \
    X(BIO_ctrl)                                                                \
    X(BIO_new)                                                                 \
    X(BIO_s_mem)                                                               \
    X(BIO_write)                                                               \
    X(ERR_clear_error)                                                         \
    X(OPENSSL_sk_num)                                                          \
    X(SSL_CTX_free)                                                            \
    X(SSL_CTX_new)                                                             \
    X(SSL_SESSION_free)                                                        \
    X(SSL_SESSION_is_resumable)                                                \
    X(SSL_ctrl)                                                                \
    X(SSL_do_handshake)                                                        \
    X(SSL_free)                                                                \
    X(SSL_get0_alpn_selected)                                                  \
    X(SSL_get1_session)                                                        \
    X(SSL_get_error)                                                           \
    X(SSL_get_peer_cert_chain)                                                 \
    X(SSL_get_version)                                                         \
    X(SSL_is_init_finished)                                                    \
    X(SSL_key_update)                                                          \
    X(SSL_new)                                                                 \
    X(SSL_read_ex)                                                             \
    X(SSL_renegotiate)                                                         \
    X(SSL_session_reused)                                                      \
    X(SSL_set_alpn_protos)                                                     \
    X(SSL_set_cipher_list)                                                     \
    X(SSL_set_bio)                                                             \
    X(SSL_set_connect_state)                                                   \
    X(SSL_set_session)                                                         \
    X(SSL_shutdown)                                                            \
    X(SSL_write_ex)                                                            \
    X(TLS_client_method)

/* The product has no use for a client, so its table has none of these. */
typedef struct functions {
#define X(function) __typeof__(function) *(function);
    FUNCTIONS(X)
#undef X
} functions;

struct tls_client {
    functions f;
    SSL *connection;
    BIO *incoming;
    BIO *outgoing;
    buf plain;
    int error; /* of the last read */
    bool has_failed;
};

static void load(functions *f) {
    void *library = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    void *function;
#define X(name)                                                                \
    function = dlsym(library, #name);                                          \
    assert_non_null(function);                                                 \
    memcpy(&f->name, &function, sizeof function);
    FUNCTIONS(X)
#undef X
}

tls_client *tls_client_new(tls_client_options options) {
    tls_client *c = calloc(1, sizeof *c);
    assert_non_null(c);
    functions *f = &c->f;
    load(f);
    SSL_CTX *context = f->SSL_CTX_new(f->TLS_client_method());
    c->connection = f->SSL_new(context);
    f->SSL_CTX_free(context);
    c->incoming = f->BIO_new(f->BIO_s_mem());
    c->outgoing = f->BIO_new(f->BIO_s_mem());
    c->plain = buf_new(64 * 1024 * 1024);
    f->SSL_set_bio(c->connection, c->incoming, c->outgoing);
    f->SSL_set_connect_state(c->connection);
    /* Versions that OpenSSL itself thinks too old are offered, too. */
    f->SSL_set_cipher_list(c->connection, "ALL:@SECLEVEL=0");
    f->SSL_ctrl(c->connection, SSL_CTRL_SET_MIN_PROTO_VERSION,
                options.min_version, NULL);
    f->SSL_ctrl(c->connection, SSL_CTRL_SET_MAX_PROTO_VERSION,
                options.max_version, NULL);
    if (options.protocols.len > 0)
        f->SSL_set_alpn_protos(c->connection,
                               (const unsigned char *)options.protocols.ptr,
                               (unsigned)options.protocols.len);
    if (options.resumed != NULL)
        f->SSL_set_session(c->connection, options.resumed);
    return c;
}

void tls_client_free(tls_client *c) {
    c->f.SSL_free(c->connection);
    c->f.ERR_clear_error();
    buf_free(&c->plain);
    free(c);
}

/* OpenSSL says what it is waiting for when it is asked to read. */
static void read_all(tls_client *c) {
    size_t n;
    do {
        char *to = buf_reserve(&c->plain, 16 * 1024);
        n = 0;
        c->f.ERR_clear_error();
        int outcome = c->f.SSL_read_ex(c->connection, to, 16 * 1024, &n);
        c->error = c->f.SSL_get_error(c->connection, outcome);
        buf_commit(&c->plain, n);
    } while (n > 0);
    if (c->error == SSL_ERROR_SSL)
        c->has_failed = true;
}

str tls_client_send(arena *a, tls_client *c) {
    char *start = NULL;
    if (c->f.SSL_is_init_finished(c->connection) == 0)
        read_all(c);
    long len = c->f.BIO_ctrl(c->outgoing, BIO_CTRL_INFO, 0, &start);
    str copy = arena_copy(a, (str){start, (size_t)len});
    c->f.BIO_ctrl(c->outgoing, BIO_CTRL_RESET, 0, NULL);
    return copy;
}

void tls_client_receive(tls_client *c, str bytes) {
    if (bytes.len > 0)
        c->f.BIO_write(c->incoming, bytes.ptr, (int)bytes.len);
    read_all(c);
}

void tls_client_write(tls_client *c, str plain) {
    size_t n = 0;
    int outcome = c->f.SSL_write_ex(c->connection, plain.ptr, plain.len, &n);
    assert_int_equal(outcome, 1);
}

str tls_client_read(const tls_client *c) {
    return buf_str(&c->plain);
}

void tls_client_end(tls_client *c) {
    c->f.SSL_shutdown(c->connection);
}

tls_state tls_client_talk(arena *a, tls_client *c, tls_session *s, buf *plain) {
    tls_state state = TLS_OPEN;
    str sent;
    str answer;
    do {
        sent = tls_client_send(a, c);
        state = tls_session_receive(s, sent, plain);
        answer = tls_session_output(s);
        tls_client_receive(c, answer);
        tls_session_sent(s, answer.len);
    } while (sent.len > 0 || answer.len > 0);
    return state;
}

bool tls_client_is_done(const tls_client *c) {
    return c->f.SSL_is_init_finished(c->connection) != 0;
}

bool tls_client_has_failed(const tls_client *c) {
    return c->has_failed;
}

bool tls_client_is_at_end(const tls_client *c) {
    return c->error == SSL_ERROR_ZERO_RETURN;
}

bool tls_client_is_resumed(const tls_client *c) {
    return c->f.SSL_session_reused(c->connection) != 0;
}

str tls_client_version(const tls_client *c) {
    return str_of(c->f.SSL_get_version(c->connection));
}

str tls_client_protocol(const tls_client *c) {
    const unsigned char *name = NULL;
    unsigned len = 0;
    c->f.SSL_get0_alpn_selected(c->connection, &name, &len);
    return (str){(const char *)name, len};
}

size_t tls_client_chain_length(const tls_client *c) {
    const void *chain = c->f.SSL_get_peer_cert_chain(c->connection);
    return (size_t)c->f.OPENSSL_sk_num(chain);
}

void tls_client_renegotiate(tls_client *c) {
    c->f.SSL_renegotiate(c->connection);
    c->f.SSL_do_handshake(c->connection);
}

void tls_client_update_keys(tls_client *c) {
    int outcome = c->f.SSL_key_update(c->connection, SSL_KEY_UPDATE_REQUESTED);
    assert_int_equal(outcome, 1);
    c->f.SSL_do_handshake(c->connection);
}

SSL_SESSION *tls_client_remember(tls_client *c) {
    SSL_SESSION *session = c->f.SSL_get1_session(c->connection);
    assert_int_equal(c->f.SSL_SESSION_is_resumable(session), 1);
    return session;
}

void tls_client_forget(tls_client *c, SSL_SESSION *session) {
    c->f.SSL_SESSION_free(session);
}
