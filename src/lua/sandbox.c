#include "lua/sandbox.h"

#include <lauxlib.h>
#include <luajit.h>
#include <lualib.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/rand.h"
#include "io/fiber.h"
#include "lua/sandbox_prelude.h"
#include "lua/sandbox_string.h"

enum {
    INTERVAL = 1000, /* instructions between two looks at the limits */
    /* One instruction on a long text, such as a comparison, may take as long as
     * thousands on short ones. */
    FINE_INTERVAL = 16,
    LARGE_BLOCK = 64 * 1024,
    /* Nothing in it may be larger than a quarter of all. */
    BLOCK_SHARE = 4,
    /* Grown past half of its memory it is not used again. */
    SPOILED_SHARE = 2,
};

typedef enum stop_reason {
    NOT_STOPPED,
    STOPPED_BY_MEMORY,
    STOPPED_BY_INSTRUCTIONS,
    STOPPED_BY_TIME,
    STOPPED_BY_CANCELLATION,
} stop_reason;

struct sandbox {
    lua_State *lua;
    sandbox_limits limits;
    size_t used;
    bool is_fine; /* there has been a large block */
    stop_reason stopped;
    int64_t left;      /* instructions of this run */
    int64_t uncounted; /* of these, those since the last look */
    int64_t until_us;
    int64_t slice_us;     /* when it began to keep others waiting */
    const arena *watched; /* or NULL */
    size_t most_held;
    script_run *run;
    uint64_t run_count;
};

/* Of the registry: by lightuserdata, which no script can make. */
static const char GLOBALS_KEY = 'g';
static const char FREEZE_KEY = 'f';
static const char ENVIRONMENT_KEY = 'e';
static const char FIELDS_KEY = 'd';
static const char MESSAGE_KEY = 'm'; /* "message": made where it may fail */

lua_State *sandbox_lua(const sandbox *s) {
    return s->lua;
}

size_t sandbox_memory(const sandbox *s) {
    return s->used;
}

sandbox *sandbox_of(lua_State *L) {
    void *s;
    lua_getallocf(L, &s);
    return s;
}

static void on_count(lua_State *L, lua_Debug *where);

void sandbox_set_run(sandbox *s, script_run *run) {
    s->run = run;
}

script_run *sandbox_run_of(lua_State *L) {
    return sandbox_of(L)->run;
}

uint64_t sandbox_run_number(lua_State *L) {
    return sandbox_of(L)->run_count;
}

/* ---- Memory -------------------------------------------------------------- */

/* Lua allows this at any time, also while it allocates. */
static void look_finely(sandbox *s) {
    if (s->is_fine || s->lua == NULL)
        return;
    s->is_fine = true;
    lua_sethook(s->lua, on_count, LUA_MASKCOUNT, FINE_INTERVAL);
}

static bool may_have(sandbox *s, size_t old_size, size_t size) {
    size_t block = s->limits.memory_bytes / BLOCK_SHARE;
    if (size <= old_size)
        return true;
    if (size > block || s->used - old_size + size > s->limits.memory_bytes) {
        if (s->stopped == NOT_STOPPED)
            s->stopped = STOPPED_BY_MEMORY;
        return false;
    }
    if (size >= LARGE_BLOCK)
        look_finely(s);
    return true;
}

static void *allocate(void *self, void *old, size_t old_size, size_t size) {
    sandbox *s = self;
    if (size == 0) {
        s->used -= old_size;
        free(old);
        return NULL;
    }
    if (!may_have(s, old_size, size))
        return NULL;
    void *memory = realloc(old, size);
    if (memory != NULL)
        s->used = s->used - old_size + size;
    return memory;
}

bool sandbox_is_spoiled(const sandbox *s) {
    return s->stopped != NOT_STOPPED ||
           s->used > s->limits.memory_bytes / SPOILED_SHARE;
}

/* ---- Instructions and time ----------------------------------------------- */

static const char *stop_text(stop_reason reason) {
    switch (reason) {
    case STOPPED_BY_MEMORY:
        return "takes too much memory";
    case STOPPED_BY_INSTRUCTIONS:
        return "takes too many instructions";
    case STOPPED_BY_TIME:
        return "takes too long";
    case STOPPED_BY_CANCELLATION:
        return "was cancelled";
    case NOT_STOPPED:
        break;
    }
    return "";
}

static void push_place(lua_State *L) {
    lua_Debug where;
    for (int level = 0; lua_getstack(L, level, &where) == 1; level++) {
        lua_getinfo(L, "Sl", &where);
        if (where.currentline > 0) {
            lua_pushfstring(L, "%s:%d: ", where.short_src, where.currentline);
            return;
        }
    }
    lua_pushliteral(L, "");
}

/* A script may catch the error, so from here on each instruction raises it
 * again. */
static void stop(sandbox *s, lua_State *L, stop_reason reason) {
    if (s->stopped == NOT_STOPPED)
        s->stopped = reason;
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
    push_place(L);
    lua_pushstring(L, stop_text(s->stopped));
    lua_concat(L, 2);
    lua_error(L);
}

static void let_others_run(sandbox *s, int64_t now_us) {
    if (now_us - s->slice_us < SANDBOX_SLICE_US || fiber_current() == NULL)
        return;
    fiber_yield();
    s->slice_us = clock_monotonic_us(NULL);
}

static void look(sandbox *s, lua_State *L) {
    int64_t now_us = clock_monotonic_us(NULL);
    /* Also of one that is stopped: it may take long to leave thousands of
     * functions, each of which catches the error. */
    let_others_run(s, now_us);
    if (s->stopped != NOT_STOPPED)
        stop(s, L, s->stopped);
    if (s->watched != NULL && arena_held(s->watched) > s->most_held)
        stop(s, L, STOPPED_BY_MEMORY);
    s->left -= s->uncounted;
    s->uncounted = 0;
    if (s->left < 0)
        stop(s, L, STOPPED_BY_INSTRUCTIONS);
    if (now_us > s->until_us)
        stop(s, L, STOPPED_BY_TIME);
    if (fiber_current() != NULL && fiber_is_cancelled(fiber_current()))
        stop(s, L, STOPPED_BY_CANCELLATION);
}

void sandbox_spend(lua_State *L, int64_t instructions) {
    sandbox *s = sandbox_of(L);
    s->uncounted += instructions;
    if (s->uncounted >= INTERVAL)
        look(s, L);
}

static void on_count(lua_State *L, lua_Debug *where) {
    (void)where;
    sandbox *s = sandbox_of(L);
    int interval = lua_gethookcount(L);
    int wanted = s->is_fine ? FINE_INTERVAL : INTERVAL;
    if (interval != wanted)
        lua_sethook(L, on_count, LUA_MASKCOUNT, wanted);
    s->uncounted += interval;
    look(s, L);
}

void sandbox_begin(sandbox *s) {
    int64_t now_us = clock_monotonic_us(NULL);
    s->is_fine = s->used >= LARGE_BLOCK * 16;
    s->uncounted = 0;
    s->run_count++;
    s->watched = NULL;
    s->left = s->limits.instructions;
    s->until_us = now_us + s->limits.time_ms * 1000;
    s->slice_us = now_us;
}

void sandbox_allow(sandbox *s, int64_t instructions, int64_t time_ms) {
    s->left = instructions;
    s->until_us = clock_monotonic_us(NULL) + time_ms * 1000;
}

int64_t sandbox_time_left_ms(lua_State *L) {
    int64_t left_us = sandbox_of(L)->until_us - clock_monotonic_us(NULL);
    return left_us < 1000 ? 1 : left_us / 1000;
}

void sandbox_watch(sandbox *s, const arena *a, size_t more) {
    s->watched = a;
    s->most_held = arena_held(a) + more;
}

/* ---- What there is ------------------------------------------------------- */

void sandbox_push_kept(lua_State *L, const char *key) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)key);
    lua_rawget(L, LUA_REGISTRYINDEX);
}

void sandbox_keep(lua_State *L, const char *key) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)key);
    lua_insert(L, -2);
    lua_rawset(L, LUA_REGISTRYINDEX);
}

void sandbox_push_globals(lua_State *L) {
    sandbox_push_kept(L, &GLOBALS_KEY);
}

void sandbox_freeze(lua_State *L) {
    sandbox_push_kept(L, &FREEZE_KEY);
    lua_insert(L, -2);
    lua_call(L, 1, 1);
}

void sandbox_set_fields(lua_State *L, lua_CFunction fields) {
    sandbox_push_kept(L, &FIELDS_KEY);
    lua_pushcfunction(L, fields);
    lua_call(L, 1, 0);
}

static void open_libraries(lua_State *L) {
    static const struct {
        const char *name;
        lua_CFunction open;
    } LIBRARIES[] = {
        {"", luaopen_base},
        {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string},
        {LUA_MATHLIBNAME, luaopen_math},
        {LUA_BITLIBNAME, luaopen_bit},
    };
    for (size_t i = 0; i < LENGTH(LIBRARIES); i++) {
        lua_pushcfunction(L, LIBRARIES[i].open);
        lua_pushstring(L, LIBRARIES[i].name);
        lua_call(L, 1, 0);
    }
}

/* The one that Lua begins with is the same for everybody. */
static void seed_random(lua_State *L) {
    rand_source random = rand_secure();
    lua_getglobal(L, LUA_MATHLIBNAME);
    lua_getfield(L, -1, "randomseed");
    lua_pushnumber(L, (lua_Number)rand_below(&random, 1u << 31));
    lua_call(L, 1, 0);
    lua_pop(L, 1);
}

/* What the prelude returns: the globals, functions that are for us, and what
 * methods of texts are looked up in. */
static void run_prelude(lua_State *L) {
    if (sandbox_prelude_load(L) != 0)
        lua_error(L);
    sandbox_string_push(L);
    lua_call(L, 1, 5);
    sandbox_keep(L, &FIELDS_KEY);
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 2);
    sandbox_keep(L, &ENVIRONMENT_KEY);
    sandbox_keep(L, &FREEZE_KEY);
    sandbox_keep(L, &GLOBALS_KEY);
}

static int prepare(lua_State *L) {
    open_libraries(L);
    seed_random(L);
    run_prelude(L);
    lua_pushliteral(L, "message");
    sandbox_keep(L, &MESSAGE_KEY);
    return 0;
}

sandbox *sandbox_new(const sandbox_limits *limits) {
    sandbox *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->limits = *limits;
    sandbox_begin(s);
    s->lua = lua_newstate(allocate, s);
    if (s->lua == NULL) {
        free(s);
        return NULL;
    }
    /* Compiled code is not stopped by the hook. */
    luaJIT_setmode(s->lua, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
    if (lua_cpcall(s->lua, prepare, NULL) != 0) {
        sandbox_free(s);
        return NULL;
    }
    lua_sethook(s->lua, on_count, LUA_MASKCOUNT, INTERVAL);
    return s;
}

void sandbox_free(sandbox *s) {
    if (s == NULL)
        return;
    lua_sethook(s->lua, NULL, 0, 0);
    lua_close(s->lua);
    free(s);
}

/* ---- Running ------------------------------------------------------------- */

/* NULL when it is no text. Of a number Lua would make a text in its place. */
static const char *text_at(lua_State *L, int index, size_t *len) {
    return lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, len)
                                             : NULL;
}

/* Of a table the message, as script_error.h has it. */
str sandbox_error_text(arena *a, lua_State *L, int index) {
    size_t len;
    int type = lua_type(L, index);
    const char *text = text_at(L, index, &len);
    if (type == LUA_TNUMBER)
        return arena_printf(a, "%.14g", lua_tonumber(L, index));
    if (type == LUA_TTABLE) {
        lua_pushvalue(L, index);
        sandbox_push_kept(L, &MESSAGE_KEY);
        lua_rawget(L, -2);
        text = text_at(L, -1, &len);
        lua_pop(L, 2);
    }
    if (text != NULL)
        return arena_copy(a, (str){text, len});
    return arena_printf(a, "an error that is no text but a %s",
                        lua_typename(L, type));
}

/* What LuaJIT says of memory names no place, and what a script may have made of
 * our error is not what happened. */
static err *failure_of(arena *a, const sandbox *s, str why) {
    if (s->stopped == NOT_STOPPED)
        return err_new(a, ERR_HOOK_FAILED, "%.*s", STR_ARG(why));
    str text = str_of(stop_text(s->stopped));
    if (str_ends_with(why, text))
        text = why;
    return err_new(a, ERR_HOOK_LIMIT, "%.*s", STR_ARG(text));
}

err *sandbox_run(arena *a, sandbox *s, lua_CFunction body, void *argument) {
    lua_State *L = s->lua;
    int top = lua_gettop(L);
    err *failure = NULL;
    if (lua_cpcall(L, body, argument) != 0)
        failure = failure_of(a, s, sandbox_error_text(a, L, -1));
    lua_settop(L, top);
    return failure;
}

typedef struct chunk {
    const char *name;
    str text;
} chunk;

static int run_chunk(lua_State *L) {
    const chunk *c = lua_touserdata(L, 1);
    if (luaL_loadbufferx(L, c->text.ptr, c->text.len, c->name, "t") != 0)
        return lua_error(L);
    sandbox_push_kept(L, &ENVIRONMENT_KEY);
    lua_call(L, 0, 1);
    lua_setfenv(L, -2);
    lua_call(L, 0, 0);
    return 0;
}

err *sandbox_run_text(arena *a, sandbox *s, str file, str text) {
    chunk c = {arena_printf(a, "@%.*s", STR_ARG(file)).ptr, text};
    return sandbox_run(a, s, run_chunk, &c);
}
