/* What scripts may not do, and for how long they may do the rest.
 * Runs alone: it looks at how long others wait. */
#include "lua/sandbox.h"

#include "base/clock.h"
#include "io/fiber.h"
#include "test/support/test.h"

static const sandbox_limits LIMITS = {
    .memory_bytes = 16 * 1024 * 1024,
    .instructions = 2000000,
    .time_ms = 2000,
};

static void release(sandbox **s) {
    sandbox_free(*s);
}

/* Runs the text as the file t.lua in a sandbox of its own. */
static err *run(arena *a, const char *text) {
    CLEANUP(release) sandbox *s = sandbox_new(&LIMITS);
    assert_non_null(s);
    sandbox_begin(s);
    return sandbox_run_text(a, s, STR("t.lua"), str_of(text));
}

static void runs_lua(void **state) {
    static const char *const CASES[] = {
        "local t = {} for i = 1, 10 do t[i] = i * i end assert(#t == 10)",
        "assert(('x'):rep(3, ',') == 'x,x,x')",
        "assert(string.format('%5.2f %s %d', 1.5, 'a', 3) == ' 1.50 a 3')",
        "assert(('%s'):format(setmetatable({}, {__tostring = function() "
        "return 'me' end})) == 'me')",
        "assert(bit.band(6, 3) == 2 and math.max(1, 2) == 2)",
        "local ok, e = pcall(error, {code = 1}) assert(not ok and e.code == 1)",
        "local co = coroutine.wrap(function(a) local b = coroutine.yield(a) "
        "return b end) assert(co(1) == 1 and co(2) == 2)",
        "assert(select(2, xpcall(error, function(e) return e .. '!' end, 'a')) "
        "== 'a!')",
        "local t = {3, 1, 2} table.sort(t) assert(table.concat(t) == '123')",
        "local t = {} for i = 1, 100 do t[i] = (i * 37) % 101 end "
        "table.sort(t, function(a, b) return a > b end) "
        "for i = 2, 100 do assert(t[i - 1] >= t[i]) end",
        "assert(tostring(nil) == 'nil' and tonumber('0x10') == 16)",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_ok(run(*state, CASES[i]));
}

static void searches_texts_as_lua_does(void **state) {
    static const char *const CASES[] = {
        "local a, b, c = ('key=value'):find('(%w+)=') "
        "assert(a == 1 and b == 4 and c == 'key')",
        "assert(('a.b'):find('.', 1, true) == 2)",
        "assert(('abc'):find('b', -1) == nil and ('abc'):find('', 10) == 4)",
        "assert(('2024-05'):match('(%d+)-(%d+)') == '2024')",
        "assert(('abc'):match('()b') == 2 and ('abc'):match('x') == nil)",
        "local r, n = ('hello world'):gsub('o', '0') "
        "assert(r == 'hell0 w0rld' and n == 2)",
        "assert(('abc'):gsub('%w', '%0%0') == 'aabbcc')",
        "assert(('abc'):gsub('', '-') == '-a-b-c-')",
        "assert(('abc'):gsub('%w*', 'x') == 'xx')",
        "assert(('hello'):gsub('l', {l = 'L'}, 1) == 'heLlo')",
        "assert(('a b'):gsub('%w', function(c) return c:upper() end) == 'A B')",
        "assert(('abc'):gsub('', function() return '-' end) == '-a-b-c-')",
        "assert(('aaa'):gsub('^a', 'b') == 'baa')",
        "assert(('aaa'):gsub('^a', {a = 'b'}) == 'baa')",
        "assert(('abc'):gsub('b', function() end) == 'abc')",
        "local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do "
        "t[k] = v end assert(t.a == '1' and t.b == '2')",
        "local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end "
        "assert(n == 4)",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_ok(run(*state, CASES[i]));
}

static void has_nothing_that_reaches_out(void **state) {
    static const char *const NAMES[] = {
        "io",      "os",       "package",  "debug",          "jit",
        "ffi",     "require",  "load",     "loadstring",     "dofile",
        "module",  "loadfile", "newproxy", "collectgarbage", "getfenv",
        "setfenv", "_G",       "gcinfo",   "print",
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(NAMES); i++) {
        const char *text = arena_printf(a, "local x = %s", NAMES[i]).ptr;
        str message =
            arena_printf(a, "t.lua:1: there is nothing called '%s'", NAMES[i]);
        expect_err(run(a, text), ERR_HOOK_FAILED, message);
    }
    expect_ok(run(a, "assert(string.dump == nil and table.foreach == nil and "
                     "math.randomseed == nil)"));
}

static void refuses_what_would_outlive_a_run(void **state) {
    static const struct {
        const char *text;
        str message;
    } CASES[] = {
        {"counter = 1", STR_INIT("t.lua:1: 'counter' would be a global: write "
                                 "local")},
        {"string.find = 1",
         STR_INIT("t.lua:1: this table cannot be changed: 'find'")},
        {"rawset(string, 'find', 1)",
         STR_INIT("this table cannot be changed: 'find'")},
        {"setmetatable(string, {})",
         STR_INIT("t.lua:1: cannot change a protected metatable")},
        {"setmetatable('', {})",
         STR_INIT("t.lua:1: bad argument #1 to 'setmetatable' (table "
                  "expected, got string)")},
        {"getmetatable('').__index = 1",
         STR_INIT("t.lua:1: attempt to index a boolean value")},
        {"getmetatable(string).__index = 1",
         STR_INIT("t.lua:1: attempt to index a boolean value")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        err *e = run(*state, CASES[i].text);
        assert_non_null(e);
        assert_int_equal(e->code, ERR_HOOK_FAILED);
        if (!str_contains(e->message, CASES[i].message))
            expect_str(e->message, CASES[i].message);
    }
}

static void refuses_bytecode(void **state) {
    arena *a = *state;
    CLEANUP(release) sandbox *s = sandbox_new(&LIMITS);
    sandbox_begin(s);
    err *e = sandbox_run_text(a, s, STR("t.lua"), STR("\x1bLJ\x02\x00"));
    assert_non_null(e);
    assert_true(str_contains(e->message, STR("attempt to load chunk with "
                                             "wrong mode")));
}

static void names_the_place_of_an_error(void **state) {
    static const struct {
        const char *text;
        str message;
    } CASES[] = {
        {"local x = 1\nlocal y = x.z.w", STR_INIT("t.lua:2: ")},
        {"error('no')", STR_INIT("t.lua:1: no")},
        {"error({})", STR_INIT("an error that is no text but a table")},
        {"error(setmetatable({}, {__tostring = function(t) return "
         "tostring(t) end}))",
         STR_INIT("an error that is no text but a table")},
        {"error()", STR_INIT("an error that is no text but a nil")},
        {"local x = = 1", STR_INIT("t.lua:1: unexpected symbol near '='")},
        {"coroutine.wrap(function() local x = nil + 1 end)()",
         STR_INIT("t.lua:1: attempt to perform arithmetic on a nil value")},
        {"coroutine.yield(1)",
         STR_INIT("attempt to yield across C-call boundary")},
        {"('x'):rep(-1):find('[')", STR_INIT("malformed pattern")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        err *e = run(*state, CASES[i].text);
        assert_non_null(e);
        assert_int_equal(e->code, ERR_HOOK_FAILED);
        if (!str_contains(e->message, CASES[i].message))
            expect_str(e->message, CASES[i].message);
    }
}

static const struct {
    const char *text;
    const char *why;
} GREEDY[] = {
    {"while true do end", "takes too many instructions"},
    {"while true do pcall(function() while true do end end) end",
     "takes too many instructions"},
    {"local function f() pcall(f) f() end f()", "takes too"},
    {"xpcall(function() while true do end end, function() while true do "
     "end end)",
     "takes too many instructions"},
    {"coroutine.wrap(function() while true do end end)()",
     "takes too many instructions"},
    {"local co = coroutine.create(function() while true do "
     "coroutine.yield() end end) while true do coroutine.resume(co) end",
     "takes too many instructions"},
    {"while true do local ok = coroutine.resume(coroutine.create(function()"
     " while true do end end)) end",
     "takes too many instructions"},
    {"('a'):rep(5000):find(('.-'):rep(10) .. 'x')",
     "takes too many instructions"},
    {"('a'):rep(5000):gsub(('.-'):rep(10) .. 'x', '')",
     "takes too many instructions"},
    {"for _ in ('a'):rep(5000):gmatch(('.-'):rep(10) .. 'x') do end",
     "takes too many instructions"},
    {"local s = ('a'):rep(1000) while true do s:find('b', 1, true) end",
     "takes too many instructions"},
    {"local t = {} for i = 1, 1e9 do t[i] = i end", "takes too much memory"},
    {"local s = 'x' while true do s = s .. s end", "takes too much memory"},
    {"('x'):rep(1e9)", "takes too much memory"},
    {"local t = {} while true do t = {t} end", "takes too much memory"},
    {"local t = {} while true do pcall(function() for i = 1, 1e9 do "
     "t[#t + 1] = {} end end) end",
     "takes too much memory"},
    {"local t = {} for i = 1, 1e5 do t[i] = 1e5 - i end "
     "table.sort(t)",
     "takes too many instructions"},
    {"table.sort({1, 2, 3}, function() while true do end end)",
     "takes too many instructions"},
    {"('x'):gsub('x', function() while true do end end)",
     "takes too many instructions"},
    {"local t = setmetatable({}, {}) getmetatable(t).__tostring = "
     "function(x) return tostring(x) end tostring(t)",
     "takes too many instructions"},
};

typedef struct watched {
    arena *a;
    const char *text;
    err *failure;
    bool has_ended;
    int64_t longest_us; /* that another fiber had to wait */
} watched;

static err *run_greedy(void *argument) {
    watched *w = argument;
    w->failure = run(w->a, w->text);
    w->has_ended = true;
    return NULL;
}

static err *watch(void *argument) {
    watched *w = argument;
    int64_t before = clock_monotonic_us(NULL);
    while (!w->has_ended) {
        fiber_yield();
        int64_t now = clock_monotonic_us(NULL);
        if (now - before > w->longest_us)
            w->longest_us = now - before;
        before = now;
    }
    return NULL;
}

static void run_watched(watched *w) {
    loop *l = loop_new();
    fiber_group group = {.loop = l};
    expect_ok(fiber_start(w->a, &group, run_greedy, w));
    expect_ok(fiber_start(w->a, &group, watch, w));
    loop_stop(l);
    loop_run(l);
    loop_free(l);
}

/* Whatever a script does about it, it is stopped, its place is named, and
 * others wait for some milliseconds at most. */
static void stops_what_takes_too_much(void **state) {
    for (size_t i = 0; i < LENGTH(GREEDY); i++) {
        watched w = {.a = *state, .text = GREEDY[i].text};
        run_watched(&w);
        assert_non_null(w.failure);
        if (w.failure->code != ERR_HOOK_LIMIT ||
            !str_contains(w.failure->message, str_of(GREEDY[i].why)))
            expect_err(w.failure, ERR_HOOK_LIMIT, str_of(GREEDY[i].why));
        if (w.longest_us > 200 * 1000)
            fail_msg("others waited for %d us: %s", (int)w.longest_us, w.text);
    }
}

/* On a fiber's small stack. */
static const char *const DEEP[] = {
    "local function f() return 1 + f() end f()",
    "local function f(c) return coroutine.wrap(f)(c) end f(1)",
    "local t = setmetatable({}, {}) getmetatable(t).__index = "
    "function(x, k) return x[k .. 'x'] end return t.x",
    "local function f() return ('x'):gsub('x', f) end f()",
    "local t = setmetatable({}, {}) getmetatable(t).__tostring = "
    "function(x) return string.format('%s', x) end tostring(t)",
    "local function f() table.sort({1, 2}, function() f() end) end f()",
    "local function f() xpcall(f, f) end f()",
    "local t = setmetatable({}, {}) getmetatable(t).__concat = "
    "function(x) return x .. 'a' end return t .. 'b'",
    "local t = setmetatable({}, {}) getmetatable(t).__eq = "
    "function(x, y) return x == y end "
    "return t == setmetatable({}, getmetatable(t))",
    "local t = setmetatable({}, {}) getmetatable(t).__lt = "
    "function(x, y) return x < y end return t < t",
    "local t = {} t = setmetatable(t, {__index = t}) return t.x",
    "('x'):rep(300):find(('x*'):rep(90))",
    "('x'):rep(300):find(('(x)'):rep(32))",
    "local s = 'return ' .. ('('):rep(1000)",
};

static err *run_deep(void *argument) {
    arena *a = argument;
    for (size_t i = 0; i < LENGTH(DEEP); i++) {
        CLEANUP(release) sandbox *s = sandbox_new(&LIMITS);
        sandbox_begin(s);
        err *e = sandbox_run_text(a, s, STR("t.lua"), str_of(DEEP[i]));
        (void)e; /* some end well, some do not: all end */
    }
    return NULL;
}

static void survives_deep_recursion_on_a_fiber(void **state) {
    arena *a = *state;
    loop *l = loop_new();
    fiber_group group = {.loop = l};
    expect_ok(fiber_start(a, &group, run_deep, a));
    loop_stop(l);
    loop_run(l);
    assert_true(fiber_group_is_empty(&group));
    loop_free(l);
}

/* ---- Others -------------------------------------------------------------- */

typedef struct busy {
    arena *a;
    bool has_ended;
    int turns; /* of another fiber, meanwhile */
} busy;

static err *run_long(void *argument) {
    busy *b = argument;
    CLEANUP(release) sandbox *s = sandbox_new(&LIMITS);
    sandbox_begin(s);
    expect_ok(sandbox_run_text(b->a, s, STR("t.lua"),
                               STR("for i = 1, 1e6 do local x = i * 2 end")));
    b->has_ended = true;
    return NULL;
}

static err *count_turns(void *argument) {
    busy *b = argument;
    while (!b->has_ended) {
        b->turns++;
        fiber_yield();
    }
    return NULL;
}

static void lets_other_fibers_run(void **state) {
    arena *a = *state;
    loop *l = loop_new();
    fiber_group group = {.loop = l};
    busy b = {.a = a};
    expect_ok(fiber_start(a, &group, run_long, &b));
    expect_ok(fiber_start(a, &group, count_turns, &b));
    loop_stop(l);
    loop_run(l);
    assert_true(b.turns > 3);
    loop_free(l);
}

static void is_used_again_unless_a_limit_was_reached(void **state) {
    arena *a = *state;
    CLEANUP(release) sandbox *s = sandbox_new(&LIMITS);
    for (int i = 0; i < 3; i++) {
        sandbox_begin(s);
        expect_ok(sandbox_run_text(
            a, s, STR("t.lua"),
            STR("local n = 0 for i = 1, 3e5 do n = n + i end")));
        assert_false(sandbox_is_spoiled(s));
    }
    expect_err(sandbox_run_text(a, s, STR("t.lua"), STR("error('no')")),
               ERR_HOOK_FAILED, STR("t.lua:1: no"));
    assert_false(sandbox_is_spoiled(s));
    sandbox_begin(s);
    expect_err(sandbox_run_text(a, s, STR("t.lua"), STR("while true do end")),
               ERR_HOOK_LIMIT, STR("t.lua:1: takes too many instructions"));
    assert_true(sandbox_is_spoiled(s));
}

static void stops_at_its_time(void **state) {
    sandbox_limits limits = LIMITS;
    limits.instructions = INT64_MAX;
    limits.time_ms = 30;
    CLEANUP(release) sandbox *s = sandbox_new(&limits);
    sandbox_begin(s);
    expect_err(
        sandbox_run_text(*state, s, STR("t.lua"), STR("\nwhile true do end")),
        ERR_HOOK_LIMIT, STR("t.lua:2: takes too long"));
}

static void begins_with_little_memory(void **state) {
    sandbox_limits limits = LIMITS;
    limits.memory_bytes = SANDBOX_MIN_MEMORY;
    CLEANUP(release) sandbox *s = sandbox_new(&limits);
    assert_non_null(s);
    sandbox_begin(s);
    expect_ok(sandbox_run_text(*state, s, STR("t.lua"),
                               STR("local t = {} for i = 1, 100 do t[i] = {} "
                                   "end")));
    assert_true(sandbox_memory(s) < limits.memory_bytes / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(runs_lua),
        TEST(searches_texts_as_lua_does),
        TEST(has_nothing_that_reaches_out),
        TEST(refuses_what_would_outlive_a_run),
        TEST(refuses_bytecode),
        TEST(names_the_place_of_an_error),
        TEST(stops_what_takes_too_much),
        TEST(survives_deep_recursion_on_a_fiber),
        TEST(lets_other_fibers_run),
        TEST(is_used_again_unless_a_limit_was_reached),
        TEST(stops_at_its_time),
        TEST(begins_with_little_memory),
    };
    return cmocka_run_group_tests_name("lua/sandbox", tests, NULL, NULL);
}
