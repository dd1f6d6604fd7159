/*
 * Database URLs. What is left for libpq has none of Prisma's parameters, so
 * reading it again changes nothing.
 */
#include "database/postgres/pg_url.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    pg_url url;
    if (pg_url_parse(a, (str){(const char *)data, size}, &url) != NULL)
        return 0;
    ASSERT(pg_url_is(url.connect) && url.connect.len <= size);
    pg_url again;
    ASSERT(pg_url_parse(a, url.connect, &again) == NULL);
    ASSERT(str_equal(again.connect, url.connect));
    ASSERT(str_is_empty(again.schema));
    return 0;
}
