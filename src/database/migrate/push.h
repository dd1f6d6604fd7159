/*
 * push.h: makes a database what the schema says, whatever is in it: the quick
 * way of development, without files of migrations.
 */
#ifndef DATABASE_MIGRATE_PUSH_H
#define DATABASE_MIGRATE_PUSH_H

#include "database/database.h"

/* database_push. */
fallible push(arena *a, const database_config *config, const schema *s,
              bool accepts_loss, buf *report);

#endif
