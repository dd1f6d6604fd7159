/*
 * lite_cache.h: the prepared statements of one connection, by shape.
 *
 * Preparing costs ten times what running a point read does. The cache holds up
 * to LITE_CACHE_SIZE statements of LITE_CACHE_BYTES together and lets go of the
 * one that was not asked for the longest. One that would fill much of that, as
 * a long list of values makes it, is not kept. A statement that is in use is
 * not handed out again: who asks for the same shape meanwhile gets one of his
 * own, which is not kept.
 */
#ifndef DATABASE_SQLITE_LITE_CACHE_H
#define DATABASE_SQLITE_LITE_CACHE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/str.h"

enum {
    LITE_CACHE_SIZE = 128,
    LITE_CACHE_BYTES = 4 * 1024 * 1024,
    LITE_CACHE_LARGE_BYTES = LITE_CACHE_BYTES / 8,
};

typedef struct lite_cache lite_cache;

typedef struct lite_cached {
    sqlite3_stmt *statement;
    struct lite_entry *entry; /* or NULL: not kept */
} lite_cached;

lite_cache *lite_cache_new(void);

/* Finalizes all. None may be in use. */
void lite_cache_free(lite_cache *c);

/* A statement of that shape to use until lite_cache_put, or false: then prepare
 * one and hand it to lite_cache_add. */
bool lite_cache_take(lite_cache *c, str shape, lite_cached *out);

/* Is there one of that shape, in use or not? */
bool lite_cache_has(lite_cache *c, str shape);

/* Takes over a new statement, which is in use from now on. */
lite_cached lite_cache_add(lite_cache *c, str shape, sqlite3_stmt *statement);

/* What is to be known of every statement of that shape: a copy is kept with
 * the statement, if that is kept. */
void lite_cache_note(lite_cached used, const void *bytes, size_t size);

/* Borrowed until the statement is given back. NULL: nothing was noted. */
const void *lite_cache_noted(lite_cached used);

/* Resets the statement and gives it back. */
void lite_cache_put(lite_cached used);

#endif
