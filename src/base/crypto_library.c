#include "base/crypto_library.h"

#include <dlfcn.h>
#include <string.h>

static const struct symbol {
    const char *name;
    size_t offset;
} SYMBOLS[] = {
#define X(function) {#function, offsetof(crypto_library, function)},
#include "base/crypto_library.def"
#undef X
};

static err *cannot_load(arena *a) {
    const char *why = dlerror();
    err *e =
        err_new(a, ERR_UNAVAILABLE, "OpenSSL's library cannot be loaded: %s",
                why != NULL ? why : "no reason was given");
    return err_with_hint(e, STR("Install the package libssl3."));
}

err *crypto_library_load(arena *a, crypto_library *out) {
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
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
