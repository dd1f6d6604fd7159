/*
 * state_trigger.h: @@states in the database.
 *
 * A trigger of each table sees a row as it was and as it becomes, under the
 * lock of whoever writes it, and refuses what is no move of the machine; a
 * second one refuses rows that begin in a state in which none may. So no two
 * writers pass each other, and who writes past the server is held to it, too.
 *
 *     tenon_states_Task_status_9c2f81d0
 *     tenon_begins_Task_status_9c2f81d0
 *
 * The end of the name is a hash of what it does: a machine that changes has
 * other triggers, which is how a migration notices.
 */
#ifndef DATABASE_STATE_TRIGGER_H
#define DATABASE_STATE_TRIGGER_H

#include "base/err.h"
#include "database/structure.h"
#include "schema/state_machine.h"

/* For each machine of the model, behind those that the table has. */
void state_trigger_add(arena *a, engine_kind engine, const model *m,
                       structure_table *out);

/* That PostgreSQL's triggers call. */
extern const structure_function STATE_TRIGGER_FUNCTION;

bool state_trigger_is(str trigger);

/* What PostgreSQL's trigger said of that column, with its details; or NULL when
 * the model has no such machine. */
err *state_trigger_explain(arena *a, const model *m, str column, str details);

/* What SQLite's said, which does not know the state that the row was to come
 * to: the caller does, or leaves it empty. NULL when this is none of its
 * sayings. */
err *state_trigger_explain_lite(arena *a, const model *m, str said,
                                str becomes);

/* The column that such a saying is about, or empty. */
str state_trigger_column(str said);

#endif
