/* A size that can be read is the same one when it is written in bytes, and a
 * time when it is written in days. */
#include "schema/quantity.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    uint64_t bytes = 0;
    uint32_t days = 0;
    if (quantity_parse_bytes(text, &bytes)) {
        uint64_t again = 0;
        bool is_read = quantity_parse_bytes(
            arena_printf(a, "%" PRIu64 "B", bytes), &again);
        ASSERT(is_read && bytes > 0 && again == bytes);
    }
    if (quantity_parse_days(text, &days)) {
        uint32_t again = 0;
        bool is_read =
            quantity_parse_days(arena_printf(a, "%" PRIu32 "d", days), &again);
        ASSERT(is_read && days > 0 && again == days);
    }
    return 0;
}
