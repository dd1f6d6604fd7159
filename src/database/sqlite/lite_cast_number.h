/* lite_cast_number.h: PostgreSQL's casts to numbers. */
#ifndef DATABASE_SQLITE_LITE_CAST_NUMBER_H
#define DATABASE_SQLITE_LITE_CAST_NUMBER_H

#include "database/sqlite/lite_casting.h"

/* c->to says of how many bits. */
fallible lite_cast_to_integer(const lite_casting *c, int64_t *out);
fallible lite_cast_to_real(const lite_casting *c, double *out);

/* In the arena, or borrowed from the value. */
fallible lite_cast_to_decimal(const lite_casting *c, str *out);

#endif
