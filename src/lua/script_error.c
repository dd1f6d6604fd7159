#include "lua/script_error.h"

#include <lauxlib.h>

#include "lua/script_run.h"

/* Which of the run's errs a table of Lua is. */
typedef struct reference {
    uint64_t run;
    size_t index;
} reference;

static const char REFERENCE_KEY = 'r';
static const char LOOKS_KEY = 'l';

static void set_text(lua_State *L, const char *name, str text) {
    if (str_is_empty(text))
        return;
    lua_pushlstring(L, text.ptr, text.len);
    lua_setfield(L, -2, name);
}

static void push_reference(lua_State *L, size_t index) {
    reference *r = lua_newuserdata(L, sizeof *r);
    *r = (reference){sandbox_run_number(L), index};
    sandbox_push_kept(L, &LOOKS_KEY);
    lua_setmetatable(L, -2);
}

void script_error_raise(lua_State *L, err *e) {
    script_run *run = script_run_of(L);
    ARENA_PUSH(run->arena, run->raised, run->raised_count, e);
    lua_createtable(L, 0, 6);
    set_text(L, "code", str_of(err_code_name(e->code)));
    set_text(L, "message", e->message);
    set_text(L, "details", e->details);
    set_text(L, "hint", e->hint);
    lua_pushlightuserdata(L, (void *)(uintptr_t)&REFERENCE_KEY);
    push_reference(L, run->raised_count - 1);
    lua_rawset(L, -3);
    sandbox_push_kept(L, &LOOKS_KEY);
    lua_setmetatable(L, -2);
    lua_error(L);
    __builtin_unreachable();
}

void script_error_blame(lua_State *L, const err *e) {
    if (UNLIKELY(e != NULL))
        luaL_error(L, "%s", arena_cstr(script_run_of(L)->arena, e->message));
}

/* A script that goes through an error of ours finds the key, and may put any
 * other thing of ours behind it. */
static const reference *reference_at(lua_State *L, int index) {
    const reference *r = NULL;
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
        return NULL;
    sandbox_push_kept(L, &LOOKS_KEY);
    if (lua_rawequal(L, -1, -2))
        r = lua_touserdata(L, index - 2);
    lua_pop(L, 2);
    return r;
}

err *script_error_of(lua_State *L, int index) {
    const script_run *run = script_run_of(L);
    err *found = NULL;
    if (lua_type(L, index) != LUA_TTABLE)
        return NULL;
    lua_pushvalue(L, index);
    lua_pushlightuserdata(L, (void *)(uintptr_t)&REFERENCE_KEY);
    lua_rawget(L, -2);
    const reference *r = reference_at(L, -1);
    if (r != NULL && r->run == sandbox_run_number(L))
        found = run->raised[r->index];
    lua_pop(L, 2);
    return found;
}

static int to_text(lua_State *L) {
    lua_pushliteral(L, "message");
    if (lua_type(L, 1) == LUA_TTABLE)
        lua_rawget(L, 1);
    return 1;
}

void script_error_prepare(lua_State *L) {
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, to_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    sandbox_keep(L, &LOOKS_KEY);
}
