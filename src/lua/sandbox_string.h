/*
 * sandbox_string.h: the functions of Lua's string library that search, with
 * lua_pattern.h in place of Lua's own matcher.
 */
#ifndef LUA_SANDBOX_STRING_H
#define LUA_SANDBOX_STRING_H

#include <lua.h>

/* A table for the prelude:
 *
 *     find(s, pattern, init, plain), match(s, pattern, init)  as Lua's
 *     replace(s, pattern, text, most)  gsub, when the replacement is a text
 *     step(s, pattern, from, is_next)  the first match from there on: where it
 *         begins, behind its end, its captures or else all of it; is_next:
 *         a ^ is a byte like others
 */
void sandbox_string_push(lua_State *L);

#endif
