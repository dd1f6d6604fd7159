/*
 * A list means the same in one header or in several, cut at its commas (RFC
 * 9110 5.3), and what is not available is never chosen.
 */
#include "api/accept_encoding.h"

#include "base/assert.h"

enum { MAX_PARTS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static content_coding choose(const http_header *headers, size_t count,
                             unsigned available) {
    http_request r = {.headers = headers, .header_count = count};
    content_coding c = accept_encoding_choose(&r, available);
    ASSERT(c == CODING_IDENTITY || (available & 1U << c) != 0);
    return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const str NAME = STR_INIT("Accept-Encoding");
    str all = {(const char *)data, size};
    str rest = all;
    http_header parts[MAX_PARTS];
    size_t count = 0;
    while (!str_is_empty(rest) && count < MAX_PARTS)
        parts[count++] = (http_header){NAME, str_split(&rest, ',')};
    if (!str_is_empty(rest))
        return 0;
    http_header whole = {NAME, all};
    for (unsigned available = 0; available < 1U << CODING_COUNT; available += 2)
        ASSERT(choose(&whole, 1, available) == choose(parts, count, available));
    return 0;
}
