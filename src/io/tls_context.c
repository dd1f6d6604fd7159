#include "io/tls_context.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"
#include "base/file.h"
#include "io/tls_context_connection.h"

/* Of one ticket key. */
static const int64_t SNAPSHOT_US = INT64_C(24) * 60 * 60 * 1000 * 1000;

struct tls_context {
    tls_library library;
    const fake_clock *clock; /* NULL: the system's */
    pthread_mutex_t lock;    /* over what follows */
    SSL_CTX *current;
    int64_t made_us; /* of the monotonic clock */
};

/* The ciphers of TLS 1.2; all three of 1.3 are good. RFC 9325 4.2 */
static const char CIPHERS[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
static const char GROUPS[] = "X25519:P-256:P-384";

/* ---- The library's own errors -------------------------------------------- */

/* "no start line", say; its numbers and file names help nobody. */
static const char *reason_of(const tls_library *l) {
    const char *reason = l->ERR_reason_error_string(l->ERR_peek_error());
    l->ERR_clear_error();
    return reason != NULL ? reason : "no reason was given";
}

static err *bad_file(arena *a, const tls_library *l, str name,
                     const char *what) {
    return err_new(a, ERR_INVALID, "'%.*s' %s: %s", STR_ARG(name), what,
                   reason_of(l));
}

/* ---- What the files hold ------------------------------------------------- */

/* Scoped, hence with the library that frees it. */
typedef struct parts {
    const tls_library *library;
    BIO *certificates;
    BIO *key_text;
    X509 *certificate;
    EVP_PKEY *key;
    SSL_CTX *snapshot;
} parts;

static void parts_release(parts *p) {
    p->library->BIO_free(p->certificates);
    p->library->BIO_free(p->key_text);
    p->library->X509_free(p->certificate);
    p->library->EVP_PKEY_free(p->key);
    p->library->SSL_CTX_free(p->snapshot);
    p->library->ERR_clear_error();
}

static BIO *text_open(const tls_library *l, str text) {
    ASSERT(text.len <= FILE_MAX_BYTES);
    BIO *out = l->BIO_new_mem_buf(text.len > 0 ? text.ptr : "", (int)text.len);
    if (out == NULL)
        PANIC("out of memory");
    return out;
}

/* Called for an encrypted key. Without it OpenSSL asks on the terminal. */
static int give_no_password(char *to, int size, int is_writing,
                            void *was_asked) {
    (void)to;
    (void)size;
    (void)is_writing;
    *(bool *)was_asked = true;
    return -1;
}

static err *read_key(arena *a, parts *p, tls_pem pem) {
    const tls_library *l = p->library;
    bool was_asked = false;
    p->key_text = text_open(l, pem.key);
    p->key = l->PEM_read_bio_PrivateKey(p->key_text, NULL, give_no_password,
                                        &was_asked);
    if (p->key == NULL && was_asked)
        return err_with_hint(
            err_new(a, ERR_INVALID, "the key in '%.*s' is encrypted",
                    STR_ARG(pem.names.key)),
            STR("a server that starts by itself needs a key without a "
                "password: openssl pkey -in KEY -out PLAIN_KEY"));
    if (p->key == NULL)
        return bad_file(a, l, pem.names.key, "holds no private key in PEM");
    return NULL;
}

static err *read_certificate(arena *a, parts *p, tls_pem pem) {
    const tls_library *l = p->library;
    p->certificates = text_open(l, pem.certificate);
    p->certificate = l->PEM_read_bio_X509(p->certificates, NULL, NULL, NULL);
    if (p->certificate == NULL)
        return bad_file(a, l, pem.names.certificate,
                        "holds no certificate in PEM");
    return NULL;
}

/* OpenSSL would take a certificate with another's key, and drop the key. */
static err *use_pair(arena *a, parts *p, tls_pem pem) {
    const tls_library *l = p->library;
    if (l->X509_check_private_key(p->certificate, p->key) != 1)
        return err_with_hint(
            err_new(a, ERR_INVALID,
                    "the key in '%.*s' is not the key of '%.*s'",
                    STR_ARG(pem.names.key), STR_ARG(pem.names.certificate)),
            STR("the server's certificate comes first in its file, those of "
                "its issuers behind it"));
    if (l->SSL_CTX_use_certificate(p->snapshot, p->certificate) != 1 ||
        l->SSL_CTX_use_PrivateKey(p->snapshot, p->key) != 1)
        return bad_file(a, l, pem.names.certificate,
                        "holds a certificate that is of no use");
    return NULL;
}

/* The certificates behind the first, up to the end of the file. They belong to
 * the certificate in use. */
static err *use_chain(arena *a, parts *p, tls_pem pem) {
    const tls_library *l = p->library;
    X509 *next;
    while ((next = l->PEM_read_bio_X509(p->certificates, NULL, NULL, NULL)) !=
           NULL) {
        /* SSL_CTX_add0_chain_cert: it is the snapshot's from here on */
        if (l->SSL_CTX_ctrl(p->snapshot, SSL_CTRL_CHAIN_CERT, 0, next) != 1) {
            l->X509_free(next);
            return bad_file(a, l, pem.names.certificate,
                            "has a certificate that is of no use");
        }
    }
    unsigned long last = l->ERR_peek_error();
    if (ERR_GET_LIB(last) == ERR_LIB_PEM &&
        ERR_GET_REASON(last) == PEM_R_NO_START_LINE) {
        l->ERR_clear_error();
        return NULL;
    }
    return bad_file(a, l, pem.names.certificate,
                    "has a certificate that cannot be read");
}

static int64_t ms_of(const tls_library *l, const ASN1_TIME *when) {
    struct tm date;
    if (l->ASN1_TIME_to_tm(when, &date) != 1)
        return 0;
    return (int64_t)timegm(&date) * 1000;
}

static tls_certificate facts_of(arena *a, const parts *p) {
    const tls_library *l = p->library;
    char subject[256] = "";
    l->X509_NAME_oneline(l->X509_get_subject_name(p->certificate), subject,
                         sizeof subject);
    const ASN1_TIME *start = l->X509_get0_notBefore(p->certificate);
    const ASN1_TIME *end = l->X509_get0_notAfter(p->certificate);
    return (tls_certificate){
        .subject = arena_copy(a, str_of(subject)),
        .ends_ms = ms_of(l, end),
        .is_expired = l->X509_cmp_current_time(end) < 0,
        .is_not_yet_valid = l->X509_cmp_current_time(start) > 0,
    };
}

/* ---- Snapshots ----------------------------------------------------------- */

/* RFC 7301: the client's list is of texts with their length in front. Who
 * offers only what we do not speak is told so. */
static int choose_protocol(SSL *connection, const unsigned char **out,
                           unsigned char *out_len, const unsigned char *offered,
                           unsigned offered_len, void *argument) {
    static const str OURS[] = {STR_INIT("http/1.1"), STR_INIT("http/1.0")};
    (void)connection;
    (void)argument;
    for (size_t i = 0; i < LENGTH(OURS); i++) {
        str rest = {(const char *)offered, offered_len};
        while (rest.len > 0) {
            size_t len = (unsigned char)*str_take(&rest, 1).ptr;
            str name = str_take(&rest, len < rest.len ? len : rest.len);
            if (str_equal(name, OURS[i])) {
                *out = (const unsigned char *)name.ptr;
                *out_len = (unsigned char)name.len;
                return SSL_TLSEXT_ERR_OK;
            }
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL_CTX *snapshot_new(const tls_library *l) {
    static const unsigned char NAME[] = "tenon";
    char groups[sizeof GROUPS];
    memcpy(groups, GROUPS, sizeof groups);
    SSL_CTX *s = l->SSL_CTX_new(l->TLS_server_method());
    if (s == NULL)
        PANIC("out of memory");
    l->SSL_CTX_set_options(s, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE |
                                  SSL_OP_PRIORITIZE_CHACHA);
    l->SSL_CTX_ctrl(s, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS, NULL);
    l->SSL_CTX_ctrl(s, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
    bool is_set =
        l->SSL_CTX_ctrl(s, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION,
                        NULL) == 1 &&
        l->SSL_CTX_set_cipher_list(s, CIPHERS) == 1 &&
        l->SSL_CTX_ctrl(s, SSL_CTRL_SET_GROUPS_LIST, 0, groups) == 1 &&
        l->SSL_CTX_set_session_id_context(s, NAME, sizeof NAME - 1) == 1;
    ASSERT(is_set);
    l->SSL_CTX_set_alpn_select_cb(s, choose_protocol, NULL);
    return s;
}

err *tls_context_load(arena *a, tls_context *c, tls_pem pem,
                      tls_certificate *facts) {
    CLEANUP(parts_release)
    parts p = {.library = &c->library, .snapshot = snapshot_new(&c->library)};
    TRY(read_certificate(a, &p, pem));
    TRY(read_key(a, &p, pem));
    TRY(use_pair(a, &p, pem));
    TRY(use_chain(a, &p, pem));
    *facts = facts_of(a, &p);

    pthread_mutex_lock(&c->lock);
    SSL_CTX *before = c->current;
    c->current = p.snapshot;
    c->made_us = clock_monotonic_us(c->clock);
    pthread_mutex_unlock(&c->lock);
    p.snapshot = before; /* freed with the last connection that began with it */
    return NULL;
}

/* The same certificate and another ticket key. Under the lock. */
static COLD void renew(tls_context *c) {
    const tls_library *l = &c->library;
    SSL_CTX *before = c->current;
    SSL_CTX *s = snapshot_new(l);
    STACK_OF(X509) *chain = NULL;
    l->SSL_CTX_ctrl(before, SSL_CTRL_GET_CHAIN_CERTS, 0, &chain);
    bool is_copied =
        l->SSL_CTX_use_certificate(s, l->SSL_CTX_get0_certificate(before)) ==
            1 &&
        l->SSL_CTX_use_PrivateKey(s, l->SSL_CTX_get0_privatekey(before)) == 1 &&
        l->SSL_CTX_ctrl(s, SSL_CTRL_CHAIN, 1, chain) == 1;
    ASSERT(is_copied);
    c->current = s;
    c->made_us = clock_monotonic_us(c->clock);
    l->SSL_CTX_free(before);
}

void tls_context_use_clock(tls_context *c, const fake_clock *clock) {
    c->clock = clock;
    c->made_us = clock_monotonic_us(clock);
}

/* ---- Life ---------------------------------------------------------------- */

err *tls_pem_read(arena *a, tls_files files, tls_pem *out) {
    *out = (tls_pem){.names = files};
    TRY(file_read(a, files.certificate, &out->certificate));
    return file_read(a, files.key, &out->key);
}

err *tls_context_new(arena *a, tls_pem pem, tls_context **out,
                     tls_certificate *facts) {
    tls_context *c = calloc(1, sizeof *c);
    if (c == NULL)
        PANIC("out of memory");
    pthread_mutex_init(&c->lock, NULL);
    err *failure = tls_library_load(a, &c->library);
    if (failure == NULL)
        failure = tls_context_load(a, c, pem, facts);
    if (failure != NULL)
        tls_context_free(c);
    else
        *out = c;
    return failure;
}

void tls_context_free(tls_context *c) {
    if (c == NULL)
        return;
    if (c->current != NULL)
        c->library.SSL_CTX_free(c->current);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- For tls_session ----------------------------------------------------- */

const tls_library *tls_context_library(const tls_context *c) {
    return &c->library;
}

/* What takes long, making the connection, is not done under the lock. */
SSL *tls_context_connection(tls_context *c) {
    const tls_library *l = &c->library;
    pthread_mutex_lock(&c->lock);
    if (UNLIKELY(clock_monotonic_us(c->clock) - c->made_us >= SNAPSHOT_US))
        renew(c);
    SSL_CTX *snapshot = c->current;
    l->SSL_CTX_up_ref(snapshot);
    pthread_mutex_unlock(&c->lock);
    SSL *connection = l->SSL_new(snapshot);
    l->SSL_CTX_free(snapshot);
    if (connection == NULL)
        PANIC("out of memory");
    return connection;
}
