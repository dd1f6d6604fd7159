/* index_method.h: how an index finds its rows. SQLite has the first alone. */
#ifndef SCHEMA_INDEX_METHOD_H
#define SCHEMA_INDEX_METHOD_H

#include <stdbool.h>

#include "base/str.h"

typedef enum index_method {
    INDEX_BTREE,
    INDEX_HASH,
    INDEX_GIN,
    INDEX_GIST,
    INDEX_SPGIST,
    INDEX_BRIN,
} index_method;
enum { INDEX_METHOD_COUNT = INDEX_BRIN + 1 };

/* "SpGist", as the schema language writes it; in lower case it is
 * PostgreSQL's name. */
str index_method_name(index_method method);

/* In any case. */
bool index_method_find(str name, index_method *out);

#endif
