/*
 * hooked_cells.h: the cells that a hook is shown, and what it changed of them.
 */
#ifndef CORE_HOOKED_CELLS_H
#define CORE_HOOKED_CELLS_H

#include "core/hook.h"

bool hooked_cell_is(const value *a, const value *b);

/* One that the database will make is shown as VALUE_DEFAULT. */
value hooked_cell_shown(value v);

/* Of a row that is created: a column that nobody mentions. */
value hooked_cell_of_absent(const field *f);

/* May a hook set the column to that? ERR_HOOK_FAILED. */
fallible hooked_cell_check(const caller *c, const field *f, const value *v);

#endif
