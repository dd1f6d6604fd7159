/* serve_roles.h: the settings of a database that decides by its own roles. */
#ifndef BIN_SERVE_ROLES_H
#define BIN_SERVE_ROLES_H

#include "bin/config.h"
#include "core/impersonation.h"

/* Lives in a, and as long as the process. ERR_INVALID names the setting. */
fallible serve_roles_read(arena *a, const config *c, const impersonation **out);

#endif
