/* Whatever the text, what is found has positive numbers, and no more of it than
 * the text has room for. */
#include "database/postgres/pg_origin.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    const pg_origin *found;
    size_t count = pg_origin_read(a, (str){(const void *)data, size}, &found);
    ASSERT(count <= size);
    for (size_t i = 0; i < count; i++)
        ASSERT(found[i].column > 0 && found[i].table > 0 &&
               found[i].origin > 0);
    return 0;
}
