#include "bin/serve_hooks.h"

#include "bin/modules.h"
#include "core/hook_chain.h"

static void add(arena *a, app *application, const hook_source *s) {
    const hook_source **hooks = arena_new_array(
        a, const hook_source *, application->hook_source_count + 1);
    for (size_t i = 0; i < application->hook_source_count; i++)
        hooks[i] = application->hooks[i];
    hooks[application->hook_source_count++] = s;
    application->hooks = hooks;
}

static bool has_after(const app *application, const model *m) {
    return hook_chain_has(application, m, HOOK_CREATE, HOOK_AFTER) ||
           hook_chain_has(application, m, HOOK_UPDATE, HOOK_AFTER) ||
           hook_chain_has(application, m, HOOK_DELETE, HOOK_AFTER);
}

/* They are told of changes by the feed. */
static err *check_events(command_context *c, const app *application) {
    const schema *s = application->schema;
    if (config_is_on(&c->config, CONFIG_EVENTS))
        return NULL;
    for (size_t i = 0; i < s->model_count; i++) {
        if (has_after(application, &s->models[i]))
            return err_with_hint(
                err_new(c->arena, ERR_INVALID,
                        "model %.*s has hooks behind the commit, and events "
                        "are off",
                        STR_ARG(s->models[i].name)),
                STR("start without --events=false: the feed of events is what "
                    "tells hooks of changes"));
    }
    return NULL;
}

err *serve_hooks_open(command_context *c, app *application,
                      serve_scripts **scripts) {
    const hook_source *modules = NULL;
    *scripts = NULL;
    if (application->schema->is_foreign)
        return NULL;
    TRY(modules_hooks(c->arena, application->schema, &modules));
    if (modules != NULL)
        add(c->arena, application, modules);
    TRY(serve_scripts_open(c, application->schema, application->log, scripts));
    if (*scripts != NULL) {
        add(c->arena, application, serve_scripts_hooks(*scripts));
        serve_scripts_list_jobs(c->arena, *scripts, application);
    }
    return check_events(c, application);
}
