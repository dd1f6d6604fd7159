/*
 * value_order.h: which of two values of a type is less, as the database would
 * say it; but text is compared by its bytes.
 */
#ifndef API_REST_VALUE_ORDER_H
#define API_REST_VALUE_ORDER_H

#include "base/arena.h"
#include "database/value.h"
#include "schema/schema.h"

/* Below 0, 0 or above, as memcmp. Neither is null; both are of type, or JSON if
 * that is NULL. The arena is for the work. */
int value_compare(arena *a, const field *type, const value *x, const value *y);

#endif
