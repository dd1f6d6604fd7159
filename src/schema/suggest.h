/* suggest.h: adds "did you mean 'x'?" to a diag. */
#ifndef SCHEMA_SUGGEST_H
#define SCHEMA_SUGGEST_H

#include "base/nearest.h"
#include "schema/diag.h"

/* As nearest_to, but nothing is near when nobody will see the diag: files with
 * thousands of mistakes are compared with their thousands of names only until
 * then. */
nearest suggest_for(const diag *d, str name);

/* Does nothing when no name that was offered is near. */
void suggest(arena *a, diag *d, const nearest *n);

#endif
