/*
 * policy_rule.h: who may do what with a model's rows, or with a field.
 *
 * A row may be read (created, updated, deleted) when the condition of some
 * @@allow that names the operation is true and that of every such @@deny is
 * false. Without an @@allow for it nothing may be done; but what no rule names
 * is allowed after an update, and to a field.
 */
#ifndef SCHEMA_POLICY_RULE_H
#define SCHEMA_POLICY_RULE_H

#include <stdbool.h>

#include "schema/condition.h"
#include "schema/source.h"

typedef enum operation {
    OPERATION_CREATE,
    OPERATION_READ,
    OPERATION_UPDATE, /* judges the row as it was */
    OPERATION_DELETE,
    OPERATION_POST_UPDATE, /* judges the row as it became */
    OPERATION_DELETED,     /* asks for rows that @@softDelete left */
    OPERATION_CALL,        /* of a function; the row is its arguments */
} operation;
enum { OPERATION_COUNT = OPERATION_CALL + 1 };

/* @@allow('read,create', owner == auth()). 'all' is all but post-update and
 * deleted; of a field it is read and update. */
typedef struct policy_rule {
    bool is_deny;
    bool operations[OPERATION_COUNT];
    const condition *condition;
    source_span span;
} policy_rule;

/* "read", as rules write it. */
str operation_name(operation op);

#endif
