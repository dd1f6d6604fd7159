/*
 * script_json.h: JSON as tables of Lua, and back.
 *
 * null is tenon.null, a light userdata of NULL. An array is a table that was
 * read as one, was made by tenon.json.array, or has nothing but the keys 1 to n;
 * any other is an object, whose keys are written in the order of their bytes.
 *
 * A number that a double does not hold exactly is not made into one that is
 * nearly it: reading it is an error, or it becomes a text.
 */
#ifndef LUA_SCRIPT_JSON_H
#define LUA_SCRIPT_JSON_H

#include "base/json.h"
#include "lua/sandbox.h"

/* The integers that a double holds, each and all between. */
#define SCRIPT_JSON_MAX_INTEGER (INT64_C(1) << 53)

enum { SCRIPT_JSON_MAX_TEXT = 16 * 1024 * 1024 };

typedef enum script_json_numbers {
    SCRIPT_JSON_EXACT, /* or an error */
    SCRIPT_JSON_TEXTS, /* those that are not exact */
} script_json_numbers;

/* Pushes it, or raises an error of Lua; a is for scratch. */
void script_json_push(lua_State *L, arena *a, const json *tree,
                      script_json_numbers numbers);

/* ERR_INVALID for what JSON has not: functions, tables within themselves, texts
 * that are no UTF-8, a number that is none. */
fallible script_json_of(arena *a, lua_State *L, int index, const json **out);

/* The same as text, in compact form. ERR_TOO_LARGE beside. */
fallible script_json_text_of(arena *a, lua_State *L, int index, str *out);

/* tenon.json.encode */
int script_json_encode(lua_State *L);

/* A number as JSON: digits alone where it is an integer. False for one that is
 * none or infinite. */
bool script_json_number(arena *a, double number, str *out);

void script_json_push_null(lua_State *L);
bool script_json_is_null(lua_State *L, int index);

/* The table on top of the stack is an array from now on. */
void script_json_mark_array(lua_State *L);
bool script_json_is_array(lua_State *L, int index);

/* Once for a sandbox. */
void script_json_prepare(lua_State *L);

#endif
