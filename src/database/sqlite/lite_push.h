/* lite_push.h: makes a database what the schema says: so far from empty. */
#ifndef DATABASE_SQLITE_LITE_PUSH_H
#define DATABASE_SQLITE_LITE_PUSH_H

#include "database/database.h"

/* database_push. All tables come in one transaction. */
fallible lite_push(arena *a, const database_config *config, const schema *s,
                   buf *report);

#endif
