#include "io/tls_library.h"

#include <dlfcn.h>
#include <string.h>

static const struct symbol {
    const char *name;
    size_t offset;
} SYMBOLS[] = {
#define X(function) {#function, offsetof(tls_library, function)},
#include "io/tls_library.def"
#undef X
};

static err *cannot_load(arena *a) {
    const char *why = dlerror();
    err *e = err_new(a, ERR_UNAVAILABLE,
                     "the TLS library, OpenSSL 3, cannot be loaded: %s",
                     why != NULL ? why : "no reason was given");
    return err_with_hint(e, STR("install the package libssl3"));
}

/* libcrypto comes with libssl, and its functions are found through it. */
err *tls_library_load(arena *a, tls_library *out) {
    void *library = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return cannot_load(a);
    for (size_t i = 0; i < LENGTH(SYMBOLS); i++) {
        void *function = dlsym(library, SYMBOLS[i].name);
        if (function == NULL)
            return cannot_load(a);
        /* ISO C has no cast from an object pointer to a function pointer. */
        memcpy((char *)out + SYMBOLS[i].offset, &function, sizeof function);
    }
    return NULL;
}
