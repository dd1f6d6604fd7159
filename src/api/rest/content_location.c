#include "api/rest/content_location.h"

#include <stdlib.h>

enum { MOST_BYTES = 2000 };

static int compare_parts(const void *left, const void *right) {
    return str_compare(*(const str *)left, *(const str *)right);
}

/* path?a=1&b=2 */
static str join_sorted(arena *a, str path, str query) {
    str *parts = NULL;
    size_t count = 0;
    size_t room = path.len + 1 + query.len + 1;
    buf sorted = buf_over(arena_take(a, room, 1), room);
    buf_append(&sorted, path);
    for (str rest = query; !str_is_empty(rest);) {
        str part = str_split(&rest, '&');
        if (!str_is_empty(part))
            ARENA_PUSH(a, parts, count, part);
    }
    if (count > 1)
        qsort(parts, count, sizeof *parts, compare_parts);
    buf_append_char(&sorted, '?');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(&sorted, '&');
        buf_append(&sorted, parts[i]);
    }
    return buf_str(&sorted);
}

/* Path and query as they stand in the request, when they stand there side by
 * side and in order anyway. */
static bool is_as_received(const http_request *http) {
    return http->query.ptr == http->path.ptr + http->path.len + 1 &&
           str_find_char(http->query, '&') == http->query.len;
}

void content_location_add(arena *a, const http_request *http,
                          http_reply *reply) {
    str path = http->path;
    if (path.len + http->query.len > MOST_BYTES)
        return;
    if (!str_is_empty(http->query)) {
        if (is_as_received(http))
            path.len += 1 + http->query.len;
        else
            path = join_sorted(a, path, http->query);
    }
    http_reply_add(reply, STR("Content-Location"), path);
}
