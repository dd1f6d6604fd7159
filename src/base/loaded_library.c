#include "base/loaded_library.h"

#include <dlfcn.h>
#include <string.h>

static err *cannot_load(arena *a, const library_spec *spec) {
    const char *why = dlerror();
    err *e = err_new(a, ERR_UNAVAILABLE, "%s cannot be loaded: %s", spec->what,
                     why != NULL ? why : "no reason was given");
    return err_with_hint(e, spec->hint);
}

err *loaded_library_open(arena *a, const library_spec *spec, void *out) {
    void *library = dlopen(spec->file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return cannot_load(a, spec);
    for (size_t i = 0; i < spec->symbol_count; i++) {
        const library_symbol *symbol = &spec->symbols[i];
        void *function = dlsym(library, symbol->name);
        if (function == NULL)
            return cannot_load(a, spec);
        /* ISO C has no cast from an object pointer to a function pointer. */
        memcpy((char *)out + symbol->offset, &function, sizeof function);
    }
    return NULL;
}
