#include "io/http_message.h"

#include "base/assert.h"

str http_request_header(const http_request *r, str name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal_ignoring_case(r->headers[i].name, name))
            return r->headers[i].value;
    return (str){0};
}

static bool ends_line(char c) {
    return c == '\r' || c == '\n' || c == '\0';
}

/* Sure of eight bytes at once if each is past '\r'; a borrow can only make it
 * less so. */
static bool has_no_line_end(const char *eight) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    uint64_t word;
    memcpy(&word, eight, sizeof word);
    return ((word - ones * ('\r' + 1)) & ~word & highs) == 0;
}

static bool is_one_line(str s) {
    size_t i = 0;
    while (i < s.len) {
        if (s.len - i >= 8 && has_no_line_end(s.ptr + i))
            i += 8;
        else if (ends_line(s.ptr[i++]))
            return false;
    }
    return true;
}

void http_reply_add(http_reply *reply, str name, str value) {
    ASSERT(reply->header_count < HTTP_MAX_REPLY_HEADERS);
    DEBUG_ASSERT(is_one_line(name));
    ASSERT(is_one_line(value));
    reply->headers[reply->header_count++] = (http_reply_header){name, value};
}

err *http_reply_begin(arena *a, http_reply *reply) {
    ASSERT(reply->stream != NULL);
    return reply->stream->begin(a, reply->stream, reply);
}

err *http_reply_write(arena *a, http_reply *reply, str bytes) {
    ASSERT(reply->stream != NULL);
    return reply->stream->write(a, reply->stream, bytes);
}

err *http_reply_end(arena *a, http_reply *reply) {
    ASSERT(reply->stream != NULL);
    return reply->stream->end(a, reply->stream);
}

/* RFC 9110 15 and the registry of status codes. */
static const struct status {
    int code;
    str phrase;
} STATUSES[] = {
#define X(code, phrase) {code, STR_INIT(phrase)},
#include "io/http_status.def"
#undef X
};

str http_status_phrase(int status) {
    size_t low = 0;
    size_t high = LENGTH(STATUSES);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (STATUSES[middle].code == status)
            return STATUSES[middle].phrase;
        if (STATUSES[middle].code < status)
            low = middle + 1;
        else
            high = middle;
    }
    return STR("Unknown");
}
