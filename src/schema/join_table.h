/*
 * join_table.h: the table of an implicit many-to-many relation as a model.
 *
 * The schema file does not have it and no client sees it, but its rows are
 * written, audited and gone through as those of any model: two columns, A and
 * B, which are its key, and a relation to the id of either side. It is in no
 * list of models and found by no name: relation->join leads to it, and join_of
 * back.
 */
#ifndef SCHEMA_JOIN_TABLE_H
#define SCHEMA_JOIN_TABLE_H

#include "base/arena.h"
#include "schema/schema.h"

/* Of a relation whose sides are complete. index: schema.h. */
const model *join_table_model(arena *a, const relation *r, uint32_t index);

#endif
