/* serve_settings.h: what the settings mean to `tenon serve`. ERR_INVALID names
 * the one that cannot be. */
#ifndef BIN_SERVE_SETTINGS_H
#define BIN_SERVE_SETTINGS_H

#include "base/log.h"
#include "bin/config.h"
#include "core/app.h"
#include "io/http_limits.h"

fallible serve_settings_log(arena *a, const config *c, logger *out);

size_t serve_settings_workers(const config *c);
http_limits serve_settings_limits(const config *c, size_t workers);

/* All of an application but its schema, which is there, its database and its
 * log. What it points to lives in a; out->http is to be freed. */
fallible serve_settings_read(arena *a, const config *c, app *out);

#endif
