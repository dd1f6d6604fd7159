/*
 * audit_world.h: a database with an audit log to be sealed, verified, pruned
 * and tampered with: a model Task with a name for its id, recorded in full, and
 * a model Memo of the same kind that is kept for a year.
 */
#ifndef TEST_SUPPORT_AUDIT_WORLD_H
#define TEST_SUPPORT_AUDIT_WORLD_H

#include "base/hex.h"
#include "database/audit_log.h"
#include "database/audit_seal.h"
#include "database/audit_verify.h"
#include "test/support/database_world.h"

int audit_world_setup(void **state);
int audit_world_teardown(void **state);

/* Changes to tasks, each a transaction. */
void audit_world_add(database_world *w, const char *name);
/* Named first and so on. */
void audit_world_add_many(database_world *w, int first, size_t count);
void audit_world_rename(database_world *w, const char *from, const char *to);
void audit_world_remove(database_world *w, const char *name);
void audit_world_add_memo(database_world *w, const char *name);

/* All of the log in the order in which it was written. */
target_rows audit_world_rows(database_world *w);

/* A connection beside the session. Close it with target_close. */
target *audit_world_open(database_world *w, target_access access);

/* SQL on either engine: LOG, SEAL and FEED stand for the tables. */
void audit_world_sql(database_world *w, const char *sql);
str audit_world_ask(database_world *w, const char *sql);

/* ---- Sealing and verifying ---------------------------------------------- */

/* Of a file beside the database; the key is made when it is missing. */
str audit_world_key_path(database_world *w, const char *name);
audit_key audit_world_key(database_world *w, const char *name);

err *audit_world_try_seal(database_world *w, const audit_key *k,
                          audit_sealing *out);

/* With the key "audit.key", as the two below. */
audit_sealing audit_world_seal(database_world *w);

/* What is wrong, a line each. */
str audit_world_verify(database_world *w, audit_verdict *out);
str audit_world_verify_with(database_world *w, const audit_key *k,
                            audit_verdict *out);

/* This flaw, so many times, and no other. */
void audit_world_expect(database_world *w, audit_flaw flaw, int64_t count);

void audit_world_contains(str text, const char *part);

#endif
