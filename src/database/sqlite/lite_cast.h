/*
 * lite_cast.h: tenon_cast(value, scalar, cast, result), PostgreSQL's casts.
 *
 * SQLite's CAST makes 0 of "abc" and knows no dates. This one takes a value
 * that is a scalar_type, makes of it what the cast_type says, and fails as
 * PostgreSQL does: 22P02 for a text that is nothing of the kind, 22003 for what
 * is out of range. Times become DateTimes, or text where result is String.
 */
#ifndef DATABASE_SQLITE_LITE_CAST_H
#define DATABASE_SQLITE_LITE_CAST_H

#include <sqlite3.h>

void lite_cast(sqlite3_context *c, int count, sqlite3_value **values);

#endif
