/*
 * rest_relations.h: where an embedded table can come from.
 *
 *     /tasks?select=projects(name)              the only way there
 *     /tasks?select=people!assignee_id(name)    one of several, by its column
 *     /tasks?select=assignee_id(name)           the same
 *     /tasks?select=labels(name)                through task_labels
 *
 * The ways from a table are its foreign keys, those that point at it, and pairs
 * of them in a table between two others. A table between is a junction when
 * both keys are part of one key of its own; one that is more than that is only
 * gone through when there is no other way. From a table to itself, its name
 * means the rows that point here, and the column the row pointed at.
 *
 * A function that makes rows of one of these is a way, too, in a database that
 * is served as it is found: its name means the function, whatever else is
 * called so, and hints change nothing.
 *
 * All ways are worked out when the schema is loaded; a request looks one up.
 */
#ifndef API_REST_REST_RELATIONS_H
#define API_REST_REST_RELATIONS_H

#include "base/err.h"
#include "core/exposure.h"
#include "database/query.h"

typedef struct rest_relation {
    hop hop;
    const model *origin;
    const model *target;
    bool is_detour; /* through a table that is more than a junction */
} rest_relation;

typedef struct rest_relations rest_relations;

/* No way leads to a table that is not exposed. */
const rest_relations *rest_relations_new(arena *a, const schema *s,
                                         const exposure *exposed)
    RETURNS_NONNULL;

/* The one way that target!hint names; hint may be empty. ERR_UNKNOWN_RELATION,
 * or ERR_AMBIGUOUS_RELATION, whose details are a JSON list of the ways. */
fallible rest_relations_find(arena *a, const rest_relations *all,
                             const model *origin, str target, str hint,
                             const rest_relation **out);

#endif
