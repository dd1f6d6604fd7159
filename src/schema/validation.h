/*
 * validation.h: what the values of a field, and a row as a whole, must be.
 *
 *     email String @trim @lower @email @length(max: 254)
 *     @@validate(endsAt > startsAt, "must end after it starts")
 *
 * First the transforms, then the checks, both in the order of the file. Null
 * passes every check. They are run by the server on every write. core/validator
 * runs them.
 *
 *     @@check(budget >= spent, "the budget is used up")
 *     @@exactlyOne([userId, organizationId, spaceId])
 *
 * Those with a constraint are in the database, too, as a CHECK of that name: it
 * holds for who writes past the server.
 */
#ifndef SCHEMA_VALIDATION_H
#define SCHEMA_VALIDATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/regex.h"
#include "base/str.h"
#include "schema/condition.h"
#include "schema/source.h"

typedef enum validation_kind {
    /* Change the value. */
    VALIDATION_TRIM,
    VALIDATION_LOWER,
    VALIDATION_UPPER,
    /* Judge it. */
    VALIDATION_LENGTH, /* least, most: code points of a text, items of a list */
    VALIDATION_GT,     /* text: a canonical decimal */
    VALIDATION_GTE,
    VALIDATION_LT,
    VALIDATION_LTE,
    VALIDATION_EMAIL,
    VALIDATION_URL,
    VALIDATION_DATETIME,
    VALIDATION_REGEX, /* pattern; text: as it is written */
    VALIDATION_STARTS_WITH,
    VALIDATION_ENDS_WITH,
    VALIDATION_CONTAINS,
    VALIDATION_CONDITION, /* @@validate */
    VALIDATION_CHECK,     /* the same with a constraint */
    VALIDATION_STATES,    /* a new row's state may be one to begin in */
    /* So many of the columns are not null. */
    VALIDATION_EXACTLY_ONE,
    VALIDATION_AT_MOST_ONE,
    VALIDATION_AT_LEAST_ONE,
} validation_kind;

struct validation {
    validation_kind kind;
    str message;    /* the application's, or empty */
    str constraint; /* the CHECK's name in the database, or empty: it has none */
    uint64_t least;
    uint64_t most;
    str text;
    const regex *pattern;
    const condition *condition;
    const field *const *columns; /* that a rule about rows reads, each once */
    size_t column_count;
    const field *about; /* what a client shows it at: path:, or NULL */
    source_span span;
};

/* "length", as the attribute is called. */
str validation_name(validation_kind kind);

/* Is it a condition about the row? */
static inline bool validation_has_condition(validation_kind kind) {
    return kind == VALIDATION_CONDITION || kind == VALIDATION_CHECK;
}

/* Is it about how many columns are null? */
static inline bool validation_counts(validation_kind kind) {
    return kind >= VALIDATION_EXACTLY_ONE;
}

static inline bool validation_is_transform(validation_kind kind) {
    return kind <= VALIDATION_UPPER;
}

#endif
