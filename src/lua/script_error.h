/*
 * script_error.h: an err as an error of Lua.
 *
 * A script that catches it sees a table: code ("UNIQUE_VIOLATION"), message,
 * details, hint, each of which may be nil, and tostring() is the message. One
 * that does not catch it fails with the err itself.
 */
#ifndef LUA_SCRIPT_ERROR_H
#define LUA_SCRIPT_ERROR_H

#include "base/attr.h"
#include "base/err.h"
#include "lua/sandbox.h"

/* Does not return. */
NORETURN void script_error_raise(lua_State *L, err *e);

/* Raises e unless it is NULL. */
static inline void script_error_check(lua_State *L, err *e) {
    if (UNLIKELY(e != NULL))
        script_error_raise(L, e);
}

/* The same for what the script itself did wrong, or what is nobody else's to
 * know: an error of Lua like any other, with its place. */
void script_error_blame(lua_State *L, const err *e);

/* The err of this run that the error at index is; NULL: it is another error. */
err *script_error_of(lua_State *L, int index);

/* Makes ready what errors look like, once for a sandbox. */
void script_error_prepare(lua_State *L);

#endif
