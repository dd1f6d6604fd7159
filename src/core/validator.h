/*
 * validator.h: runs the schema's validation rules on what is about to be
 * written.
 *
 * First the transforms, which change the mutation's values; then every rule of
 * every given column of every row, and the @@validate rules. All that is wrong
 * comes back in one ERR_CHECK_VIOLATION, one problem for a column of a row:
 *
 *     message  the new row of "people" is not valid: email must be an e-mail
 *              address (and 1 more)
 *     details  [{"column":"email","rule":"email","message":"must be an e-mail
 *              address"},{"column":"age",...}]
 *
 * In a bulk insert each has its "row", counted from 1. "column" is null for a
 * rule about the whole row. Values are never quoted: they may be sensitive.
 *
 * A rule that is a constraint of the database, too, says so:
 *
 *     {"column":null,"rule":"exactlyOne","message":"...","constraint":
 *      "Token_userId_spaceId_one_rule","columns":["userId","spaceId"]}
 *
 * A rule about rows (@@validate, @@check, @@exactlyOne ...) is judged when a column that it reads is written. If all
 * of them are given it is judged here. If not (an update of some columns, a
 * default that the database makes), it is judged on the row as it became, in
 * the same transaction, and a refusal undoes the whole mutation. So are the
 * rules of a column that an operator changes (relative.h).
 */
#ifndef CORE_VALIDATOR_H
#define CORE_VALIDATOR_H

#include "core/caller.h"
#include "core/default_maker.h"
#include "database/mutation.h"

/* The transforms alone. Once more changes nothing. */
void validator_transform(arena *a, mutation *m);

/* Of an INSERT or UPDATE with its values complete; may set values, judge and
 * what belongs to it. defaults says what time it is. ERR_TIMEOUT when a list
 * costs seconds. Suspends between rows of a long list. */
fallible validator_run(const caller *c, mutation *m, default_maker *defaults);

#endif
