/*
 * related_name.h: what documents call a relation in the body of a write.
 *
 * That is the relation's field, where nothing else that a body may name is
 * called so: no column, and no other table, which a client would mean by its
 * name. Else it is the constraint of the foreign key.
 */
#ifndef GENERATE_RELATED_NAME_H
#define GENERATE_RELATED_NAME_H

#include "schema/schema.h"

/* Empty: it cannot be written through, or has no name of its own. */
str related_name(const schema *s, const field *f);

/* The model that the field leads to, and whether to one row. */
const model *related_target(const field *f);
bool related_is_one(const field *f);

#endif
