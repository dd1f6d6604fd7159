#include "io/tls_library.h"

#include "base/loaded_library.h"

static const library_symbol SYMBOLS[] = {
#define X(function) {#function, offsetof(tls_library, function)},
#include "io/tls_library.def"
#undef X
};

static const library_spec SPEC = {
    .file = "libssl.so.3",
    .what = "the TLS library, OpenSSL 3,",
    .hint = STR_INIT("install the package libssl3"),
    .symbols = SYMBOLS,
    .symbol_count = LENGTH(SYMBOLS),
};

/* libcrypto comes with libssl, and its functions are found through it. */
err *tls_library_load(arena *a, tls_library *out) {
    return loaded_library_open(a, &SPEC, out);
}
