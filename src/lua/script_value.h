/*
 * script_value.h: cells as values of Lua, and back.
 *
 *     Boolean, Int, Float   boolean, number
 *     BigInt                number; past 2^53, which a double does not hold
 *                           exactly, text
 *     Decimal, DateTime     text, as in value.h
 *     String, enum, Bytes   text
 *     Json, lists           tables (script_json.h)
 *     null                  nil; when it is written tenon.null as well
 *
 * What is written is checked as what clients send is (coerce.h), and a number
 * past 2^53 is refused where integers are: it may have lost digits.
 */
#ifndef LUA_SCRIPT_VALUE_H
#define LUA_SCRIPT_VALUE_H

#include "database/value.h"
#include "lua/sandbox.h"
#include "schema/schema.h"

/* Pushes it, or raises an error of Lua; a is for scratch. VALUE_DEFAULT is
 * nil. */
void script_value_push(lua_State *L, arena *a, const field *f, const value *v);

/* In a. ERR_INVALID or an err of coerce.h, which name the field. */
fallible script_value_of(arena *a, lua_State *L, int index, const field *f,
                         value *out);

/* Is the column's value a table of Lua? */
bool script_value_is_table(const field *f);

#endif
