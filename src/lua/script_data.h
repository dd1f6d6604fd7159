/*
 * script_data.h: how scripts read and write rows, as whoever they run for.
 *
 *     tenon.query("Task", {where = {...}, limit = 10})  a list (script_query.h)
 *     tenon.get("Task", {id = 7})                     the row, or nil
 *     tenon.create("Task", {title = "x"})             the new row
 *     tenon.create("Task", {{...}, {...}})            a list of them
 *     tenon.update("Task", {id = 7}, {title = "y"})   a list of the rows now
 *     tenon.delete("Task", {id = 7})                  how many
 *     tenon.as_system("clean up"):delete(...)         the same, past policies
 *
 * Everything goes through the planner and the mutation engine, with the hooks
 * of what is read and written. Each call is a transaction of its own. Rows are
 * tables by the names of the schema; without select they have what the caller
 * may see and is neither omitted nor redacted. Who may write and not read gets
 * no rows back.
 */
#ifndef LUA_SCRIPT_DATA_H
#define LUA_SCRIPT_DATA_H

#include "core/caller.h"
#include "database/mutation.h"
#include "lua/sandbox.h"

/* Adds them to the table on top of the stack. */
void script_data_add_functions(lua_State *L);

/* As whom a function reads or writes, in the run's arena: as the caller of the
 * run, or as the system with the reason that is the function's first upvalue,
 * nil for none. Raises an error of Lua where there is nobody. */
const caller *script_data_caller(lua_State *L);

/* The same with the reason, or nil, at index. */
const caller *script_data_caller_for(lua_State *L, int reason);

/* The mutations of the functions above; arguments from index on. */
mutation *script_data_check_create(lua_State *L, const caller *c, int index);
mutation *script_data_check_update(lua_State *L, const caller *c, int index);
mutation *script_data_check_delete(lua_State *L, const caller *c, int index);

#endif
