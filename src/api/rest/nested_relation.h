/*
 * nested_relation.h: which relation a key of a body means (nested_payload.h).
 */
#ifndef API_REST_NESTED_RELATION_H
#define API_REST_NESTED_RELATION_H

#include "api/rest/rest_table.h"
#include "base/json.h"
#include "core/nested_write.h"

/* The operation of that name. */
bool nested_relation_find_action(str name, nested_action *out);

/* Is it no column of m, and the name of a relation that can be written
 * through? */
bool nested_relation_names(arena *a, const rest_tables *tables, const model *m,
                           str name);

/* Is the key of an object for m, with this value, a relation? */
bool nested_relation_is(const rest_tables *tables, const model *m, str name,
                        const json *v);

/* Which one. ERR_UNKNOWN_BODY_COLUMN for what is neither it nor a column,
 * ERR_AMBIGUOUS_RELATION, ERR_BODY for what cannot be written through. */
fallible nested_relation_find(arena *a, const rest_tables *tables,
                              const model *m, str name, nested_relation *out);

/* ERR_BODY: there is a relation in a body that is no JSON. */
err *nested_relation_refuse_form(arena *a, str name);

#endif
