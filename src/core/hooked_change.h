/* hooked_change.h: hooked_mutation.h for updates and deletes. */
#ifndef CORE_HOOKED_CHANGE_H
#define CORE_HOOKED_CHANGE_H

#include "core/hooked_mutation.h"

/* Of a draft that is complete. Suspends. */
fallible hooked_change_prepare(mutation_draft *d, const mutation_set *before,
                               hooked_parts *out);

#endif
