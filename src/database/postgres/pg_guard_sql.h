/* pg_guard_sql.h: the SQL of pg_guard.h's functions. */
#ifndef DATABASE_POSTGRES_PG_GUARD_SQL_H
#define DATABASE_POSTGRES_PG_GUARD_SQL_H

#include "base/arena.h"
#include "base/str.h"

/* A script that may be run again: the audit log and the functions. schemas is
 * an array's text, role the one that Tenon writes as, or empty. It ends with a
 * comment on tenon.guard() by which the script is known. */
str pg_guard_sql(arena *a, str schemas, str role);

/* That comment. */
str pg_guard_sql_mark(arena *a, str schemas, str role);

#endif
