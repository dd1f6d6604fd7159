#include "lua/script_value.h"

#include <lauxlib.h>
#include <math.h>

#include "base/json.h"
#include "core/coerce.h"
#include "lua/script_error.h"
#include "lua/script_json.h"
#include "lua/script_transaction.h"

bool script_value_is_table(const field *f) {
    return f->is_list || f->scalar == SCALAR_JSON;
}

static void push_table(lua_State *L, arena *a, str text) {
    const json *tree;
    script_error_blame(L, json_parse(a, text, &tree));
    script_json_push(L, a, tree, SCRIPT_JSON_EXACT);
}

static void push_integer(lua_State *L, int64_t n) {
    if (n <= SCRIPT_JSON_MAX_INTEGER && n >= -SCRIPT_JSON_MAX_INTEGER) {
        lua_pushnumber(L, (lua_Number)n);
        return;
    }
    char digits[32];
    buf text = buf_over(digits, sizeof digits);
    buf_append_int(&text, n);
    lua_pushlstring(L, text.ptr, text.len);
}

void script_value_push(lua_State *L, arena *a, const field *f, const value *v) {
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        lua_pushnil(L);
        break;
    case VALUE_BOOL:
        lua_pushboolean(L, v->boolean);
        break;
    case VALUE_INT:
        push_integer(L, v->integer);
        break;
    case VALUE_FLOAT:
        lua_pushnumber(L, v->real);
        break;
    case VALUE_TEXT:
        if (UNLIKELY(script_value_is_table(f)))
            push_table(L, a, v->text);
        else
            lua_pushlstring(L, v->text.ptr, v->text.len);
        break;
    case VALUE_BYTES:
        lua_pushlstring(L, v->text.ptr, v->text.len);
        break;
    }
}

/* ---- Back ---------------------------------------------------------------- */

static bool is_whole_type(const field *f) {
    return f->scalar == SCALAR_INT || f->scalar == SCALAR_BIGINT ||
           f->scalar == SCALAR_DECIMAL;
}

static err *check_number(arena *a, const field *f, double number) {
    if (!is_whole_type(f) || fabs(number) <= SCRIPT_JSON_MAX_INTEGER)
        return NULL;
    return err_new(a, ERR_INVALID,
                   "a number past 2^53 may have lost digits: write it as text");
}

static err *read_bytes(arena *a, lua_State *L, int index, value *out) {
    str bytes;
    bytes.ptr = lua_tolstring(L, index, &bytes.len);
    *out = (value){.kind = VALUE_BYTES, .text = arena_copy(a, bytes)};
    return NULL;
}

/* As it would be read from a body: trees there know the text that they are
 * from. An empty table is a list where one belongs. */
static err *read_table(arena *a, lua_State *L, int index, const field *f,
                       value *out) {
    str text;
    const json *tree;
    TRY(script_json_text_of(a, L, index, &text));
    if (f->is_list && str_equal(text, STR("{}")))
        text = STR("[]");
    TRY(json_parse(a, text, &tree));
    return coerce_json(a, f, tree, out);
}

static err *read(arena *a, lua_State *L, int index, const field *f,
                 value *out) {
    int type = lua_type(L, index);
    const json *tree;
    *out = (value){.kind = VALUE_CELL};
    if (type == LUA_TUSERDATA && script_transaction_cell(L, index, &out->cell))
        return NULL;
    if (type == LUA_TTABLE)
        return read_table(a, L, index, f, out);
    if (type == LUA_TSTRING && f->scalar == SCALAR_BYTES && !f->is_list)
        return read_bytes(a, L, index, out);
    if (type == LUA_TNUMBER)
        TRY(check_number(a, f, lua_tonumber(L, index)));
    TRY(script_json_of(a, L, index, &tree));
    return coerce_json(a, f, tree, out);
}

err *script_value_of(arena *a, lua_State *L, int index, const field *f,
                     value *out) {
    err *e = read(a, L, index, f, out);
    if (LIKELY(e == NULL))
        return NULL;
    return err_wrap(a, e, "%.*s.%.*s: %.*s", STR_ARG(f->model->name),
                    STR_ARG(f->name), STR_ARG(e->message));
}
