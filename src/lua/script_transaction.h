/*
 * script_transaction.h: several writes that are one.
 *
 *     tenon.transaction(function(tx)
 *       local project = tx:create("Project", {name = "New"})
 *       tx:create("Task", {title = "First", projectId = project.id})
 *       tx:update("Space", {id = 7}, {hasProjects = true})
 *       tx:enqueue("mail.send", {to = 7})
 *     end)
 *
 * The function gathers what is to be written; all of it is run behind it, in one
 * transaction, or nothing if it ends with an error. So what a create makes is
 * not known within the function, but may be used in what comes after it;
 * behind the transaction the columns are there, and tenon.result(project) has
 * rows and count. Nothing in the function can wait for the network, and what it
 * reads is from before the transaction.
 */
#ifndef LUA_SCRIPT_TRANSACTION_H
#define LUA_SCRIPT_TRANSACTION_H

#include "database/value.h"
#include "lua/sandbox.h"

/* Adds transaction and result to the table on top of the stack. */
void script_transaction_add(lua_State *L);

/* Adds transaction to it, of what is done as the system for the reason that
 * stands on top of the stack, above the table. Takes the reason. */
void script_transaction_add_for(lua_State *L);

/* Is the value at index a column of something that the transaction makes? An
 * error of Lua where it cannot be used. */
bool script_transaction_cell(lua_State *L, int index, value_cell *out);

/* What is read next is no write of the transaction. */
void script_transaction_take_no_cells(lua_State *L);

#endif
