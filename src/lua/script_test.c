#include "lua/script_test.h"

#include <lauxlib.h>

#include "base/file.h"
#include "lua/script_error.h"
#include "lua/script_json.h"
#include "lua/script_run.h"

static const char TESTS_KEY = 's';
static const char ASSERTS_KEY = 'u';

/* What calls a function of a script is written in Lua (sandbox.h). */
static const char ASSERTS[] =
    "local pcall, error, type, tostring, pairs, find, encode = ...\n"
    "local function show(v)\n"
    "  if type(v) == 'string' then return encode(v) end\n"
    "  local ok, text = pcall(encode, v)\n"
    "  return ok and type(v) == 'table' and text or tostring(v)\n"
    "end\n"
    "local function same(a, b, depth)\n"
    "  if a == b then return true end\n"
    "  if type(a) ~= 'table' or type(b) ~= 'table' or depth > 30 then\n"
    "    return false\n"
    "  end\n"
    "  for k, v in pairs(a) do\n"
    "    if not same(v, b[k], depth + 1) then return false end\n"
    "  end\n"
    "  for k in pairs(b) do if a[k] == nil then return false end end\n"
    "  return true\n"
    "end\n"
    "local t = {}\n"
    "function t.equal(got, want)\n"
    "  if not same(got, want, 0) then\n"
    "    error('got ' .. show(got) .. ', want ' .. show(want), 2)\n"
    "  end\n"
    "end\n"
    "function t.ok(value, message)\n"
    "  if not value then error(message or 'expected a true value', 2) end\n"
    "end\n"
    "function t.fails(fn, part)\n"
    "  local ok, e = pcall(fn)\n"
    "  if ok then error('expected an error, and there was none', 2) end\n"
    "  if part and not find(tostring(e), part, 1, true) then\n"
    "    error('expected an error with ' .. show(part) .. ', got ' ..\n"
    "      show(tostring(e)), 2)\n"
    "  end\n"
    "  return e\n"
    "end\n"
    "return t\n";

/* ---- Declaring ----------------------------------------------------------- */

static int declare_test(lua_State *L) {
    script_run *run = script_run_of(L);
    size_t len;
    const char *name = luaL_checklstring(L, 1, &len);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    if (run->tests == NULL)
        return luaL_error(L, "tests are declared in files that are named "
                             "..._test.lua");
    script_tests *tests = run->tests;
    script_test test = {
        .name = arena_copy(run->arena, (str){name, len}),
        .place = script_place_of(L, 2),
        .function = tests->count + 1,
    };
    sandbox_push_kept(L, &TESTS_KEY);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, (int)test.function);
    ARENA_PUSH(run->arena, tests->tests, tests->count, test);
    return 0;
}

static void push_field(lua_State *L, const char *table, const char *name) {
    lua_getglobal(L, table);
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
}

void script_test_add_functions(lua_State *L) {
    lua_pushcfunction(L, declare_test);
    lua_setfield(L, -2, "test");
    lua_newtable(L);
    sandbox_keep(L, &TESTS_KEY);
}

/* ---- A file -------------------------------------------------------------- */

static int keep_asserts(lua_State *L) {
    if (luaL_loadbufferx(L, ASSERTS, sizeof ASSERTS - 1, "=[tenon]", "t") != 0)
        lua_error(L);
    lua_getglobal(L, "pcall");
    lua_getglobal(L, "error");
    lua_getglobal(L, "type");
    lua_getglobal(L, "tostring");
    lua_getglobal(L, "pairs");
    push_field(L, "string", "find");
    lua_pushcfunction(L, script_json_encode);
    lua_call(L, 7, 1);
    sandbox_keep(L, &ASSERTS_KEY);
    return 0;
}

static err *declare_all(arena *a, script_tests *t, str file, str text) {
    script_run run = {.arena = a, .script = t->script, .tests = t};
    sandbox_set_run(t->sandbox, &run);
    sandbox_begin(t->sandbox);
    err *e = sandbox_run(a, t->sandbox, keep_asserts, NULL);
    if (e == NULL)
        e = sandbox_run_text(a, t->sandbox, file, text);
    sandbox_set_run(t->sandbox, NULL);
    return e;
}

err *script_tests_open(arena *a, const script *s, str file, script_tests *out) {
    str text;
    *out = (script_tests){.script = s};
    TRY(file_read(a, file, &text));
    TRY(script_open_sandbox(a, s, &out->sandbox));
    err *e = declare_all(a, out, file, text);
    if (e == NULL)
        return NULL;
    script_tests_close(out);
    return err_new(a, ERR_INVALID, "%.*s", STR_ARG(e->message));
}

void script_tests_close(script_tests *t) {
    sandbox_free(t->sandbox);
    t->sandbox = NULL;
}

static int call_test(lua_State *L) {
    const script_test *test = script_run_of(L)->test;
    sandbox_push_kept(L, &TESTS_KEY);
    lua_rawgeti(L, -1, (int)test->function);
    sandbox_push_kept(L, &ASSERTS_KEY);
    lua_call(L, 1, 0);
    return 0;
}

err *script_tests_run(const script_tests *t, size_t which, const caller *c) {
    script_run run = {
        .arena = c->arena,
        .script = t->script,
        .caller = c,
        .test = &t->tests[which],
    };
    sandbox_begin(t->sandbox);
    sandbox_set_run(t->sandbox, &run);
    err *e = sandbox_run(c->arena, t->sandbox, call_test, NULL);
    sandbox_set_run(t->sandbox, NULL);
    return e;
}
