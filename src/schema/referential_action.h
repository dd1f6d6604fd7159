/* referential_action.h: what happens to the children of a row that goes. */
#ifndef SCHEMA_REFERENTIAL_ACTION_H
#define SCHEMA_REFERENTIAL_ACTION_H

#include <stdbool.h>

#include "base/str.h"

typedef enum referential_action {
    ACTION_NO_ACTION,
    ACTION_RESTRICT,
    ACTION_CASCADE,
    ACTION_SET_NULL,
    ACTION_SET_DEFAULT,
} referential_action;
enum { REFERENTIAL_ACTION_COUNT = ACTION_SET_DEFAULT + 1 };

/* "SetNull", as the schema language writes it. */
str referential_action_name(referential_action action);
bool referential_action_find(str name, referential_action *out);

/* "SET NULL" */
str referential_action_sql(referential_action action);
bool referential_action_find_sql(str sql, referential_action *out);

#endif
