/*
 * pg_role_setting.h: what roles have set for themselves.
 *
 *     ALTER ROLE web_anonymous SET statement_timeout = '3s'
 *
 * That counts for who signs in as the role. A server that only switches to it
 * makes the settings itself.
 */
#ifndef DATABASE_POSTGRES_PG_ROLE_SETTING_H
#define DATABASE_POSTGRES_PG_ROLE_SETTING_H

#include "base/map.h"
#include "database/postgres/pg_connection.h"
#include "database/scope.h"

/* From the roles that the user may switch to, those which have some, to their
 * scope_settings: all that the user may set, but for the search path, and with
 * no statement_timeout longer than limit_ms. Blocks. */
fallible pg_role_setting_read(arena *a, pg_connection *c, int64_t limit_ms,
                              const map **out);

#endif
