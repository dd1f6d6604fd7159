/*
 * lite_function.h: SQL functions of ours.
 *
 *     tenon_like(text, pattern)    LIKE as PostgreSQL has it
 *     tenon_ilike(text, pattern)   the same, ignoring case
 *     json_valid(text)             SQLite's, but fit for a CHECK: its own may
 *                                  not be called by an untrusted schema
 */
#ifndef DATABASE_SQLITE_LITE_FUNCTION_H
#define DATABASE_SQLITE_LITE_FUNCTION_H

#include <sqlite3.h>

#include "database/sqlite/lite_pace.h"

/* pace, or NULL, is asked now and then while a match takes long. Returns an
 * SQLite code. */
int lite_function_add_all(sqlite3 *db, lite_pace *pace);

#endif
