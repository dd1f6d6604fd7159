/*
 * script_refuse.h: how a hook says no.
 *
 *     tenon.refuse("the project is archived")
 *     tenon.invalid("title", "is taken already")
 *     tenon.invalid({title = "is taken already", points = "are too many"})
 *     tenon.invalid("title", "is taken already", changes[2])  -- in a batch
 */
#ifndef LUA_SCRIPT_REFUSE_H
#define LUA_SCRIPT_REFUSE_H

#include "lua/sandbox.h"

/* Adds them to the table on top of the stack. */
void script_refuse_add_functions(lua_State *L);

#endif
