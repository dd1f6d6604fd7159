/*
 * plan_builder.h: a plan while it is made: for plan.c and the engines' parts.
 *
 * A step is written to sql, statement by statement, and then ended with its
 * title; nothing written is no step.
 */
#ifndef DATABASE_MIGRATE_PLAN_BUILDER_H
#define DATABASE_MIGRATE_PLAN_BUILDER_H

#include "database/migrate/plan.h"
#include "database/migrate/plan_match.h"

typedef struct plan_builder {
    arena *a;
    const structure *from;
    const structure *to;
    plan_options options;
    plan_match match;
    buf sql;
    plan_step *steps;
    size_t step_count;
    plan_warning *warnings;
    size_t warning_count;
} plan_builder;

void plan_builder_end(plan_builder *b, const char *title, ...)
    PRINTF_LIKE(2, 3);
void plan_builder_end_outside(plan_builder *b, const char *title, ...)
    PRINTF_LIKE(2, 3);

void plan_builder_warn(plan_builder *b, plan_risk risk, str table, str column,
                       const char *sentence, ...) PRINTF_LIKE(5, 6);

/* What can be said of the structures alone, whatever the engine: tables and
 * columns that go, and those that look renamed. */
void plan_builder_warn_of_losses(plan_builder *b);

/* And keys that rows which are there may not satisfy. */
void plan_builder_warn_of_keys(plan_builder *b);

/* Fills b; from and to are of its engine. */
void lite_plan_build(plan_builder *b);
void pg_plan_build(plan_builder *b);

#endif
