/*
 * module.h: a part of the server that is written in C and joins it by a
 * descriptor.
 *
 *     static const module_hook HOOKS[] = {
 *         {"User", HOOK_CREATE, HOOK_BEFORE, fill_in_handle},
 *         {MODULE_EVERY_MODEL, HOOK_DELETE, HOOK_AFTER, forget_files},
 *     };
 *     const module identity = {MODULE_VERSION, "identity", HOOKS, 2};
 *
 * The kernel knows modules by nothing else; bin/modules.c lists them. A module
 * is compiled against one version of this header and is refused by a server of
 * another one: members are only added at the end, and that is another version.
 *
 * Its hooks see what is redacted: they are part of the server.
 */
#ifndef CORE_MODULE_H
#define CORE_MODULE_H

#include "core/hook.h"

enum { MODULE_VERSION = 1 };

#define MODULE_EVERY_MODEL NULL

/* May change the rows of the batch as hook.h says. Suspends if it likes. */
typedef err *module_hook_fn(const caller *c, hook_batch *batch);

typedef struct module_hook {
    const char *model; /* as the schema file names it */
    hook_action action;
    hook_time time;
    module_hook_fn *run;
} module_hook;

typedef struct module {
    int version; /* MODULE_VERSION */
    const char *name;
    const module_hook *hooks; /* called in this order */
    size_t hook_count;
} module;

/* The hooks of all modules, which must outlive it. *out is NULL when there are
 * none. ERR_UNSUPPORTED for a module of another version, ERR_NOT_FOUND for a
 * hook of a model that the schema does not have. */
fallible module_hooks(arena *a, const schema *s, const module *const *modules,
                      size_t count, const hook_source **out);

#endif
