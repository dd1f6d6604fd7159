/*
 * Whatever the file says, an offset is one of its offsets or of its rule, and
 * no moment reads outside of the file.
 */
#include "base/time_zone.h"

#include "base/arena.h"
#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_in_file(const time_zone *z, int32_t offset) {
    for (size_t i = 0; i + 6 <= z->offsets.len; i += 6) {
        const unsigned char *at = (const unsigned char *)z->offsets.ptr + i;
        uint32_t n = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
                     (uint32_t)at[2] << 8 | at[3];
        if ((int32_t)n == offset)
            return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int64_t MOMENTS[] = {-62135596800, -1,         0,
                                      1706702400,   4102444800, 253402300799};
    CLEANUP(arena_release) arena *a = arena_new();
    time_zone z;
    if (time_zone_parse(a, (str){(const void *)data, size}, &z) != NULL)
        return 0;
    for (size_t i = 0; i < LENGTH(MOMENTS); i++) {
        int32_t offset = time_zone_offset(&z, MOMENTS[i]);
        ASSERT(is_in_file(&z, offset) ||
               (z.has_rule && (offset == z.standard ||
                               (z.has_summer && offset == z.summer))));
    }
    return 0;
}
