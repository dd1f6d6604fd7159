/*
 * state_machine.h: which states a row may begin in, and which it may come to.
 *
 *     @@states(status, DRAFT -> ACTIVE, ACTIVE -> PAUSED | CLOSED, initial: DRAFT)
 *
 * The states are the values of the field's enum, by their index in it. A state
 * that nothing leads from is final. Staying in a state is no move.
 *
 * The database judges moves, by a trigger that sees the row as it was and as it
 * becomes, so that no two writers can pass each other (database/state_trigger).
 */
#ifndef SCHEMA_STATE_MACHINE_H
#define SCHEMA_STATE_MACHINE_H

#include "base/arena.h"
#include "schema/schema.h"

struct state_machine {
    const field *field;  /* of an enum, never null */
    const bool *initial; /* by state */
    const bool *moves;   /* by state and the state it becomes */
    source_span span;
};

enum { STATE_NONE = -1 };

/* The state of that name in the database, or STATE_NONE. */
int state_machine_find(const state_machine *m, str database_name);

bool state_machine_moves(const state_machine *m, size_t from, size_t to);

/* "DRAFT or IMPORTED" */
str state_machine_initial(arena *a, const state_machine *m);

/* "cannot change from DRAFT to CLOSED, only to ACTIVE". to may be STATE_NONE:
 * not known; and from, of a row that was to begin so. */
str state_machine_refusal(arena *a, const state_machine *m, int from, int to);

#endif
