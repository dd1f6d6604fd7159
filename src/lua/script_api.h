/*
 * script_api.h: the table `tenon` of scripts, put together.
 */
#ifndef LUA_SCRIPT_API_H
#define LUA_SCRIPT_API_H

#include "lua/sandbox.h"

/* Makes the sandbox ready for scripts. Raises an error of Lua. */
void script_api_open(lua_State *L);

#endif
