#include "bin/serve_scripts.h"

#include "base/assert.h"
#include "base/folder.h"
#include "io/folder_watch.h"
#include "io/process.h"
#include "lua/script_source.h"

struct serve_scripts {
    script_config config;
    script_source *source;
    const logger *log;
    bool is_watched; /* --watch */
    process_signals *rereads;
    folder_watch *watch;
};

script_config serve_scripts_config(const config *c, const schema *s) {
    return (script_config){
        .folder = config_text(c, CONFIG_HOOKS),
        .schema = s,
        .limits = {.memory_bytes = (size_t)config_number(c, CONFIG_HOOK_MEMORY),
                   .instructions = config_number(c, CONFIG_HOOK_INSTRUCTIONS),
                   .time_ms = config_number(c, CONFIG_HOOK_TIME)},
        .sandboxes = (size_t)config_number(c, CONFIG_HOOKS_AT_ONCE),
    };
}

static void log_loaded(const serve_scripts *s, const char *what,
                       const script *loaded) {
    log_info(s->log, what, LOG_STR("folder", s->config.folder),
             LOG_INT("files", loaded->file_count),
             LOG_INT("hooks", loaded->point_count), LOG_END);
}

static err *check_limits(arena *a, const script_config *c) {
    if (c->limits.memory_bytes < SANDBOX_MIN_MEMORY)
        return err_new(a, ERR_INVALID, "hook-memory: at least 1MB");
    if (c->limits.instructions < 1 || c->sandboxes < 1)
        return err_new(a, ERR_INVALID,
                       "hook-instructions and hooks-at-once: at least 1");
    return NULL;
}

err *serve_scripts_open(command_context *c, const schema *s, const logger *log,
                        serve_scripts **out) {
    serve_scripts *scripts = arena_new_array(c->arena, serve_scripts, 1);
    script *first;
    *scripts = (serve_scripts){
        .config = serve_scripts_config(&c->config, s),
        .log = log,
        .is_watched = config_is_on(&c->config, CONFIG_WATCH),
    };
    *out = NULL;
    TRY(check_limits(c->arena, &scripts->config));
    if (!folder_exists(c->arena, scripts->config.folder))
        return NULL;
    TRY(script_load(c->arena, &scripts->config, &first));
    scripts->source = script_source_new(c->arena, first);
    log_loaded(scripts, "hooks loaded", first);
    *out = scripts;
    return NULL;
}

const hook_source *serve_scripts_hooks(const serve_scripts *s) {
    return script_source_hooks(s->source);
}

void serve_scripts_list_jobs(arena *a, const serve_scripts *s,
                             app *application) {
    ASSERT(application->job_kind_count == 0);
    application->job_kinds =
        script_source_jobs(a, s->source, &application->job_kind_count);
    application->job_schedules =
        script_source_schedules(a, s->source, &application->job_schedule_count);
}

static void reload(void *argument) {
    serve_scripts *s = argument;
    CLEANUP(arena_release) arena *a = arena_new();
    script *next;
    err *failure = script_load(a, &s->config, &next);
    if (failure != NULL) {
        log_error(s->log, "hooks not reloaded, those before stay",
                  LOG_CAUSE(failure), LOG_END);
        return;
    }
    log_loaded(s, "hooks reloaded", next);
    script_source_replace(s->source, next);
}

void serve_scripts_watch(serve_scripts *s, loop *l) {
    CLEANUP(arena_release) arena *a = arena_new();
    if (s == NULL)
        return;
    s->rereads = process_rereads_open(l, reload, s);
    if (!s->is_watched)
        return;
    err *failure =
        folder_watch_open(a, l, s->config.folder, reload, s, &s->watch);
    if (failure != NULL)
        log_error(s->log, "hooks are not watched", LOG_CAUSE(failure), LOG_END);
}

void serve_scripts_unwatch(serve_scripts *s) {
    if (s == NULL)
        return;
    process_signals_close(s->rereads);
    folder_watch_close(s->watch);
}

void serve_scripts_close(serve_scripts *s) {
    if (s != NULL)
        script_source_free(s->source);
}
