/*
 * plan_convert.h: what becomes of a column's values when its type changes.
 *
 * One table for both engines, so that a change of the schema does the same on
 * each: which conversions keep every value, which depend on the values that
 * are there, which lose something, and which there are not. Then the column is
 * dropped and added.
 */
#ifndef DATABASE_MIGRATE_PLAN_CONVERT_H
#define DATABASE_MIGRATE_PLAN_CONVERT_H

#include "base/buf.h"
#include "database/structure.h"

typedef enum conversion_risk {
    CONVERSION_SAFE,
    CONVERSION_MAY_FAIL,
    CONVERSION_LOSES, /* succeeds, and some values are not what they were */
    CONVERSION_NEVER,
} conversion_risk;

typedef struct conversion {
    conversion_risk risk;
    /* SQL with '?' for the column and '@' for the new type; "?" alone when the
     * engine converts by itself. */
    const char *expression;
    const char *loss; /* of CONVERSION_LOSES: "values other than 0 and 1 become
                         true" */
} conversion;

/* A column with the kind of its values. */
typedef struct convertible {
    const structure *structure; /* for its enums */
    const structure_table *table;
    const structure_column *column;
} convertible;

conversion plan_convert(convertible from, convertible to);

/* The expression with the column's name and the new type in it. */
void plan_convert_write(buf *out, const conversion *c, str column, str type);

#endif
