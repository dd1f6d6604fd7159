#include "bin/modules.h"

/* To add one is a line here, and its folder. NULL ends the list. */
static const module *const BUILT_IN[] = {
    NULL,
};

err *modules_hooks(arena *a, const schema *s, const hook_source **out) {
    return module_hooks(a, s, BUILT_IN, LENGTH(BUILT_IN) - 1, out);
}
