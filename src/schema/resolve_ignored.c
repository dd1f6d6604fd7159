/* Warnings for what the engine has no use for, one of each sort: a schema for
 * both engines would drown in them otherwise. */
#include "schema/resolve_draft.h"

void resolve_ignore(ignored_things *what, source_span span) {
    if (what->count++ == 0)
        what->first = span;
}

static void warn(resolver *r, diag_code code, const ignored_things *what,
                 const char *message) {
    if (what->count == 0)
        return;
    str times = what->count == 1
                    ? STR("one place, here")
                    : arena_printf(r->arena, "%zu places, the first is here",
                                   what->count);
    diag_add(r->arena, r->diags, code, what->first, "%s (%.*s)", message,
             STR_ARG(times));
}

void resolve_ignored(resolver *r) {
    warn(r, DIAG_NATIVE_TYPES_IGNORED, &r->native_types,
         "native types are ignored on SQLite");
    warn(r, DIAG_INDEX_METHODS_IGNORED, &r->index_methods,
         "index types and operator classes are ignored on SQLite, whose "
         "indexes are all of type BTree");
    warn(r, DIAG_SCHEMAS_IGNORED, &r->schemas,
         "SQLite has no schemas, all tables stand in one");
}
