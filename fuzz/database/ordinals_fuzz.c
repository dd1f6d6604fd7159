/* What is read is written in the same bytes, and ascends. */
#include "database/ordinals.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    ordinals set;
    if (!ordinals_parse(a, text, &set))
        return 0;
    ASSERT(str_equal(ordinals_format(a, &set), text));
    for (size_t i = 0; i < set.count; i++) {
        ordinal_range r = set.ranges[i];
        ASSERT(r.first >= 1 && r.first <= r.last);
        ASSERT(i == 0 || r.first > set.ranges[i - 1].last + 1);
        ASSERT(ordinals_has_all(&set, r.first, r.last));
    }
    return 0;
}
