/* migrate.h: what the `tenon migrate` commands share. */
#ifndef BIN_MIGRATE_H
#define BIN_MIGRATE_H

#include "bin/command.h"
#include "database/migrate/deployment.h"
#include "database/migrate/rehearsal.h"

/* The migrations beside the schema file, for the engine of the database. */
fallible migrate_read(command_context *c, migration_list *out);

/* Where migrations can be tried out. */
rehearsal_place migrate_place(const command_context *c, const schema *s);

/* Opens the database for changing it and keeps others away. */
fallible migrate_lock(command_context *c, target **out);

/* Applies what is pending and prints a line for each. The history's table is
 * made when it is needed. */
fallible migrate_apply(command_context *c, target *t, const deployment *d);

/* Behind a change of the database: its roles and guards. Prints what somebody
 * should know. */
fallible migrate_protect(command_context *c, target *t,
                         const migration_list *l);

/* Asks on the terminal. False, and *out untouched, when there is none. */
bool migrate_ask(const char *question, bool *out);

#endif
