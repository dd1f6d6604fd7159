/*
 * nearest.h: "did you mean": the known name that is most like an unknown one.
 *
 *     nearest n = nearest_to(name);
 *     for (...)
 *         nearest_offer(&n, column->name);
 *     if (!str_is_empty(n.best))
 *         hint("did you mean '%.*s'?", STR_ARG(n.best));
 *
 * Likeness is the number of bytes to insert, drop, change or swap with their
 * neighbour; upper and lower case are alike. More than a third of the name is
 * too far.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

#include "base/str.h"

/* Longer names are not compared. */
enum { NEAREST_MAX_LENGTH = 64 };

typedef struct nearest {
    str name;
    str best;     /* borrowed from who offered it; empty: none is near */
    size_t limit; /* the next one must be nearer than this */
} nearest;

nearest nearest_to(str name);

/* Of names that are equally near the first one offered stays. */
void nearest_offer(nearest *n, str candidate);

#endif
