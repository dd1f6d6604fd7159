#include "database/ordinals.h"

#include <stdlib.h>

/* ---- Text --------------------------------------------------------------- */

/* One spelling: no sign, no zero in front. */
static bool take_number(str *text, int64_t *out) {
    size_t length = 0;
    while (length < text->len && text->ptr[length] >= '0' &&
           text->ptr[length] <= '9')
        length++;
    str digits = str_take(text, length);
    return length > 0 && digits.ptr[0] != '0' && str_parse_int64(digits, out);
}

static bool take_char(str *text, char c) {
    if (text->len == 0 || text->ptr[0] != c)
        return false;
    (void)str_take(text, 1);
    return true;
}

bool ordinals_parse(arena *a, str text, ordinals *out) {
    ordinals set = {0};
    int64_t least = 1;
    while (text.len > 0) {
        ordinal_range r;
        if (set.count > 0 && !take_char(&text, ' '))
            return false;
        if (!take_number(&text, &r.first) || r.first < least)
            return false;
        r.last = r.first;
        if (take_char(&text, '-') &&
            (!take_number(&text, &r.last) || r.last <= r.first))
            return false;
        /* What touches is one range; nothing comes behind the largest. */
        if (r.last >= INT64_MAX - 1 && text.len > 0)
            return false;
        least = r.last >= INT64_MAX - 1 ? INT64_MAX : r.last + 2;
        ARENA_PUSH(a, set.ranges, set.count, r);
    }
    *out = set;
    return true;
}

str ordinals_format(arena *a, const ordinals *set) {
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
    for (size_t i = 0; i < set->count; i++) {
        ordinal_range r = set->ranges[i];
        if (i > 0)
            buf_append_char(&out, ' ');
        buf_append_int(&out, r.first);
        if (r.last > r.first) {
            buf_append_char(&out, '-');
            buf_append_int(&out, r.last);
        }
    }
    return arena_copy(a, buf_str(&out));
}

/* ---- Sets --------------------------------------------------------------- */

/* Behind all that is in it, or into its last range. */
static void add_last(arena *a, ordinals *set, ordinal_range r) {
    ordinal_range *last = set->count > 0 ? &set->ranges[set->count - 1] : NULL;
    if (last == NULL || r.first > last->last + 1)
        ARENA_PUSH(a, set->ranges, set->count, r);
    else if (r.last > last->last)
        last->last = r.last;
}

static int compare(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x;
    int64_t b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

ordinals ordinals_of(arena *a, int64_t *numbers, size_t count) {
    ordinals set = {0};
    if (count > 0)
        qsort(numbers, count, sizeof *numbers, compare);
    for (size_t i = 0; i < count; i++)
        add_last(a, &set, (ordinal_range){numbers[i], numbers[i]});
    return set;
}

static int compare_ranges(const void *x, const void *y) {
    const ordinal_range *a = x;
    const ordinal_range *b = y;
    return compare(&a->first, &b->first);
}

ordinals ordinals_merge(arena *a, ordinal_range *ranges, size_t count) {
    ordinals set = {0};
    if (count > 0)
        qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (size_t i = 0; i < count; i++)
        add_last(a, &set, ranges[i]);
    return set;
}

/* The range that has n, or NULL. */
static const ordinal_range *find(const ordinals *set, int64_t n) {
    size_t from = 0;
    size_t to = set->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const ordinal_range *r = &set->ranges[middle];
        if (n >= r->first && n <= r->last)
            return r;
        if (n < r->first)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

bool ordinals_has(const ordinals *set, int64_t n) {
    return find(set, n) != NULL;
}

bool ordinals_has_all(const ordinals *set, int64_t first, int64_t last) {
    const ordinal_range *r = find(set, first);
    return r != NULL && last <= r->last;
}

int64_t ordinals_count(const ordinals *set) {
    int64_t n = 0;
    for (size_t i = 0; i < set->count; i++)
        n += set->ranges[i].last - set->ranges[i].first + 1;
    return n;
}
