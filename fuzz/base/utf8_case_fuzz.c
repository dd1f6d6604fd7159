/* Changing the case keeps text valid and changes nothing the second time, and
 * so does trimming, which leaves a part of the text. */
#include "base/utf8_case.h"

#include "base/assert.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    if (!utf8_is_valid(text))
        return 0;
    str lower = utf8_lower(a, text);
    str upper = utf8_upper(a, text);
    ASSERT(utf8_is_valid(lower) && utf8_is_valid(upper));
    ASSERT(utf8_count(lower) == utf8_count(text));
    ASSERT(utf8_count(upper) == utf8_count(text));
    ASSERT(str_equal(utf8_lower(a, lower), lower));
    ASSERT(str_equal(utf8_upper(a, upper), upper));
    str trimmed = utf8_trim(text);
    ASSERT(trimmed.len <= text.len && str_equal(utf8_trim(trimmed), trimmed));
    return 0;
}
