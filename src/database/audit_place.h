/*
 * audit_place.h: where a row of the audit log stands in the order in which rows
 * are sealed.
 *
 * On SQLite one thread writes, and the row's position is that order. On
 * PostgreSQL rows are committed in another order than they are written in. What
 * a transaction that has ended wrote is known, and what it did not write it
 * never will; so rows stand in the order of the numbers of their transactions,
 * and only those are sealed that all running ones are behind of. Of one
 * transaction they stand in the order of their time and id.
 *
 * As text: "17", or "812 2024-01-31T12:00:00.123456+00:00 0192..."; the empty
 * text is before all rows.
 */
#ifndef DATABASE_AUDIT_PLACE_H
#define DATABASE_AUDIT_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct audit_place {
    int64_t major;  /* position or transaction */
    str created_at; /* empty on SQLite, and so is id */
    str id;
} audit_place;

/* The one of the empty text. */
#define AUDIT_PLACE_FIRST ((audit_place){.major = INT64_MIN})

/* Borrows from text. False when it is no place. */
bool audit_place_parse(str text, audit_place *out);
str audit_place_format(arena *a, const audit_place *p);

/* Less than 0: x is before y. */
int audit_place_compare(const audit_place *x, const audit_place *y);

#endif
