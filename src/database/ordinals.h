/*
 * ordinals.h: a set of numbers from 1 on, as ranges: "1-4096 5000 5002-5010".
 *
 * Which rows of the audit log were pruned (audit_entry.h): nearly all of them
 * behind each other, so that many are a short text. One set has one text.
 */
#ifndef DATABASE_ORDINALS_H
#define DATABASE_ORDINALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

typedef struct ordinal_range {
    int64_t first;
    int64_t last;
} ordinal_range;

/* Ascending, with gaps between them. */
typedef struct ordinals {
    ordinal_range *ranges;
    size_t count;
} ordinals;

/* False, and *out untouched, when it is not written so. */
bool ordinals_parse(arena *a, str text, ordinals *out);
str ordinals_format(arena *a, const ordinals *set);

/* The set of numbers in any order, which are put in order. */
ordinals ordinals_of(arena *a, int64_t *numbers, size_t count);

/* Ranges in any order, which are put in order, and may overlap. */
ordinals ordinals_merge(arena *a, ordinal_range *ranges, size_t count);

bool ordinals_has(const ordinals *set, int64_t n);

/* All of these, which are at least one? */
bool ordinals_has_all(const ordinals *set, int64_t first, int64_t last);

int64_t ordinals_count(const ordinals *set);

#endif
