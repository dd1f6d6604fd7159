#include "base/crypto_library.h"

#include "base/loaded_library.h"

static const library_symbol SYMBOLS[] = {
#define X(function) {#function, offsetof(crypto_library, function)},
#include "base/crypto_library.def"
#undef X
};

static const library_spec SPEC = {
    .file = "libcrypto.so.3",
    .what = "OpenSSL's library",
    .hint = STR_INIT("Install the package libssl3."),
    .symbols = SYMBOLS,
    .symbol_count = LENGTH(SYMBOLS),
};

err *crypto_library_load(arena *a, crypto_library *out) {
    return loaded_library_open(a, &SPEC, out);
}
