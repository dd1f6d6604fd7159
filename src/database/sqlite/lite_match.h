/*
 * lite_match.h: tenon_match(text, pattern) and tenon_imatch, PostgreSQL's ~ and
 * ~*, as far as PCRE2 has its expressions: see regex_compile_posix.
 */
#ifndef DATABASE_SQLITE_LITE_MATCH_H
#define DATABASE_SQLITE_LITE_MATCH_H

#include <sqlite3.h>

void lite_match(sqlite3_context *c, int count, sqlite3_value **values);
void lite_match_ignoring_case(sqlite3_context *c, int count,
                              sqlite3_value **values);

#endif
