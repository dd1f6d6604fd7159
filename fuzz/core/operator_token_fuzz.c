/* Whatever stands in a header or a setting: what is taken for a whole token is
 * one with its checksum, and no other character could stand anywhere in it; a
 * setting that is understood is written again as it was. */
#include "core/operator_access.h"
#include "core/operator_token.h"

#include <stdint.h>

#include "base/assert.h"

enum { LONGEST = 128 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_whole(str token) {
    char other[LONGEST];
    ASSERT(token.len <= sizeof other);
    memcpy(other, token.ptr, token.len);
    for (size_t i = 0; i < token.len; i++) {
        other[i] = (char)(other[i] ^ 1);
        ASSERT(!operator_token_is_whole((str){other, token.len}));
        other[i] = token.ptr[i];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    operator_first first;
    str token = operator_token_of_header(text);
    ASSERT(token.ptr == NULL || operator_token_is_meant(token));
    if (token.ptr != NULL && operator_token_is_whole(token))
        check_whole(token);
    err *e = operator_first_parse(a, text, &first);
    if (e == NULL && !str_is_empty(first.hash))
        ASSERT(str_equal(operator_first_format(a, first.hash, first.expires),
                         text));
    return 0;
}
