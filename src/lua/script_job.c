#include "lua/script_job.h"

#include <lauxlib.h>

#include "base/clock.h"
#include "base/timestamp.h"
#include "lua/script_data.h"
#include "lua/script_error.h"
#include "lua/script_json.h"
#include "lua/script_row.h"
#include "lua/script_run.h"

enum { MAX_NAME = 200 };

static arena *arena_of(lua_State *L) {
    return script_run_of(L)->arena;
}

static str check_text(lua_State *L, int index) {
    str text;
    text.ptr = luaL_checklstring(L, index, &text.len);
    return arena_copy(arena_of(L), text);
}

static str check_name(lua_State *L, int index) {
    str name = check_text(L, index);
    if (name.len == 0 || name.len > MAX_NAME)
        luaL_argerror(L, index, "a name has 1 to 200 bytes");
    return name;
}

/* Of the options at index, which may be none. Pushes it. */
static int option(lua_State *L, int index, const char *name) {
    if (lua_isnoneornil(L, index)) {
        lua_pushnil(L);
        return lua_gettop(L);
    }
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushstring(L, name);
    lua_rawget(L, index);
    return lua_gettop(L);
}

static str text_option(lua_State *L, int index, const char *name) {
    int at = option(L, index, name);
    str text = lua_isnil(L, at) ? (str){0} : check_text(L, at);
    lua_pop(L, 1);
    return text;
}

static int64_t number_option(lua_State *L, int index, const char *name,
                             int64_t least, int64_t most) {
    int at = option(L, index, name);
    lua_Number n = luaL_optnumber(L, at, 0);
    lua_pop(L, 1);
    if (!(n >= (lua_Number)least && n <= (lua_Number)most))
        luaL_error(L, "%s is out of range", name);
    return (int64_t)n;
}

static void check_options(lua_State *L, int index, const char *const *known,
                          size_t count) {
    if (lua_isnoneornil(L, index))
        return;
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        bool is_known = false;
        lua_pop(L, 1);
        for (size_t i = 0; i < count && lua_type(L, -1) == LUA_TSTRING; i++)
            is_known |=
                str_equal(str_of(known[i]), str_of(lua_tostring(L, -1)));
        if (!is_known)
            luaL_error(L, "unknown option '%s'",
                       lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1)
                                                      : "?");
    }
}

static str check_payload(lua_State *L, int index) {
    str text = {0};
    if (!lua_isnoneornil(L, index))
        script_error_blame(L,
                           script_json_text_of(arena_of(L), L, index, &text));
    return text;
}

/* ---- Wanting one --------------------------------------------------------- */

static int64_t check_run_at(lua_State *L, int index) {
    const script_run *run = script_run_of(L);
    timestamp t = {0};
    str text = text_option(L, index, "run_at");
    int64_t delay_s = number_option(L, index, "delay", 0, 366 * 24 * 3600);
    if (!str_is_empty(text)) {
        script_error_blame(L, timestamp_parse(run->arena, text, &t));
        return t.ms;
    }
    return delay_s > 0 ? clock_wall_ms(run->caller->app->clock) + delay_s * 1000
                       : 0;
}

job_wanted script_job_check_wanted(lua_State *L, int index) {
    static const char *const KNOWN[] = {"unique_key",   "run_at",
                                        "delay",        "priority",
                                        "organization", "max_attempts"};
    int options = index + 2;
    check_options(L, options, KNOWN, LENGTH(KNOWN));
    return (job_wanted){
        .kind = check_name(L, index),
        .payload = check_payload(L, index + 1),
        .unique_key = text_option(L, options, "unique_key"),
        .organization_id = text_option(L, options, "organization"),
        .run_at_ms = check_run_at(L, options),
        .priority = (int)number_option(L, options, "priority", -1000, 1000),
        .max_attempts =
            (unsigned)number_option(L, options, "max_attempts", 0, 1000),
    };
}

static int enqueue(lua_State *L) {
    str id = {0};
    if (script_run_of(L)->transaction != NULL)
        return luaL_error(L, "within a transaction jobs are wanted by its tx: "
                             "tx:enqueue(...)");
    const caller *c = script_data_caller(L);
    job_wanted wanted = script_job_check_wanted(L, 1);
    script_error_check(L, job_enqueue(c, &wanted, &id));
    if (str_is_empty(id))
        return 0;
    lua_pushlstring(L, id.ptr, id.len);
    return 1;
}

/* ---- Declaring ----------------------------------------------------------- */

/* tenon.job(kind, [options], fn) */
static int declare_job(lua_State *L) {
    static const char *const KNOWN[] = {"max_attempts", "limit",
                                        "limit_of_organization", "time_limit"};
    script_loading *l = script_check_loading(L);
    int options = lua_istable(L, 2) ? 2 : 4;
    int fn = options == 2 ? 3 : 2;
    luaL_checktype(L, fn, LUA_TFUNCTION);
    lua_settop(L, 4);
    check_options(L, options, KNOWN, LENGTH(KNOWN));
    script_job job = {
        .kind = check_name(L, 1),
        .max_attempts =
            (unsigned)number_option(L, options, "max_attempts", 0, 1000),
        .limit = (unsigned)number_option(L, options, "limit", 0, 10000),
        .limit_of_organization = (unsigned)number_option(
            L, options, "limit_of_organization", 0, 10000),
        .time_limit_ms =
            number_option(L, options, "time_limit", 0, 24 * 3600) * 1000,
        .place = script_place_of(L, fn),
    };
    for (size_t i = 0; l->known == NULL && i < l->job_count; i++)
        if (str_equal(l->jobs[i].kind, job.kind))
            return luaL_error(L, "there is a job '%s' already: %s",
                              job.kind.ptr, l->jobs[i].place.ptr);
    lua_pushvalue(L, fn);
    job.function = script_add_function(L, l);
    if (l->known == NULL)
        ARENA_PUSH(arena_of(L), l->jobs, l->job_count, job);
    return 0;
}

/* tenon.schedule(name, cron, kind, [options]) */
static int declare_schedule(lua_State *L) {
    static const char *const KNOWN[] = {"time_zone", "payload"};
    script_loading *l = script_check_loading(L);
    lua_settop(L, 4);
    check_options(L, 4, KNOWN, LENGTH(KNOWN));
    script_schedule s = {
        .name = check_name(L, 1),
        .cron = check_text(L, 2),
        .kind = check_name(L, 3),
        .time_zone = text_option(L, 4, "time_zone"),
        .payload = check_payload(L, option(L, 4, "payload")),
    };
    if (l->known == NULL)
        ARENA_PUSH(arena_of(L), l->schedules, l->schedule_count, s);
    return 0;
}

/* ---- Running one --------------------------------------------------------- */

static job_run *check_job(lua_State *L) {
    const script_run *run = script_run_of(L);
    if (run->job == NULL)
        luaL_error(L, "the job has ended");
    return run->job;
}

static int progress(lua_State *L) {
    job_run *job = check_job(L);
    str text = check_payload(L, 1);
    script_error_check(L, job_tell_progress(job, text));
    return 0;
}

static int is_cancelled(lua_State *L) {
    lua_pushboolean(L, check_job(L)->is_cancelled);
    return 1;
}

static void push_job(lua_State *L, const job_run *job) {
    lua_createtable(L, 0, 5);
    lua_pushlstring(L, job->id.ptr, job->id.len);
    lua_setfield(L, -2, "id");
    lua_pushinteger(L, (lua_Integer)job->attempt);
    lua_setfield(L, -2, "attempt");
    if (!str_is_empty(job->organization_id)) {
        lua_pushlstring(L, job->organization_id.ptr, job->organization_id.len);
        lua_setfield(L, -2, "organization");
    }
    lua_pushcfunction(L, progress);
    lua_setfield(L, -2, "progress");
    lua_pushcfunction(L, is_cancelled);
    lua_setfield(L, -2, "is_cancelled");
}

int script_job_call(lua_State *L) {
    script_run *run = lua_touserdata(L, 1);
    const json *payload = NULL;
    script_push_function(L, run->declared->function);
    script_row_push_context(L);
    script_error_blame(L, json_parse(run->arena, run->job->payload, &payload));
    script_json_push(L, run->arena, payload, SCRIPT_JSON_TEXTS);
    push_job(L, run->job);
    lua_call(L, 3, 0);
    return 0;
}

void script_job_add_functions(lua_State *L) {
    lua_pushnil(L);
    lua_pushcclosure(L, enqueue, 1);
    lua_setfield(L, -2, "enqueue");
    lua_pushcfunction(L, declare_job);
    lua_setfield(L, -2, "job");
    lua_pushcfunction(L, declare_schedule);
    lua_setfield(L, -2, "schedule");
}
