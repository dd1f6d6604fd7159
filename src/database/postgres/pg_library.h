/*
 * pg_library.h: libpq, loaded when a PostgreSQL database is opened.
 *
 * libpq brings Kerberos, LDAP and two TLS libraries along. Linked, they would
 * cost every start on SQLite 5 MB and 3 ms (docs/decisions/0010). So the binary
 * knows only the types of libpq-fe.h, and calls through this table:
 *
 *     pq.PQfinish(connection);
 */
#ifndef DATABASE_POSTGRES_PG_LIBRARY_H
#define DATABASE_POSTGRES_PG_LIBRARY_H

#include <libpq-fe.h>

#include "base/err.h"

typedef struct pg_library {
#define X(function) __typeof__(function) *(function);
#include "database/postgres/pg_library.def"
#undef X
    /* OpenSSL's, if libpq has brought that along; or NULL. */
    int (*SSL_pending)(const void *ssl);
} pg_library;

/* ERR_UNAVAILABLE when the library is not installed. It is not unloaded: what
 * it loads registers handlers of its own. */
fallible pg_library_load(arena *a, pg_library *out);

/* Has TLS bytes for libpq that it has taken from the socket already? The socket
 * does not become ready for those. */
bool pg_library_has_pending(const pg_library *pq, PGconn *pg);

#endif
