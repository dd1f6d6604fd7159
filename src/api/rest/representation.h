/*
 * representation.h: the rows that a write hands back.
 *
 * order, limit and offset apply to them as they would to a read. The database
 * returns them in the order it wrote them, so they are sorted here; a column
 * that is only sorted by is returned behind the selected ones and not written.
 */
#ifndef API_REST_REPRESENTATION_H
#define API_REST_REPRESENTATION_H

#include "api/rest/rest_request.h"
#include "database/mutation.h"

typedef struct representation {
    const query_column *returning;
    size_t returning_count;
    const embed *embeds;
    size_t embed_count;
    size_t *order_at; /* by order term: the column's place in returning */
} representation;

/* ERR_UNSUPPORTED for what only a read can hand back. */
fallible representation_plan(arena *a, const rest_request *r,
                             representation *out);

/* Writes the body. */
void representation_write(arena *a, const rest_request *r,
                          const representation *plan,
                          const mutation_result *result);

#endif
