/*
 * A tag is found at the head of any list, and in a list of one. Nothing else
 * finds a tag that the list does not have, byte for byte, but a star.
 */
#include "api/entity_tag.h"

#include "base/assert.h"

static const str TAG = STR_INIT("W/\"0123456789abcdef\"");
static const str OPAQUE = STR_INIT("\"0123456789abcdef\"");

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_known(str list) {
    http_header header = {STR_INIT("If-None-Match"), list};
    http_request r = {.headers = &header, .header_count = 1};
    return entity_tag_is_known(&r, TAG);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    str list = {(const char *)data, size};
    if (is_known(list))
        ASSERT(str_contains(list, OPAQUE) ||
               str_equal(str_trim(list), STR("*")));
    buf longer = buf_new(size + 64);
    buf_append(&longer, TAG);
    buf_append_char(&longer, ',');
    buf_append(&longer, list);
    ASSERT(is_known(buf_str(&longer)));
    buf_free(&longer);
    return 0;
}
