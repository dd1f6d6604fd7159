/*
 * script_filter.h: which rows a script means.
 *
 *     {status = "OPEN", points = {gte = 3, lt = 10}}     all of it
 *     {code = {["in"] = {"a", "b"}}, note = tenon.null}
 *     {title = {ilike = "%tea%"}, OR = {{...}, {...}}, AND = {...},
 *      NOT = {...}}
 *
 * eq neq gt gte lt lte in like ilike; names are those of the schema.
 */
#ifndef LUA_SCRIPT_FILTER_H
#define LUA_SCRIPT_FILTER_H

#include "database/query.h"
#include "lua/sandbox.h"

/* Of the table at index; NULL when it is empty or nil: all rows. Raises an error
 * of Lua for what is none. In the run's arena. */
const filter *script_filter_check(lua_State *L, int index, const model *m);

#endif
