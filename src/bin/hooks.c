/* hooks.c: `tenon hooks list`, `hooks test` and what `tenon check` says of
 * hooks. */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"
#include "bin/command.h"
#include "bin/serve_hooks.h"
#include "bin/serve_settings.h"
#include "core/system_caller.h"
#include "database/system_schema.h"
#include "io/fiber.h"
#include "lua/script_source.h"
#include "lua/script_test.h"
#include "schema/load.h"

/* ---- Loading ------------------------------------------------------------- */

/* For the engine, whatever the database is, and without a word: `tenon check`
 * says what is wrong. */
static err *load_schema(command_context *c, engine_kind engine,
                        const schema **out) {
    diag_list ignored = {0};
    return schema_load_file(c->arena, config_text(&c->config, CONFIG_SCHEMA),
                            engine, &ignored, out);
}

static err *load_script(command_context *c, const schema *s, script **out) {
    script_config settings = serve_scripts_config(&c->config, s);
    return script_load(c->arena, &settings, out);
}

err *command_check_hooks(command_context *c, engine_kind engine) {
    const schema *s;
    script *loaded;
    if (!folder_exists(c->arena, config_text(&c->config, CONFIG_HOOKS)))
        return NULL;
    TRY(load_schema(c, engine, &s));
    TRY(load_script(c, s, &loaded));
    if (!command_has(c, STR("json")))
        buf_printf(c->out, "hooks: ok, %zu in %zu files\n", loaded->point_count,
                   loaded->file_count);
    script_free(loaded);
    return NULL;
}

/* ---- hooks list ---------------------------------------------------------- */

static void print_points(buf *out, const script *s) {
    for (size_t i = 0; i < s->point_count; i++) {
        const script_point *p = &s->points[i];
        str action = script_action_name(p->action);
        buf_printf(out, "%s%s %.*s %.*s  %.*s\n",
                   p->time == HOOK_BEFORE ? "before" : "after",
                   p->is_batch ? "_batch" : "", STR_ARG(action),
                   STR_ARG(p->model->name), STR_ARG(p->place));
    }
    for (size_t i = 0; i < s->job_count; i++)
        buf_printf(out, "job %.*s  %.*s\n", STR_ARG(s->jobs[i].kind),
                   STR_ARG(s->jobs[i].place));
    for (size_t i = 0; i < s->schedule_count; i++) {
        const script_schedule *w = &s->schedules[i];
        buf_printf(out, "schedule %.*s  %.*s, job %.*s\n", STR_ARG(w->name),
                   STR_ARG(w->cron), STR_ARG(w->kind));
    }
}

err *command_hooks_list(command_context *c) {
    const schema *s;
    script *loaded;
    engine_kind engine;
    TRY(command_engine(c, &engine));
    TRY(load_schema(c, engine, &s));
    TRY(load_script(c, s, &loaded));
    print_points(c->out, loaded);
    script_free(loaded);
    return NULL;
}

/* ---- hooks test ---------------------------------------------------------- */

typedef struct trial {
    command_context *command;
    const schema *schema;
    const schema *system;
    script *script;
    script_source *source;
    str folder;   /* of its own */
    str pristine; /* an empty database with the tables */
    size_t passed;
    size_t failed;
} trial;

static database_config place_of(const trial *t, str file) {
    return (database_config){
        .url = arena_printf(t->command->arena, "file:%.*s", STR_ARG(file)),
        .statement_timeout_ms = 10000,
        .read_connections = 4,
        .system = t->system,
    };
}

/* One test, on a database of its own. */
typedef struct attempt {
    arena *a;
    const script_tests *tests;
    size_t which;
    app app;
    loop *loop;
    database_session *session;
    err *failure;
} attempt;

static err *attempt_run(void *argument) {
    attempt *r = argument;
    change_origin origin = {.reason = STR("hooks test")};
    id_source ids;
    id_source_init(&ids, rand_secure());
    caller who = {
        .app = &r->app,
        .session = r->session,
        .arena = r->a,
        .ids = &ids,
        .origin = &origin,
    };
    r->failure = script_tests_run(r->tests, r->which, &who);
    return NULL;
}

/* The session is closed when the loop has ended. */
static err *run_with_session(attempt *r) {
    fiber_group group = {.loop = r->loop};
    TRY(database_session_open(r->a, r->app.database, r->loop, &r->session));
    err *failure = fiber_start(r->a, &group, attempt_run, r);
    loop_stop(r->loop);
    loop_run(r->loop);
    database_session_close(r->session);
    return failure != NULL ? failure : r->failure;
}

static err *run_in_loop(attempt *r) {
    r->loop = loop_new();
    err *failure = run_with_session(r);
    loop_free(r->loop);
    return failure;
}

static err *run_test(trial *t, arena *a, const script_tests *tests,
                     size_t which, const logger *log) {
    const hook_source *hooks[] = {script_source_hooks(t->source)};
    str file = arena_printf(a, "%.*s/test.db", STR_ARG(t->folder));
    str bytes;
    database_config place = place_of(t, file);
    attempt r = {
        .a = a,
        .tests = tests,
        .which = which,
        .app = {.schema = t->schema,
                .system = t->system,
                .max_rows = 1000,
                .hooks = hooks,
                .hook_source_count = LENGTH(hooks),
                .log = log},
    };
    r.app.exposed = exposure_of_all(a, t->schema);
    TRY(file_read(a, t->pristine, &bytes));
    TRY(file_create(a, file, bytes));
    TRY(database_open(a, &place, t->schema, &r.app.database));
    err *failure = run_in_loop(&r);
    database_close(r.app.database);
    unlink(arena_cstr(a, file));
    return failure;
}

static void print_outcome(trial *t, const script_test *test,
                          const err *failure) {
    buf *out = t->command->out;
    if (failure == NULL) {
        t->passed++;
        buf_printf(out, "ok    %.*s\n", STR_ARG(test->name));
        return;
    }
    t->failed++;
    buf_printf(out, "FAIL  %.*s (%.*s)\n        ", STR_ARG(test->name),
               STR_ARG(test->place));
    err_print(out, failure);
    buf_append_char(out, '\n');
}

static err *run_file(trial *t, str file) {
    script_tests tests;
    logger log;
    TRY(serve_settings_log(t->command->arena, &t->command->config, &log));
    TRY(script_tests_open(t->command->arena, t->script, file, &tests));
    for (size_t i = 0; i < tests.count; i++) {
        CLEANUP(arena_release) arena *a = arena_new();
        print_outcome(t, &tests.tests[i], run_test(t, a, &tests, i, &log));
    }
    script_tests_close(&tests);
    return NULL;
}

static err *run_files(trial *t) {
    command_context *c = t->command;
    folder_entry *entries;
    size_t count;
    str folder = t->script->config.folder;
    if (c->argument_count > 0)
        return run_file(t, c->arguments[0]);
    TRY(folder_list(c->arena, folder, &entries, &count));
    for (size_t i = 0; i < count; i++) {
        str file = arena_printf(c->arena, "%.*s/%.*s", STR_ARG(folder),
                                STR_ARG(entries[i].name));
        if (!entries[i].is_folder && str_ends_with(file, STR("_test.lua")))
            TRY(run_file(t, file));
    }
    return NULL;
}

static err *make_pristine(trial *t) {
    arena *a = t->command->arena;
    CLEANUP(buf_free) buf report = buf_new(1024 * 1024);
    t->pristine = arena_printf(a, "%.*s/empty.db", STR_ARG(t->folder));
    database_config place = place_of(t, t->pristine);
    return database_push(a, &place, t->schema, false, &report);
}

static err *run_tests(trial *t) {
    command_context *c = t->command;
    TRY(make_pristine(t));
    TRY(load_script(c, t->schema, &t->script));
    t->source = script_source_new(c->arena, t->script);
    err *failure = run_files(t);
    script_source_free(t->source);
    TRY(failure);
    buf_printf(c->out, "%zu passed, %zu failed\n", t->passed, t->failed);
    c->exit_code = t->failed > 0 ? 1 : 0;
    return NULL;
}

/* What SQLite made in it. */
static void remove_folder(arena *a, str folder) {
    folder_entry *entries;
    size_t count = 0;
    if (folder_list(a, folder, &entries, &count) == NULL)
        for (size_t i = 0; i < count; i++)
            unlink(arena_printf(a, "%.*s/%.*s", STR_ARG(folder),
                                STR_ARG(entries[i].name))
                       .ptr);
    rmdir(arena_cstr(a, folder));
}

err *command_hooks_test(command_context *c) {
    char folder[] = "/tmp/tenon-hooks-XXXXXX";
    trial t = {.command = c};
    TRY(load_schema(c, ENGINE_SQLITE, &t.schema));
    TRY(system_schema_load(c->arena, t.schema, ENGINE_SQLITE, &t.system));
    if (mkdtemp(folder) == NULL)
        return err_new(c->arena, ERR_IO, "no folder can be made in /tmp");
    t.folder = str_of(folder);
    err *failure = run_tests(&t);
    remove_folder(c->arena, t.folder);
    return failure;
}
