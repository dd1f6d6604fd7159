/*
 * lite_survey.h: looks at the values of tables that others made.
 *
 * Tables of ours have CHECKs that keep their values in form; in others a column
 * of dates may hold Unix milliseconds, an enum any text, Json anything. Each
 * such column is read once when the database is opened: its form is what all of
 * its values have in common, and a column without one is refused.
 */
#ifndef DATABASE_SQLITE_LITE_SURVEY_H
#define DATABASE_SQLITE_LITE_SURVEY_H

#include "database/sqlite/lite_compare.h"
#include "database/sqlite/lite_form.h"

/* The database must be equal to the schema; system, or NULL, is of tables of
 * ours beside it. ERR_CONFLICT names the column. The layout lives in keep; the
 * err, as always, in a. */
fallible lite_survey(arena *a, arena *keep, sqlite3 *db, const schema *s,
                     const schema *system, const lite_comparison *c,
                     lite_layout *out);

#endif
