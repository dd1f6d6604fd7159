#include "lua/script_data.h"

#include <lauxlib.h>

#include "base/nearest.h"
#include "core/mutation_engine.h"
#include "core/planner.h"
#include "core/policy.h"
#include "lua/script_error.h"
#include "lua/script_filter.h"
#include "lua/script_row.h"
#include "lua/script_run.h"
#include "lua/script_transaction.h"
#include "lua/script_value.h"

enum {
    DEFAULT_LIMIT = 1000,
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
    if (run->caller == NULL)
        luaL_error(L, "rows are read and written when a hook runs, not while "
                      "its file is loaded");
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

/* ---- Columns ------------------------------------------------------------- */

typedef struct selection {
    query_column *columns;
    size_t count;
} selection;

static void add_column(lua_State *L, selection *s, const field *f) {
    query_column column = query_column_of(f);
    ARENA_PUSH(arena_of(L), s->columns, s->count, column);
}

static selection select_all(lua_State *L, const caller *c, const model *m) {
    selection s = {0};
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (field_is_visible(f) && policy_shows(c, f) && !f->is_omitted &&
            !f->is_redacted)
            add_column(L, &s, f);
    }
    return s;
}

static selection check_selection(lua_State *L, int index, const caller *c,
                                 const model *m) {
    selection s = {0};
    if (lua_isnoneornil(L, index))
        return select_all(L, c, m);
    luaL_checktype(L, index, LUA_TTABLE);
    for (int i = 1; i <= (int)lua_objlen(L, index); i++) {
        lua_rawgeti(L, index, i);
        add_column(L, &s, script_row_check_field(L, m, lua_gettop(L)));
        lua_pop(L, 1);
    }
    if (s.count == 0)
        luaL_error(L, "select names at least one column");
    return s;
}

void script_data_push_row(lua_State *L, const query_column *columns,
                          size_t count, const value *cells) {
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        const field *f = columns[i].field;
        lua_pushlstring(L, f->name.ptr, f->name.len);
        script_value_push(L, arena_of(L), f, &cells[i]);
        lua_rawset(L, -3);
    }
    sandbox_spend(L, (int64_t)count * 4);
}

static void push_rows(lua_State *L, const query_column *columns, size_t count,
                      const value *rows, size_t row_count) {
    lua_createtable(L, (int)row_count, 0);
    for (size_t i = 0; i < row_count; i++) {
        script_data_push_row(L, columns, count, &rows[i * count]);
        lua_rawseti(L, -2, (int)i + 1);
    }
}

/* ---- Options ------------------------------------------------------------- */

static const str OPTIONS[] = {
    STR_INIT("where"),  STR_INIT("order_by"), STR_INIT("limit"),
    STR_INIT("offset"), STR_INIT("select"),
};

static void check_options(lua_State *L, int index) {
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        bool is_known = false;
        lua_pop(L, 1);
        str name = {0};
        if (lua_type(L, -1) == LUA_TSTRING)
            name.ptr = lua_tolstring(L, -1, &name.len);
        nearest n = nearest_to(name);
        for (size_t i = 0; i < LENGTH(OPTIONS); i++) {
            is_known = is_known || str_equal(OPTIONS[i], name);
            nearest_offer(&n, OPTIONS[i]);
        }
        if (!is_known)
            luaL_error(L, "unknown option '%s'%s%s",
                       name.len > 0 ? name.ptr : "?",
                       str_is_empty(n.best) ? "" : ", did you mean ",
                       str_is_empty(n.best) ? "" : n.best.ptr);
    }
}

/* Pushes it. */
static int option(lua_State *L, int index, const char *name) {
    lua_pushstring(L, name);
    lua_rawget(L, index);
    return lua_gettop(L);
}

static int64_t number_option(lua_State *L, int index, const char *name,
                             int64_t fallback) {
    int at = option(L, index, name);
    lua_Number n = luaL_optnumber(L, at, (lua_Number)fallback);
    lua_pop(L, 1);
    if (!(n >= 0 && n <= 1e9))
        luaL_error(L, "%s is a number from 0 on", name);
    return (int64_t)n;
}

/* "title desc" */
static void add_order(lua_State *L, int index, const model *m, query *q) {
    query_order *order = NULL;
    str word;
    word.ptr = luaL_checklstring(L, index, &word.len);
    str rest = word;
    str name = str_split(&rest, ' ');
    bool is_descending = str_equal(rest, STR("desc"));
    if (!is_descending && !str_is_empty(rest) && !str_equal(rest, STR("asc")))
        luaL_error(L, "order_by is a column, with asc or desc behind it");
    lua_pushlstring(L, name.ptr, name.len);
    query_order one = {.field = script_row_check_field(L, m, lua_gettop(L)),
                       .is_descending = is_descending};
    lua_pop(L, 1);
    for (size_t i = 0, count = 0; i < q->order_count; i++)
        ARENA_PUSH(arena_of(L), order, count, q->order[i]);
    ARENA_PUSH(arena_of(L), order, q->order_count, one);
    q->order = order;
}

static void check_order(lua_State *L, int index, const model *m, query *q) {
    if (lua_isnil(L, index))
        return;
    if (!lua_istable(L, index)) {
        add_order(L, index, m, q);
        return;
    }
    for (int i = 1; i <= (int)lua_objlen(L, index); i++) {
        lua_rawgeti(L, index, i);
        add_order(L, lua_gettop(L), m, q);
        lua_pop(L, 1);
    }
}

/* ---- Reading ------------------------------------------------------------- */

static value copy_cell(arena *a, const value *v) {
    value copy = *v;
    if (v->kind == VALUE_TEXT || v->kind == VALUE_BYTES)
        copy.text = arena_copy(a, v->text);
    return copy;
}

/* All of them are read before Lua gets any: an error of Lua would leave the
 * read open. */
static err *read_rows(const caller *c, const query *q, value **out,
                      size_t *row_count) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    size_t count = 0;
    *out = NULL;
    *row_count = 0;
    TRY(planner_read(c, q, &rows));
    while (planner_next(rows)) {
        for (size_t i = 0; i < q->column_count; i++) {
            value cell = copy_cell(c->arena, &rows->values[i]);
            ARENA_PUSH(c->arena, *out, count, cell);
        }
        ++*row_count;
    }
    return planner_end(rows);
}

static void push_read(lua_State *L, const caller *c, const query *q) {
    value *rows;
    size_t count;
    script_error_check(L, read_rows(c, q, &rows, &count));
    push_rows(L, q->columns, q->column_count, rows, count);
}

static int data_query(lua_State *L) {
    drop_self(L);
    const caller *c = script_data_caller(L);
    const model *m = script_check_model(L, 1);
    query q = {.model = m, .limit = DEFAULT_LIMIT};
    selection s;
    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        s = select_all(L, c, m);
    } else {
        check_options(L, 2);
        q.where = script_filter_check(L, option(L, 2, "where"), m);
        check_order(L, option(L, 2, "order_by"), m, &q);
        q.limit = number_option(L, 2, "limit", DEFAULT_LIMIT);
        q.offset = number_option(L, 2, "offset", 0);
        s = check_selection(L, option(L, 2, "select"), c, m);
    }
    q.columns = s.columns;
    q.column_count = s.count;
    push_read(L, c, &q);
    return 1;
}

static int data_get(lua_State *L) {
    drop_self(L);
    const caller *c = script_data_caller(L);
    const model *m = script_check_model(L, 1);
    selection s = check_selection(L, 3, c, m);
    query q = {.model = m,
               .where = script_filter_check(L, 2, m),
               .columns = s.columns,
               .column_count = s.count,
               .limit = 1};
    push_read(L, c, &q);
    lua_rawgeti(L, -1, 1);
    return 1;
}

/* ---- Writing ------------------------------------------------------------- */

static void return_rows(lua_State *L, const caller *c, mutation *m) {
    if (!policy_allows(c, m->model, OPERATION_READ))
        return;
    selection s = select_all(L, c, m->model);
    m->returning = s.columns;
    m->returning_count = s.count;
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
    push_rows(L, m->returning, m->returning_count, made.rows, made.row_count);
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
    push_rows(L, m->returning, m->returning_count, made.rows,
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
