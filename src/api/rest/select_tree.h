/*
 * select_tree.h: the select parameter as it is written, before any name is
 * looked up.
 *
 *     select = [item *("," item)]
 *     item   = "*" | [alias ":"] "count()" ["::" type]
 *            | [alias ":"] column [path] ["::" type] ["." aggregate "()"
 *              ["::" type]]
 *            | [alias ":"] table ["!" word] ["!" word] "(" select ")"
 *            | "..." table ["!" word] ["!" word] "(" select ")"
 *     word   = "inner" | "left" | hint
 *
 * What one select may hold is bounded here, where its bytes come in.
 */
#ifndef API_REST_SELECT_TREE_H
#define API_REST_SELECT_TREE_H

#include "api/rest/rest_path.h"
#include "base/err.h"

enum {
    SELECT_MAX_ITEMS = 512, /* with those of embedded tables */
    SELECT_MAX_EMBEDS = 64,
    SELECT_MAX_DEPTH = 8, /* of tables in tables */
};

typedef enum select_kind {
    SELECT_ALL,
    SELECT_COLUMN, /* path; of count() nothing but aggregate and outer_cast */
    SELECT_EMBED,  /* name and what follows it below */
} select_kind;

typedef struct select_item select_item;

typedef struct select_list {
    const select_item *items;
    size_t count;
} select_list;

struct select_item {
    select_kind kind;
    str alias; /* or empty */
    rest_path path;
    str cast; /* or empty, as outer_cast */
    aggregate aggregate;
    str outer_cast;

    str name; /* of the table, a constraint or a column */
    str hint; /* or empty */
    bool is_inner;
    bool is_spread;
    select_list list;
};

/* text is decoded. ERR_QUERY_SYNTAX. */
fallible select_tree_parse(arena *a, str text, select_list *out);

#endif
