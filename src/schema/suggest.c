#include "schema/suggest.h"

nearest suggest_for(const diag *d, str name) {
    return d->is_dropped ? (nearest){.name = name} : nearest_to(name);
}

void suggest(arena *a, diag *d, const nearest *n) {
    if (!str_is_empty(n->best))
        diag_help(a, d, "did you mean '%.*s'?", STR_ARG(n->best));
}
