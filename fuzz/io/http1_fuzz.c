/*
 * A head is judged by its bytes, not by how they were cut: shown whole and
 * shown byte by byte it gets the same answer, and its slices lie inside it.
 */
#include "io/http1.h"

#include "base/assert.h"
#include "base/attr.h"

enum { MAX_HEADERS = 8, MAX_HEAD = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_inside(str part, str whole) {
    return part.len == 0 || str_equal(part, STR("/")) ||
           str_equal(part, STR("*")) ||
           (part.ptr >= whole.ptr &&
            part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_slices(str data, const http1_head *head,
                         const http_header *headers) {
    ASSERT(head->len <= data.len && head->len <= MAX_HEAD);
    ASSERT(str_ends_with(str_slice(data, 0, head->len), STR("\r\n\r\n")));
    ASSERT(is_inside(head->path, data) && is_inside(head->query, data));
    ASSERT(head->path.len > 0 && head->header_count <= MAX_HEADERS);
    ASSERT(!head->is_chunked || head->content_length == 0);
    for (size_t i = 0; i < head->header_count; i++) {
        ASSERT(headers[i].name.len > 0 && is_inside(headers[i].name, data));
        ASSERT(is_inside(headers[i].value, data));
        ASSERT(memchr(headers[i].value.ptr, '\n', headers[i].value.len) ==
               NULL);
    }
}

static http1_outcome parse_byte_by_byte(str data, const http_limits *limits,
                                        http1_head *head) {
    http_header headers[MAX_HEADERS];
    size_t looked_at = 0;
    http1_outcome outcome = HTTP1_MORE;
    for (size_t n = 1; n <= data.len && outcome == HTTP1_MORE; n++)
        outcome = http1_head_parse(str_slice(data, 0, n), &looked_at, limits,
                                   headers, head);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    http_limits limits = http_limits_default();
    limits.head_bytes = MAX_HEAD;
    limits.header_count = MAX_HEADERS;
    str all = {(const char *)data, size};
    http_header headers[MAX_HEADERS];
    http1_head head = {0};
    http1_head again = {0};
    size_t looked_at = 0;
    http1_outcome outcome =
        http1_head_parse(all, &looked_at, &limits, headers, &head);
    ASSERT(outcome == parse_byte_by_byte(all, &limits, &again));
    ASSERT(head.refusal.status == again.refusal.status ||
           outcome == HTTP1_MORE);
    if (outcome == HTTP1_REFUSED)
        ASSERT(str_equal(head.refusal.reason, again.refusal.reason));
    if (outcome != HTTP1_READY)
        return 0;
    ASSERT(head.len == again.len);
    ASSERT(head.content_length == again.content_length);
    check_slices(all, &head, headers);
    return 0;
}
