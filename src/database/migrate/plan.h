/*
 * plan.h: the difference of two structures, as SQL that leads from the one to
 * the other.
 *
 *     const plan *p = plan_make(a, from, to, (plan_options){0});
 *     plan_print_sql(&out, p);
 *
 * Things are found by name; their order does not count. What the schema calls
 * renamed (@renamed, @@renamed) is renamed. A column that goes while another
 * of its type comes looks like a rename as well: that is a warning, and the
 * plan drops and adds, because guessing wrong loses data silently.
 *
 * A plan is complete or nothing: the steps in a transaction belong together,
 * and when one fails the database stays as it was. Where an engine cannot do a
 * thing in a transaction the step says so.
 *
 * Never touched: views, indexes that the schema language cannot say (over
 * expressions, partial) under names that the schema does not give to others,
 * generated columns, CHECKs that are not ours, extensions and schemas that are
 * more than asked for, and the tables where tools keep their migrations.
 */
#ifndef DATABASE_MIGRATE_PLAN_H
#define DATABASE_MIGRATE_PLAN_H

#include "base/buf.h"
#include "database/structure.h"

typedef enum plan_risk {
    RISK_DATA_LOSS,     /* a table, a column, values are gone afterwards */
    RISK_LIKELY_RENAME, /* drops one thing and adds one that looks like it */
    RISK_REQUIRED_WITHOUT_DEFAULT, /* fails when there are rows (or nulls) */
    RISK_MAY_FAIL,                 /* depends on the values that are there */
    RISK_LOCKS, /* a large table cannot be written for long */
} plan_risk;

typedef struct plan_warning {
    plan_risk risk;
    str table;
    str column; /* or empty */
    str sentence;
} plan_warning;

typedef struct plan_step {
    str title; /* add column "age" to "User" */
    str sql;   /* whole statements, each with its ';' and a line end */
    bool is_outside_transaction;
} plan_step;

typedef struct plan {
    engine_kind engine;
    const plan_step *steps;
    size_t step_count;
    const plan_warning *warnings;
    size_t warning_count;
} plan;

typedef struct plan_options {
    /* PostgreSQL: indexes of tables that are there are made CONCURRENTLY, one
     * by one, behind all else and outside of the transaction. */
    bool is_concurrent;
} plan_options;

/* Both structures must be of one engine. The plan borrows from them. */
const plan *plan_make(arena *a, const structure *from, const structure *to,
                      plan_options options);

/* There is nothing to do. */
bool plan_is_empty(const plan *p);

bool plan_has_risk(const plan *p, plan_risk risk);

/* "data loss": for people. */
str plan_risk_title(plan_risk risk);

/* The text of a migration file: warnings and titles as comments, then the SQL.
 * A line of its own, PLAN_OUTSIDE or PLAN_INSIDE, stands where the steps leave
 * or enter the transaction; a file begins inside. script.h reads it back. */
void plan_print_sql(buf *out, const plan *p);

#define PLAN_OUTSIDE "-- tenon: outside of the transaction"
#define PLAN_INSIDE "-- tenon: in the transaction"

#endif
