#include "schema/suggest.h"

void suggest(arena *a, diag *d, const nearest *n) {
    if (!str_is_empty(n->best))
        diag_help(a, d, "did you mean '%.*s'?", STR_ARG(n->best));
}
