/*
 * lite_casting.h: a value that is being cast, as the parts of lite_cast.c see
 * it, and what may be wrong with it in PostgreSQL's words.
 */
#ifndef DATABASE_SQLITE_LITE_CASTING_H
#define DATABASE_SQLITE_LITE_CASTING_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "database/derivation.h"

typedef struct lite_casting {
    arena *a;
    sqlite3_context *context;
    sqlite3_value *value; /* not null */
    scalar_type from;
    cast_type to;
    bool is_text; /* a time is to be text */
} lite_casting;

/* "double precision", which is what it becomes. */
const char *lite_casting_type(const lite_casting *c);

/* ---- What it is, by c->from --------------------------------------------- */

str lite_casting_text(const lite_casting *c);

/* Of a Decimal, or of an integer. */
str lite_casting_decimal(const lite_casting *c);

/* Of a String or a DateTime. */
fallible lite_casting_time(const lite_casting *c, timestamp *out);
fallible lite_casting_json(const lite_casting *c, const json **out);

/* ---- What it is not ----------------------------------------------------- */

fallible lite_casting_no_cast(const lite_casting *c);
fallible lite_casting_bad_syntax(const lite_casting *c, err_code code,
                                 str text);
fallible lite_casting_out_of_range(const lite_casting *c);
fallible lite_casting_no_such_time(const lite_casting *c, str text);
fallible lite_casting_not_a_json(const lite_casting *c, const json *j);

#endif
