/*
 * lua_annotations.h: what hooks can name, for the language server of Lua
 * (LuaCATS): a class for each model and its changes, and the functions of
 * `tenon`. An editor then completes change.after.title, and says when there is
 * no such column.
 *
 * The same schema gives the same bytes, on either engine.
 */
#ifndef GENERATE_LUA_ANNOTATIONS_H
#define GENERATE_LUA_ANNOTATIONS_H

#include "base/buf.h"
#include "schema/schema.h"

void lua_annotations_write(buf *out, const schema *s);

#endif
