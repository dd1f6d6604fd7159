/*
 * pg_error.h: what PostgreSQL says went wrong, as errs.
 *
 *     migrations/1_a/postgresql.sql:3:8: syntax error at or near "TABEL" (42601)
 *
 * The code follows from the SQLSTATE; message, details and hint are the
 * server's. The details may hold values of rows.
 */
#ifndef DATABASE_POSTGRES_PG_ERROR_H
#define DATABASE_POSTGRES_PG_ERROR_H

#include "database/postgres/pg_library.h"
#include "database/postgres/pg_script.h"

/* What was running. */
typedef struct pg_running {
    str name;         /* a file's, or empty */
    str sql;          /* as it was sent */
    pg_place place;   /* where in the file it starts */
    size_t statement; /* how many of sql's statements had ended */
} pg_running;

fallible pg_error_of(arena *a, const pg_library *pq, const PGresult *failed,
                     const pg_running *running);

/* The same for those who use the database through us: the server's own message
 * and details, with the SQLSTATE as the err's foreign code. */
fallible pg_error_plain(arena *a, const pg_library *pq, const PGresult *failed);

/* The last thing that libpq said about the connection, on one line. */
str pg_error_text(arena *a, const pg_library *pq, const PGconn *connection);

err_code pg_error_code(str sqlstate);

#endif
