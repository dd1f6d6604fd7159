/* Nobody who does not know the secret makes a token that is believed, whatever
 * bytes stand in for it; as a set of keys, they are read or refused. */
#include "core/token.h"

#include <stdint.h>

#include "base/assert.h"

#define SECRET "known to nobody who is fuzzing!!"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    const json *claims;
    token_keys *ours = NULL;
    token_keys *theirs = NULL;
    ASSERT(token_keys_read(a, STR(SECRET), &ours) == NULL);
    ASSERT(token_verify(a, ours, (str){0}, 0, text, &claims) != NULL);
    if (token_keys_read(a, text, &theirs) == NULL)
        token_keys_free(theirs);
    token_keys_free(ours);
    return 0;
}
