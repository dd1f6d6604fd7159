#include "io/http1_reply.h"

#include "base/assert.h"

enum {
    /* Of a head without the handler's texts: status line, Date,
     * Content-Length or Transfer-Encoding, Connection, and the marks around
     * Content-Type. */
    MAX_FIXED = 256,
    MAX_PHRASE = 64,
};

bool http1_status_has_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

static size_t head_bound(const http_reply *reply) {
    size_t bound = MAX_FIXED + MAX_PHRASE + reply->content_type.len;
    for (size_t i = 0; i < reply->header_count; i++)
        bound += reply->headers[i].name.len + reply->headers[i].value.len + 4;
    return bound;
}

static char *put(char *to, str s) {
    if (s.len > 0)
        memcpy(to, s.ptr, s.len);
    return to + s.len;
}

static char *put_uint(char *to, uint64_t n) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    return put(to, (str){digits + at, sizeof digits - at});
}

static char *put_status_line(char *to, int status) {
    if (status == 200) /* nearly all of them */
        return put(to, STR("HTTP/1.1 200 OK\r\n"));
    ASSERT(status >= 100 && status <= 999);
    to = put(to, STR("HTTP/1.1 "));
    to = put_uint(to, (uint64_t)status);
    *to++ = ' ';
    to = put(to, http_status_phrase(status));
    return put(to, STR("\r\n"));
}

static char *put_header(char *to, str name, str value) {
    to = put(to, name);
    to = put(to, STR(": "));
    to = put(to, value);
    return put(to, STR("\r\n"));
}

static char *put_framing(char *to, const http1_reply *r) {
    switch (r->framing) {
    case HTTP1_BY_LENGTH:
        to = put(to, STR("Content-Length: "));
        to = put_uint(to, r->body_len);
        return put(to, STR("\r\n"));
    case HTTP1_BY_CHUNKS:
        return put(to, STR("Transfer-Encoding: chunked\r\n"));
    case HTTP1_BY_CLOSE:
    case HTTP1_NO_BODY:
        break;
    }
    return to;
}

void http1_reply_write_head(buf *out, http1_reply r) {
    const http_reply *reply = r.reply;
    char *start = buf_reserve(out, head_bound(reply));
    if (start == NULL)
        return; /* out says that it is overflown */
    char *to = put_status_line(start, reply->status);
    to = put_header(to, STR("Date"), r.date);
    if (!str_is_empty(reply->content_type))
        to = put_header(to, STR("Content-Type"), reply->content_type);
    for (size_t i = 0; i < reply->header_count; i++)
        to = put_header(to, reply->headers[i].name, reply->headers[i].value);
    to = put_framing(to, &r);
    if (r.is_last)
        to = put(to, STR("Connection: close\r\n"));
    else if (r.is_http10)
        to = put(to, STR("Connection: keep-alive\r\n"));
    to = put(to, STR("\r\n"));
    buf_commit(out, (size_t)(to - start));
}

void http1_write_chunk(buf *out, str bytes) {
    ASSERT(bytes.len > 0);
    char size[sizeof "0123456789abcdef\r\n"];
    size_t at = sizeof size - 1;
    size[--at] = '\n';
    size[--at] = '\r';
    for (size_t n = bytes.len; n > 0; n >>= 4)
        size[--at] = "0123456789abcdef"[n & 15];
    buf_append(out, (str){size + at, sizeof size - 1 - at});
    buf_append(out, bytes);
    buf_append(out, STR("\r\n"));
}

void http1_write_last_chunk(buf *out) {
    buf_append(out, STR("0\r\n\r\n"));
}
