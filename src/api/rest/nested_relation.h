/*
 * nested_relation.h: which relation a key of a body means (nested_payload.h).
 */
#ifndef API_REST_NESTED_RELATION_H
#define API_REST_NESTED_RELATION_H

#include "api/rest/rest_request.h"
#include "base/json.h"
#include "core/nested_write.h"

/* The operation of that name. */
bool nested_relation_find_action(str name, nested_action *out);

/* Is the key of an object for m, with this value, a relation? */
bool nested_relation_is(const rest_request *r, const model *m, str name,
                        const json *v);

/* Which one. ERR_UNKNOWN_BODY_COLUMN for what is neither it nor a column,
 * ERR_AMBIGUOUS_RELATION, ERR_BODY for what cannot be written through. */
fallible nested_relation_find(arena *a, const rest_request *r, const model *m,
                              str name, nested_relation *out);

#endif
