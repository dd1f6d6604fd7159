/*
 * rest_node.h: the tables of one request, as a tree: the one in the path, and
 * what is embedded in it, and in that.
 *
 *     /projects?select=name,tasks(title,people!assignee_id(name))&tasks.limit=3
 *
 *     projects > tasks > people
 *
 * select makes the tree; the other parameters add to the node that the words
 * before their last dot lead to. When all are read, rest_node_close makes the
 * query tree's embeds and filters of it.
 */
#ifndef API_REST_REST_NODE_H
#define API_REST_REST_NODE_H

#include "api/rest/rest_relations.h"
#include "api/rest/rest_table.h"
#include "base/err.h"

/* What to ask for, and how to write it. */
typedef struct selection {
    const query_column *columns;
    size_t count;
    const embed *embeds;
    size_t embed_count;
    const row_column *keys; /* of all cells: columns, then embeds */
    size_t key_count;
    bool is_grouped;      /* has aggregates, be it in a spread to one row */
    bool has_all_columns; /* those of select=*, and no other */
} selection;

typedef struct rest_node rest_node;
struct rest_node {
    const rest_table *table;
    rest_node *parent;        /* or NULL: the table in the path */
    const rest_relation *way; /* from the parent */
    str name;                 /* the alias, else as select writes it */
    str target;               /* as select writes it */
    bool is_inner;
    bool is_spread;

    selection selection; /* embeds and their keys only after closing */
    rest_node *children;
    size_t child_count;
    const filter **conditions; /* all must hold */
    size_t condition_count;
    const query_order *order;
    size_t order_count;
    int64_t limit; /* or QUERY_NO_LIMIT */
    int64_t offset;
    unsigned words; /* which parameters it had: bits of query_string.c */
    /* A parameter named it by its table, in spite of its alias. */
    bool is_named_by_table;

    /* "There is such a row", for filters and orders of the parent; what it asks
     * is known after closing. NULL: nobody asks. */
    embed *existence;
};

/* By the alias, else by the table as it was written, which is noted; or NULL.
 */
rest_node *rest_node_find_child(const rest_node *n, str name);

/* ERR_NOT_EMBEDDED. */
fallible rest_node_require_child(arena *a, const rest_node *n, str name,
                                 rest_node **out);

void rest_node_add_condition(arena *a, rest_node *n, const filter *f);

/* Of a child; the same one each time. */
const embed *rest_node_existence(arena *a, rest_node *n) RETURNS_NONNULL;

/* All conditions as one, or NULL. */
const filter *rest_node_where(arena *a, const rest_node *n);

/* Was it, or one below it, named by its table in spite of its alias? */
bool rest_node_has_old_name(const rest_node *n);

/* Completes the selection of this node and those below. ERR_QUERY_SYNTAX when
 * two cells would have the same key. */
fallible rest_node_close(arena *a, rest_node *n);

#endif
