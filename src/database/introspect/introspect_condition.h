/*
 * introspect_condition.h: the SQL of a condition in the schema language's words.
 *
 *     (("budget" >= "spent") AND (status = ANY ...))
 *     budget >= spent && ...
 *
 * It reads what condition_sql.h writes, as each engine gives it back, and
 * nothing else: what it does not know stays a note of the model.
 */
#ifndef DATABASE_INTROSPECT_INTROSPECT_CONDITION_H
#define DATABASE_INTROSPECT_INTROSPECT_CONDITION_H

#include "database/introspect/introspect_draft.h"

typedef struct introspected_condition {
    str text;
    const str *columns; /* that it asks about, each once, in this order */
    size_t column_count;
} introspected_condition;

/* False when there are no words for it. */
bool introspect_condition(const draft *d, const draft_model *m, str sql,
                          introspected_condition *out);

#endif
