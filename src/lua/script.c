#include "lua/script.h"

#include <lauxlib.h>

#include "base/file.h"
#include "base/folder.h"
#include "base/nearest.h"
#include "lua/script_api.h"
#include "lua/script_error.h"
#include "lua/script_row.h"
#include "lua/script_run.h"

static const char FUNCTIONS_KEY = 'p';

static const str ACTIONS[] = {
    [HOOK_CREATE] = STR_INIT("create"),
    [HOOK_UPDATE] = STR_INIT("update"),
    [HOOK_DELETE] = STR_INIT("delete"),
    [HOOK_READ] = STR_INIT("read"),
};

str script_action_name(hook_action action) {
    return ACTIONS[action];
}

static size_t slot_of(hook_action action, hook_time time) {
    return (size_t)action * 2 + (time == HOOK_AFTER ? 1 : 0);
}

/* ---- What a call of tenon.before says ------------------------------------ */

static str check_text(lua_State *L, int index) {
    str text;
    text.ptr = luaL_checklstring(L, index, &text.len);
    return text;
}

static NORETURN void refuse_name(lua_State *L, const char *what, str name,
                                 str best) {
    arena *a = script_run_of(L)->arena;
    str hint = str_is_empty(best)
                   ? (str){0}
                   : arena_printf(a, ", did you mean '%.*s'?", STR_ARG(best));
    luaL_error(L, "%s",
               arena_printf(a, "there is no %s '%.*s'%.*s", what, STR_ARG(name),
                            STR_ARG(hint))
                   .ptr);
    __builtin_unreachable();
}

const model *script_check_model(lua_State *L, int index) {
    const schema *s = script_run_of(L)->script->config.schema;
    str name = check_text(L, index);
    const model *m = schema_find_model(s, name);
    if (m != NULL && !m->is_ignored)
        return m;
    nearest n = nearest_to(name);
    for (size_t i = 0; i < s->model_count; i++)
        if (!s->models[i].is_ignored)
            nearest_offer(&n, s->models[i].name);
    refuse_name(L, "model", name, n.best);
}

/* What will be hooked into when there is something to hook into. */
static const struct later {
    str name;
    const char *why;
} LATER[] = {
    {STR_INIT("sign-up"),
     "this server has no sign-in yet, and so nobody signs up"},
    {STR_INIT("sign-in"), "this server has no sign-in yet"},
    {STR_INIT("request"),
     "a request has no hook of its own: hook into what it does to a model"},
};

static hook_action check_action(lua_State *L, int index, hook_time time) {
    str name = check_text(L, index);
    for (size_t i = 0; i < LENGTH(LATER); i++)
        if (str_equal(name, LATER[i].name))
            luaL_error(L, "there is no hook for '%s': %s", name.ptr,
                       LATER[i].why);
    nearest n = nearest_to(name);
    for (size_t i = 0; i < LENGTH(ACTIONS); i++) {
        if (str_equal(name, ACTIONS[i])) {
            if (i == HOOK_READ && time == HOOK_AFTER)
                luaL_error(L, "there is no hook after a read");
            return (hook_action)i;
        }
        nearest_offer(&n, ACTIONS[i]);
    }
    refuse_name(L, "action", name, n.best);
}

/* {reads = {"secret"}} at index. */
static const bool *check_options(lua_State *L, int index, const model *m) {
    bool *reads = NULL;
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        bool is_known = lua_type(L, -2) == LUA_TSTRING &&
                        str_equal(check_text(L, -2), STR("reads")) &&
                        lua_istable(L, -1);
        if (!is_known)
            luaL_error(L, "the options of a hook are {reads = {...}}");
        reads = arena_new_array(script_run_of(L)->arena, bool, m->column_count);
        for (int i = 1; i <= (int)lua_objlen(L, -1); i++) {
            lua_rawgeti(L, -1, i);
            const field *f = script_row_check_field(L, m, lua_gettop(L));
            if (f->is_password)
                luaL_error(L, "nobody reads a password, nor does a hook");
            reads[f->column_index] = true;
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    return reads;
}

str script_place_of(lua_State *L, int index) {
    lua_Debug where;
    lua_pushvalue(L, index);
    lua_getinfo(L, ">S", &where);
    return arena_printf(script_run_of(L)->arena, "%s:%d", where.short_src,
                        where.linedefined);
}

script_loading *script_check_loading(lua_State *L) {
    script_run *run = script_run_of(L);
    if (run != NULL && run->loading != NULL)
        return run->loading;
    luaL_error(L, "hooks are declared while their files are loaded, not "
                  "later");
    return NULL;
}

size_t script_add_function(lua_State *L, script_loading *l) {
    if (l->function_count >= SCRIPT_POINTS)
        luaL_error(L, "there are more than %d hooks", SCRIPT_POINTS);
    sandbox_push_kept(L, &FUNCTIONS_KEY);
    lua_insert(L, -2);
    lua_rawseti(L, -2, (int)++l->function_count);
    lua_pop(L, 1);
    return l->function_count - 1;
}

static int declare(lua_State *L, hook_time time, bool is_batch) {
    script_loading *l = script_check_loading(L);
    const model *m = script_check_model(L, 1);
    hook_action action = check_action(L, 2, time);
    bool has_options = lua_istable(L, 3) || lua_istable(L, 4);
    int fn = lua_istable(L, 3) ? 4 : 3;
    luaL_checktype(L, fn, LUA_TFUNCTION);
    if (is_batch && action == HOOK_READ)
        return luaL_error(L, "a read has no batches");
    if (m->is_view && action != HOOK_READ)
        return luaL_error(L, "a view is not written");
    script_point point = {
        .model = m,
        .action = action,
        .time = time,
        .is_batch = is_batch,
        .reads = has_options ? check_options(L, fn == 3 ? 4 : 3, m) : NULL,
        .place = script_place_of(L, fn),
    };
    lua_pushvalue(L, fn);
    point.function = script_add_function(L, l);
    if (l->known == NULL)
        ARENA_PUSH(script_run_of(L)->arena, l->points, l->point_count, point);
    return 0;
}

static int declare_before(lua_State *L) {
    return declare(L, HOOK_BEFORE, false);
}

static int declare_after(lua_State *L) {
    return declare(L, HOOK_AFTER, false);
}

static int declare_before_batch(lua_State *L) {
    return declare(L, HOOK_BEFORE, true);
}

static int declare_after_batch(lua_State *L) {
    return declare(L, HOOK_AFTER, true);
}

void script_add_functions(lua_State *L) {
    static const struct luaL_Reg FUNCTIONS[] = {
        {"before", declare_before},
        {"after", declare_after},
        {"before_batch", declare_before_batch},
        {"after_batch", declare_after_batch},
    };
    lua_newtable(L);
    sandbox_keep(L, &FUNCTIONS_KEY);
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        lua_pushcfunction(L, FUNCTIONS[i].func);
        lua_setfield(L, -2, FUNCTIONS[i].name);
    }
}

void script_push_function(lua_State *L, size_t number) {
    sandbox_push_kept(L, &FUNCTIONS_KEY);
    lua_rawgeti(L, -1, (int)number + 1);
    lua_remove(L, -2);
}

/* ---- Sandboxes ----------------------------------------------------------- */

static int prepare(lua_State *L) {
    script_api_open(L);
    return 0;
}

static err *run_files(arena *a, const script *s, sandbox *box) {
    TRY(sandbox_run(a, box, prepare, NULL));
    for (size_t i = 0; i < s->file_count; i++) {
        sandbox_begin(box);
        err *e = sandbox_run_text(a, box, s->files[i].name, s->files[i].text);
        if (e != NULL)
            return err_new(a, ERR_INVALID, "%.*s", STR_ARG(e->message));
    }
    return NULL;
}

static err *fill(arena *a, const script *s, script_loading *loading,
                 sandbox *box) {
    script_run run = {.arena = a, .script = s, .loading = loading};
    sandbox_set_run(box, &run);
    sandbox_begin(box);
    err *failure = run_files(a, s, box);
    sandbox_set_run(box, NULL);
    return failure;
}

static err *open_sandbox(arena *a, const script *s, script_loading *loading,
                         sandbox **out) {
    sandbox *box = sandbox_new(&s->config.limits);
    if (box == NULL)
        return err_new(a, ERR_INVALID,
                       "a hook has too little memory to begin "
                       "with");
    err *failure = fill(a, s, loading, box);
    if (failure != NULL) {
        sandbox_free(box);
        return failure;
    }
    *out = box;
    return NULL;
}

err *script_open_sandbox(arena *a, const script *s, sandbox **out) {
    script_loading loading = {.known = s};
    TRY(open_sandbox(a, s, &loading, out));
    if (loading.function_count == s->function_count)
        return NULL;
    sandbox_free(*out);
    return err_new(a, ERR_HOOK_FAILED,
                   "the files of %.*s declare other hooks each time",
                   STR_ARG(s->config.folder));
}

/* ---- Loading ------------------------------------------------------------- */

static bool is_hook_file(const folder_entry *entry) {
    return !entry->is_folder && str_ends_with(entry->name, STR(".lua")) &&
           !str_ends_with(entry->name, STR("_test.lua"));
}

static err *read_files(script *s) {
    folder_entry *entries;
    size_t count;
    script_file *files = NULL;
    str folder = s->config.folder;
    TRY(folder_list(s->own, folder, &entries, &count));
    for (size_t i = 0; i < count; i++) {
        script_file file;
        if (!is_hook_file(&entries[i]))
            continue;
        if (s->file_count >= SCRIPT_FILES)
            return err_new(s->own, ERR_INVALID, "%.*s has more than %d files",
                           STR_ARG(folder), SCRIPT_FILES);
        file.name = arena_printf(s->own, "%.*s/%.*s", STR_ARG(folder),
                                 STR_ARG(entries[i].name));
        TRY(file_read(s->own, file.name, &file.text));
        ARENA_PUSH(s->own, files, s->file_count, file);
    }
    s->files = files;
    return NULL;
}

static size_t place_in_order(const script_point *p) {
    return (size_t)p->model->index * SCRIPT_SLOTS + slot_of(p->action, p->time);
}

/* A counting sort, which keeps the order of the files. */
static void sort_points(script *s) {
    size_t slots = s->config.schema->model_count * SCRIPT_SLOTS;
    uint32_t *starts = arena_new_array(s->own, uint32_t, slots + 2);
    uint32_t *order = arena_new_array(s->own, uint32_t, s->point_count);
    for (size_t i = 0; i < s->point_count; i++)
        starts[place_in_order(&s->points[i]) + 2]++;
    for (size_t i = 2; i < slots + 2; i++)
        starts[i] += starts[i - 1];
    for (size_t i = 0; i < s->point_count; i++)
        order[starts[place_in_order(&s->points[i]) + 1]++] = (uint32_t)i;
    s->starts = starts;
    s->order = order;
}

static err *load(script *s) {
    script_loading loading = {0};
    sandbox *box = NULL;
    TRY(read_files(s));
    TRY(open_sandbox(s->own, s, &loading, &box));
    s->points = loading.points;
    s->point_count = loading.point_count;
    s->jobs = loading.jobs;
    s->job_count = loading.job_count;
    s->schedules = loading.schedules;
    s->schedule_count = loading.schedule_count;
    s->function_count = loading.function_count;
    sort_points(s);
    script_pool_init(&s->pool, s, s->config.sandboxes);
    script_pool_give(&s->pool, box);
    return NULL;
}

err *script_load(arena *a, const script_config *config, script **out) {
    arena *own = arena_new();
    script *s = arena_new_array(own, script, 1);
    s->own = own;
    s->config = *config;
    s->config.folder = arena_copy(own, config->folder);
    err *failure = load(s);
    if (failure != NULL) {
        failure =
            err_wrap(a, failure, "%s", arena_copy(a, failure->message).ptr);
        failure->cause = NULL;
        arena_free(own);
        return failure;
    }
    *out = s;
    return NULL;
}

void script_free(script *s) {
    if (s == NULL)
        return;
    script_pool_close(&s->pool);
    arena_free(s->own);
}

const uint32_t *script_points(const script *s, const model *m,
                              hook_action action, hook_time time,
                              size_t *count) {
    const schema *known = s->config.schema;
    *count = 0;
    if (m < known->models || m >= known->models + known->model_count)
        return NULL;
    const uint32_t *start =
        &s->starts[(size_t)m->index * SCRIPT_SLOTS + slot_of(action, time)];
    *count = start[1] - start[0];
    return *count > 0 ? s->order + start[0] : NULL;
}

const script_job *script_find_job(const script *s, str kind) {
    for (size_t i = 0; i < s->job_count; i++)
        if (str_equal(s->jobs[i].kind, kind))
            return &s->jobs[i];
    return NULL;
}
