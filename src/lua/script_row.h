/*
 * script_row.h: what a hook sees of what it is about.
 *
 *     ctx.model, ctx.action   "Task", "update"
 *     ctx.principal.kind      "anonymous", "operator", "system"
 *     ctx.request             id, address, agent, reason: those that are known
 *     change.before           the row, or nil of one that is created
 *     change.after            the same, or nil of one that is deleted; of a before
 *                             hook it may be written to
 *     change.changes          {title = {from = ..., to = ...}} of what differs
 *     change.row              which of the batch, from 1 on
 *
 * Rows are userdata that look up cells when they are asked for: nothing is made
 * of a row that a hook does not look at. pairs() goes through the fields of one.
 * Tables made of Json and lists are kept until the hooks of a batch have run;
 * what has changed in them is then written.
 *
 * All of it ends with the run: what a script keeps is an error to look at.
 */
#ifndef LUA_SCRIPT_ROW_H
#define LUA_SCRIPT_ROW_H

#include "lua/script_run.h"

void script_row_push_context(lua_State *L);

/* The change of a row of the run's batch. */
void script_row_push_change(lua_State *L, size_t row);

/* Which row a change is of, or the run's own when there is none at index. */
size_t script_row_of(lua_State *L, int index);

/* Forgets the tables of a run that failed: they show rows of somebody else. */
void script_row_begin(lua_State *L);

/* Writes what has changed in tables. Raises an error of Lua for what cannot be
 * written. */
void script_row_settle(lua_State *L);

/* Once for a sandbox; adds "fields" to the table on top of the stack: a table
 * with the fields of a row. */
void script_row_prepare(lua_State *L);

/* The column that the text at index names, by the name in the schema, or an
 * error of Lua with the name that was perhaps meant. */
const field *script_row_check_field(lua_State *L, const model *m, int index);

#endif
