#include "api/entity_tag.h"

#include "base/hash.h"

static const str CONTENT_RANGE = STR_INIT("Content-Range");

static str header_of(const http_reply *reply, str name) {
    for (size_t i = 0; i < reply->header_count; i++)
        if (str_equal(reply->headers[i].name, name))
            return reply->headers[i].value;
    return (str){0};
}

/* Each is the seed of the next. */
void entity_tag_write(const http_reply *reply, char out[ENTITY_TAG_LENGTH]) {
    static const char DIGITS[] = "0123456789abcdef";
    uint64_t hash = hash_of_long(reply->content_type, 0);
    hash = hash_of_long(header_of(reply, CONTENT_RANGE), hash);
    hash = hash_of_long(buf_str(reply->body), hash);
    memcpy(out, "W/\"", 3);
    for (int i = 18; i > 2; i--, hash >>= 4)
        out[i] = DIGITS[hash & 15];
    out[19] = '"';
}

/* The next of a list, with its quotes; empty at the end, and at what is no
 * tag. */
static str take_tag(str *rest) {
    while (!str_is_empty(*rest) && memchr(" \t,", rest->ptr[0], 3) != NULL)
        str_take(rest, 1);
    if (str_starts_with(*rest, STR("W/")))
        str_take(rest, 2);
    if (!str_starts_with(*rest, STR("\"")))
        return (str){0};
    size_t end = 1 + str_find_char(str_slice(*rest, 1, rest->len), '"');
    return end < rest->len ? str_take(rest, end + 1) : (str){0};
}

/* Weak comparison: the W/ does not count. RFC 9110 8.8.3.2 */
static bool is_in_list(str list, str tag) {
    str found;
    if (str_equal(str_trim(list), STR("*")))
        return true;
    while ((found = take_tag(&list)).len > 0)
        if (str_equal(found, tag))
            return true;
    return false;
}

bool entity_tag_is_known(const http_request *request, str tag) {
    str opaque = str_slice(tag, 2, tag.len);
    for (size_t i = 0; i < request->header_count; i++) {
        const http_header *h = &request->headers[i];
        if (str_equal_ignoring_case(h->name, STR("If-None-Match")) &&
            is_in_list(h->value, opaque))
            return true;
    }
    return false;
}
