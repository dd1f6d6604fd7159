/*
 * pg_system.h: makes Tenon's own tables (system_schema.h) in a PostgreSQL
 * database, in its schema `tenon`.
 *
 * Push and deploy make what is missing, and so does a server when it starts and
 * its user may; any number may do so at once. The role that writes may write to
 * them, but not change what audit seals and the log say; the one that reads may
 * read all.
 */
#ifndef DATABASE_POSTGRES_PG_SYSTEM_H
#define DATABASE_POSTGRES_PG_SYSTEM_H

#include "database/postgres/pg_connection.h"
#include "schema/schema.h"

typedef struct pg_system_place {
    const schema *system;
    bool has_roles; /* of pg_role.h */
    str reader;     /* the user of the URL for reads, or empty */
} pg_system_place;

/* Nothing is ever taken away. ERR_DENIED when this user may not. Not in a
 * transaction. Blocks. */
fallible pg_system_prepare(arena *a, pg_connection *c,
                           const pg_system_place *place);

/* The same for who serves: does nothing when all tables are there; an err says
 * what to do. Blocks. */
fallible pg_system_ensure(arena *a, pg_connection *c,
                          const pg_system_place *place);

#endif
