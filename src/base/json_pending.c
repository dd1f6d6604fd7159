#include "base/json_pending.h"

_Static_assert((JSON_PENDING_FIRST << JSON_PENDING_PAGES) -
                       JSON_PENDING_FIRST >=
                   JSON_MAX_VALUES + 1,
               "all values may be pending at once, and top points behind them");

static size_t page_size(size_t page) {
    return (size_t)JSON_PENDING_FIRST << page;
}

/* Page p starts with member page_size(0) * (2^p - 1). */
static size_t page_of(size_t i) {
    return 63 - (size_t)__builtin_clzll(i / JSON_PENDING_FIRST + 1);
}

/* Where the member is and how many of its page follow from there. */
static json_member *locate(const json_pending *p, size_t i, size_t *left) {
    size_t page = page_of(i);
    size_t at = i - (page_size(page) - page_size(0));
    *left = page_size(page) - at;
    return p->pages[page] + at;
}

static void point_to_top(json_pending *p) {
    size_t left;
    p->top = locate(p, p->count, &left);
    p->page_end = p->top + left;
}

void json_pending_init(json_pending *p, arena *a) {
    *p = (json_pending){.a = a};
    json_pending_turn(p);
}

void json_pending_turn(json_pending *p) {
    size_t page = page_of(p->count);
    if (p->pages[page] == NULL)
        p->pages[page] = arena_take(p->a, page_size(page) * sizeof(json_member),
                                    _Alignof(json_member));
    point_to_top(p);
}

void json_pending_cut(json_pending *p, size_t count) {
    p->count = count;
    point_to_top(p);
}

void json_pending_copy(const json_pending *p, size_t first, json *items,
                       str *keys) {
    while (first < p->count) {
        size_t n;
        const json_member *from = locate(p, first, &n);
        n = n < p->count - first ? n : p->count - first;
        for (size_t i = 0; i < n; i++)
            *items++ = from[i].value;
        for (size_t i = 0; keys != NULL && i < n; i++)
            *keys++ = from[i].key;
        first += n;
    }
}
