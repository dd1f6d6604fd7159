/*
 * merge_keys.h: no row twice in one upsert.
 *
 * Rows that merge with what is there are written one after the other, so of two
 * with the same key the second would overwrite the first, and who sent them
 * would not know which one counted. PostgreSQL refuses that, and so do we, for
 * every engine, before anything is written.
 *
 * Keys are compared as values. What only the database can fill in, and null,
 * is equal to nothing.
 */
#ifndef CORE_MERGE_KEYS_H
#define CORE_MERGE_KEYS_H

#include "base/buf.h"
#include "base/err.h"
#include "database/mutation.h"

/* ERR_AFFECTED_TWICE if two rows of a merge have the same key. Its values must
 * be complete. */
fallible merge_keys_check(arena *a, const mutation *m);

/* Where the conflict columns stand among the fields, or NULL if one of them is
 * not mentioned. */
const size_t *merge_keys_places(arena *a, const mutation *m);

/* Appends one value of a key, so that equal ones are written alike and others
 * are not. False if it is equal to nothing. */
bool merge_keys_write(buf *out, const field *f, const value *v);

#endif
