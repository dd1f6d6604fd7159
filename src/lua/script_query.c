#include "lua/script_query.h"

#include <lauxlib.h>

#include "base/json.h"
#include "base/nearest.h"
#include "core/planner.h"
#include "core/policy.h"
#include "lua/script_error.h"
#include "lua/script_filter.h"
#include "lua/script_json.h"
#include "lua/script_row.h"
#include "lua/script_run.h"
#include "lua/script_value.h"

enum {
    DEFAULT_LIMIT = 1000,
    MAX_DEPTH = 8, /* of relations of relations */
};

static void read_query(lua_State *L, const caller *c, const model *m, int index,
                       int depth, query *out);

static arena *arena_of(lua_State *L) {
    return script_run_of(L)->arena;
}

/* ---- Rows ---------------------------------------------------------------- */

void script_query_push_row(lua_State *L, const query_column *columns,
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

void script_query_push_rows(lua_State *L, const query_column *columns,
                            size_t count, const value *rows, size_t row_count) {
    lua_createtable(L, (int)row_count, 0);
    for (size_t i = 0; i < row_count; i++) {
        script_query_push_row(L, columns, count, &rows[i * count]);
        lua_rawseti(L, -2, (int)i + 1);
    }
}

/* The cell of an embed into the row on top of the stack. */
static void set_related(lua_State *L, const embed *e, const value *cell) {
    const json *tree;
    lua_pushlstring(L, e->name.ptr, e->name.len);
    if (cell->kind == VALUE_NULL) {
        lua_pushnil(L);
    } else {
        script_error_blame(L, json_parse(arena_of(L), cell->text, &tree));
        script_json_push(L, arena_of(L), tree, SCRIPT_JSON_TEXTS);
    }
    lua_rawset(L, -3);
}

/* ---- Columns ------------------------------------------------------------- */

typedef struct selection {
    query_column *columns;
    size_t count;
} selection;

static void add_column(lua_State *L, selection *s, const field *f) {
    /* By the name of the schema, also in the JSON of related rows. */
    query_column column = {.field = f, .name = f->name};
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

const query_column *script_query_columns(lua_State *L, const caller *c,
                                         const model *m, size_t *count) {
    selection s = select_all(L, c, m);
    *count = s.count;
    return s.columns;
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

/* ---- Options ------------------------------------------------------------- */

static const str OPTIONS[] = {
    STR_INIT("where"),  STR_INIT("order_by"), STR_INIT("limit"),
    STR_INIT("offset"), STR_INIT("select"),   STR_INIT("include"),
};

static void check_option_name(lua_State *L, str name) {
    nearest n = nearest_to(name);
    for (size_t i = 0; i < LENGTH(OPTIONS); i++) {
        if (str_equal(OPTIONS[i], name))
            return;
        nearest_offer(&n, OPTIONS[i]);
    }
    luaL_error(L, "unknown option '%s'%s%s", name.len > 0 ? name.ptr : "?",
               str_is_empty(n.best) ? "" : ", did you mean ",
               str_is_empty(n.best) ? "" : n.best.ptr);
}

static void check_options(lua_State *L, int index) {
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        str name = {0};
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING)
            name.ptr = lua_tolstring(L, -1, &name.len);
        check_option_name(L, name);
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
    str rest;
    rest.ptr = luaL_checklstring(L, index, &rest.len);
    if (q->order_count >= m->column_count)
        luaL_error(L, "order_by has more columns than there are");
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

/* ---- Relations ----------------------------------------------------------- */

static const field *check_relation(lua_State *L, const model *m, int index) {
    str name;
    if (lua_type(L, index) != LUA_TSTRING)
        luaL_error(L, "include is a table with names of relations");
    name.ptr = lua_tolstring(L, index, &name.len);
    const field *f = model_find_field(m, name);
    if (f != NULL && f->kind == FIELD_RELATION)
        return f;
    nearest n = nearest_to(name);
    for (size_t i = 0; i < m->field_count; i++)
        if (m->fields[i].kind == FIELD_RELATION)
            nearest_offer(&n, m->fields[i].name);
    arena *a = arena_of(L);
    const char *hint =
        str_is_empty(n.best)
            ? ""
            : arena_printf(a, ", did you mean '%.*s'?", STR_ARG(n.best)).ptr;
    luaL_error(L, "model %s has no relation '%s'%s", arena_cstr(a, m->name),
               name.ptr, hint);
    return NULL;
}

static hop hop_of(const field *f, const model **target) {
    const relation *r = f->relation;
    bool is_from_child = f == r->child_field;
    *target = is_from_child ? r->parent : r->child;
    if (r->kind == RELATION_MANY_TO_MANY)
        return (hop){
            .kind = HOP_JOIN_TABLE, .is_from_a = is_from_child, .relation = r};
    if (is_from_child)
        return (hop){.kind = HOP_TO_PARENT, .is_to_one = true, .relation = r};
    return (hop){.kind = HOP_TO_CHILD,
                 .is_to_one = r->kind == RELATION_ONE_TO_ONE,
                 .relation = r};
}

/* A list is JSON, as the engines write it. */
static scalar_type type_in_json(const field *f) {
    return f->is_list ? SCALAR_JSON : f->scalar;
}

static const row_column *keys_of(arena *a, const query *q) {
    row_column *keys =
        arena_new_array(a, row_column, q->column_count + q->embed_count);
    for (size_t i = 0; i < q->column_count; i++)
        keys[i] = (row_column){row_json_make_key(a, q->columns[i].name),
                               type_in_json(q->columns[i].field)};
    for (size_t i = 0; i < q->embed_count; i++)
        keys[q->column_count + i] =
            (row_column){row_json_make_key(a, q->embeds[i].name), SCALAR_JSON};
    return keys;
}

/* The options of the relation, or true, stand on top of the stack. */
static embed read_related(lua_State *L, const caller *c, const field *f,
                          int depth) {
    const model *target;
    embed e = {.hop = hop_of(f, &target), .name = f->name};
    int at = lua_gettop(L);
    if (!lua_istable(L, at)) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    read_query(L, c, target, at, depth + 1, &e.query);
    if (e.hop.is_to_one)
        e.query.limit = QUERY_NO_LIMIT;
    e.keys = keys_of(arena_of(L), &e.query);
    return e;
}

/* In the order of the model, so that one question is one statement. */
static void check_include(lua_State *L, int index, const caller *c,
                          const model *m, int depth, query *q) {
    embed *embeds = NULL;
    if (lua_isnil(L, index))
        return;
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        check_relation(L, m, lua_gettop(L));
    }
    for (size_t i = 0; i < m->field_count; i++) {
        const field *f = &m->fields[i];
        lua_pushlstring(L, f->name.ptr, f->name.len);
        lua_rawget(L, index);
        if (lua_toboolean(L, -1)) {
            embed e = read_related(L, c, f, depth);
            ARENA_PUSH(arena_of(L), embeds, q->embed_count, e);
        }
        lua_pop(L, 1);
    }
    q->embeds = embeds;
}

/* Of the table of options at index. */
static void read_query(lua_State *L, const caller *c, const model *m, int index,
                       int depth, query *out) {
    int top = lua_gettop(L);
    luaL_checkstack(L, 16, "relations are included too deeply");
    if (depth > MAX_DEPTH)
        luaL_error(L, "relations are included too deeply");
    check_options(L, index);
    *out = (query){.model = m};
    out->where = script_filter_check(L, option(L, index, "where"), m);
    check_order(L, option(L, index, "order_by"), m, out);
    out->limit = number_option(L, index, "limit", DEFAULT_LIMIT);
    out->offset = number_option(L, index, "offset", 0);
    selection s = check_selection(L, option(L, index, "select"), c, m);
    out->columns = s.columns;
    out->column_count = s.count;
    check_include(L, option(L, index, "include"), c, m, depth, out);
    lua_settop(L, top);
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
        for (size_t i = 0; i < q->column_count + q->embed_count; i++) {
            value cell = copy_cell(c->arena, &rows->values[i]);
            ARENA_PUSH(c->arena, *out, count, cell);
        }
        ++*row_count;
    }
    return planner_end(rows);
}

static void push_read(lua_State *L, const caller *c, const query *q) {
    value *rows;
    size_t row_count;
    size_t width = q->column_count + q->embed_count;
    script_error_check(L, read_rows(c, q, &rows, &row_count));
    lua_createtable(L, (int)row_count, 0);
    for (size_t i = 0; i < row_count; i++) {
        const value *cells = &rows[i * width];
        script_query_push_row(L, q->columns, q->column_count, cells);
        for (size_t k = 0; k < q->embed_count; k++)
            set_related(L, &q->embeds[k], &cells[q->column_count + k]);
        lua_rawseti(L, -2, (int)i + 1);
    }
}

void script_query_list(lua_State *L, const caller *c, int index) {
    const model *m = script_check_model(L, index);
    query q;
    lua_settop(L, index + 1);
    if (lua_isnil(L, index + 1)) {
        lua_newtable(L);
        lua_replace(L, index + 1);
    }
    read_query(L, c, m, index + 1, 0, &q);
    push_read(L, c, &q);
}

void script_query_one(lua_State *L, const caller *c, int index) {
    const model *m = script_check_model(L, index);
    lua_settop(L, index + 2);
    selection s = check_selection(L, index + 2, c, m);
    query q = {.model = m,
               .where = script_filter_check(L, index + 1, m),
               .columns = s.columns,
               .column_count = s.count,
               .limit = 1};
    push_read(L, c, &q);
    lua_rawgeti(L, -1, 1);
}
