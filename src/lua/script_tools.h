/*
 * script_tools.h: what hooks need beside rows.
 *
 *     tenon.json.encode({a = 1})                 '{"a":1}'
 *     tenon.json.decode(text, {numbers = "text"})  numbers that Lua cannot hold
 *                                                exactly as texts, else an error
 *     tenon.json.array({})                       an array, though it is empty
 *     tenon.time.now()                           "2024-01-31T12:00:00.123+00:00"
 *     tenon.time.parse(text)                     milliseconds since 1970
 *     tenon.time.format(ms)                      the text again
 *     tenon.time.add(text, {days = 1, hours = 2, minutes = 3, seconds = 4})
 *     tenon.log.info("sent", {to = 3})           also debug, warn, error
 */
#ifndef LUA_SCRIPT_TOOLS_H
#define LUA_SCRIPT_TOOLS_H

#include "lua/sandbox.h"

/* Adds them to the table on top of the stack. */
void script_tools_add(lua_State *L);

#endif
