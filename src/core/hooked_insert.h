/* hooked_insert.h: hooked_mutation.h for inserts, with and without a merge. */
#ifndef CORE_HOOKED_INSERT_H
#define CORE_HOOKED_INSERT_H

#include "core/hooked_mutation.h"

/* Of a draft that is complete. Suspends. */
fallible hooked_insert_prepare(mutation_draft *d, hooked_parts *out);

#endif
