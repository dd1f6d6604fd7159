#include "database/postgres/pg_statements.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/hash.h"

enum { SLOTS = 2 * PG_STATEMENTS_MAX }; /* a power of two */

typedef struct entry {
    pg_prepared statement;
    uint64_t hash;
    size_t bytes;
    struct entry *next; /* of the same slot */
    struct entry *newer;
    struct entry *older;
    size_t shape_len;
    char shape[];
} entry;

struct pg_statements {
    entry *slots[SLOTS];
    entry *newest;
    entry *oldest;
    size_t count;
    size_t bytes;
    uint64_t last_number;
};

/* No secret: the worst that shapes chosen to collide can do is to make each
 * other's search pass PG_STATEMENTS_MAX entries. */
static uint64_t shape_hash(str shape) {
    static const uint64_t NO_SECRET[2];
    return hash_of(shape, NO_SECRET);
}

static entry **slot_of(pg_statements *s, uint64_t hash) {
    return &s->slots[hash & (SLOTS - 1)];
}

static void unlink_entry(pg_statements *s, entry *e) {
    *(e->newer != NULL ? &e->newer->older : &s->newest) = e->older;
    *(e->older != NULL ? &e->older->newer : &s->oldest) = e->newer;
}

static void link_newest(pg_statements *s, entry *e) {
    e->newer = NULL;
    e->older = s->newest;
    *(s->newest != NULL ? &s->newest->newer : &s->oldest) = e;
    s->newest = e;
}

static void drop(pg_statements *s, entry *e) {
    entry **at = slot_of(s, e->hash);
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    unlink_entry(s, e);
    s->count--;
    s->bytes -= e->bytes;
    free(e);
}

static entry *find_number(const pg_statements *s, uint64_t number) {
    entry *e = s->newest;
    while (e != NULL && e->statement.number != number)
        e = e->older;
    return e;
}

bool pg_statements_has(const pg_statements *s, uint64_t number) {
    return find_number(s, number) != NULL;
}

pg_prepared *pg_statements_find(pg_statements *s, str shape) {
    uint64_t hash = shape_hash(shape);
    entry *e = *slot_of(s, hash);
    while (e != NULL && !(e->hash == hash &&
                          str_equal((str){e->shape, e->shape_len}, shape)))
        e = e->next;
    if (e == NULL)
        return NULL;
    if (e != s->newest) {
        unlink_entry(s, e);
        link_newest(s, e);
    }
    return &e->statement;
}

/* One at most, so that an answer to the next question is not behind many; a
 * large newcomer finds the cache over its bound for some time. */
static uint64_t make_room(pg_statements *s, size_t bytes) {
    if (s->count < PG_STATEMENTS_MAX && s->bytes + bytes <= PG_STATEMENTS_BYTES)
        return 0;
    entry *e = s->oldest;
    while (e != NULL && !e->statement.is_ready)
        e = e->newer;
    if (e == NULL)
        return 0;
    uint64_t number = e->statement.number;
    drop(s, e);
    return number;
}

pg_prepared *pg_statements_add(pg_statements *s, str shape, size_t sql_len,
                               uint64_t *gone) {
    size_t bytes = shape.len + sql_len;
    *gone = 0;
    if (bytes > PG_STATEMENTS_LARGE_BYTES ||
        s->count >= 2 * (size_t)PG_STATEMENTS_MAX)
        return NULL;
    *gone = make_room(s, bytes);
    entry *e = calloc(1, sizeof *e + shape.len);
    if (e == NULL)
        PANIC("out of memory");
    e->statement.number = ++s->last_number;
    (void)snprintf(e->statement.name, sizeof e->statement.name, "t%" PRIu64,
                   e->statement.number);
    e->hash = shape_hash(shape);
    e->bytes = bytes;
    e->shape_len = shape.len;
    memcpy(e->shape, shape.ptr, shape.len);
    e->next = *slot_of(s, e->hash);
    *slot_of(s, e->hash) = e;
    link_newest(s, e);
    s->count++;
    s->bytes += bytes;
    return &e->statement;
}

void pg_statements_set_ready(pg_statements *s, uint64_t number) {
    entry *e = find_number(s, number);
    if (e != NULL)
        e->statement.is_ready = true;
}

void pg_statements_forget(pg_statements *s, uint64_t number) {
    entry *e = find_number(s, number);
    if (e != NULL)
        drop(s, e);
}

pg_statements *pg_statements_new(void) {
    pg_statements *s = calloc(1, sizeof *s);
    if (s == NULL)
        PANIC("out of memory");
    return s;
}

void pg_statements_free(pg_statements *s) {
    entry *newer;
    for (entry *e = s->oldest; e != NULL; e = newer) {
        newer = e->newer;
        free(e);
    }
    free(s);
}
