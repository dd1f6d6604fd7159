/*
 * lite_sum.h: tenon_sum(value, scalar) and tenon_avg(value, scalar).
 *
 * As PostgreSQL adds: integers to a bigint, bigints and decimals to an exact
 * decimal, which is text here, floats to a float. Nothing added is null.
 */
#ifndef DATABASE_SQLITE_LITE_SUM_H
#define DATABASE_SQLITE_LITE_SUM_H

#include <sqlite3.h>

#include "base/str.h"

/* SQLite's result code. */
int lite_sum_add(sqlite3 *db);

/* By value; texts that are no decimals by their bytes. */
int lite_decimal_compare(str x, str y);

#endif
