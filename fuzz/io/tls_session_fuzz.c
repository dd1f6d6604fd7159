/*
 * Whoever does not know a key gets nothing through: no bytes that anybody could
 * write down make a session established or give it a request. And it is the
 * bytes that decide, not how they were cut into reads.
 */
#include "io/tls_session.h"

#include "base/assert.h"
#include "test/support/tls_pem.h"

/* As one read of the server brings them. */
enum { ONE_READ = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static tls_context *context_new(void) {
    CLEANUP(arena_release) arena *a = arena_new();
    tls_context *c = NULL;
    tls_certificate facts;
    err *failure = tls_context_new(
        a, tls_pem_of(STR(TLS_PEM_CERTIFICATE), STR(TLS_PEM_KEY)), &c, &facts);
    ASSERT(failure == NULL);
    return c;
}

static tls_state outcome_of(tls_context *c, str bytes, size_t cut) {
    tls_session *s = tls_session_new(c);
    buf plain = buf_new((size_t)1 << 22);
    tls_state state = TLS_OPEN;
    while (bytes.len > 0 && state == TLS_OPEN) {
        size_t n = cut < bytes.len ? cut : bytes.len;
        state = tls_session_receive(s, str_take(&bytes, n), &plain);
        tls_session_sent(s, tls_session_output(s).len);
    }
    ASSERT(!tls_session_is_established(s) && plain.len == 0);
    buf_free(&plain);
    tls_session_free(s);
    return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static tls_context *c;
    if (c == NULL)
        c = context_new();
    str bytes = {(const char *)data, size};
    tls_state whole = outcome_of(c, bytes, ONE_READ);
    ASSERT(outcome_of(c, bytes, 1) == whole);
    ASSERT(outcome_of(c, bytes, 7) == whole);
    return 0;
}
