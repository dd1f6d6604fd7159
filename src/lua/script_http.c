#include "lua/script_http.h"

#include <lauxlib.h>

#include "io/http_client.h"
#include "lua/script_error.h"
#include "lua/script_run.h"

enum {
    DEFAULT_TIMEOUT_MS = 3000,
    MAX_TIMEOUT_MS = 60 * 1000,
    MAX_HEADERS = 64,
    MAX_BODY = 2 * 1024 * 1024,
};

/* Pushes it. */
static str text_member(lua_State *L, const char *name, str fallback) {
    str text = fallback;
    lua_pushstring(L, name);
    lua_rawget(L, 1);
    if (!lua_isnil(L, -1))
        text.ptr = luaL_checklstring(L, lua_gettop(L), &text.len);
    return text;
}

static void check_headers(lua_State *L, http_client_request *out) {
    http_client_header *headers = NULL;
    lua_pushliteral(L, "headers");
    lua_rawget(L, 1);
    int at = lua_gettop(L);
    if (lua_isnil(L, at))
        return;
    luaL_checktype(L, at, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, at) != 0) {
        http_client_header h;
        luaL_checktype(L, -2, LUA_TSTRING);
        luaL_checktype(L, -1, LUA_TSTRING);
        h.name.ptr = lua_tolstring(L, -2, &h.name.len);
        h.value.ptr = lua_tolstring(L, -1, &h.value.len);
        if (out->header_count >= MAX_HEADERS)
            luaL_error(L, "%d headers are the most", MAX_HEADERS);
        ARENA_PUSH(script_run_of(L)->arena, headers, out->header_count, h);
        lua_pop(L, 1);
    }
    out->headers = headers;
}

static void push_answer(lua_State *L, const http_client_answer *answer) {
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, answer->status);
    lua_setfield(L, -2, "status");
    lua_pushlstring(L, answer->body.ptr, answer->body.len);
    lua_setfield(L, -2, "body");
    lua_createtable(L, 0, (int)answer->header_count);
    for (size_t i = 0; i < answer->header_count; i++) {
        str name = answer->headers[i].name;
        str text = answer->headers[i].value;
        lua_pushlstring(L, name.ptr, name.len);
        lua_pushlstring(L, text.ptr, text.len);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "headers");
}

static void check_may_wait(lua_State *L, const script_run *run) {
    if (run->caller == NULL || run->caller->app->http == NULL)
        luaL_error(L, "requests are sent when a hook runs, not while its file "
                      "is loaded");
    if (run->transaction != NULL)
        luaL_error(L, "a transaction does not wait for the network: send the "
                      "request before it or behind it");
}

static int http_request(lua_State *L) {
    script_run *run = script_run_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    check_may_wait(L, run);
    http_client_request request = {
        .method = text_member(L, "method", STR("GET")),
        .url = text_member(L, "url", (str){0}),
        .body = text_member(L, "body", (str){0}),
        .most_bytes = MAX_BODY,
    };
    check_headers(L, &request);
    lua_pushliteral(L, "timeout");
    lua_rawget(L, 1);
    lua_Number timeout = luaL_optnumber(L, lua_gettop(L), DEFAULT_TIMEOUT_MS);
    if (!(timeout >= 1 && timeout <= MAX_TIMEOUT_MS))
        return luaL_error(L, "timeout is 1 to %d milliseconds", MAX_TIMEOUT_MS);
    /* Others wait for the place of a hook that waits. */
    int64_t left_ms = sandbox_time_left_ms(L);
    request.timeout_ms = timeout < (double)left_ms ? (int64_t)timeout : left_ms;
    http_client_answer answer;
    err *e =
        http_client_send(run->caller->app->http, run->arena, &request, &answer);
    script_error_blame(L, e);
    push_answer(L, &answer);
    return 1;
}

void script_http_add(lua_State *L) {
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, http_request);
    lua_setfield(L, -2, "request");
    sandbox_freeze(L);
    lua_setfield(L, -2, "http");
}
