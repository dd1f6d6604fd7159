/* key_text.h: a key and its values, as PostgreSQL tells of what it violates. */
#ifndef DATABASE_KEY_TEXT_H
#define DATABASE_KEY_TEXT_H

#include "base/arena.h"
#include "database/value.h"
#include "schema/schema.h"

/* "Key (a, b)=(1, x) already exists.", what being the last two words. Empty when
 * a value is not known (NULL, or a default), too long to show, or kept out of
 * logs (field.is_redacted): errors end in them. */
str key_text(arena *a, const field *const *fields, const value *const *values,
             size_t count, const char *what);

#endif
