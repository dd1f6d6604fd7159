#include "io/http_message.h"

#include "base/assert.h"
#include "io/http1_scan.h"

str http_request_header(const http_request *r, str name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal_ignoring_case(r->headers[i].name, name))
            return r->headers[i].value;
    return (str){0};
}

/* RFC 9110 5.5. */
static bool is_value(str s) {
    return http1_is_value(s.ptr, s.ptr + s.len);
}

void http_reply_add(http_reply *reply, str name, str value) {
    ASSERT(reply->header_count < HTTP_MAX_REPLY_HEADERS);
    DEBUG_ASSERT(is_value(name));
    ASSERT(is_value(value));
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
