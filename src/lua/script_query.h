/*
 * script_query.h: reads of scripts, and rows as tables.
 *
 *     tenon.query("Task", {
 *       where = {status = "OPEN"}, order_by = {"title desc", "id"},
 *       limit = 10, offset = 20, select = {"id", "title"},
 *       include = {project = true,
 *                  comments = {where = {...}, limit = 3, select = {"text"}}},
 *     })
 *
 * Rows of relations that are included are tables, or lists of them, under the
 * name of the relation; numbers in them that Lua cannot hold exactly are texts.
 */
#ifndef LUA_SCRIPT_QUERY_H
#define LUA_SCRIPT_QUERY_H

#include "core/caller.h"
#include "database/query.h"
#include "lua/sandbox.h"

/* With the model at index and what follows it; leave one value on the stack:
 * a list, and a row or nil. */
void script_query_list(lua_State *L, const caller *c, int index);
void script_query_one(lua_State *L, const caller *c, int index);

/* What a row has when nobody said: what the caller may see, and is neither
 * omitted nor redacted. */
const query_column *script_query_columns(lua_State *L, const caller *c,
                                         const model *m, size_t *count);

/* Push rows that were read or written. */
void script_query_push_row(lua_State *L, const query_column *columns,
                           size_t count, const value *cells);
void script_query_push_rows(lua_State *L, const query_column *columns,
                            size_t count, const value *rows, size_t row_count);

#endif
