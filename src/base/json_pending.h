/*
 * json_pending.h: the members that the JSON reader has read and whose container
 * is still open. Private to the reader.
 *
 * A stack in pages that stay where they are, each twice as large as the one
 * before: a list that moves would leave its old copies in the arena. Behind a
 * closed container its pages are used again.
 */
#ifndef BASE_JSON_PENDING_H
#define BASE_JSON_PENDING_H

#include "base/json.h"

enum {
    JSON_PENDING_FIRST = 32, /* members of the first page */
    JSON_PENDING_PAGES = 16,
};

typedef struct json_member {
    str key; /* empty in an array */
    json value;
} json_member;

typedef struct json_pending {
    arena *a;
    size_t count;
    json_member *top; /* where the next one goes */
    json_member *page_end;
    json_member *pages[JSON_PENDING_PAGES];
} json_pending;

void json_pending_init(json_pending *p, arena *a);

/* Drops all but the first `count`. */
void json_pending_cut(json_pending *p, size_t count);

/* Makes the next page the one that top is in. */
void json_pending_turn(json_pending *p);

/* The next member; the caller fills it in. */
static inline json_member *json_pending_push(json_pending *p) {
    json_member *m = p->top++;
    p->count++;
    if (UNLIKELY(p->top == p->page_end))
        json_pending_turn(p);
    return m;
}

/* Copies the members from `first` on; keys is NULL for an array. */
void json_pending_copy(const json_pending *p, size_t first, json *items,
                       str *keys);

#endif
