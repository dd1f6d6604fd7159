#include "lua/script_json.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/real.h"
#include "base/utf8.h"
#include "lua/script_error.h"
#include "lua/script_run.h"

static const char ARRAY_KEY = 'a';

void script_json_push_null(lua_State *L) {
    lua_pushlightuserdata(L, NULL);
}

bool script_json_is_null(lua_State *L, int index) {
    return lua_type(L, index) == LUA_TLIGHTUSERDATA &&
           lua_touserdata(L, index) == NULL;
}

void script_json_mark_array(lua_State *L) {
    sandbox_push_kept(L, &ARRAY_KEY);
    lua_setmetatable(L, -2);
}

bool script_json_is_array(lua_State *L, int index) {
    if (!lua_getmetatable(L, index))
        return false;
    sandbox_push_kept(L, &ARRAY_KEY);
    bool is_same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is_same;
}

void script_json_prepare(lua_State *L) {
    lua_createtable(L, 0, 1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    sandbox_keep(L, &ARRAY_KEY);
}

/* ---- From JSON ----------------------------------------------------------- */

/* Does the double say what the text says? */
static bool is_exact(arena *a, str text, double number) {
    char shortest[REAL_TEXT_MAX];
    str said;
    str held;
    size_t len = real_format(number, shortest);
    return decimal_parse(a, text, &said) == NULL &&
           decimal_parse(a, (str){shortest, len}, &held) == NULL &&
           decimal_compare(said, held) == 0;
}

static void push_number(lua_State *L, arena *a, const json *tree,
                        script_json_numbers numbers) {
    int64_t integer;
    double number;
    bool is_integer = json_int64(tree, &integer) &&
                      integer <= SCRIPT_JSON_MAX_INTEGER &&
                      integer >= -SCRIPT_JSON_MAX_INTEGER;
    if (is_integer)
        lua_pushnumber(L, (lua_Number)integer);
    else if (json_double(tree, &number) && is_exact(a, tree->text, number))
        lua_pushnumber(L, number);
    else if (numbers == SCRIPT_JSON_TEXTS)
        lua_pushlstring(L, tree->text.ptr, tree->text.len);
    else
        luaL_error(L, "the number %s has more digits than Lua keeps",
                   arena_cstr(a, tree->text));
}

void script_json_push(lua_State *L, arena *a, const json *tree,
                      script_json_numbers numbers) {
    luaL_checkstack(L, 4, "the JSON is nested too deeply");
    sandbox_spend(L, 4);
    switch (tree->kind) {
    case JSON_NULL:
        script_json_push_null(L);
        break;
    case JSON_FALSE:
    case JSON_TRUE:
        lua_pushboolean(L, tree->kind == JSON_TRUE);
        break;
    case JSON_NUMBER:
        push_number(L, a, tree, numbers);
        break;
    case JSON_STRING:
        lua_pushlstring(L, tree->text.ptr, tree->text.len);
        break;
    case JSON_ARRAY:
        lua_createtable(L, (int)tree->count, 0);
        for (uint32_t i = 0; i < tree->count; i++) {
            script_json_push(L, a, &tree->items[i], numbers);
            lua_rawseti(L, -2, (int)i + 1);
        }
        script_json_mark_array(L);
        break;
    case JSON_OBJECT:
        lua_createtable(L, 0, (int)tree->count);
        for (uint32_t i = 0; i < tree->count; i++) {
            lua_pushlstring(L, tree->keys[i].ptr, tree->keys[i].len);
            script_json_push(L, a, &tree->items[i], numbers);
            lua_rawset(L, -3);
        }
        break;
    }
}

/* ---- To JSON ------------------------------------------------------------- */

typedef struct member {
    str key;
    json tree;
} member;

static err *read_value(arena *a, lua_State *L, int index, unsigned depth,
                       json *out);

bool script_json_number(arena *a, double number, str *out) {
    char text[REAL_TEXT_MAX];
    if (!isfinite(number))
        return false;
    if (number == floor(number) && fabs(number) <= SCRIPT_JSON_MAX_INTEGER)
        *out = arena_printf(a, "%lld", (long long)number);
    else
        *out = arena_copy(a, (str){text, real_format(number, text)});
    return true;
}

static err *read_text(arena *a, lua_State *L, int index, str *out) {
    size_t len;
    const char *bytes = lua_tolstring(L, index, &len);
    *out = arena_copy(a, (str){bytes, len});
    if (utf8_is_valid(*out))
        return NULL;
    return err_new(a, ERR_INVALID, "a text is not valid UTF-8");
}

/* The keys are 1 to n. Also how many keys there are. */
static bool is_array(lua_State *L, int index, size_t *count) {
    size_t n = lua_objlen(L, index);
    bool is_list = true;
    *count = 0;
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        ++*count;
        is_list = is_list && lua_type(L, -1) == LUA_TNUMBER;
    }
    return is_list && n == *count && n > 0;
}

static err *read_array(arena *a, lua_State *L, int index, unsigned depth,
                       json *out) {
    size_t count = lua_objlen(L, index);
    json *items = arena_new_array(a, json, count);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, index, (int)i + 1);
        TRY(read_value(a, L, lua_gettop(L), depth + 1, &items[i]));
        lua_pop(L, 1);
    }
    *out = (json){.kind = JSON_ARRAY, .count = (uint32_t)count, .items = items};
    return NULL;
}

static int by_key(const void *left, const void *right) {
    const member *x = left;
    const member *y = right;
    return str_compare(x->key, y->key);
}

static err *read_member(arena *a, lua_State *L, unsigned depth, member *out) {
    if (lua_type(L, -2) != LUA_TSTRING)
        return err_new(a, ERR_INVALID,
                       "the keys of a table are texts, or the numbers 1 to n");
    TRY(read_text(a, L, lua_gettop(L) - 1, &out->key));
    return read_value(a, L, lua_gettop(L), depth + 1, &out->tree);
}

static err *read_object(arena *a, lua_State *L, int index, size_t count,
                        unsigned depth, json *out) {
    member *members = arena_new_array(a, member, count);
    json *items = arena_new_array(a, json, count);
    str *keys = arena_new_array(a, str, count);
    size_t n = 0;
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        TRY(read_member(a, L, depth, &members[n++]));
        lua_pop(L, 1);
    }
    qsort(members, n, sizeof *members, by_key);
    for (size_t i = 0; i < n; i++) {
        keys[i] = members[i].key;
        items[i] = members[i].tree;
    }
    *out = (json){.kind = JSON_OBJECT,
                  .count = (uint32_t)n,
                  .items = items,
                  .keys = keys};
    return NULL;
}

static err *read_table(arena *a, lua_State *L, int index, unsigned depth,
                       json *out) {
    size_t count;
    if (depth >= JSON_MAX_DEPTH)
        return err_new(a, ERR_INVALID,
                       "a table is nested too deeply, perhaps within itself");
    luaL_checkstack(L, 8, "a table is nested too deeply");
    bool is_list = is_array(L, index, &count);
    sandbox_spend(L, (int64_t)count * 4 + 4);
    return is_list || script_json_is_array(L, index)
               ? read_array(a, L, index, depth, out)
               : read_object(a, L, index, count, depth, out);
}

static err *read_value(arena *a, lua_State *L, int index, unsigned depth,
                       json *out) {
    int type = lua_type(L, index);
    *out = (json){.kind = JSON_NULL, .text = STR("null")};
    if (type == LUA_TNIL || script_json_is_null(L, index))
        return NULL;
    switch (type) {
    case LUA_TBOOLEAN:
        out->kind = lua_toboolean(L, index) ? JSON_TRUE : JSON_FALSE;
        out->text = out->kind == JSON_TRUE ? STR("true") : STR("false");
        return NULL;
    case LUA_TNUMBER:
        out->kind = JSON_NUMBER;
        if (script_json_number(a, lua_tonumber(L, index), &out->text))
            return NULL;
        return err_new(a, ERR_INVALID, "JSON has no infinite numbers");
    case LUA_TSTRING:
        out->kind = JSON_STRING;
        return read_text(a, L, index, &out->text);
    case LUA_TTABLE:
        return read_table(a, L, index, depth, out);
    default:
        return err_new(a, ERR_INVALID, "a %s is not a value",
                       lua_typename(L, type));
    }
}

err *script_json_of(arena *a, lua_State *L, int index, const json **out) {
    json *tree = arena_new_array(a, json, 1);
    if (index < 0)
        index = lua_gettop(L) + index + 1;
    *out = tree;
    return read_value(a, L, index, 0, tree);
}

err *script_json_text_of(arena *a, lua_State *L, int index, str *out) {
    const json *tree;
    TRY(script_json_of(a, L, index, &tree));
    buf text = buf_new(SCRIPT_JSON_MAX_TEXT);
    json_write(&text, tree);
    bool is_whole = !text.is_overflown;
    *out = arena_copy(a, buf_str(&text));
    buf_free(&text);
    return is_whole ? NULL : err_new(a, ERR_TOO_LARGE, "the JSON is too large");
}

int script_json_encode(lua_State *L) {
    str text = {0};
    luaL_checkany(L, 1);
    script_error_blame(
        L, script_json_text_of(script_run_of(L)->arena, L, 1, &text));
    lua_pushlstring(L, text.ptr, text.len);
    return 1;
}
