/*
 * lite_search.h: tenon_search(text, query, syntax, configuration), text search
 * without an index.
 *
 * Words are told apart and folded by FTS5's unicode61, diacritics kept;
 * "english", which is what no configuration means, drops the words that are in
 * every text and stems the rest by FTS5's porter, "simple" does neither. So
 * PostgreSQL agrees about words, not about e-mail addresses, numbers with
 * points and rare stems.
 */
#ifndef DATABASE_SQLITE_LITE_SEARCH_H
#define DATABASE_SQLITE_LITE_SEARCH_H

#include "database/sqlite/lite_pace.h"

/* pace, or NULL, is asked now and then. SQLite's result code. */
int lite_search_add(sqlite3 *db, lite_pace *pace);

#endif
