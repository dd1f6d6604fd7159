#include "database/postgres/pg_library.h"

#include <dlfcn.h>
#include <string.h>

static const struct symbol {
    const char *name;
    size_t offset;
} SYMBOLS[] = {
#define X(function) {#function, offsetof(pg_library, function)},
#include "database/postgres/pg_library.def"
#undef X
};

static err *cannot_load(arena *a) {
    const char *why = dlerror();
    err *e = err_new(a, ERR_UNAVAILABLE,
                     "PostgreSQL's client library cannot be loaded: %s",
                     why != NULL ? why : "no reason was given");
    return err_with_hint(e, STR("Install the package libpq5."));
}

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
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return cannot_load(a);
    for (size_t i = 0; i < LENGTH(SYMBOLS); i++) {
        void *function = dlsym(library, SYMBOLS[i].name);
        if (function == NULL)
            return cannot_load(a);
        /* ISO C has no cast from an object pointer to a function pointer. */
        memcpy((char *)out + SYMBOLS[i].offset, &function, sizeof function);
    }
    find_tls(out);
    return NULL;
}
