/*
 * pg_login.h: opens the connections that serve requests.
 *
 * Every one of them has the same settings, so that an answer does not depend on
 * the server's configuration: UTC, ISO dates, floats in full, the statement
 * time limit, a pinned search path. Those for reading cannot write.
 */
#ifndef DATABASE_POSTGRES_PG_LOGIN_H
#define DATABASE_POSTGRES_PG_LOGIN_H

#include "base/log.h"
#include "database/postgres/pg_connection.h"
#include "database/postgres/pg_library.h"
#include "database/postgres/pg_role.h"

typedef struct pg_login {
    pg_library pq;
    str urls[PG_PATH_COUNT];
    bool has_roles; /* switches to those of pg_role.h, if they are there */
    int64_t statement_timeout_ms;
    const logger *log; /* or NULL */
    /* Asked about the first connection, before any serves: is this the database
     * that is expected? With the argument. On any thread. */
    err *(*verify)(void *argument, arena *a, pg_connection *c);
    void *argument;
} pg_login;

/* Blocks. The connection is the caller's, in blocking mode still. */
fallible pg_login_open(arena *a, const pg_login *l, pg_path path, PGconn **out);

#endif
