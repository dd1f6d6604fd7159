/*
 * script_test.h: tests of hooks, files hooks/NAME_test.lua.
 *
 *     tenon.test("titles are shouted", function(t)
 *       local task = tenon.create("Task", {title = "x"})
 *       t.equal(task.title, "X")
 *       t.fails(function() tenon.create("Task", {title = ""}) end, "not valid")
 *     end)
 *
 * What they read and write goes the way of every client, through the hooks. t
 * has equal (also of tables), ok and fails.
 */
#ifndef LUA_SCRIPT_TEST_H
#define LUA_SCRIPT_TEST_H

#include "lua/script.h"

typedef struct script_test {
    str name;
    str place;
    size_t function;
} script_test;

typedef struct script_tests {
    const script *script;
    sandbox *sandbox;
    script_test *tests;
    size_t count;
} script_tests;

/* Runs the file, which declares its tests. ERR_INVALID names file and line. */
fallible script_tests_open(arena *a, const script *s, str file,
                           script_tests *out);
void script_tests_close(script_tests *t);

/* NULL: it has passed. Suspends. */
fallible script_tests_run(const script_tests *t, size_t which, const caller *c);

/* Adds tenon.test to the table on top of the stack. */
void script_test_add_functions(lua_State *L);

#endif
