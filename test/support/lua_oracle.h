/*
 * lua_oracle.h: LuaJIT's own string.find, to compare lua_pattern.h with.
 *
 * Its matcher cannot be interrupted: give it only what the other one has
 * answered in few steps.
 */
#ifndef TEST_SUPPORT_LUA_ORACLE_H
#define TEST_SUPPORT_LUA_ORACLE_H

#include <lauxlib.h>
#include <luajit.h>
#include <lualib.h>

#include "lua/lua_pattern.h"

static inline lua_State *lua_oracle_new(void) {
    lua_State *L = luaL_newstate();
    luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
    lua_pushcfunction(L, luaopen_string);
    lua_call(L, 0, 0);
    return L;
}

static inline bool lua_oracle_has_capture(lua_State *L, int at, str text,
                                          const lua_capture *c) {
    str got;
    if (c->is_position)
        return lua_type(L, at) == LUA_TNUMBER &&
               (size_t)lua_tointeger(L, at) == c->start + 1;
    got.ptr = lua_tolstring(L, at, &got.len);
    return got.ptr != NULL &&
           str_equal(got, str_slice(text, c->start, c->start + c->len));
}

static inline bool lua_oracle_has_match(lua_State *L, str text,
                                        const lua_pattern_match *m) {
    int first = 1;
    if (lua_gettop(L) != 2 + (int)m->capture_count ||
        (size_t)lua_tointeger(L, first) != m->start + 1 ||
        (size_t)lua_tointeger(L, first + 1) != m->end)
        return false;
    for (size_t i = 0; i < m->capture_count; i++)
        if (!lua_oracle_has_capture(L, first + 2 + (int)i, text,
                                    &m->captures[i]))
            return false;
    return true;
}

/* One without these is no pattern to string.find, which then looks for the text
 * itself. */
static inline bool lua_oracle_is_pattern(str pattern) {
    for (size_t i = 0; i < pattern.len; i++)
        if (strchr("^$*+?.([%-", pattern.ptr[i]) != NULL)
            return true;
    return false;
}

/* Does it find the same, or say the same of the pattern? */
static inline bool lua_oracle_agrees(lua_State *L, str pattern, str text,
                                     lua_pattern_answer answer,
                                     const lua_pattern_match *m) {
    if (!lua_oracle_is_pattern(pattern))
        return true;
    lua_settop(L, 0);
    lua_getglobal(L, "string");
    lua_getfield(L, -1, "find");
    lua_remove(L, 1);
    lua_pushlstring(L, text.ptr, text.len);
    lua_pushlstring(L, pattern.ptr, pattern.len);
    bool is_error = lua_pcall(L, 2, LUA_MULTRET, 0) != 0;
    if (answer == LUA_PATTERN_MALFORMED)
        return is_error &&
               str_contains(str_of(lua_tostring(L, -1)), str_of(m->problem));
    if (answer == LUA_PATTERN_ABSENT)
        return !is_error && lua_isnil(L, 1);
    return !is_error && lua_oracle_has_match(L, text, m);
}

#endif
