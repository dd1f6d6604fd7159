/* policy_rule.h: who may do what with a model's rows, or with a field. */
#ifndef SCHEMA_POLICY_RULE_H
#define SCHEMA_POLICY_RULE_H

#include <stdbool.h>

#include "schema/source.h"

typedef enum operation {
    OPERATION_CREATE,
    OPERATION_READ,
    OPERATION_UPDATE,
    OPERATION_DELETE,
} operation;
enum { OPERATION_COUNT = OPERATION_DELETE + 1 };

/* @@allow('read,create', true). In this release a condition is a constant. */
typedef struct policy_rule {
    bool is_deny;
    bool operations[OPERATION_COUNT];
    bool condition;
    source_span span;
} policy_rule;

#endif
