/* modules.h: the modules that this server is made of (core/module.h). */
#ifndef BIN_MODULES_H
#define BIN_MODULES_H

#include "core/module.h"

/* The hooks of those that are built in; *out is NULL without any. */
fallible modules_hooks(arena *a, const schema *s, const hook_source **out);

#endif
