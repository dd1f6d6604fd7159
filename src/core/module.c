#include "core/module.h"

enum { ACTION_COUNT = HOOK_READ + 1, TIME_COUNT = HOOK_AFTER + 1 };

/* A hook of a model; the model is NULL for all. */
typedef struct known_hook {
    const model *model;
    const module_hook *hook;
} known_hook;

typedef struct module_source {
    hook_source base;
    bool has_for_all[ACTION_COUNT][TIME_COUNT];
    known_hook *hooks;
    size_t hook_count;
} module_source;

static bool is_for(const known_hook *k, const model *m, hook_action action,
                   hook_time time) {
    return (k->model == NULL || k->model == m) && k->hook->action == action &&
           k->hook->time == time;
}

static bool has(const hook_source *self, const model *m, hook_action action,
                hook_time time) {
    const module_source *s = (const module_source *)self;
    if (s->has_for_all[action][time])
        return true;
    for (size_t i = 0; i < s->hook_count; i++) {
        if (is_for(&s->hooks[i], m, action, time))
            return true;
    }
    return false;
}

static err *run(const hook_source *self, const caller *c, hook_batch *batch) {
    const module_source *s = (const module_source *)self;
    for (size_t i = 0; i < s->hook_count; i++) {
        const known_hook *k = &s->hooks[i];
        if (is_for(k, batch->model, batch->action, batch->time))
            TRY(k->hook->run(c, batch));
    }
    return NULL;
}

static err *check_version(arena *a, const module *m) {
    if (m->version == MODULE_VERSION)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_UNSUPPORTED,
                "module %s is made for version %d of module.h, and this is a "
                "server of version %d",
                m->name, m->version, MODULE_VERSION),
        STR("compile it with the headers of this server"));
}

static err *add_hook(arena *a, module_source *to, const schema *s,
                     const module *m, const module_hook *hook) {
    known_hook known = {.hook = hook};
    if (hook->model == MODULE_EVERY_MODEL) {
        to->has_for_all[hook->action][hook->time] = true;
    } else {
        known.model = schema_find_model(s, str_of(hook->model));
        if (known.model == NULL)
            return err_new(a, ERR_NOT_FOUND,
                           "module %s has a hook for model %s, which the "
                           "schema does not have",
                           m->name, hook->model);
    }
    ARENA_PUSH(a, to->hooks, to->hook_count, known);
    return NULL;
}

err *module_hooks(arena *a, const schema *s, const module *const *modules,
                  size_t count, const hook_source **out) {
    module_source *made = arena_new_array(a, module_source, 1);
    made->base = (hook_source){.has = has, .run = run, .sees_redacted = true};
    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        TRY(check_version(a, modules[i]));
        for (size_t k = 0; k < modules[i]->hook_count; k++)
            TRY(add_hook(a, made, s, modules[i], &modules[i]->hooks[k]));
    }
    if (made->hook_count > 0)
        *out = &made->base;
    return NULL;
}
