/*
 * representation.h: the rows that a write hands back.
 *
 * order, limit and offset apply to them as they would to a read, and so do
 * aggregates. The database returns them in the order it wrote them, so they are
 * sorted here; a column that is only sorted by is returned behind the selected
 * ones, one of a related row behind the selected embeds, and neither is
 * written.
 * Those of a database that is served as it is found are sorted there.
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
    size_t *order_at; /* by order term: the cell's place in a row, of groups in
                         one of theirs */
    bool is_one;      /* one row comes back, however many were written */
} representation;

/* Before the plan, where only the database knows how values of its types are
 * ordered: the order becomes the mutation's. */
void representation_order_there(rest_request *r, mutation *m);

/* ERR_UNSUPPORTED for what only a read can hand back, ERR_GROUPING for an order
 * by what groups do not have. */
fallible representation_plan(arena *a, const rest_request *r,
                             representation *out);

/* Writes the body. ERR_INTERNAL for groups that cannot be made; the rows are
 * written by then. */
fallible representation_write(arena *a, const rest_request *r,
                              const representation *plan,
                              const mutation_result *result);

#endif
