/*
 * script.h: the files of hooks/, loaded: which hooks there are, and sandboxes
 * in which they can be called.
 *
 *     tenon.before("Task", "update", function(ctx, change)
 *       if change.after.title == "" then
 *         tenon.invalid("title", "must not be empty")
 *       end
 *     end)
 *
 * Every file is run once in each sandbox; the first time says which points
 * there are, the others must say the same. A script is immutable but for its
 * pool of sandboxes, and is shared by all threads.
 */
#ifndef LUA_SCRIPT_H
#define LUA_SCRIPT_H

#include "core/hook.h"
#include "lua/sandbox.h"
#include "lua/script_pool.h"
#include "schema/schema.h"

enum {
    SCRIPT_FILES = 1000,
    SCRIPT_POINTS = 10000,
    SCRIPT_SLOTS = 8, /* of each model: actions, before and after */
};

typedef struct script_point {
    const model *model;
    hook_action action;
    hook_time time;
    bool is_batch;
    const bool *reads; /* redacted columns that it may see; NULL: none */
    str place;         /* "hooks/task.lua:3" */
    size_t function;
} script_point;

/* Of tenon.job and tenon.schedule (script_job.h). */
typedef struct script_job {
    str kind;
    unsigned max_attempts; /* these as job_kind has them */
    unsigned limit;
    unsigned limit_of_organization;
    int64_t time_limit_ms;
    str place;
    size_t function;
} script_job;

typedef struct script_schedule {
    str name;
    str cron;
    str kind;
    str time_zone;
    str payload;
} script_schedule;

typedef struct script_file {
    str name; /* "hooks/task.lua" */
    str text;
} script_file;

typedef struct script_config {
    str folder;
    const schema *schema;
    sandbox_limits limits;
    size_t sandboxes; /* at once; a hook that is called by a hook has its own */
} script_config;

typedef struct script {
    arena *own; /* holds this */
    script_config config;
    const script_file *files;
    size_t file_count;
    const script_point *points; /* in the order of the files */
    size_t point_count;
    /* Of model and slot, SCRIPT_SLOTS each: where its points begin in order;
     * one more at the end. */
    const uint32_t *starts;
    const uint32_t *order;
    const script_job *jobs;
    size_t job_count;
    const script_schedule *schedules;
    size_t schedule_count;
    size_t function_count;
    script_pool pool;
} script;

/* Reads and runs the files of the folder, *_test.lua left out, in the order of
 * their names. ERR_INVALID names file and line; ERR_NOT_FOUND without such a
 * folder. Blocks. */
fallible script_load(arena *a, const script_config *config, script **out);

/* No sandbox may be in use. NULL is fine. */
void script_free(script *s);

/* A sandbox in which the files have been run. On a fiber or not. */
fallible script_open_sandbox(arena *a, const script *s, sandbox **out);

/* The points of a model there. NULL: none. */
const uint32_t *script_points(const script *s, const model *m,
                              hook_action action, hook_time time,
                              size_t *count);

/* Or NULL. */
const script_job *script_find_job(const script *s, str kind);

/* Pushes the function of that number. */
void script_push_function(lua_State *L, size_t number);

/* While the files are loaded: tenon.before and the like add to it. */
typedef struct script_loading {
    const script *known; /* a script that knows all of it already, or NULL */
    script_point *points;
    size_t point_count;
    script_job *jobs;
    size_t job_count;
    script_schedule *schedules;
    size_t schedule_count;
    size_t function_count;
} script_loading;

/* An error of Lua when the files have been loaded. */
script_loading *script_check_loading(lua_State *L);

/* Takes the function on top of the stack; its number. */
size_t script_add_function(lua_State *L, script_loading *l);

/* Where the function at index begins: "hooks/task.lua:3". */
str script_place_of(lua_State *L, int index);

/* The model that the text at index names, or an error of Lua with the name that
 * was perhaps meant. */
const model *script_check_model(lua_State *L, int index);

/* Adds before, after, before_batch and after_batch to the table on top of the
 * stack. */
void script_add_functions(lua_State *L);

str script_action_name(hook_action action);

#endif
