#include "lua/script_tools.h"

#include <lauxlib.h>
#include <math.h>

#include "base/timestamp.h"
#include "base/utf8.h"
#include "lua/script_error.h"
#include "lua/script_json.h"
#include "lua/script_run.h"

static arena *arena_of(lua_State *L) {
    return script_run_of(L)->arena;
}

static str check_text(lua_State *L, int index) {
    str text;
    text.ptr = luaL_checklstring(L, index, &text.len);
    return text;
}

/* A read-only table, in the one on top of the stack. */
static void add_library(lua_State *L, const char *name,
                        const struct luaL_Reg *functions, size_t count) {
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        lua_pushcfunction(L, functions[i].func);
        lua_setfield(L, -2, functions[i].name);
    }
    sandbox_freeze(L);
    lua_setfield(L, -2, name);
}

/* ---- JSON ---------------------------------------------------------------- */

static script_json_numbers check_numbers(lua_State *L, int index) {
    if (lua_isnoneornil(L, index))
        return SCRIPT_JSON_EXACT;
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushliteral(L, "numbers");
    lua_rawget(L, index);
    str how = check_text(L, lua_gettop(L));
    if (!str_equal(how, STR("text")))
        luaL_argerror(L, index, "expected {numbers = 'text'}");
    return SCRIPT_JSON_TEXTS;
}

static int json_decode(lua_State *L) {
    const json *tree;
    str text = check_text(L, 1);
    script_json_numbers numbers = check_numbers(L, 2);
    sandbox_spend(L, (int64_t)text.len / 4);
    script_error_blame(L, json_parse(arena_of(L), text, &tree));
    script_json_push(L, arena_of(L), tree, numbers);
    return 1;
}

static int json_array(lua_State *L) {
    if (lua_isnone(L, 1))
        lua_newtable(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    /* It would take the place of what keeps ours from being changed. */
    if (lua_getmetatable(L, 1) && !script_json_is_array(L, 1))
        return luaL_argerror(L, 1, "the table has a metatable");
    lua_settop(L, 1);
    script_json_mark_array(L);
    return 1;
}

/* ---- Time ---------------------------------------------------------------- */

static void push_time(lua_State *L, double ms) {
    char text[TIMESTAMP_LENGTH];
    timestamp t = {0};
    if (fabs(ms) < 1e15)
        t.ms = (int64_t)floor(ms);
    if (fabs(ms) >= 1e15 || !timestamp_is_in_range(t))
        luaL_error(L, "there is no such time: years are 1 to 9999");
    timestamp_format(t, text);
    lua_pushlstring(L, text, sizeof text);
}

static int64_t check_time(lua_State *L, int index) {
    timestamp t = {0};
    script_error_blame(L,
                       timestamp_parse(arena_of(L), check_text(L, index), &t));
    return t.ms;
}

static int time_now(lua_State *L) {
    const script_run *run = script_run_of(L);
    const fake_clock *clock =
        run->caller != NULL ? run->caller->app->clock : NULL;
    push_time(L, (double)clock_wall_ms(clock));
    return 1;
}

static int time_parse(lua_State *L) {
    lua_pushnumber(L, (lua_Number)check_time(L, 1));
    return 1;
}

static int time_format(lua_State *L) {
    push_time(L, luaL_checknumber(L, 1));
    return 1;
}

static const struct unit {
    str name;
    double ms;
} UNITS[] = {
    {STR_INIT("weeks"), 7 * 24 * 3600e3}, {STR_INIT("days"), 24 * 3600e3},
    {STR_INIT("hours"), 3600e3},          {STR_INIT("minutes"), 60e3},
    {STR_INIT("seconds"), 1e3},           {STR_INIT("ms"), 1},
};

static double check_unit(lua_State *L, str name) {
    for (size_t i = 0; i < LENGTH(UNITS); i++)
        if (str_equal(UNITS[i].name, name))
            return UNITS[i].ms;
    luaL_error(L, "time is added in weeks, days, hours, minutes, seconds and "
                  "ms");
    return 0;
}

static int time_add(lua_State *L) {
    double ms = (double)check_time(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, 2) != 0) {
        str name = {0};
        if (lua_type(L, -2) == LUA_TSTRING)
            name.ptr = lua_tolstring(L, -2, &name.len);
        ms += check_unit(L, name) * luaL_checknumber(L, -1);
        lua_pop(L, 1);
    }
    push_time(L, ms);
    return 1;
}

/* ---- The log ------------------------------------------------------------- */

static str place_of_caller(lua_State *L) {
    lua_Debug where;
    if (lua_getstack(L, 1, &where) != 1)
        return (str){0};
    lua_getinfo(L, "Sl", &where);
    return arena_printf(arena_of(L), "%s:%d", where.short_src,
                        where.currentline);
}

static str as_text(lua_State *L, int index) {
    str text = check_text(L, index);
    return utf8_is_valid(text) ? text : STR("(no valid UTF-8)");
}

static int write_log(lua_State *L, log_level level) {
    const script_run *run = script_run_of(L);
    const logger *log = run->caller != NULL ? run->caller->app->log : NULL;
    str data = {0};
    str message = as_text(L, 1);
    if (!lua_isnoneornil(L, 2))
        script_error_blame(L, script_json_text_of(run->arena, L, 2, &data));
    str place = place_of_caller(L);
    if (log == NULL)
        return 0;
    logger own = *log;
    if (run->caller->origin != NULL)
        own.request_id = run->caller->origin->request_id;
    if (str_is_empty(data))
        log_at(&own, level, "hook", LOG_STR("at", place),
               LOG_STR("says", message), LOG_END);
    else
        log_at(&own, level, "hook", LOG_STR("at", place),
               LOG_STR("says", message), LOG_STR("data", data), LOG_END);
    return 0;
}

static int log_debug_text(lua_State *L) {
    return write_log(L, LOG_LEVEL_DEBUG);
}

static int log_info_text(lua_State *L) {
    return write_log(L, LOG_LEVEL_INFO);
}

static int log_warn_text(lua_State *L) {
    return write_log(L, LOG_LEVEL_WARN);
}

static int log_error_text(lua_State *L) {
    return write_log(L, LOG_LEVEL_ERROR);
}

void script_tools_add(lua_State *L) {
    static const struct luaL_Reg JSON[] = {{"encode", script_json_encode},
                                           {"decode", json_decode},
                                           {"array", json_array}};
    static const struct luaL_Reg TIME[] = {{"now", time_now},
                                           {"parse", time_parse},
                                           {"format", time_format},
                                           {"add", time_add}};
    static const struct luaL_Reg LOG[] = {{"debug", log_debug_text},
                                          {"info", log_info_text},
                                          {"warn", log_warn_text},
                                          {"error", log_error_text}};
    add_library(L, "json", JSON, LENGTH(JSON));
    add_library(L, "time", TIME, LENGTH(TIME));
    add_library(L, "log", LOG, LENGTH(LOG));
}
