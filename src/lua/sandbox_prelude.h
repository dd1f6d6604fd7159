/*
 * sandbox_prelude.h: the part of a sandbox that is written in Lua: what calls
 * functions of scripts, and what makes tables that scripts cannot change.
 */
#ifndef LUA_SANDBOX_PRELUDE_H
#define LUA_SANDBOX_PRELUDE_H

#include <lua.h>

/* Pushes a chunk, as lua_load does. It gets what sandbox_string.h has and
 * returns the globals of scripts, a function that makes a table read-only, one
 * that makes the environment of a file, the methods of texts, and a function that
 * takes what pairs() makes a table of a userdata with. */
int sandbox_prelude_load(lua_State *L);

#endif
