/*
 * planner_hop.h: what one table in a query, be it the first or one that others
 * lead to, gets from the planner.
 *
 *     tasks                              the query's own rows
 *       people(name)                     an embed
 *       labels(name) by task_labels      another, and the table between
 *       where comments exist             a filter
 *       order by projects.name           an order
 *
 * Each of these is a hop, at every depth, and each passes here: the columns
 * that it names are columns that the caller may see, and of its rows those
 * count that the caller may read. Of a model that is closed there are none: an
 * embed of it is empty, a filter finds nothing, an order has only nulls.
 */
#ifndef CORE_PLANNER_HOP_H
#define CORE_PLANNER_HOP_H

#include "core/caller.h"
#include "database/query.h"

/* More than any client needs, and what one statement may cost: a hop in a hop
 * runs for each row of that. The door refuses deeper ones before it builds
 * them. */
enum { PLANNER_MAX_DEPTH = 10, PLANNER_MAX_HOPS = 256 };

struct read_note;

typedef struct planner_walk {
    const caller *caller;
    size_t hop_count; /* zero to begin with */
    /* The last, of models whose reads are recorded (read_record.h). */
    const struct read_note *reads;
} planner_walk;

/* Narrows what the query asks, in place: filter, embeds, order. It must not be
 * shared; what it points at stays as it is. ERR_DENIED for a column that the
 * caller may not see, ERR_TOO_COMPLEX. The rights to the query's own rows are
 * for who calls. */
fallible planner_hop_narrow(planner_walk *w, query *q);

/* The same for the parts of a mutation that lead to other rows. */
fallible planner_hop_filter(planner_walk *w, const filter *f, int depth,
                            const filter **out);
fallible planner_hop_embeds(planner_walk *w, const embed *embeds, size_t count,
                            int depth, const embed **out);

/* The order that makes pages stable, and the most rows there may be.
 * ERR_GROUPING for an order by what the groups have no one value of. */
fallible planner_hop_order(const caller *c, query *q);
int64_t planner_hop_limit(const app *application, int64_t wanted);

#endif
