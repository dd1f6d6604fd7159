#include "api/rest/range.h"

#include <inttypes.h>

#include "base/digits.h"
#include "database/query.h"

/* Three numbers and what is between them. */
enum { TEXT_MAX = 3 * DIGITS_MAX + 2 };

static err *refuse(arena *a, str details) {
    return err_with_details(
        err_new(a, ERR_RANGE, "Requested range not satisfiable"), details);
}

err *range_apply_header(arena *a, str header, int64_t *limit, int64_t *offset) {
    static const str UNIT = STR_INIT("items=");
    str last = str_trim(header);
    if (str_starts_with(last, UNIT))
        str_take(&last, UNIT.len);
    if (str_find_char(last, '-') == last.len)
        return NULL;
    str first = str_split(&last, '-');
    int64_t from;
    int64_t to = INT64_MAX - 1;
    if (!str_parse_int64(first, &from))
        return NULL;
    if (!str_is_empty(last) &&
        (!str_parse_int64(last, &to) || to < 0 || to == INT64_MAX))
        return NULL;
    if (from > to)
        return refuse(a, STR("The lower boundary must be lower than or equal "
                             "to the upper boundary in the Range header."));

    int64_t count = to - from + 1;
    if (*limit != QUERY_NO_LIMIT) {
        /* The rows offset .. offset + limit - 1, cut to from .. to. */
        int64_t end;
        if (__builtin_add_overflow(*offset, *limit, &end))
            end = INT64_MAX;
        int64_t begin = *offset > from ? *offset : from;
        int64_t stop = end < to + 1 ? end : to + 1;
        *limit = stop > begin ? stop - begin : 0;
        *offset = begin;
        return NULL;
    }
    int64_t begin = *offset > from ? *offset : from;
    int64_t skipped = begin - from;
    *offset = begin;
    if (!str_is_empty(last))
        *limit = count > skipped ? count - skipped : 0;
    return NULL;
}

static char *put(char *to, int64_t n) {
    return to + digits_write((uint64_t)n, to);
}

void range_write(arena *a, http_reply *reply, int64_t offset, int64_t count,
                 int64_t total) {
    if (offset == 0 && count == 1 && total == RANGE_NO_TOTAL) {
        /* of a row by its key: most answers */
        http_reply_add(reply, STR("Content-Range"), STR("0-0/*"));
        return;
    }
    char *text = arena_take(a, TEXT_MAX, 1);
    char *to = text;
    if (count > 0) {
        to = put(to, offset);
        *to++ = '-';
        to = put(to, offset + count - 1);
    } else {
        *to++ = '*';
    }
    *to++ = '/';
    if (total == RANGE_NO_TOTAL)
        *to++ = '*';
    else
        to = put(to, total);
    http_reply_add(reply, STR("Content-Range"),
                   (str){text, (size_t)(to - text)});
}

err *range_reply(arena *a, http_reply *reply, int64_t offset, int64_t count,
                 int64_t total) {
    bool is_total_known = total != RANGE_NO_TOTAL;
    if (is_total_known && offset > total)
        return refuse(a,
                      arena_printf(a,
                                   "An offset of %" PRId64
                                   " was requested, but there are only %" PRId64
                                   " rows.",
                                   offset, total));
    reply->status = is_total_known && count < total ? 206 : 200;
    range_write(a, reply, offset, count, total);
    return NULL;
}
