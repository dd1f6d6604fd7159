/*
 * lite_explain.h: what EXPLAIN QUERY PLAN says, as one text.
 *
 *     QUERY PLAN              [{"id":3,"parent":0,
 *     `--SEARCH task ...        "detail":"SEARCH task ..."}]
 */
#ifndef DATABASE_SQLITE_LITE_EXPLAIN_H
#define DATABASE_SQLITE_LITE_EXPLAIN_H

#include <sqlite3.h>

#include "base/arena.h"

/* Steps the statement to its end. SQLite's result code. */
int lite_explain(arena *a, sqlite3_stmt *statement, bool is_json, str *out);

#endif
