/*
 * lite_structure.h: the structure of a SQLite database, from its catalog.
 *
 * Virtual tables and the tables behind them are left out: they are nobody's to
 * change. So are the tables that SQLite made for itself.
 */
#ifndef DATABASE_SQLITE_LITE_STRUCTURE_H
#define DATABASE_SQLITE_LITE_STRUCTURE_H

#include <sqlite3.h>

#include "base/err.h"
#include "database/structure.h"

/* Texts are copied to the arena. Blocks. */
fallible lite_structure_read(arena *a, sqlite3 *db, structure *out);

#endif
