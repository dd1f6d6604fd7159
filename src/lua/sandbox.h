/*
 * sandbox.h: one state of Lua that can do no harm.
 *
 * What runs in it sees Lua without files, processes, native code or bytecode,
 * cannot change what others see, and is stopped when it takes too much: memory
 * by an allocator of its own, instructions and time by a hook that Lua calls
 * every thousand of them. That hook also lets the loop handle other events when
 * a script runs for long, so a script of 50 ms delays nobody by 50 ms.
 *
 *     lua_State *L = sandbox_lua(s);
 *     sandbox_begin(s);
 *     TRY(sandbox_run(a, s, body, &what));
 *
 * Between begin and the end of what runs in it a sandbox belongs to one fiber,
 * which may suspend in functions that Lua calls. It stays on no thread.
 *
 * No function that is given to Lua calls Lua back: each such call would stand on
 * the fiber's small stack, and Lua's own count does not know how small that is.
 * What has to call back (gsub, sort, xpcall) is written in Lua
 * (sandbox_prelude.h).
 *
 * An error of Lua jumps over the functions between it and sandbox_run: they hold
 * nothing that has to be given back.
 */
#ifndef LUA_SANDBOX_H
#define LUA_SANDBOX_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct sandbox_limits {
    size_t memory_bytes;
    int64_t instructions; /* of one run */
    int64_t time_ms;      /* of one run, with what it waits for */
} sandbox_limits;

enum {
    SANDBOX_MIN_MEMORY = 1024 * 1024,
    SANDBOX_SLICE_US = 300, /* then others get their turn */
};

typedef struct sandbox sandbox;

/* With what Lua has by itself. NULL when the limits do not even allow that. */
sandbox *sandbox_new(const sandbox_limits *limits);

/* NULL is fine. */
void sandbox_free(sandbox *s);

lua_State *sandbox_lua(const sandbox *s);

/* The sandbox that L is of, also for a coroutine. */
sandbox *sandbox_of(lua_State *L);

/* What runs in it, for the functions of C that it calls (script_run.h). */
typedef struct script_run script_run;
void sandbox_set_run(sandbox *s, script_run *run);
script_run *sandbox_run_of(lua_State *L);

/* Another one after each sandbox_begin: what a script keeps of a run tells by it
 * that the run is over. */
uint64_t sandbox_run_number(lua_State *L);

/* Values of ours that no script can reach, by the address of something static.
 * keep takes the value from the stack. */
void sandbox_push_kept(lua_State *L, const char *key);
void sandbox_keep(lua_State *L, const char *key);

/* A table that scripts can read and not change, in place of the one on top of
 * the stack. */
void sandbox_freeze(lua_State *L);

/* What scripts see as their globals, to add to before any is loaded. Pushes. */
void sandbox_push_globals(lua_State *L);

/* What makes a table of a userdata, for pairs(). */
void sandbox_set_fields(lua_State *L, lua_CFunction fields);

/* Gives what follows the whole of its limits. Runs do not nest. */
void sandbox_begin(sandbox *s);

/* In place of those of the limits, for a run that has begun. */
void sandbox_allow(sandbox *s, int64_t instructions, int64_t time_ms);

/* What is left of the time of the run, at least 1. */
int64_t sandbox_time_left_ms(lua_State *L);

/* The run also stops when what C does for it has taken so many bytes more from
 * a, which must last as long as the run. Until the next sandbox_begin. */
void sandbox_watch(sandbox *s, const arena *a, size_t more);

/* Calls body with argument as a light userdata at index 1; what it leaves on the
 * stack is dropped. ERR_HOOK_FAILED with Lua's message, which names file and
 * line; ERR_HOOK_LIMIT. Suspends. */
fallible sandbox_run(arena *a, sandbox *s, lua_CFunction body, void *argument);

/* The same for a text, never bytecode, that has the globals and can make no new
 * ones. */
fallible sandbox_run_text(arena *a, sandbox *s, str file, str text);

/* The text of an error object, in a, whatever it is; without calling anything
 * of a script's. */
str sandbox_error_text(arena *a, lua_State *L, int index);

/* Counts instructions for what C does in place of Lua, lets others run, and
 * raises an error of Lua when a limit is reached. Suspends. */
void sandbox_spend(lua_State *L, int64_t instructions);

size_t sandbox_memory(const sandbox *s);

/* A limit was reached, or it has grown so much that a new one is better: it is
 * not to be used for another run. */
bool sandbox_is_spoiled(const sandbox *s);

#endif
