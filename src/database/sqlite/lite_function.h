/*
 * lite_function.h: SQL functions of ours.
 *
 *     tenon_like(text, pattern)    LIKE as PostgreSQL has it
 *     tenon_ilike(text, pattern)   the same, ignoring case
 *     tenon_match, tenon_imatch    lite_match.h
 *     tenon_json(text, is_text, path)
 *                                  -> and ->>; see lite_json.h
 *     tenon_json_contains(whole, part), tenon_json_is_contained(part, whole)
 *     tenon_cast                   lite_cast.h
 *     tenon_relative               lite_relative.h
 *     tenon_search, tenon_json_strings
 *                                  lite_search.h
 *     tenon_sum, tenon_avg         lite_sum.h
 *     json_valid(text)             SQLite's, but fit for a CHECK: its own may
 *                                  not be called by an untrusted schema
 *
 * and collations: tenon_json, the order of jsonb, and tenon_decimal, by value.
 */
#ifndef DATABASE_SQLITE_LITE_FUNCTION_H
#define DATABASE_SQLITE_LITE_FUNCTION_H

#include <sqlite3.h>

#include "database/sqlite/lite_pace.h"

/* pace, or NULL, is asked now and then while a match takes long. Returns an
 * SQLite code. */
int lite_function_add_all(sqlite3 *db, lite_pace *pace);

#endif
