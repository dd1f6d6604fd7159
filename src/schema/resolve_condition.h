/*
 * resolve_condition.h: expressions become typed conditions.
 *
 * One reader serves one condition. It knows where the condition stands, which
 * decides what it may ask, and the rows in sight: the model's own, and the
 * element of each predicate around. A name is looked for from the inside out.
 *
 * What returns a condition returns NULL when a mistake was reported, now or by
 * an earlier stage.
 */
#ifndef SCHEMA_RESOLVE_CONDITION_H
#define SCHEMA_RESOLVE_CONDITION_H

#include "schema/condition.h"
#include "schema/parser_expression.h"
#include "schema/resolve_draft.h"

typedef struct condition_scope {
    model_draft *model;
    str name; /* of the element, if the predicate gives it one */
} condition_scope;

typedef struct condition_reader {
    resolver *resolver;
    condition_use use;
    const policy_rule *rule; /* of a policy: its operations; else NULL */
    condition_scope scopes[EXPRESSION_MAX_DEPTH + 1];
    size_t scope_count;
} condition_reader;

/* A whole condition, about a row of that model. */
const condition *resolve_condition(resolver *r, condition_use use,
                                   const policy_rule *rule, model_draft *m,
                                   const expression *e);

/* One that both engines can keep as SQL: of the row's own columns, without
 * lists, the time or the caller. */
const condition *resolve_database_condition(resolver *r, model_draft *m,
                                            const expression *e);

/* Each column of the model's own row that the condition reads, once. */
const field *const *resolve_condition_columns(arena *a, const condition *c,
                                              size_t *count);

/* ---- Between the files of the reader ------------------------------------- */

/* expected: what it is compared with, or NULL. It gives names of enum values
 * and texts of times their meaning. */
const condition *condition_read(condition_reader *c, const expression *e,
                                const condition_type *expected);

condition *condition_new(const condition_reader *c, condition_kind kind,
                         const expression *e);

/* Names and members: this, title, author.name, auth().id, before().status. */
const condition *condition_read_name(condition_reader *c, const expression *e,
                                     const condition_type *expected);
const condition *condition_read_member(condition_reader *c,
                                       const expression *e);
const condition *condition_read_root(condition_reader *c, const expression *e,
                                     condition_root root);

/* Does a name of one part mean something in sight? */
bool condition_is_in_sight(const condition_reader *c, str name);

/* contains(title, "x"), auth().can("x"), auth() */
const condition *condition_read_call(condition_reader *c, const expression *e);

/* Can a value of one type be compared with one of the other? A text that
 * stands for a time becomes one. Reports at e and returns false if not. */
bool condition_unite(condition_reader *c, const expression *e,
                     const condition **left, const condition **right);

/* "Int", "a list of String", "a row of Post": for messages. */
str condition_type_print(arena *a, condition_type t);

/* Where the condition stands, as messages call it: "@@validate". */
const char *condition_use_label(const condition_reader *c);

bool condition_type_is(condition_type t, scalar_type scalar);
bool condition_type_is_number(condition_type t);

diag *condition_report(const condition_reader *c, diag_code code,
                       source_span span, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

#endif
