#include "lua/script_filter.h"

#include <lauxlib.h>
#include <stdlib.h>

#include "base/nearest.h"
#include "lua/script_error.h"
#include "lua/script_json.h"
#include "lua/script_row.h"
#include "lua/script_run.h"
#include "lua/script_value.h"

enum { MAX_DEPTH = 16, MAX_LISTED = 10000 };

typedef struct filter_list {
    const filter **items;
    size_t count;
} filter_list;

static const filter *check_all(lua_State *L, int index, const model *m,
                               int depth);

static arena *arena_of(lua_State *L) {
    return script_run_of(L)->arena;
}

static filter *new_filter(lua_State *L, filter_kind kind, const field *f) {
    filter *made = arena_new_array(arena_of(L), filter, 1);
    made->kind = kind;
    made->field = f;
    return made;
}

static void add(lua_State *L, filter_list *list, const filter *f) {
    ARENA_PUSH(arena_of(L), list->items, list->count, f);
}

static value check_value(lua_State *L, int index, const field *f) {
    value v;
    err *e = script_value_of(arena_of(L), L, index, f, &v);
    script_error_blame(L, e);
    return v;
}

static bool is_null(lua_State *L, int index) {
    return lua_isnil(L, index) || script_json_is_null(L, index);
}

/* ---- One column ---------------------------------------------------------- */

static const filter *compare(lua_State *L, int index, const field *f,
                             compare_op op) {
    if (is_null(L, index)) {
        if (op != COMPARE_EQ && op != COMPARE_NEQ)
            luaL_error(L, "null is neither less nor more than anything");
        filter *made = new_filter(L, FILTER_IS, f);
        made->what = IS_NULL;
        made->is_negated = op == COMPARE_NEQ;
        return made;
    }
    filter *made = new_filter(L, FILTER_COMPARE, f);
    made->op = op;
    made->value = check_value(L, index, f);
    return made;
}

static const filter *check_in(lua_State *L, int index, const field *f) {
    luaL_checktype(L, index, LUA_TTABLE);
    size_t count = lua_objlen(L, index);
    if (count > MAX_LISTED)
        luaL_error(L, "a list has %d values at most", MAX_LISTED);
    filter *made = new_filter(L, FILTER_IN, f);
    value *values = arena_new_array(arena_of(L), value, count);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, index, (int)i + 1);
        values[i] = check_value(L, lua_gettop(L), f);
        lua_pop(L, 1);
    }
    made->values = values;
    made->value_count = count;
    return made;
}

static const filter *check_like(lua_State *L, int index, const field *f,
                                bool is_case_sensitive) {
    filter *made = new_filter(L, FILTER_LIKE, f);
    if (f->scalar != SCALAR_STRING || f->kind == FIELD_ENUM || f->is_list)
        luaL_error(L, "like and ilike are for texts");
    made->is_case_sensitive = is_case_sensitive;
    made->value = check_value(L, index, f);
    return made;
}

static const struct operator_name {
    str name;
    compare_op op;
} OPERATORS[] = {
    {STR_INIT("eq"), COMPARE_EQ}, {STR_INIT("neq"), COMPARE_NEQ},
    {STR_INIT("gt"), COMPARE_GT}, {STR_INIT("gte"), COMPARE_GTE},
    {STR_INIT("lt"), COMPARE_LT}, {STR_INIT("lte"), COMPARE_LTE},
};

static const filter *check_operator(lua_State *L, str name, int index,
                                    const field *f) {
    for (size_t i = 0; i < LENGTH(OPERATORS); i++)
        if (str_equal(OPERATORS[i].name, name))
            return compare(L, index, f, OPERATORS[i].op);
    if (str_equal(name, STR("in")))
        return check_in(L, index, f);
    if (str_equal(name, STR("like")) || str_equal(name, STR("ilike")))
        return check_like(L, index, f, name.ptr[0] == 'l');
    luaL_error(L,
               "there is no operator '%s': eq, neq, gt, gte, lt, lte, in, "
               "like, ilike",
               name.ptr);
    return NULL;
}

static str check_key(lua_State *L, int index) {
    str name;
    if (lua_type(L, index) != LUA_TSTRING)
        luaL_error(L, "a filter is a table with names of columns");
    name.ptr = lua_tolstring(L, index, &name.len);
    return name;
}

/* In the order of their names, so that one filter is one statement. */
static void add_operators(lua_State *L, int index, const field *f,
                          filter_list *out) {
    static const str NAMES[] = {
        STR_INIT("eq"),  STR_INIT("neq"),  STR_INIT("gt"),
        STR_INIT("gte"), STR_INIT("lt"),   STR_INIT("lte"),
        STR_INIT("in"),  STR_INIT("like"), STR_INIT("ilike"),
    };
    size_t known = 0;
    for (size_t i = 0; i < LENGTH(NAMES); i++) {
        lua_pushlstring(L, NAMES[i].ptr, NAMES[i].len);
        lua_rawget(L, index);
        if (!lua_isnil(L, -1)) {
            add(L, out, check_operator(L, NAMES[i], lua_gettop(L), f));
            known++;
        }
        lua_pop(L, 1);
    }
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        if (known-- == 0)
            check_operator(L, check_key(L, -1), index, f);
    }
}

static void add_column(lua_State *L, int index, const field *f,
                       filter_list *out) {
    bool has_operators = lua_istable(L, index) && !script_value_is_table(f);
    if (has_operators)
        add_operators(L, index, f, out);
    else
        add(L, out, compare(L, index, f, COMPARE_EQ));
}

/* ---- All of them --------------------------------------------------------- */

static const filter *join(lua_State *L, filter_kind kind, filter_list list) {
    if (list.count == 1)
        return list.items[0];
    filter *made = new_filter(L, kind, NULL);
    made->children = list.items;
    made->child_count = list.count;
    return made;
}

static const filter *negate(lua_State *L, const filter *f) {
    filter_list one = {0};
    add(L, &one, f);
    filter *made = new_filter(L, FILTER_ALL, NULL);
    made->children = one.items;
    made->child_count = 1;
    made->is_negated = true;
    return made;
}

/* {{...}, {...}} */
static const filter *check_list(lua_State *L, int index, const model *m,
                                filter_kind kind, int depth) {
    filter_list list = {0};
    luaL_checktype(L, index, LUA_TTABLE);
    for (int i = 1; i <= (int)lua_objlen(L, index); i++) {
        lua_rawgeti(L, index, i);
        const filter *f = check_all(L, lua_gettop(L), m, depth + 1);
        add(L, &list, f != NULL ? f : new_filter(L, FILTER_ALL, NULL));
        lua_pop(L, 1);
    }
    return join(L, kind, list);
}

/* False for the name of a column. */
static bool add_combination(lua_State *L, str name, int index, const model *m,
                            int depth, filter_list *out) {
    if (str_equal(name, STR("OR"))) {
        add(L, out, check_list(L, index, m, FILTER_ANY, depth));
    } else if (str_equal(name, STR("AND"))) {
        add(L, out, check_list(L, index, m, FILTER_ALL, depth));
    } else if (str_equal(name, STR("NOT"))) {
        const filter *f = check_all(L, index, m, depth + 1);
        if (f == NULL)
            luaL_error(L, "NOT needs a filter");
        add(L, out, negate(L, f));
    } else {
        return false;
    }
    return true;
}

static int by_place(const void *left, const void *right) {
    const filter *const *x = left;
    const filter *const *y = right;
    uint32_t a = (*x)->field != NULL ? (*x)->field->index : UINT32_MAX;
    uint32_t b = (*y)->field != NULL ? (*y)->field->index : UINT32_MAX;
    if (a != b)
        return a < b ? -1 : 1;
    return (int)(*x)->op - (int)(*y)->op;
}

static const filter *check_all(lua_State *L, int index, const model *m,
                               int depth) {
    filter_list list = {0};
    if (lua_isnoneornil(L, index))
        return NULL;
    luaL_checktype(L, index, LUA_TTABLE);
    luaL_checkstack(L, 8, "a filter is nested too deeply");
    if (depth > MAX_DEPTH)
        luaL_error(L, "a filter is nested too deeply");
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        int at = lua_gettop(L);
        str name = check_key(L, at - 1);
        if (!add_combination(L, name, at, m, depth, &list))
            add_column(L, at, script_row_check_field(L, m, at - 1), &list);
        lua_settop(L, at - 1);
    }
    /* Lua goes through a table in any order. */
    if (list.count > 1)
        qsort(list.items, list.count, sizeof *list.items, by_place);
    return list.count > 0 ? join(L, FILTER_ALL, list) : NULL;
}

const filter *script_filter_check(lua_State *L, int index, const model *m) {
    return check_all(L, index, m, 0);
}
