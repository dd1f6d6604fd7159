/*
 * select.h: the select parameter, looked up in the schema.
 *
 *     id,title,state:status,created_at::text,people!assignee_id(name)
 *
 * Each name becomes a column of its table or a way to another one, and each
 * embedded table a node below its parent's. What nearly all lists are, plain
 * names, is read without making a tree of them first.
 */
#ifndef API_REST_SELECT_H
#define API_REST_SELECT_H

#include "api/rest/rest_node.h"
#include "base/err.h"

/* select=*, and what a request without select gets. */
selection select_all(const rest_table *t);

/* text is decoded. Gives root, whose table is set, its selection and its
 * children. */
fallible select_parse(arena *a, const rest_tables *tables, str text,
                      rest_node *root);

#endif
