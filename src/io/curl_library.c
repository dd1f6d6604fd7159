#include "io/curl_library.h"

#include "base/loaded_library.h"

static const library_symbol SYMBOLS[] = {
#define X(function) {#function, offsetof(curl_library, function)},
#include "io/curl_library.def"
#undef X
};

static const library_spec SPEC = {
    .file = "libcurl.so.4",
    .what = "libcurl",
    .hint = STR_INIT("install the package libcurl4"),
    .symbols = SYMBOLS,
    .symbol_count = LENGTH(SYMBOLS),
};

err *curl_library_load(arena *a, curl_library *out) {
    return loaded_library_open(a, &SPEC, out);
}
