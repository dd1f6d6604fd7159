#include "lua/script_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/fiber.h"
#include "schema/load.h"
#include "test/support/test.h"

static const char SCHEMA[] = "enum Status {\n  OPEN\n  DONE\n}\n"
                             "model Task {\n"
                             "  id Int @id @default(autoincrement())\n"
                             "  title String\n"
                             "  points Int?\n"
                             "  status Status @default(OPEN)\n"
                             "  big BigInt?\n"
                             "  price Decimal?\n"
                             "  dueAt DateTime? @map(\"due_at\")\n"
                             "  settings Json?\n"
                             "  tags String[]\n"
                             "  data Bytes?\n"
                             "  secret String? @sensitive\n"
                             "  password String? @password\n"
                             "  @@map(\"task\")\n  @@allow('all', true)\n}\n"
                             "model Note {\n  id Int @id\n  text String\n"
                             "  @@map(\"note\")\n  @@allow('all', true)\n}\n";

/* A folder hooks/ with one file, and a caller. */
typedef struct world {
    arena *a;
    char folder[64];
    app application;
    caller caller;
    script_source *source;
} world;

static void write_file(const world *w, const char *name, const char *text) {
    arena *a = w->a;
    const char *path = arena_printf(a, "%s/%s", w->folder, name).ptr;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static world *world_new(arena *a) {
    world *w = arena_new_array(a, world, 1);
    diag_list diags = {0};
    w->a = a;
    snprintf(w->folder, sizeof w->folder, "/tmp/tenon-hooks-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    expect_ok(schema_load_text(a, STR("t"), str_of(SCHEMA), ENGINE_SQLITE,
                               &diags, &w->application.schema));
    w->caller = (caller){.app = &w->application, .arena = a};
    return w;
}

static const sandbox_limits LIMITS = {16 * 1024 * 1024, 2000000, 2000};

static err *load_with(const world *w, size_t sandboxes, sandbox_limits limits,
                      script **out) {
    script_config config = {
        .folder = str_of(w->folder),
        .schema = w->application.schema,
        .limits = limits,
        .sandboxes = sandboxes,
    };
    return script_load(w->a, &config, out);
}

static err *load(const world *w, script **out) {
    return load_with(w, 4, LIMITS, out);
}

static world *world_with_limits(arena *a, const char *text, size_t sandboxes,
                                sandbox_limits limits) {
    world *w = world_new(a);
    script *s = NULL;
    write_file(w, "task.lua", text);
    expect_ok(load_with(w, sandboxes, limits, &s));
    w->source = script_source_new(a, s);
    return w;
}

static world *world_with(arena *a, const char *text) {
    return world_with_limits(a, text, 4, LIMITS);
}

static void world_free(world *w) {
    script_source_free(w->source);
    const char *command = arena_printf(w->a, "rm -r %s", w->folder).ptr;
    assert_int_equal(system(command), 0);
}

enum { COLUMNS = 12 };

static const model *task(const world *w) {
    return schema_find_model(w->application.schema, STR("Task"));
}

static value text(const char *t) {
    return (value){.kind = VALUE_TEXT, .text = str_of(t)};
}

static void fill_row(value cells[COLUMNS]) {
    value row[COLUMNS] = {
        {.kind = VALUE_INT, .integer = 7},
        text("first"),
        {.kind = VALUE_INT, .integer = 3},
        text("OPEN"),
        {.kind = VALUE_INT, .integer = 9007199254740993},
        text("12.50"),
        text("2024-01-31T12:00:00.123+00:00"),
        text("{\"theme\":\"dark\",\"sizes\":[1,2]}"),
        text("[\"a\",\"b\"]"),
        {.kind = VALUE_BYTES, .text = STR_INIT("\xff\x00z")},
        text("hush"),
        text("hash"),
    };
    memcpy(cells, row, sizeof row);
}

static err *update(const world *w, value *before, value *after) {
    const hook_source *s = script_source_hooks(w->source);
    hook_row row = {before, after};
    hook_batch batch = {.model = task(w),
                        .action = HOOK_UPDATE,
                        .time = HOOK_BEFORE,
                        .rows = &row,
                        .row_count = 1};
    return s->run(s, &w->caller, &batch);
}

/* The file has one hook, before an update, with this body. */
static err *run_body(arena *a, const char *body, value after[COLUMNS]) {
    value before[COLUMNS];
    const char *file =
        arena_printf(a,
                     "tenon.before('Task', 'update', function(ctx, change)\n"
                     "local before, after = change.before, change.after\n"
                     "%s\nend)\n",
                     body)
            .ptr;
    world *w = world_with(a, file);
    fill_row(before);
    fill_row(after);
    err *e = update(w, before, after);
    world_free(w);
    return e;
}

static void shows_cells_as_values_of_lua(void **state) {
    static const char *const CASES[] = {
        "assert(after.id == 7 and after.title == 'first')",
        "assert(after.points == 3 and after.status == 'OPEN')",
        "assert(after.big == '9007199254740993')",
        "assert(after.price == '12.50')",
        "assert(after.dueAt == '2024-01-31T12:00:00.123+00:00')",
        "assert(after.settings.theme == 'dark' and #after.settings.sizes == 2)",
        "assert(after.tags[2] == 'b')",
        "assert(#after.data == 3 and after.data:byte(1) == 255)",
        "assert(ctx.model == 'Task' and ctx.action == 'update')",
        "assert(ctx.principal.kind == 'anonymous' and ctx.request.id == nil)",
        ("after.title = 'x' assert(change.changes.title.from == 'first' and "
         "change.changes.title.to == 'x' and change.changes.points == nil)"),
        ("local f = tenon.fields(after) assert(f.title == 'first' and "
         "f.secret == nil and f.password == nil)"),
        "local n = 0 for k, v in pairs(after) do n = n + 1 end assert(n == 10)",
        "assert(change.row == 1)",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value after[COLUMNS];
        expect_ok(run_body(*state, CASES[i], after));
    }
}

static void has_tools_for_hooks(void **state) {
    static const char *const CASES[] = {
        "assert(tenon.json.encode({b = {1, 2.5}, a = true, c = tenon.null}) == "
        "'{\"a\":true,\"b\":[1,2.5],\"c\":null}')",
        "assert(tenon.json.encode(tenon.json.array({})) == '[]' and "
        "tenon.json.encode({}) == '{}')",
        "local v = tenon.json.decode('[1, null, {\"x\": []}]') "
        "assert(v[1] == 1 and v[2] == tenon.null and "
        "tenon.json.encode(v) == '[1,null,{\"x\":[]}]')",
        "assert(not pcall(tenon.json.decode, '12345678901234567890'))",
        "assert(tenon.json.decode('12345678901234567890', {numbers = 'text'}) "
        "== '12345678901234567890')",
        "assert(tenon.json.decode('0.1') == 0.1 and "
        "not pcall(tenon.json.decode, '0.10000000000000000001'))",
        "assert(not pcall(tenon.json.decode, '{') and "
        "not pcall(tenon.json.encode, {pcall}))",
        "assert(not pcall(tenon.json.encode, 0 / 0))",
        "assert(tenon.time.parse('1970-01-02') == 86400000)",
        "assert(tenon.time.format(0) == '1970-01-01T00:00:00.000+00:00')",
        "assert(tenon.time.add('2024-02-28T12:00:00Z', {days = 1, hours = -12})"
        " == '2024-02-29T00:00:00.000+00:00')",
        "assert(not pcall(tenon.time.add, '2024-01-01', {month = 1}) and "
        "not pcall(tenon.time.format, 1e300))",
        "assert(#tenon.time.now() == 29)",
        "assert(tenon.crypto.sha256('abc') == 'ba7816bf8f01cfea414140de5dae2223"
        "b00361a396177a9cb410ff61f20015ad')",
        "assert(tenon.crypto.hmac('key', 'The quick brown fox jumps over the "
        "lazy dog') == 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479db"
        "c2d1a3cd8')",
        "assert(tenon.crypto.equal('a', 'a') and not tenon.crypto.equal('a', "
        "'b') and not tenon.crypto.equal('a', 'aa'))",
        "assert(#tenon.crypto.random(16) == 32 and #tenon.crypto.uuid() == 36)",
        "assert(not pcall(tenon.crypto.random, 0))",
        "tenon.log.info('says', {a = 1})",
        "assert(not pcall(tenon.http.request, {url = 'https://a.example'}))",
        "assert(not pcall(function() tenon.json.encode = 1 end))",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value after[COLUMNS];
        expect_ok(run_body(*state, CASES[i], after));
    }
}

static void writes_values_of_lua_into_cells(void **state) {
    static const struct {
        const char *body;
        size_t column;
        str text;
    } TEXTS[] = {
        {"after.title = 'new'", 1, STR_INIT("new")},
        {"after.status = 'DONE'", 3, STR_INIT("DONE")},
        {"after.price = '7.10'", 5, STR_INIT("7.10")},
        {"after.price = 7", 5, STR_INIT("7")},
        {"after.dueAt = '2024-02-01'", 6,
         STR_INIT("2024-02-01T00:00:00.000+00:00")},
        {"after.settings = {b = {1, 2.5}, a = tenon.null}", 7,
         STR_INIT("{\"a\":null,\"b\":[1,2.5]}")},
        {"after.settings.theme = 'light'", 7,
         STR_INIT("{\"sizes\":[1,2],\"theme\":\"light\"}")},
        {"after.tags = {'x'}", 8, STR_INIT("[\"x\"]")},
        {"after.tags = {}", 8, STR_INIT("[]")},
        {"after.tags[3] = 'c'", 8, STR_INIT("[\"a\",\"b\",\"c\"]")},
        {"after.data = 'ab\\0'", 9, STR_INIT("ab\0")},
        {"local s = after.settings", 7,
         STR_INIT("{\"theme\":\"dark\",\"sizes\":[1,2]}")},
    };
    value after[COLUMNS];
    for (size_t i = 0; i < LENGTH(TEXTS); i++) {
        expect_ok(run_body(*state, TEXTS[i].body, after));
        expect_str(after[TEXTS[i].column].text, TEXTS[i].text);
    }
    expect_ok(run_body(*state, "after.points = 4", after));
    assert_int_equal(after[2].integer, 4);
    expect_ok(run_body(*state, "after.points = nil", after));
    assert_int_equal(after[2].kind, VALUE_NULL);
    expect_ok(run_body(*state, "after.points = tenon.null", after));
    assert_int_equal(after[2].kind, VALUE_NULL);
    expect_ok(run_body(*state, "after.big = '9007199254740995'", after));
    assert_int_equal(after[4].integer, 9007199254740995);
}

/* The reason stands in the cause, which goes into the log. */
static void says_what_a_hook_did_wrong(void **state) {
    static const struct {
        const char *body;
        const char *why;
    } CASES[] = {
        {"local x = after.titel",
         "model Task has no column 'titel', did you mean 'title'?"},
        {"after.points = 'many'",
         "Task.points: invalid input syntax for type integer: \"many\""},
        {"after.big = 2 ^ 60", "a number past 2^53 may have lost digits"},
        {"after.settings = function() end", "a function is not a value"},
        {"after.settings = {} after.settings.me = after.settings",
         "nested too deeply"},
        {"after.title = '\\255'", "not valid UTF-8"},
        {"before.title = 'x'", "only 'after' of a before hook"},
        {"change.after = nil", "this cannot be written to"},
        {"local x = after.secret", "secret is redacted"},
        {"after.password = 'x'", "a hook cannot set a password"},
        {"error('oh')", "task.lua:3: oh"},
        {"tenon.before('Task', 'update', function() end)",
         "hooks are declared while their files are loaded"},
        {"for k in pairs(change) do end", "this is no row of a change"},
        {"for k in pairs(tenon.null) do end", "this is no row of a change"},
        {"ctx.nothing()", "a context has principal, request"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value after[COLUMNS];
        err *e = run_body(*state, CASES[i].body, after);
        assert_non_null(e);
        assert_int_equal(e->code, ERR_HOOK_FAILED);
        assert_true(str_ends_with(e->message, STR("task.lua:1 failed")));
        if (!str_contains(e->cause->message, str_of(CASES[i].why)))
            expect_str(e->cause->message, str_of(CASES[i].why));
    }
}

static void refuses_in_the_words_of_the_hook(void **state) {
    arena *a = *state;
    value after[COLUMNS];
    expect_err(run_body(a, "tenon.refuse('not on Sundays')", after),
               ERR_HOOK_REFUSED, STR("not on Sundays"));
    err *e = run_body(a, "tenon.invalid('dueAt', 'is too late')", after);
    expect_err(e, ERR_CHECK_VIOLATION,
               STR("the new row of \"task\" is not valid: due_at is too late"));
    expect_str(e->details, STR("[{\"column\":\"due_at\",\"rule\":\"hook\","
                               "\"message\":\"is too late\"}]"));
    e = run_body(a, "tenon.invalid({points = 'p', title = 't'})", after);
    expect_err(e, ERR_CHECK_VIOLATION,
               STR("the new row of \"task\" is not valid: title t (and 1 "
                   "more)"));
    expect_ok(run_body(a,
                       "local ok, e = pcall(tenon.refuse, 'no') "
                       "assert(e.code == 'HOOK_REFUSED' and "
                       "e.message == 'no' and tostring(e) == 'no')",
                       after));
}

static void names_the_hook_that_takes_too_much(void **state) {
    value after[COLUMNS];
    err *e = run_body(*state, "while true do end", after);
    assert_non_null(e);
    assert_int_equal(e->code, ERR_HOOK_LIMIT);
    assert_true(str_contains(e->message, STR("task.lua:1 was stopped: ")));
    assert_true(str_ends_with(e->message,
                              STR("task.lua:3: takes too many instructions")));
}

static void shows_what_is_redacted_to_whom_says_so(void **state) {
    world *w = world_with(
        *state, "tenon.before('Task', 'update', {reads = {'secret'}},\n"
                "  function(ctx, change)\n"
                "    assert(change.after.secret == 'hush')\n"
                "    change.after.title = change.after.secret\n"
                "  end)");
    value before[COLUMNS];
    value after[COLUMNS];
    fill_row(before);
    fill_row(after);
    expect_ok(update(w, before, after));
    expect_str(after[1].text, STR("hush"));
    world_free(w);
}

static void keeps_nothing_of_a_run(void **state) {
    world *w = world_with(
        *state, "local kept\n"
                "tenon.before('Task', 'update', function(ctx, change)\n"
                "  if kept then local x = kept.title end\n"
                "  kept = change.after\n"
                "end)");
    value before[COLUMNS];
    value after[COLUMNS];
    fill_row(before);
    fill_row(after);
    expect_ok(update(w, before, after));
    err *e = update(w, before, after);
    assert_non_null(e);
    assert_true(str_contains(e->cause->message,
                             STR("a change is over when its hook has ended")));
    world_free(w);
}

static void shows_no_row_of_a_run_that_failed(void **state) {
    world *w = world_with_limits(
        *state,
        "tenon.before('Task', 'update', function(ctx, change)\n"
        "  error(tenon.json.encode(change.after.settings))\n"
        "end)",
        1, LIMITS);
    value before[COLUMNS];
    value after[COLUMNS];
    fill_row(before);
    fill_row(after);
    err *first = update(w, before, after);
    after[7] = text("{\"own\":true}");
    err *second = update(w, before, after);
    assert_true(str_contains(first->cause->message, STR("dark")));
    assert_false(str_contains(second->cause->message, STR("dark")));
    assert_true(str_contains(second->cause->message, STR("own")));
    world_free(w);
}

/* Lua shows the key by which an error is known, and a script may put there what
 * is none. */
static void takes_no_other_thing_for_an_error_of_ours(void **state) {
    static const char *const OTHERS[] = {"change", "change.after", "ctx", "key",
                                         "tenon.json.null"};
    for (size_t i = 0; i < LENGTH(OTHERS); i++) {
        value after[COLUMNS];
        const char *body =
            arena_printf(*state,
                         "local ok, e = pcall(tenon.refuse, 'no')\n"
                         "local key\n"
                         "for k in pairs(e) do\n"
                         "  if type(k) == 'userdata' then key = k end\n"
                         "end\n"
                         "assert(key)\n"
                         "error({[key] = %s})",
                         OTHERS[i])
                .ptr;
        err *e = run_body(*state, body, after);
        assert_non_null(e);
        assert_int_equal(e->code, ERR_HOOK_FAILED);
        assert_true(
            str_contains(e->cause->message, STR("no text but a table")));
    }
}

/* What is the same for all runs of a sandbox. */
static void cannot_change_what_others_see(void **state) {
    static const char *const CASES[] = {
        "tenon.json.array(string) string.rep = error",
        "tenon.json.array(tenon) tenon.query = error",
        "tenon.json.array(tenon.json) tenon.json.encode = error",
        "getmetatable(tenon.json.array()).__index = error",
        "getmetatable(tenon.json.decode('[]')).__index = error",
        "getmetatable(select(2, pcall(tenon.refuse, 'x'))).__tostring = error",
        "tenon.json.array(select(2, pcall(tenon.refuse, 'x')))",
        "getmetatable('').__index.rep = error",
        "getmetatable(change.after).__index = error",
        "getmetatable(ctx).__index = error",
        "setmetatable(string, {})",
        "rawset(tenon, 'query', error)",
        "_G.x = 1",
        "x = 1",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value after[COLUMNS];
        err *e = run_body(*state, CASES[i], after);
        if (e == NULL || e->code != ERR_HOOK_FAILED)
            fail_msg("%s was allowed", CASES[i]);
    }
}

static void counts_what_is_made_outside_of_lua(void **state) {
    value after[COLUMNS];
    err *e = run_body(*state,
                      "local text = ('x'):rep(1e6)\n"
                      "while true do tenon.json.encode(text) end",
                      after);
    assert_non_null(e);
    assert_int_equal(e->code, ERR_HOOK_LIMIT);
    assert_true(str_contains(e->message, STR("takes too much memory")));
}

static void calls_hooks_in_their_order_and_for_batches(void **state) {
    world *w = world_with(
        *state,
        "tenon.before('Task', 'create', function(ctx, change)\n"
        "  change.after.title = change.after.title .. '1' end)\n"
        "tenon.before_batch('Task', 'create', function(ctx, changes)\n"
        "  for i, c in ipairs(changes) do\n"
        "    c.after.title = c.after.title .. '2' .. #changes\n"
        "    assert(c.before == nil and c.row == i)\n"
        "  end end)\n"
        "tenon.before('Task', 'create', function(ctx, change)\n"
        "  change.after.title = change.after.title .. '3'\n"
        "  if change.row == 2 then tenon.invalid('title', 'no') end end)\n"
        "tenon.before('Note', 'read', function(ctx)\n"
        "  tenon.refuse(ctx.model .. ' is closed') end)\n");
    const hook_source *s = script_source_hooks(w->source);
    value after[2][COLUMNS];
    fill_row(after[0]);
    fill_row(after[1]);
    hook_row rows[] = {{NULL, after[0]}, {NULL, after[1]}};
    size_t numbers[] = {4, 9};
    hook_batch batch = {.model = task(w),
                        .action = HOOK_CREATE,
                        .time = HOOK_BEFORE,
                        .rows = rows,
                        .row_count = 1};
    assert_true(s->has(s, batch.model, HOOK_CREATE, HOOK_BEFORE));
    assert_false(s->has(s, batch.model, HOOK_CREATE, HOOK_AFTER));
    assert_false(s->has(s, batch.model, HOOK_UPDATE, HOOK_BEFORE));
    expect_ok(s->run(s, &w->caller, &batch));
    expect_str(after[0][1].text, STR("first1213"));
    batch.row_count = 2;
    batch.numbers = numbers;
    expect_err(s->run(s, &w->caller, &batch), ERR_CHECK_VIOLATION,
               STR("row 10 of \"task\" is not valid: title no"));
    const model *note = schema_find_model(w->application.schema, STR("Note"));
    hook_batch read = {.model = note, .action = HOOK_READ, .time = HOOK_BEFORE};
    expect_err(s->run(s, &w->caller, &read), ERR_HOOK_REFUSED,
               STR("Note is closed"));
    world_free(w);
}

static void says_what_is_wrong_with_a_file(void **state) {
    static const struct {
        const char *text;
        const char *why;
    } CASES[] = {
        {"\ntenon.before('Taks', 'update', function() end)",
         "task.lua:2: there is no model 'Taks', did you mean 'Task'?"},
        {"tenon.before('Task', 'updaet', function() end)",
         "there is no action 'updaet', did you mean 'update'?"},
        {"tenon.before('Task', 'sign-up', function() end)",
         "there is no hook for 'sign-up': this server has no sign-in yet"},
        {"tenon.after('Task', 'read', function() end)",
         "there is no hook after a read"},
        {"tenon.before('Task', 'update')", "function expected"},
        {"tenon.before('Task', 'update', {reads = {'secrte'}}, function() end)",
         "model Task has no column 'secrte', did you mean 'secret'?"},
        {"tenon.before('Task', 'update', {reeds = 1}, function() end)",
         "the options of a hook are {reads = {...}}"},
        {"local x =", "task.lua:1: unexpected symbol near '<eof>'"},
        {"while true do end", "task.lua:1: takes too many instructions"},
        {"tenonn.before()", "there is nothing called 'tenonn'"},
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        world *w = world_new(a);
        script *s = NULL;
        write_file(w, "task.lua", CASES[i].text);
        err *e = load(w, &s);
        assert_non_null(e);
        assert_int_equal(e->code, ERR_INVALID);
        if (!str_contains(e->message, str_of(CASES[i].why)))
            expect_str(e->message, str_of(CASES[i].why));
        world_free(w);
    }
}

static void leaves_out_tests_and_folders(void **state) {
    world *w = world_new(*state);
    script *s = NULL;
    write_file(w, "task_test.lua", "not lua");
    write_file(w, "readme.md", "not lua");
    expect_ok(load(w, &s));
    assert_int_equal(s->file_count, 0);
    w->source = script_source_new(*state, s);
    world_free(w);
}

static void is_replaced_while_it_is_there(void **state) {
    arena *a = *state;
    world *w = world_with(a, "tenon.before('Task', 'update', function(_, c) "
                             "c.after.title = 'one' end)");
    value before[COLUMNS];
    value after[COLUMNS];
    script *next = NULL;
    fill_row(before);
    fill_row(after);
    expect_ok(update(w, before, after));
    expect_str(after[1].text, STR("one"));
    write_file(w, "task.lua",
               "tenon.before('Task', 'update', function(_, c) "
               "c.after.title = 'two' end)");
    expect_ok(load(w, &next));
    script_source_replace(w->source, next);
    expect_ok(update(w, before, after));
    expect_str(after[1].text, STR("two"));
    world_free(w);
}

/* ---- On fibers ----------------------------------------------------------- */

/* Runs an update on several fibers, of which so many may run hooks at once. */
typedef struct crowd {
    world *world;
    err *failures[5];
    size_t begun;
} crowd;

static err *update_in_fiber(void *argument) {
    crowd *c = argument;
    size_t mine = c->begun++;
    value before[COLUMNS];
    value after[COLUMNS];
    fill_row(before);
    fill_row(after);
    c->failures[mine] = update(c->world, before, after);
    return NULL;
}

static void run_crowd(crowd *c) {
    loop *l = loop_new();
    fiber_group group = {.loop = l};
    for (size_t i = 0; i < LENGTH(c->failures); i++)
        expect_ok(fiber_start(c->world->a, &group, update_in_fiber, c));
    loop_stop(l);
    loop_run(l);
    loop_free(l);
}

static const char BUSY[] = "tenon.before('Task', 'update', function()\n"
                           "  for i = 1, 5e5 do end\n"
                           "end)";

static void lets_others_wait_for_their_turn(void **state) {
    crowd c = {.world = world_with_limits(*state, BUSY, 2, LIMITS)};
    run_crowd(&c);
    for (size_t i = 0; i < LENGTH(c.failures); i++)
        expect_ok(c.failures[i]);
    world_free(c.world);
}

static void gives_up_waiting_in_time(void **state) {
    static const char FOREVER[] = "tenon.before('Task', 'update', function()\n"
                                  "  while true do end\n"
                                  "end)";
    sandbox_limits limits = {16 * 1024 * 1024, INT64_MAX, 30};
    crowd c = {.world = world_with_limits(*state, FOREVER, 1, limits)};
    size_t timeouts = 0;
    run_crowd(&c);
    for (size_t i = 0; i < LENGTH(c.failures); i++) {
        assert_non_null(c.failures[i]);
        timeouts += c.failures[i]->code == ERR_TIMEOUT ? 1 : 0;
    }
    assert_true(timeouts > 0);
    world_free(c.world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(shows_cells_as_values_of_lua),
        TEST(has_tools_for_hooks),
        TEST(writes_values_of_lua_into_cells),
        TEST(says_what_a_hook_did_wrong),
        TEST(refuses_in_the_words_of_the_hook),
        TEST(names_the_hook_that_takes_too_much),
        TEST(shows_what_is_redacted_to_whom_says_so),
        TEST(keeps_nothing_of_a_run),
        TEST(shows_no_row_of_a_run_that_failed),
        TEST(takes_no_other_thing_for_an_error_of_ours),
        TEST(cannot_change_what_others_see),
        TEST(counts_what_is_made_outside_of_lua),
        TEST(calls_hooks_in_their_order_and_for_batches),
        TEST(says_what_is_wrong_with_a_file),
        TEST(leaves_out_tests_and_folders),
        TEST(is_replaced_while_it_is_there),
        TEST(lets_others_wait_for_their_turn),
        TEST(gives_up_waiting_in_time),
    };
    return cmocka_run_group_tests_name("lua/script_source", tests, NULL, NULL);
}
