/* lite_system.h: makes Tenon's own tables (system_schema.h) in a SQLite file. */
#ifndef DATABASE_SQLITE_LITE_SYSTEM_H
#define DATABASE_SQLITE_LITE_SYSTEM_H

#include <sqlite3.h>

#include "base/err.h"
#include "schema/schema.h"

/* What is missing of them, and of those of recording.h; nothing is ever taken
 * away. In a transaction of its own. Blocks. */
fallible lite_system_prepare(arena *a, sqlite3 *db, const schema *system);

#endif
