#include "database/postgres/pg_library.h"

#include <dlfcn.h>
#include <string.h>

#include "base/loaded_library.h"

static const library_symbol SYMBOLS[] = {
#define X(function) {#function, offsetof(pg_library, function)},
#include "database/postgres/pg_library.def"
#undef X
};

static const library_spec SPEC = {
    .file = "libpq.so.5",
    .what = "PostgreSQL's client library",
    .hint = STR_INIT("Install the package libpq5."),
    .symbols = SYMBOLS,
    .symbol_count = LENGTH(SYMBOLS),
};

static void *find_symbol(void *library, const char *name) {
    return library != NULL ? dlsym(library, name) : NULL;
}

/* libpq is linked to it; nothing is loaded here. */
static void find_tls(pg_library *out) {
    void *function =
        find_symbol(dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD),
                    "SSL_pending");
    memcpy(&out->SSL_pending, &function, sizeof function);
}

bool pg_library_has_pending(const pg_library *pq, PGconn *pg) {
    if (LIKELY(pq->PQsslInUse(pg) == 0) || pq->SSL_pending == NULL)
        return false;
    const void *ssl = pq->PQsslStruct(pg, "OpenSSL");
    return ssl != NULL && pq->SSL_pending(ssl) > 0;
}

err *pg_library_load(arena *a, pg_library *out) {
    TRY(loaded_library_open(a, &SPEC, out));
    find_tls(out);
    return NULL;
}
