#include "io/compression.h"

#include <dlfcn.h>
#include <string.h>

#include "base/assert.h"

enum {
    /* On JSON libdeflate's level 1 is 2 to 4 % larger than level 4, and takes
     * half of its time. */
    GZIP_LEVEL = 1,

    /* Brotli's quality 2 is up to 8 % smaller, and takes twice the time on long
     * texts; on short ones it clears tables of 256 KB, which are mapped anew for
     * each. Those of quality 1 are as large as the text. */
    BROTLI_QUALITY = 1,
};

static const struct library {
    str coding; /* its name on the wire */
    const char *file;
} LIBRARIES[] = {
    [CODING_IDENTITY] = {STR_INIT("identity"), NULL},
    [CODING_GZIP] = {STR_INIT("gzip"), "libdeflate.so.0"},
    [CODING_BROTLI] = {STR_INIT("br"), "libbrotlienc.so.1"},
};

enum { DEFLATE = CODING_GZIP, BROTLI = CODING_BROTLI };

static const struct symbol {
    int coding;
    const char *name;
    size_t offset;
} SYMBOLS[] = {
#define X(library, function)                                                   \
    {library, #function, offsetof(compression, function)},
#include "io/compression.def"
#undef X
};

str content_coding_name(content_coding coding) {
    return LIBRARIES[coding].coding;
}

static bool load(compression *c, content_coding coding) {
    void *library = dlopen(LIBRARIES[coding].file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return false;
    for (size_t i = 0; i < LENGTH(SYMBOLS); i++) {
        if (SYMBOLS[i].coding != (int)coding)
            continue;
        void *function = dlsym(library, SYMBOLS[i].name);
        if (function == NULL)
            return false;
        /* ISO C has no cast from an object pointer to a function pointer. */
        memcpy((char *)c + SYMBOLS[i].offset, &function, sizeof function);
    }
    return true;
}

bool compression_has(compression *c, content_coding coding) {
    if (coding == CODING_IDENTITY)
        return true;
    if (!c->is_looked_for[coding]) {
        c->is_looked_for[coding] = true;
        c->is_there[coding] = load(c, coding);
    }
    return c->is_there[coding];
}

static size_t run_gzip(const compression *c, str text, char *to, size_t room) {
    struct libdeflate_compressor *compressor =
        c->libdeflate_alloc_compressor(GZIP_LEVEL);
    if (compressor == NULL)
        PANIC("out of memory");
    size_t len =
        c->libdeflate_gzip_compress(compressor, text.ptr, text.len, to, room);
    c->libdeflate_free_compressor(compressor);
    return len;
}

/* A window that the text fits in; larger ones cost memory and win nothing. */
static int window_for(size_t len) {
    int bits = 16;
    while (bits < BROTLI_DEFAULT_WINDOW && (size_t)1 << bits < len)
        bits++;
    return bits;
}

static size_t run_brotli(const compression *c, str text, char *to,
                         size_t room) {
    size_t len = room;
    BROTLI_BOOL is_done = c->BrotliEncoderCompress(
        BROTLI_QUALITY, window_for(text.len), BROTLI_MODE_TEXT, text.len,
        (const uint8_t *)text.ptr, &len, (uint8_t *)to);
    return is_done == BROTLI_TRUE ? len : 0;
}

bool compression_run(const compression *c, content_coding coding, str text,
                     buf *out) {
    ASSERT(c->is_there[coding] && out->len == 0);
    if (text.len < 2)
        return false;
    size_t room = text.len - 1;
    char *to = room <= out->max ? buf_reserve(out, room) : NULL;
    if (to == NULL)
        return false;
    size_t len = coding == CODING_GZIP ? run_gzip(c, text, to, room)
                                       : run_brotli(c, text, to, room);
    buf_commit(out, len);
    return len > 0;
}
