/*
 * script_http.h: requests that hooks send, by the one way out (http_client.h).
 *
 *     local answer = tenon.http.request{
 *       method = "POST", url = "https://example.com/notify",
 *       headers = {["Content-Type"] = "application/json"},
 *       body = tenon.json.encode({id = 7}),
 *       timeout = 3000,                      -- milliseconds
 *     }
 *     answer.status, answer.headers["content-type"], answer.body
 *
 * Any status is an answer; what could not be sent is an error. Not within a
 * transaction, nor while files are loaded.
 */
#ifndef LUA_SCRIPT_HTTP_H
#define LUA_SCRIPT_HTTP_H

#include "lua/sandbox.h"

/* Adds it to the table on top of the stack. */
void script_http_add(lua_State *L);

#endif
