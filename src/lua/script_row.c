#include "lua/script_row.h"

#include <lauxlib.h>

#include "base/nearest.h"
#include "lua/script_error.h"
#include "lua/script_json.h"
#include "lua/script_transaction.h"
#include "lua/script_value.h"

typedef enum side { BEFORE, AFTER } side;

typedef struct row_view {
    uint64_t run;
    size_t row;
    side side;
} row_view;

typedef struct change_view {
    uint64_t run;
    size_t row;
} change_view;

static const char CONTEXT_KEY = 'c';
static const char CHANGE_KEY = 'h';
static const char ROWS_KEY = 'w';   /* metatables by model and side */
static const char TABLES_KEY = 't'; /* of Json and lists, of this run */

/* ---- Fields -------------------------------------------------------------- */

static err *unknown_field(arena *a, const model *m, str name) {
    nearest n = nearest_to(name);
    for (size_t i = 0; i < m->column_count; i++)
        if (field_is_visible(m->columns[i]))
            nearest_offer(&n, m->columns[i]->name);
    str hint = str_is_empty(n.best)
                   ? (str){0}
                   : arena_printf(a, ", did you mean '%.*s'?", STR_ARG(n.best));
    return err_new(a, ERR_HOOK_FAILED, "model %.*s has no column '%.*s'%.*s",
                   STR_ARG(m->name), STR_ARG(name), STR_ARG(hint));
}

const field *script_row_check_field(lua_State *L, const model *m, int index) {
    str name;
    name.ptr = luaL_checklstring(L, index, &name.len);
    const field *f = model_find_field(m, name);
    if (f == NULL || !field_is_visible(f))
        script_error_blame(L, unknown_field(script_run_of(L)->arena, m, name));
    return f;
}

/* A table from names to 1 + the place among the columns. */
static void push_names(lua_State *L, const model *m) {
    lua_createtable(L, 0, (int)m->column_count);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (!field_is_visible(f))
            continue;
        lua_pushlstring(L, f->name.ptr, f->name.len);
        lua_pushinteger(L, (lua_Integer)i + 1);
        lua_rawset(L, -3);
    }
}

/* The key stands at index 2, the names are the function's first upvalue. */
static const field *check_column(lua_State *L, const model *m) {
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    lua_Integer place = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (UNLIKELY(place == 0))
        return script_row_check_field(L, m, 2);
    return m->columns[place - 1];
}

static script_run *check_run(lua_State *L, uint64_t number) {
    script_run *run = script_run_of(L);
    if (UNLIKELY(number != sandbox_run_number(L)))
        luaL_error(L, "a change is over when its hook has ended");
    return run;
}

/* ---- Tables of Json and lists -------------------------------------------- */

/* Those of a run by this number, so that each cell has one. */
static lua_Integer table_number(const script_run *run, const row_view *v,
                                const field *f) {
    size_t cell = v->row * run->batch->model->column_count + f->column_index;
    return (lua_Integer)(cell * 2 + (v->side == AFTER ? 1 : 0)) + 1;
}

/* Two places for each: the table and, behind it, its text. */
static void push_tables(lua_State *L) {
    sandbox_push_kept(L, &TABLES_KEY);
    if (!lua_isnil(L, -1))
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    sandbox_keep(L, &TABLES_KEY);
}

typedef struct kept_table {
    uint64_t run;
    lua_Integer number;
    size_t row;
    const field *field;
    str text; /* of the run's arena */
    side side;
} kept_table;

/* Puts the table on top of the stack, and what it was, among the tables below
 * it. */
static void keep_table(lua_State *L, const script_run *run, const row_view *v,
                       const field *f) {
    lua_Integer number = table_number(run, v, f);
    kept_table *kept = lua_newuserdata(L, sizeof *kept);
    *kept =
        (kept_table){sandbox_run_number(L), number, v->row, f, {0}, v->side};
    script_error_blame(L, script_json_text_of(run->arena, L, -2, &kept->text));
    lua_rawseti(L, -3, (int)number * 2 + 1);
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, (int)number * 2);
}

static void push_table(lua_State *L, const script_run *run, const row_view *v,
                       const field *f, const value *cell) {
    push_tables(L);
    lua_rawgeti(L, -1, (int)table_number(run, v, f) * 2);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        script_value_push(L, run->arena, f, cell);
        if (lua_istable(L, -1))
            keep_table(L, run, v, f);
    }
    lua_remove(L, -2);
}

/* The table stands on top of the stack. */
static void settle_table(lua_State *L, const script_run *run,
                         const kept_table *kept) {
    str now;
    value v;
    script_error_blame(L, script_json_text_of(run->arena, L, -1, &now));
    if (kept->side == BEFORE || str_equal(now, kept->text))
        return;
    err *e = script_value_of(run->arena, L, lua_gettop(L), kept->field, &v);
    script_error_blame(L, e);
    run->batch->rows[kept->row].after[kept->field->column_index] = v;
}

void script_row_begin(lua_State *L) {
    sandbox_push_kept(L, &TABLES_KEY);
    bool has_failed = !lua_isnil(L, -1);
    lua_pop(L, 1);
    if (LIKELY(!has_failed))
        return;
    lua_pushnil(L);
    sandbox_keep(L, &TABLES_KEY);
}

void script_row_settle(lua_State *L) {
    const script_run *run = script_run_of(L);
    sandbox_push_kept(L, &TABLES_KEY);
    if (LIKELY(lua_isnil(L, -1))) {
        lua_pop(L, 1);
        return;
    }
    int tables = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, tables) != 0) {
        const kept_table *kept = lua_touserdata(L, -1);
        lua_pop(L, 1);
        if (kept == NULL || kept->run != sandbox_run_number(L))
            continue;
        lua_rawgeti(L, tables, (int)kept->number * 2);
        settle_table(L, run, kept);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    lua_pushnil(L);
    sandbox_keep(L, &TABLES_KEY);
}

/* A cell that was set is no longer what its table says. */
static void forget_table(lua_State *L, const script_run *run, const row_view *v,
                         const field *f) {
    lua_Integer number = table_number(run, v, f);
    push_tables(L);
    lua_pushnil(L);
    lua_rawseti(L, -2, (int)number * 2);
    lua_pushnil(L);
    lua_rawseti(L, -2, (int)number * 2 + 1);
    lua_pop(L, 1);
}

/* ---- Rows ---------------------------------------------------------------- */

static const value *cells_of(const script_run *run, size_t row, side which) {
    const hook_row *r = &run->batch->rows[row];
    return which == BEFORE ? r->before : r->after;
}

static bool is_hidden(const script_run *run, const field *f) {
    const bool *reads = run->point->reads;
    return f->is_redacted && (reads == NULL || !reads[f->column_index]);
}

static void push_cell(lua_State *L, const script_run *run, const row_view *v,
                      const field *f) {
    const value *cell = &cells_of(run, v->row, v->side)[f->column_index];
    if (UNLIKELY(script_value_is_table(f)))
        push_table(L, run, v, f, cell);
    else
        script_value_push(L, run->arena, f, cell);
}

static int row_index(lua_State *L) {
    const row_view *v = lua_touserdata(L, 1);
    const script_run *run = check_run(L, v->run);
    const field *f = check_column(L, run->batch->model);
    if (UNLIKELY(is_hidden(run, f)))
        return luaL_error(L,
                          "%s is redacted: a hook that needs it says "
                          "{reads = {'%s'}}",
                          lua_tostring(L, 2), lua_tostring(L, 2));
    push_cell(L, run, v, f);
    return 1;
}

static int row_set(lua_State *L) {
    const row_view *v = lua_touserdata(L, 1);
    const script_run *run = check_run(L, v->run);
    const field *f = check_column(L, run->batch->model);
    value new;
    if (v->side == BEFORE || run->batch->time != HOOK_BEFORE)
        return luaL_error(L, "only 'after' of a before hook can be written to");
    if (f->is_password)
        return luaL_error(L, "a hook cannot set a password");
    script_transaction_take_no_cells(L);
    script_error_blame(L, script_value_of(run->arena, L, 3, f, &new));
    run->batch->rows[v->row].after[f->column_index] = new;
    if (UNLIKELY(script_value_is_table(f)))
        forget_table(L, run, v, f);
    return 0;
}

/* With what a row of the model and side looks like. */
static void push_row_looks(lua_State *L, const model *m, side which) {
    int number = (int)m->index * 2 + (which == AFTER ? 1 : 0) + 1;
    sandbox_push_kept(L, &ROWS_KEY);
    lua_rawgeti(L, -1, number);
    if (UNLIKELY(lua_isnil(L, -1))) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 3);
        push_names(L, m);
        lua_pushvalue(L, -1);
        lua_pushcclosure(L, row_index, 1);
        lua_setfield(L, -3, "__index");
        lua_pushcclosure(L, row_set, 1);
        lua_setfield(L, -2, "__newindex");
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, number);
    }
    lua_remove(L, -2);
}

static void push_row(lua_State *L, const script_run *run, size_t row,
                     side which) {
    if (cells_of(run, row, which) == NULL) {
        lua_pushnil(L);
        return;
    }
    row_view *v = lua_newuserdata(L, sizeof *v);
    *v = (row_view){sandbox_run_number(L), row, which};
    push_row_looks(L, run->batch->model, which);
    lua_setmetatable(L, -2);
}

static bool has_looks_of(lua_State *L, const model *m, side which) {
    push_row_looks(L, m, which);
    bool is_same = lua_rawequal(L, -1, -2);
    lua_pop(L, 1);
    return is_same;
}

static bool is_row(lua_State *L, const script_run *run) {
    if (run->batch == NULL || lua_touserdata(L, 1) == NULL ||
        !lua_getmetatable(L, 1))
        return false;
    const model *m = run->batch->model;
    bool is_one = has_looks_of(L, m, AFTER) || has_looks_of(L, m, BEFORE);
    lua_pop(L, 1);
    return is_one;
}

/* The row at index 1, as a table. What is hidden is not in it. */
static int row_fields(lua_State *L) {
    const script_run *run = script_run_of(L);
    if (!is_row(L, run))
        return luaL_error(L, "this is no row of a change");
    const row_view *v = lua_touserdata(L, 1);
    check_run(L, v->run);
    const model *m = run->batch->model;
    lua_createtable(L, 0, (int)m->column_count);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (!field_is_visible(f) || is_hidden(run, f))
            continue;
        lua_pushlstring(L, f->name.ptr, f->name.len);
        push_cell(L, run, v, f);
        lua_rawset(L, -3);
    }
    return 1;
}

/* ---- Changes ------------------------------------------------------------- */

static bool is_same(const value *x, const value *y) {
    if (x->kind != y->kind)
        return false;
    switch (x->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        return true;
    case VALUE_BOOL:
        return x->boolean == y->boolean;
    case VALUE_INT:
        return x->integer == y->integer;
    case VALUE_FLOAT:
        return x->real == y->real;
    case VALUE_TEXT:
    case VALUE_BYTES:
        return str_equal(x->text, y->text);
    }
    return false;
}

static void push_side(lua_State *L, const script_run *run, const field *f,
                      const value *cells, const char *name) {
    if (cells == NULL)
        return;
    script_value_push(L, run->arena, f, &cells[f->column_index]);
    lua_setfield(L, -2, name);
}

static void push_changes(lua_State *L, const script_run *run, size_t row) {
    static const value NOTHING = {.kind = VALUE_NULL};
    const hook_row *r = &run->batch->rows[row];
    const model *m = run->batch->model;
    lua_newtable(L);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (!field_is_visible(f) || is_hidden(run, f) ||
            is_same(r->before != NULL ? &r->before[i] : &NOTHING,
                    r->after != NULL ? &r->after[i] : &NOTHING))
            continue;
        lua_pushlstring(L, f->name.ptr, f->name.len);
        lua_createtable(L, 0, 2);
        push_side(L, run, f, r->before, "from");
        push_side(L, run, f, r->after, "to");
        lua_rawset(L, -3);
    }
}

static int change_index(lua_State *L) {
    const change_view *v = lua_touserdata(L, 1);
    const script_run *run = check_run(L, v->run);
    str name;
    name.ptr = luaL_checklstring(L, 2, &name.len);
    if (str_equal(name, STR("after")))
        push_row(L, run, v->row, AFTER);
    else if (str_equal(name, STR("before")))
        push_row(L, run, v->row, BEFORE);
    else if (str_equal(name, STR("changes")))
        push_changes(L, run, v->row);
    else if (str_equal(name, STR("row")))
        lua_pushinteger(L, (lua_Integer)v->row + 1);
    else
        return luaL_error(L,
                          "a change has before, after, changes and row, not "
                          "'%s'",
                          name.ptr);
    return 1;
}

static int refuse_set(lua_State *L) {
    return luaL_error(L, "this cannot be written to: fields of change.after "
                         "can");
}

void script_row_push_change(lua_State *L, size_t row) {
    change_view *v = lua_newuserdata(L, sizeof *v);
    *v = (change_view){sandbox_run_number(L), row};
    sandbox_push_kept(L, &CHANGE_KEY);
    lua_setmetatable(L, -2);
}

size_t script_row_of(lua_State *L, int index) {
    const script_run *run = script_run_of(L);
    if (lua_isnoneornil(L, index))
        return run->row;
    const change_view *v = lua_touserdata(L, index);
    bool has_kind = v != NULL && lua_getmetatable(L, index);
    if (has_kind)
        sandbox_push_kept(L, &CHANGE_KEY);
    if (!has_kind || !lua_rawequal(L, -1, -2))
        return (size_t)luaL_argerror(L, index, "expected a change");
    lua_pop(L, 2);
    check_run(L, v->run);
    return v->row;
}

/* ---- The context --------------------------------------------------------- */

static void set_text(lua_State *L, const char *name, str text) {
    if (str_is_empty(text))
        return;
    lua_pushlstring(L, text.ptr, text.len);
    lua_setfield(L, -2, name);
}

static void push_principal(lua_State *L, const caller *c) {
    static const char *const KINDS[] = {
        [PRINCIPAL_ANONYMOUS] = "anonymous",
        [PRINCIPAL_OPERATOR] = "operator",
        [PRINCIPAL_SYSTEM] = "system",
    };
    lua_createtable(L, 0, 3);
    lua_pushstring(L, KINDS[c->principal.kind]);
    lua_setfield(L, -2, "kind");
    if (c->origin == NULL)
        return;
    set_text(L, "user", c->origin->user_id);
    set_text(L, "token", c->origin->token_id);
    set_text(L, "organization", c->origin->organization_id);
    set_text(L, "space", c->origin->space_id);
}

static void push_request(lua_State *L, const caller *c) {
    lua_createtable(L, 0, 4);
    if (c->origin == NULL)
        return;
    set_text(L, "id", c->origin->request_id);
    set_text(L, "address", c->origin->ip_address);
    set_text(L, "agent", c->origin->user_agent);
    set_text(L, "reason", c->origin->reason);
}

static const char *const ACTIONS[] = {
    [HOOK_CREATE] = "create",
    [HOOK_UPDATE] = "update",
    [HOOK_DELETE] = "delete",
    [HOOK_READ] = "read",
};

static int context_index(lua_State *L) {
    const change_view *v = lua_touserdata(L, 1);
    const script_run *run = check_run(L, v->run);
    str name;
    name.ptr = luaL_checklstring(L, 2, &name.len);
    if (str_equal(name, STR("principal")))
        push_principal(L, run->caller);
    else if (str_equal(name, STR("request")))
        push_request(L, run->caller);
    else if (run->batch != NULL && str_equal(name, STR("model")))
        lua_pushlstring(L, run->batch->model->name.ptr,
                        run->batch->model->name.len);
    else if (run->batch != NULL && str_equal(name, STR("action")))
        lua_pushstring(L, ACTIONS[run->batch->action]);
    else
        return luaL_error(L,
                          "a context has principal, request, model and "
                          "action, not '%s'",
                          name.ptr);
    return 1;
}

void script_row_push_context(lua_State *L) {
    change_view *v = lua_newuserdata(L, sizeof *v);
    *v = (change_view){.run = sandbox_run_number(L)};
    sandbox_push_kept(L, &CONTEXT_KEY);
    lua_setmetatable(L, -2);
}

/* ---- Once for a sandbox -------------------------------------------------- */

static void keep_looks(lua_State *L, lua_CFunction index, const char *place) {
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_set);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    sandbox_keep(L, place);
}

void script_row_prepare(lua_State *L) {
    keep_looks(L, context_index, &CONTEXT_KEY);
    keep_looks(L, change_index, &CHANGE_KEY);
    lua_newtable(L);
    sandbox_keep(L, &ROWS_KEY);
    sandbox_set_fields(L, row_fields);
    lua_pushcfunction(L, row_fields);
    lua_setfield(L, -2, "fields");
}
