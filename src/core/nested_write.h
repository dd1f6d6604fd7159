/*
 * nested_write.h: a write of rows together with rows that they are related to,
 * as one transaction.
 *
 *     {"name": "Apollo",
 *      "people": {"connect": {"email": "ann@example.com"}},
 *      "tasks": {"create": [{"title": "Launch"}, {"title": "Land"}]}}
 *
 * A door makes this tree of what a client sends; nested_write_plan makes
 * mutations of it, in an order in which each can be run, which refer to each
 * other by VALUE_CELLs. They then pass the mutation engine as any others do, so
 * rights, rules and hooks hold at every place as if it were written alone:
 *
 *   create, connectOrCreate  create rights to the model of the new row
 *   connect                  the foreign key is in the row that is written:
 *                            rights to read the other one; it is in the other
 *                            one: to update that; it is in a table between: to
 *                            update both
 *   disconnect, set          update rights to the row with the foreign key, or
 *                            to both
 *   update, upsert, delete   as that alone; and the row must belong to the one
 *                            that it is nested in
 *
 * What names one row must find exactly one that the caller can reach.
 * connectOrCreate and upsert insert ON CONFLICT DO NOTHING first and look then,
 * so of two clients at once one inserts and the other finds.
 */
#ifndef CORE_NESTED_WRITE_H
#define CORE_NESTED_WRITE_H

#include "core/caller.h"
#include "database/mutation.h"

enum {
    NESTED_MAX_DEPTH = 10,
    /* Rows that are only created count as one, however many a list has. */
    NESTED_MAX_MUTATIONS = 1000,
    NESTED_NO_INDEX = -1,
};

typedef enum nested_action {
    NESTED_CREATE,
    NESTED_CONNECT,
    NESTED_CONNECT_OR_CREATE,
    NESTED_DISCONNECT,
    NESTED_SET, /* of several: these and no others */
    NESTED_UPDATE,
    NESTED_UPSERT,
    NESTED_DELETE,
    NESTED_UPDATE_MANY,
    NESTED_DELETE_MANY,
} nested_action;
enum { NESTED_ACTION_COUNT = NESTED_DELETE_MANY + 1 };

/* "connectOrCreate" */
str nested_action_name(nested_action action);

/* Where in what the client sent: tasks[2].create */
typedef struct nested_place nested_place;
struct nested_place {
    const nested_place *outer; /* or NULL */
    str name;                  /* or empty: an index alone */
    int64_t index;             /* or NESTED_NO_INDEX */
};
str nested_place_text(arena *a, const nested_place *place);

/* Columns and what they are to be, or are. */
typedef struct nested_cells {
    const field **fields;
    value *values;
    relative_operator *operators; /* of an update; one for each */
    size_t count;
} nested_cells;

typedef struct nested_relation nested_relation;

/* What is written to one row, and to those that are related to it. */
typedef struct nested_row {
    const nested_place *place;
    nested_cells cells;
    const nested_relation *relations;
    size_t relation_count;
} nested_row;

typedef struct nested_operation nested_operation;
struct nested_operation {
    nested_action action;
    const nested_place *place;
    /* Which row: equal to all of these. None: the one that there is. What has
     * create and a row to find, finds it by a unique key. */
    nested_cells where;
    const nested_row *create;        /* CREATE, CONNECT_OR_CREATE, UPSERT */
    const nested_row *update;        /* UPDATE, UPSERT, UPDATE_MANY */
    const nested_operation *members; /* SET: as many CONNECTs */
    size_t member_count;
};

struct nested_relation {
    const nested_place *place;
    hop hop; /* from the row's model; no HOP_JUNCTION and no HOP_COMPUTED */
    const model *target;
    const nested_operation *operations; /* in their order */
    size_t operation_count;
};

/* A mutation of the plan, and what it is for. */
typedef struct nested_step {
    mutation mutation;
    const nested_place *place; /* NULL: it is the rows' own */
    size_t stage; /* how many answers have to be there, one after the other */
} nested_step;

/* One of the rows that are written. */
typedef struct nested_ref {
    size_t step;
    size_t row; /* of its result */
} nested_ref;

/* A foreign key whose value was said by who connects the row. The database may
 * find out before our look does that there is no such row. */
typedef struct nested_claim {
    const relation *relation;
    const value *value; /* of its first column */
    const nested_place *place;
} nested_claim;

typedef struct nested_plan {
    const caller *caller;
    bool is_rolled_back;
    nested_step *steps; /* as they were thought of */
    size_t step_count;
    size_t *order; /* as they are run: steps of one stage together */
    size_t *place_in_order;
    nested_claim *claims;
    size_t claim_count;
    nested_ref *roots; /* of each row that was wanted, in their order */
    size_t root_count;
    /* From here on what the rows look like at the end is read, one each; none:
     * step_count. */
    size_t first_shown;
} nested_plan;

/* root says what becomes of the rows themselves: an INSERT of them, or an
 * UPDATE of one row by its filter; of it fields and values are set here. What it
 * hands back is how the rows are when all is done. ERR_BODY for what makes no
 * sense, ERR_TOO_COMPLEX. */
fallible nested_write_plan(const caller *c, const mutation *root,
                           const nested_row *rows, size_t row_count,
                           nested_plan *out);

/* The mutations in the order in which they are to be run together, behind
 * `first` others. */
const mutation *const *nested_plan_mutations(const nested_plan *p,
                                             size_t first);

/* What to tell of the failure of one of them. */
err *nested_plan_explain(const nested_plan *p, size_t failed_at, err *e);

/* Of the rows alone, as if nothing had been nested; results are pairwise with
 * the mutations. */
mutation_result nested_plan_result(arena *a, const nested_plan *p,
                                   const mutation_result *results);

#endif
