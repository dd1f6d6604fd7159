/* suggest.h: adds "did you mean 'x'?" to a diag. */
#ifndef SCHEMA_SUGGEST_H
#define SCHEMA_SUGGEST_H

#include "base/nearest.h"
#include "schema/diag.h"

/* Does nothing when no name that was offered is near. */
void suggest(arena *a, diag *d, const nearest *n);

#endif
