/*
 * validation_report.h: collects what is wrong with the values of a write, and
 * says it in one err (validator.h shows how it looks).
 */
#ifndef CORE_VALIDATION_REPORT_H
#define CORE_VALIDATION_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "schema/schema.h"
#include "schema/validation.h"

/* More are counted and not listed. */
enum { VALIDATION_REPORT_MAX = 100 };

typedef struct validation_problem {
    size_t row;
    const field *about; /* or NULL: the row as a whole */
    const validation *rule;
    bool is_too_costly;
} validation_problem;

typedef struct validation_report {
    arena *arena;
    const model *model;
    bool has_rows; /* problems name their rows */
    validation_problem *problems;
    size_t count;
    size_t listed;
} validation_report;

static inline validation_report validation_report_new(arena *a,
                                                      const model *m) {
    return (validation_report){.arena = a, .model = m};
}

/* row counts from 0. */
void validation_report_add(validation_report *r, size_t row, const field *about,
                           const validation *rule, bool is_too_costly);

/* What the database said about a constraint of the schema, in the words of its
 * rule; any other err as it is. */
fallible validation_report_explain(arena *a, const model *m, err *e);

/* NULL when there is nothing to say. */
fallible validation_report_end(const validation_report *r);

/* "must have 1 to 120 characters": the application's message, else ours. */
str validation_report_message(arena *a, const field *about,
                              const validation *rule);

#endif
