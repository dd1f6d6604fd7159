#include "lua/script_refuse.h"

#include <lauxlib.h>

#include "base/utf8.h"
#include "core/hook_refusal.h"
#include "lua/script_error.h"
#include "lua/script_row.h"

static str check_message(lua_State *L, int index) {
    str text;
    text.ptr = luaL_checklstring(L, index, &text.len);
    if (!utf8_is_valid(text))
        luaL_argerror(L, index, "the text is not valid UTF-8");
    return arena_copy(script_run_of(L)->arena, text);
}

static int refuse(lua_State *L) {
    script_run *run = script_run_of(L);
    str why = check_message(L, 1);
    script_error_raise(
        L, err_new(run->arena, ERR_HOOK_REFUSED, "%.*s", STR_ARG(why)));
}

static hook_batch *check_batch(lua_State *L) {
    hook_batch *batch = script_run_of(L)->batch;
    if (batch == NULL || batch->row_count == 0)
        luaL_error(L, "tenon.invalid is for hooks that see rows");
    return batch;
}

/* From names to texts, at index 1; the row at index 2. In the order of the
 * columns. */
static void read_problems(lua_State *L, const model *m, hook_problem *out,
                          size_t *count) {
    size_t row = script_row_of(L, 2);
    arena *a = script_run_of(L)->arena;
    const str **about = arena_new_array(a, const str *, m->column_count);
    lua_pushnil(L);
    while (lua_next(L, 1) != 0) {
        luaL_checktype(L, lua_gettop(L) - 1, LUA_TSTRING);
        const field *f = script_row_check_field(L, m, lua_gettop(L) - 1);
        str *message = arena_new_array(a, str, 1);
        *message = check_message(L, lua_gettop(L));
        about[f->column_index] = message;
        lua_pop(L, 1);
    }
    for (size_t i = 0; i < m->column_count; i++)
        if (about[i] != NULL)
            out[(*count)++] = (hook_problem){row, m->columns[i], *about[i]};
}

static int invalid(lua_State *L) {
    script_run *run = script_run_of(L);
    hook_batch *batch = check_batch(L);
    const model *m = batch->model;
    hook_problem *problems =
        arena_new_array(run->arena, hook_problem, m->column_count + 1);
    size_t count = 0;
    if (lua_istable(L, 1)) {
        read_problems(L, m, problems, &count);
    } else {
        const field *f =
            lua_isnil(L, 1) ? NULL : script_row_check_field(L, m, 1);
        problems[count++] =
            (hook_problem){script_row_of(L, 3), f, check_message(L, 2)};
    }
    if (count == 0)
        return luaL_error(L, "tenon.invalid names at least one column");
    script_error_raise(
        L, hook_refusal_of_fields(run->arena, batch, problems, count));
}

void script_refuse_add_functions(lua_State *L) {
    lua_pushcfunction(L, refuse);
    lua_setfield(L, -2, "refuse");
    lua_pushcfunction(L, invalid);
    lua_setfield(L, -2, "invalid");
}
