#include "io/http1.h"

#include "base/ascii.h"
#include "base/assert.h"
#include "base/attr.h"
#include "io/http1_authority.h"
#include "io/http1_scan.h"

typedef struct reader {
    const char *at;   /* next byte */
    const char *end;  /* of what may be looked at */
    const char *line; /* where the current line began */
    const http_limits *limits;
    http_header *headers;
    http1_head *head;
    str host;      /* ptr is NULL before the Host line */
    str authority; /* of an absolute target; ptr is NULL without one */
    bool is_in_headers;
    bool has_length;
    bool wants_close;
    bool wants_keep_alive;
} reader;

static COLD bool refuse(reader *r, int status, str reason) {
    r->head->refusal = (http1_refusal){status, reason};
    return false;
}

/* The bytes end inside a line; settle() says what that means. */
static bool ran_out(reader *r) {
    return refuse(r, 0, (str){0});
}

/* ---- Request line ------------------------------------------------------- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static str between(const char *from, const char *to) {
    return (str){from, (size_t)(to - from)};
}

static const str METHODS[] = {
    [HTTP_GET] = STR_INIT("GET"),         [HTTP_HEAD] = STR_INIT("HEAD"),
    [HTTP_POST] = STR_INIT("POST"),       [HTTP_PUT] = STR_INIT("PUT"),
    [HTTP_PATCH] = STR_INIT("PATCH"),     [HTTP_DELETE] = STR_INIT("DELETE"),
    [HTTP_OPTIONS] = STR_INIT("OPTIONS"),
};

/* Names of methods are case-sensitive: RFC 9110 9.1. */
static http_method find_method(str name) {
    for (size_t i = 0; i < LENGTH(METHODS); i++)
        if (str_equal(METHODS[i], name))
            return (http_method)i;
    return HTTP_OTHER_METHOD;
}

static bool read_method(reader *r) {
    const char *stop = http1_skip_token(r->at, r->end);
    if (stop == r->end)
        return ran_out(r);
    if (stop == r->at || *stop != ' ')
        return refuse(r, 400, STR("malformed method"));
    r->head->method = find_method(between(r->at, stop));
    r->at = stop + 1;
    return true;
}

/* "http://host:port" in front of the path: RFC 9112 3.2.2 wants it understood,
 * and finish() wants the same host in the Host line. */
static bool read_scheme_and_authority(reader *r) {
    static const str SCHEMES[] = {STR_INIT("http://"), STR_INIT("https://")};
    const char *stop = http1_skip_value(r->at, r->end);
    str rest = between(r->at, stop);
    str authority = {0};
    for (size_t i = 0; i < LENGTH(SCHEMES); i++) {
        str start = {rest.ptr, SCHEMES[i].len};
        if (rest.len > start.len && str_equal_ignoring_case(start, SCHEMES[i]))
            authority = str_slice(rest, start.len, rest.len);
    }
    if (authority.ptr == NULL)
        return refuse(r, 400, STR("malformed request target"));
    size_t len = 0;
    while (len < authority.len && strchr("/? ", authority.ptr[len]) == NULL)
        len++;
    authority.len = len;
    if (!http1_is_authority(authority))
        return refuse(r, 400, STR("malformed host in the request target"));
    r->authority = authority;
    r->at = authority.ptr + len;
    return true;
}

static bool ends_path(char c) {
    return c == ' ' || c == '?';
}

static bool read_path(reader *r) {
    const char *stop = http1_skip(r->at, r->end, HTTP1_PATH);
    if (stop == r->end)
        return ran_out(r);
    if (!ends_path(*stop))
        return refuse(r, 400, STR("malformed path in the request target"));
    r->head->path = between(r->at, stop);
    r->at = stop;
    return true;
}

static bool read_query(reader *r) {
    const char *stop = http1_skip_query(r->at, r->end);
    if (stop == r->end)
        return ran_out(r);
    if (*stop != ' ')
        return refuse(r, 400, STR("malformed query in the request target"));
    r->head->query = between(r->at, stop);
    r->at = stop;
    return true;
}

/* Leaves r->at on the blank behind the target. */
static bool read_target(reader *r) {
    if (r->at == r->end)
        return ran_out(r);
    bool is_options = r->head->method == HTTP_OPTIONS;
    if (*r->at == '*' && is_options) {
        r->head->path = between(r->at, r->at + 1);
        r->at++;
        return true;
    }
    if (*r->at != '/' && !read_scheme_and_authority(r))
        return false;
    if (!read_path(r))
        return false;
    if (str_is_empty(r->head->path)) /* "http://host" */
        r->head->path = is_options && *r->at == ' ' ? STR("*") : STR("/");
    if (*r->at == ' ')
        return true;
    r->at++; /* the '?' */
    return read_query(r);
}

static bool read_version(reader *r) {
    enum { LEN = sizeof " HTTP/1.1\r\n" - 1 };
    const char *at = r->at;
    if (r->end - at < LEN && memchr(at, '\n', (size_t)(r->end - at)) == NULL)
        return ran_out(r);
    if (r->end - at < LEN || memcmp(at, " HTTP/", 6) != 0 ||
        !ascii_is_digit(at[6]) || at[7] != '.' || !ascii_is_digit(at[8]) ||
        at[9] != '\r' || at[10] != '\n')
        return refuse(r, 400, STR("malformed request line"));
    if (at[6] != '1' || at[8] > '1')
        return refuse(r, 505, STR("this HTTP version is not supported"));
    r->head->is_http10 = at[8] == '0';
    r->at += LEN;
    return true;
}

/* *is_there is set, and the line consumed, when an empty line is next. */
static bool take_empty_line(reader *r, bool *is_there) {
    if (r->at == r->end)
        return ran_out(r);
    if (*r->at != '\r')
        return true;
    if (r->end - r->at < 2)
        return ran_out(r);
    if (r->at[1] != '\n')
        return refuse(r, 400, STR("bare carriage return"));
    r->at += 2;
    *is_there = true;
    return true;
}

/* RFC 9112 2.2 lets a server overlook an empty line before a request. */
static bool read_request_line(reader *r) {
    bool is_overlooked = false;
    if (!take_empty_line(r, &is_overlooked))
        return false;
    r->line = r->at;
    return read_method(r) && read_target(r) && read_version(r);
}

/* ---- Header lines ------------------------------------------------------- */

/* Blanks around a value may be tabs, but not all parsers know: where the value
 * frames or routes the message, "chunked" and a tab is an attack. */
static bool has_tab(const reader *r) {
    return memchr(r->line, '\t', (size_t)(r->at - r->line)) != NULL;
}

static bool note_host(reader *r, str value) {
    if (r->host.ptr != NULL)
        return refuse(r, 400, STR("more than one host header"));
    if (!http1_is_authority(value) || has_tab(r))
        return refuse(r, 400, STR("malformed host header"));
    r->host = value;
    return true;
}

/* RFC 9110 8.6: digits and nothing else. A second one is refused even if it is
 * equal, as is a list. */
static bool note_content_length(reader *r, str value) {
    if (r->has_length)
        return refuse(r, 400, STR("more than one content-length header"));
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (!ascii_is_digit(value.ptr[i]))
            return refuse(r, 400, STR("malformed content-length header"));
        uint64_t digit = (uint64_t)(value.ptr[i] - '0');
        if (__builtin_mul_overflow(length, 10, &length) ||
            __builtin_add_overflow(length, digit, &length))
            return refuse(r, 413, STR("the body is too large"));
    }
    if (value.len == 0 || has_tab(r))
        return refuse(r, 400, STR("malformed content-length header"));
    r->has_length = true;
    r->head->content_length = length;
    return true;
}

static bool note_transfer_encoding(reader *r, str value) {
    if (r->head->is_chunked)
        return refuse(r, 400, STR("more than one transfer-encoding header"));
    if (r->head->is_http10)
        return refuse(r, 400, STR("transfer-encoding in HTTP/1.0"));
    if (!str_equal_ignoring_case(value, STR("chunked")) || has_tab(r))
        return refuse(r, 400, STR("transfer-encoding other than chunked"));
    r->head->is_chunked = true;
    return true;
}

static bool note_connection(reader *r, str value) {
    while (!str_is_empty(value)) {
        str option = str_trim(str_split(&value, ','));
        if (str_equal_ignoring_case(option, STR("close")))
            r->wants_close = true;
        else if (str_equal_ignoring_case(option, STR("keep-alive")))
            r->wants_keep_alive = true;
    }
    return true;
}

/* RFC 9110 10.1.1; a client of HTTP/1.0 does not mean it. */
static bool note_expect(reader *r, str value) {
    if (r->head->is_http10)
        return true;
    if (!str_equal_ignoring_case(value, STR("100-continue")))
        return refuse(r, 417, STR("unknown expectation"));
    r->head->expects_continue = true;
    return true;
}

/* Who asks is found out for each request, so nobody should look for it. */
static bool note_authorization(reader *r, str value) {
    (void)value;
    if (r->head->authorization == 0)
        r->head->authorization = r->head->header_count;
    return true;
}

/* By their length, of which no two are equal. */
static const struct known_header {
    str name;
    bool (*note)(reader *r, str value);
} KNOWN[] = {
    [4] = {STR_INIT("host"), note_host},
    [6] = {STR_INIT("expect"), note_expect},
    [10] = {STR_INIT("connection"), note_connection},
    [13] = {STR_INIT("authorization"), note_authorization},
    [14] = {STR_INIT("content-length"), note_content_length},
    [17] = {STR_INIT("transfer-encoding"), note_transfer_encoding},
};

/* Of token bytes, only a letter of the other case turns into a lower-case
 * letter or '-' by that bit. */
static bool is_named(str name, str known) {
    size_t i = 0;
    while (i < known.len && (name.ptr[i] | 0x20) == known.ptr[i])
        i++;
    return i == known.len;
}

static bool note_header(reader *r, str name, str value) {
    if (name.len >= LENGTH(KNOWN) || KNOWN[name.len].note == NULL)
        return true;
    const struct known_header *known = &KNOWN[name.len];
    return !is_named(name, known->name) || known->note(r, value);
}

static bool read_name(reader *r, str *name) {
    const char *stop = http1_skip_token(r->at, r->end);
    if (stop == r->end)
        return ran_out(r);
    if (stop == r->at && is_blank(*stop))
        return refuse(r, 400, STR("folded header line"));
    if (is_blank(*stop))
        return refuse(r, 400, STR("blank in or behind a header name"));
    if (stop == r->at || *stop != ':')
        return refuse(r, 400, STR("malformed header name"));
    *name = between(r->at, stop);
    r->at = stop + 1;
    return true;
}

static bool read_value(reader *r, str *value) {
    const char *from = r->at;
    while (from < r->end && is_blank(*from))
        from++;
    const char *stop = http1_skip_value(from, r->end);
    if (stop == r->end || (*stop == '\r' && stop + 1 == r->end))
        return ran_out(r);
    if (stop[0] != '\r' || stop[1] != '\n')
        return refuse(r, 400, STR("control character in a header value"));
    r->at = stop + 2;
    while (stop > from && is_blank(stop[-1]))
        stop--;
    *value = between(from, stop);
    return true;
}

static bool read_header(reader *r) {
    http_header header;
    if (!read_name(r, &header.name) || !read_value(r, &header.value))
        return false;
    if (r->head->header_count == r->limits->header_count)
        return refuse(r, 431, STR("too many header lines"));
    r->headers[r->head->header_count++] = header;
    return note_header(r, header.name, header.value);
}

static bool read_headers(reader *r) {
    r->is_in_headers = true;
    for (bool is_last = false;;) {
        r->line = r->at;
        if (!take_empty_line(r, &is_last))
            return false;
        if (is_last)
            return true;
        if (!read_header(r))
            return false;
    }
}

/* ---- The whole ---------------------------------------------------------- */

/* What only all lines together can tell. */
static bool finish(reader *r) {
    http1_head *head = r->head;
    if (r->host.ptr == NULL && !head->is_http10)
        return refuse(r, 400, STR("missing host header"));
    if (r->authority.ptr != NULL && r->host.ptr != NULL &&
        !str_equal_ignoring_case(r->authority, r->host))
        return refuse(r, 400, STR("host header and request target differ"));
    if (head->is_chunked && r->has_length)
        return refuse(r, 400, STR("content-length beside transfer-encoding"));
    if (head->content_length > r->limits->body_bytes)
        return refuse(r, 413, STR("the body is too large"));
    head->is_kept_alive =
        !r->wants_close && (!head->is_http10 || r->wants_keep_alive);
    return true;
}

/* A line that was not accepted is refused once all of it is there. */
static COLD http1_outcome settle(reader *r, bool is_cut) {
    if (memchr(r->line, '\n', (size_t)(r->end - r->line)) != NULL) {
        ASSERT(r->head->refusal.status != 0);
        return HTTP1_REFUSED;
    }
    if (!is_cut)
        return HTTP1_MORE;
    if (r->is_in_headers)
        refuse(r, 431, STR("the header lines are too long"));
    else
        refuse(r, 414, STR("the request line is too long"));
    return HTTP1_REFUSED;
}

http1_outcome http1_head_parse(str data, size_t *looked_at,
                               const http_limits *limits, http_header *headers,
                               http1_head *out) {
    *out = (http1_head){0};
    if (data.len == 0)
        return HTTP1_MORE;
    bool is_cut = data.len > limits->head_bytes;
    if (is_cut)
        data.len = limits->head_bytes;
    size_t old = *looked_at;
    *looked_at = data.len;
    /* Lines are judged when they are whole, so without a new LF there is
     * nothing new to say. */
    if (old > 0 && !is_cut &&
        memchr(data.ptr + old, '\n', data.len - old) == NULL)
        return HTTP1_MORE;

    reader r = {
        .at = data.ptr,
        .end = data.ptr + data.len,
        .line = data.ptr,
        .limits = limits,
        .headers = headers,
        .head = out,
    };
    if (!read_request_line(&r) || !read_headers(&r))
        return settle(&r, is_cut);
    if (!finish(&r))
        return HTTP1_REFUSED;
    out->len = (size_t)(r.at - data.ptr);
    return HTTP1_READY;
}
