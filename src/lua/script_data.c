#include "lua/script_data.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "core/mutation_engine.h"
#include "core/policy.h"
#include "lua/script_error.h"
#include "lua/script_filter.h"
#include "lua/script_query.h"
#include "lua/script_row.h"
#include "lua/script_run.h"
#include "lua/script_transaction.h"
#include "lua/script_value.h"

enum {
    MAX_WRITTEN = 10000, /* rows of one create */
};

static arena *arena_of(lua_State *L) {
    return script_run_of(L)->arena;
}

/* ---- Who ----------------------------------------------------------------- */

static void become_system(caller *c, str reason) {
    change_origin *origin = arena_new_array(c->arena, change_origin, 1);
    if (c->origin != NULL)
        *origin = *c->origin;
    origin->reason = arena_copy(c->arena, reason);
    c->origin = origin;
    c->principal = (principal){.kind = PRINCIPAL_SYSTEM};
}

const caller *script_data_caller_for(lua_State *L, int reason) {
    const script_run *run = script_run_of(L);
    if (run->caller == NULL) {
        luaL_error(L, "rows are read and written when a hook runs, not while "
                      "its file is loaded");
        return NULL;
    }
    caller *c = arena_new_array(run->arena, caller, 1);
    *c = *run->caller;
    c->hook_depth++;
    c->times = NULL;
    c->deleted = DELETED_LEFT_OUT;
    if (!lua_isnil(L, reason)) {
        str text;
        text.ptr = lua_tolstring(L, reason, &text.len);
        become_system(c, text);
    }
    return c;
}

const caller *script_data_caller(lua_State *L) {
    script_transaction_take_no_cells(L);
    return script_data_caller_for(L, lua_upvalueindex(1));
}

/* Functions of as_system are called with a colon. */
static void drop_self(lua_State *L) {
    if (!lua_isnil(L, lua_upvalueindex(1)))
        lua_remove(L, 1);
}

/* What a transaction writes goes through its tx. */
static void refuse_in_transaction(lua_State *L) {
    if (script_run_of(L)->transaction != NULL)
        luaL_error(L, "within a transaction rows are written by its tx: "
                      "tx:create(...)");
}

/* ---- Reading ------------------------------------------------------------- */

static int data_query(lua_State *L) {
    drop_self(L);
    script_query_list(L, script_data_caller(L), 1);
    return 1;
}

static int data_get(lua_State *L) {
    drop_self(L);
    script_query_one(L, script_data_caller(L), 1);
    return 1;
}

/* ---- Writing ------------------------------------------------------------- */

static void return_rows(lua_State *L, const caller *c, mutation *m) {
    if (!policy_allows(c, m->model, OPERATION_READ))
        return;
    m->returning = script_query_columns(L, c, m->model, &m->returning_count);
}

static mutation *new_mutation(lua_State *L, mutation_kind kind, int index) {
    mutation *m = arena_new_array(arena_of(L), mutation, 1);
    m->kind = kind;
    m->model = script_check_model(L, index);
    m->max_rows = MUTATION_ANY_COUNT;
    m->row_count = 1;
    return m;
}

/* The columns that some row has, in the order of the model. */
static void collect_fields(lua_State *L, int index, const model *m,
                           bool *is_given) {
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "a row is a table with names of columns");
        is_given[script_row_check_field(L, m, lua_gettop(L))->column_index] =
            true;
    }
}

static void take_fields(lua_State *L, mutation *m, const bool *is_given) {
    const field **fields = NULL;
    for (size_t i = 0; i < m->model->column_count; i++)
        if (is_given[i])
            ARENA_PUSH(arena_of(L), fields, m->field_count,
                       m->model->columns[i]);
    m->fields = fields;
}

static void read_row(lua_State *L, int index, const mutation *m, value *cells) {
    ASSERT(m->fields != NULL || m->field_count == 0);
    for (size_t i = 0; i < m->field_count; i++) {
        const field *f = m->fields[i];
        lua_pushlstring(L, f->name.ptr, f->name.len);
        lua_rawget(L, index);
        cells[i] = (value){.kind = VALUE_DEFAULT};
        if (!lua_isnil(L, -1)) {
            err *e =
                script_value_of(arena_of(L), L, lua_gettop(L), f, &cells[i]);
            script_error_blame(L, e);
        }
        lua_pop(L, 1);
    }
}

mutation *script_data_check_create(lua_State *L, const caller *c, int index) {
    mutation *m = new_mutation(L, MUTATION_INSERT, index);
    bool *is_given = arena_new_array(arena_of(L), bool, m->model->column_count);
    int rows = index + 1;
    luaL_checktype(L, rows, LUA_TTABLE);
    size_t listed = lua_objlen(L, rows);
    if (listed > MAX_WRITTEN)
        luaL_error(L, "%d rows at once are the most", MAX_WRITTEN);
    m->row_count = listed > 0 ? listed : 1;
    for (size_t i = 0; i < m->row_count; i++) {
        lua_pushvalue(L, rows);
        if (listed > 0)
            lua_rawgeti(L, rows, (int)i + 1);
        collect_fields(L, lua_gettop(L), m->model, is_given);
        lua_settop(L, rows);
    }
    take_fields(L, m, is_given);
    value *cells =
        arena_new_array(arena_of(L), value, m->row_count * m->field_count);
    for (size_t i = 0; i < m->row_count; i++) {
        lua_pushvalue(L, rows);
        if (listed > 0)
            lua_rawgeti(L, rows, (int)i + 1);
        read_row(L, lua_gettop(L), m, cells + i * m->field_count);
        lua_settop(L, rows);
    }
    m->values = cells;
    return_rows(L, c, m);
    return m;
}

/* Which rows is said, be it {} for all. */
static void check_where(lua_State *L, mutation *m, int index) {
    if (!lua_istable(L, index))
        luaL_argerror(L, index, "which rows: a filter, {} for all");
    m->where = script_filter_check(L, index, m->model);
}

mutation *script_data_check_update(lua_State *L, const caller *c, int index) {
    mutation *m = new_mutation(L, MUTATION_UPDATE, index);
    bool *is_given = arena_new_array(arena_of(L), bool, m->model->column_count);
    check_where(L, m, index + 1);
    collect_fields(L, index + 2, m->model, is_given);
    take_fields(L, m, is_given);
    if (m->field_count == 0)
        luaL_argerror(L, index + 2, "what to set");
    value *cells = arena_new_array(arena_of(L), value, m->field_count);
    read_row(L, index + 2, m, cells);
    m->values = cells;
    return_rows(L, c, m);
    return m;
}

mutation *script_data_check_delete(lua_State *L, const caller *c, int index) {
    (void)c;
    mutation *m = new_mutation(L, MUTATION_DELETE, index);
    check_where(L, m, index + 1);
    return m;
}

static void write(lua_State *L, const caller *c, const mutation *m,
                  mutation_result *out) {
    err *e = mutation_engine_run(c, m, out);
    script_error_check(L, e);
}

static int data_create(lua_State *L) {
    mutation_result made;
    drop_self(L);
    refuse_in_transaction(L);
    const caller *c = script_data_caller(L);
    bool is_list = lua_istable(L, 2) && lua_objlen(L, 2) > 0;
    const mutation *m = script_data_check_create(L, c, 1);
    write(L, c, m, &made);
    if (m->returning_count == 0)
        return 0;
    script_query_push_rows(L, m->returning, m->returning_count, made.rows,
                           made.row_count);
    if (!is_list)
        lua_rawgeti(L, -1, 1);
    return 1;
}

static int data_update(lua_State *L) {
    mutation_result made;
    drop_self(L);
    refuse_in_transaction(L);
    const caller *c = script_data_caller(L);
    const mutation *m = script_data_check_update(L, c, 1);
    write(L, c, m, &made);
    script_query_push_rows(L, m->returning, m->returning_count, made.rows,
                           m->returning_count > 0 ? made.row_count : 0);
    return 1;
}

static int data_delete(lua_State *L) {
    mutation_result made;
    drop_self(L);
    refuse_in_transaction(L);
    const caller *c = script_data_caller(L);
    const mutation *m = script_data_check_delete(L, c, 1);
    write(L, c, m, &made);
    lua_pushnumber(L, (lua_Number)made.affected);
    return 1;
}

/* ---- The functions ------------------------------------------------------- */

/* The reason stands on top of the stack, or nil; the table below it. */
static void add_all(lua_State *L) {
    static const struct luaL_Reg FUNCTIONS[] = {
        {"query", data_query},   {"get", data_get},
        {"create", data_create}, {"update", data_update},
        {"delete", data_delete},
    };
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        lua_pushvalue(L, -1);
        lua_pushcclosure(L, FUNCTIONS[i].func, 1);
        lua_setfield(L, -3, FUNCTIONS[i].name);
    }
    lua_pop(L, 1);
}

static int as_system(lua_State *L) {
    size_t len;
    luaL_checklstring(L, 1, &len);
    if (len == 0)
        return luaL_error(L, "as_system says why, for the audit log");
    lua_newtable(L);
    lua_pushvalue(L, 1);
    add_all(L);
    lua_pushvalue(L, 1);
    script_transaction_add_for(L);
    return 1;
}

void script_data_add_functions(lua_State *L) {
    lua_pushnil(L);
    add_all(L);
    lua_pushcfunction(L, as_system);
    lua_setfield(L, -2, "as_system");
}
