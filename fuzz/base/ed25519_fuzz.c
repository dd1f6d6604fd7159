/* What is read of a key's file, written and read again is the same. */
#include "base/ed25519.h"

#include <string.h>

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    ed25519_file file;
    ed25519_file again;
    if (ed25519_file_parse(a, text, &file) != NULL)
        return 0;
    ASSERT(file.public_count <= size);
    if (!file.has_seed)
        return 0;
    err *e = ed25519_file_parse(a, ed25519_seed_format(a, &file.seed), &again);
    ASSERT(e == NULL && again.has_seed);
    ASSERT(memcmp(&again.seed, &file.seed, sizeof again.seed) == 0);
    return 0;
}
