#include "lua/script_transaction.h"

#include <lauxlib.h>

#include "core/job.h"
#include "core/mutation_engine.h"
#include "lua/script_data.h"
#include "lua/script_error.h"
#include "lua/script_job.h"
#include "lua/script_query.h"
#include "lua/script_row.h"
#include "lua/script_run.h"

enum { MAX_WRITES = 1000 };

struct script_transaction {
    const caller *caller;
    const mutation **wanted;
    size_t count;
    mutation_result *results; /* NULL: it has not run */
    bool has_jobs;
    bool takes_cells; /* what is read now is one of its writes */
    bool has_cells;   /* and it has some */
};

/* What a script holds: the transaction, and one thing that it writes. */
typedef struct handle {
    uint64_t run;
    script_transaction *transaction;
    size_t place;
} handle;

/* A column of the first row of that. */
typedef struct cell_view {
    uint64_t run;
    const script_transaction *transaction;
    value_cell cell;
} cell_view;

static const char TX_KEY = 'x';
static const char WRITTEN_KEY = 'y';
static const char CELL_KEY = 'z';
static const char FACTORY_KEY = 'q';

/* What calls a function of a script is written in Lua (sandbox.h). */
static const char FACTORY[] =
    "local begin, commit, abandon, pcall, error = ...\n"
    "return function(reason)\n"
    "  return function(self, fn)\n"
    "    local tx = begin(reason, fn or self)\n"
    "    local ok, result = pcall(fn or self, tx)\n"
    "    if not ok then abandon(tx) error(result, 0) end\n"
    "    commit(tx)\n"
    "    return result\n"
    "  end\n"
    "end\n";

static bool has_looks(lua_State *L, int index, const char *looks) {
    if (lua_touserdata(L, index) == NULL || !lua_getmetatable(L, index))
        return false;
    sandbox_push_kept(L, looks);
    bool is_same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is_same;
}

static const handle *check_handle(lua_State *L, int index, const char *looks) {
    if (!has_looks(L, index, looks))
        luaL_argerror(L, index, "not what a transaction gave");
    const handle *h = lua_touserdata(L, index);
    if (h->run != sandbox_run_number(L))
        luaL_argerror(L, index, "of a hook that has ended");
    return h;
}

static void push_handle(lua_State *L, script_transaction *t, size_t place,
                        const char *looks) {
    handle *h = lua_newuserdata(L, sizeof *h);
    *h = (handle){sandbox_run_number(L), t, place};
    sandbox_push_kept(L, looks);
    lua_setmetatable(L, -2);
}

/* ---- The transaction ----------------------------------------------------- */

/* begin(reason, fn) */
static int begin(lua_State *L) {
    script_run *run = script_run_of(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    if (run->transaction != NULL)
        return luaL_error(L, "a transaction within a transaction");
    script_transaction *t = arena_new_array(run->arena, script_transaction, 1);
    t->caller = script_data_caller_for(L, 1);
    run->transaction = t;
    push_handle(L, t, 0, &TX_KEY);
    return 1;
}

static int abandon(lua_State *L) {
    script_run_of(L)->transaction = NULL;
    return 0;
}

static err *run_all(script_transaction *t) {
    size_t failed_at;
    mutation_result *results =
        arena_new_array(t->caller->arena, mutation_result, t->count);
    TRY(mutation_engine_run_all(t->caller, t->wanted, t->count, results,
                                &failed_at));
    t->results = results;
    if (t->has_jobs)
        job_wake(t->caller->app);
    return NULL;
}

static int commit(lua_State *L) {
    script_transaction *t = check_handle(L, 1, &TX_KEY)->transaction;
    script_run_of(L)->transaction = NULL;
    script_error_check(L, run_all(t));
    return 0;
}

/* ---- What is to be written ----------------------------------------------- */

static script_transaction *check_open(lua_State *L) {
    script_transaction *t = check_handle(L, 1, &TX_KEY)->transaction;
    if (t != script_run_of(L)->transaction)
        luaL_error(L, "this transaction has ended");
    if (t->count >= MAX_WRITES)
        luaL_error(L, "a transaction has %d writes at most", MAX_WRITES);
    t->takes_cells = true;
    t->has_cells = false;
    return t;
}

static int add(lua_State *L, script_transaction *t, const mutation *m) {
    t->takes_cells = false;
    ARENA_PUSH(script_run_of(L)->arena, t->wanted, t->count, m);
    push_handle(L, t, t->count - 1, &WRITTEN_KEY);
    return 1;
}

static int add_with_cells(lua_State *L, script_transaction *t, mutation *m) {
    m->refers_back = t->has_cells;
    return add(L, t, m);
}

static int tx_create(lua_State *L) {
    script_transaction *t = check_open(L);
    return add_with_cells(L, t, script_data_check_create(L, t->caller, 2));
}

static int tx_update(lua_State *L) {
    script_transaction *t = check_open(L);
    return add_with_cells(L, t, script_data_check_update(L, t->caller, 2));
}

static int tx_delete(lua_State *L) {
    script_transaction *t = check_open(L);
    return add_with_cells(L, t, script_data_check_delete(L, t->caller, 2));
}

static int tx_enqueue(lua_State *L) {
    script_transaction *t = check_open(L);
    const mutation *m = NULL;
    job_wanted wanted = script_job_check_wanted(L, 2);
    script_error_check(L, job_mutation(t->caller, &wanted, 1, &m));
    t->has_jobs = true;
    add(L, t, m);
    return 0;
}

void script_transaction_take_no_cells(lua_State *L) {
    script_transaction *t = script_run_of(L)->transaction;
    if (t != NULL)
        t->takes_cells = false;
}

/* ---- What came of it ----------------------------------------------------- */

static size_t check_column(lua_State *L, const mutation *m) {
    const field *f = script_row_check_field(L, m->model, 2);
    for (size_t i = 0; i < m->returning_count; i++)
        if (m->returning[i].field == f)
            return i;
    luaL_error(L,
               "%s is not handed back: it is redacted, or the caller may "
               "not read it",
               lua_tostring(L, 2));
    return 0;
}

static int written_index(lua_State *L) {
    const handle *h = check_handle(L, 1, &WRITTEN_KEY);
    const script_transaction *t = h->transaction;
    const mutation *m = t->wanted[h->place];
    size_t column = check_column(L, m);
    if (t->results == NULL) {
        if (m->kind != MUTATION_INSERT || m->row_count != 1)
            return luaL_error(L, "only what creates one row is known before "
                                 "the transaction has run");
        cell_view *v = lua_newuserdata(L, sizeof *v);
        *v = (cell_view){h->run, t, {(uint32_t)h->place, 0, (uint32_t)column}};
        sandbox_push_kept(L, &CELL_KEY);
        lua_setmetatable(L, -2);
        return 1;
    }
    const mutation_result *result = &t->results[h->place];
    if (result->row_count == 0)
        return 0;
    script_query_push_row(L, &m->returning[column], 1, &result->rows[column]);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    return 1;
}

/* tenon.result(handle) */
static int result_of(lua_State *L) {
    const handle *h = check_handle(L, 1, &WRITTEN_KEY);
    const script_transaction *t = h->transaction;
    const mutation *m = t->wanted[h->place];
    if (t->results == NULL)
        return luaL_error(L, "the transaction has not run yet");
    const mutation_result *result = &t->results[h->place];
    size_t rows = m->returning_count > 0 ? result->row_count : 0;
    lua_createtable(L, 0, 2);
    lua_pushnumber(L, (lua_Number)result->affected);
    lua_setfield(L, -2, "count");
    lua_createtable(L, (int)rows, 0);
    for (size_t i = 0; i < rows; i++) {
        script_query_push_row(L, m->returning, m->returning_count,
                              &result->rows[i * m->returning_count]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, "rows");
    return 1;
}

bool script_transaction_cell(lua_State *L, int index, value_cell *out) {
    if (!has_looks(L, index, &CELL_KEY))
        return false;
    const cell_view *v = lua_touserdata(L, index);
    script_transaction *t = script_run_of(L)->transaction;
    bool is_inside = v->run == sandbox_run_number(L) && t != NULL &&
                     v->transaction == t && t->takes_cells;
    if (is_inside) {
        t->has_cells = true;
        *out = v->cell;
    } else {
        luaL_error(L, "what a transaction creates is known behind it; within "
                      "it, only its tx takes it");
    }
    return is_inside;
}

/* ---- Once for a sandbox -------------------------------------------------- */

static int refuse_set(lua_State *L) {
    return luaL_error(L, "this cannot be written to");
}

/* The value of __index stands on top of the stack. */
static void keep_looks(lua_State *L, const char *place) {
    lua_createtable(L, 0, 3);
    lua_insert(L, -2);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_set);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    sandbox_keep(L, place);
}

static void push_methods(lua_State *L) {
    static const struct luaL_Reg METHODS[] = {
        {"create", tx_create},
        {"update", tx_update},
        {"delete", tx_delete},
        {"enqueue", tx_enqueue},
    };
    lua_createtable(L, 0, LENGTH(METHODS));
    for (size_t i = 0; i < LENGTH(METHODS); i++) {
        lua_pushcfunction(L, METHODS[i].func);
        lua_setfield(L, -2, METHODS[i].name);
    }
    sandbox_freeze(L);
}

static void keep_factory(lua_State *L) {
    if (luaL_loadbufferx(L, FACTORY, sizeof FACTORY - 1, "=[tenon]", "t") != 0)
        lua_error(L);
    lua_pushcfunction(L, begin);
    lua_pushcfunction(L, commit);
    lua_pushcfunction(L, abandon);
    lua_getglobal(L, "pcall");
    lua_getglobal(L, "error");
    lua_call(L, 5, 1);
    sandbox_keep(L, &FACTORY_KEY);
}

void script_transaction_add_for(lua_State *L) {
    sandbox_push_kept(L, &FACTORY_KEY);
    lua_insert(L, -2);
    lua_call(L, 1, 1);
    lua_setfield(L, -2, "transaction");
}

void script_transaction_add(lua_State *L) {
    push_methods(L);
    keep_looks(L, &TX_KEY);
    lua_pushcfunction(L, written_index);
    keep_looks(L, &WRITTEN_KEY);
    lua_pushnil(L);
    keep_looks(L, &CELL_KEY);
    keep_factory(L);
    lua_pushnil(L);
    script_transaction_add_for(L);
    lua_pushcfunction(L, result_of);
    lua_setfield(L, -2, "result");
}
