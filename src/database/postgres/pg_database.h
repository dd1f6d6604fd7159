/*
 * pg_database.h: an open PostgreSQL database: how to sign in, and the threads
 * on which sessions do it.
 *
 * One that cannot be reached at the start is opened all the same and compared
 * with the schema as soon as it can be.
 */
#ifndef DATABASE_POSTGRES_PG_DATABASE_H
#define DATABASE_POSTGRES_PG_DATABASE_H

#include <pthread.h>

#include "database/engine.h"
#include "database/postgres/pg_login.h"
#include "database/postgres/pg_replica.h"
#include "database/postgres/pg_system.h"
#include "io/blocking.h"

typedef struct pg_database {
    database base;
    arena *arena; /* its own; written only while it is opened */
    const schema *schema;
    pg_system_place system; /* its schema NULL: none */
    pg_login login;
    pg_login *replicas;
    size_t replica_count;
    pg_replica_limits replica_limits;
    size_t read_connections; /* for each session */
    size_t write_connections;
    bool has_no_events;
    blocking_pool *threads;

    pthread_mutex_t lock; /* over is_verified */
    bool is_verified;
} pg_database;

#endif
