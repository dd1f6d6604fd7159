/*
 * pg_role.h: who a connection is while it reads and while it writes.
 *
 * Two group roles that nobody logs in as: tenon_read_write may read and write
 * rows, tenon_read_only may read them. Neither may change tables, and neither
 * owns any, so row level security holds for both. The connection's user is a
 * member of them and switches:
 *
 *     pg_role_choice choice;
 *     TRY(pg_role_choose(a, connection, PG_PATH_READ, &choice));
 *     run(pg_role_session_sql(a, &choice, PG_PATH_READ, own_schema));
 *
 * Roles belong to the cluster and not to a database, so their names begin with
 * the database's: "app_tenon_read_write". A comment on the role says that it is
 * ours and for which database; one without that comment belongs to somebody
 * else and is left alone. pg_role_grant.h makes them.
 */
#ifndef DATABASE_POSTGRES_PG_ROLE_H
#define DATABASE_POSTGRES_PG_ROLE_H

#include "database/postgres/pg_connection.h"

typedef enum pg_path {
    PG_PATH_WRITE,
    PG_PATH_READ,
    PG_PATH_COUNT,
} pg_path;

/* "app_tenon_read_only". No longer than the 63 bytes that PostgreSQL keeps of a
 * name; a long database's is cut and made different by a hash of the whole, so
 * that two databases never share a role. */
str pg_role_name(arena *a, str database, pg_path path);

/* The comment that marks it as ours. */
str pg_role_mark(arena *a, str database, pg_path path);

typedef struct pg_role_choice {
    str role; /* to switch to, or empty: then the user stays who it is */
    str why;  /* it stays, as a sentence for the log; or empty */
} pg_role_choice;

/* What the user of this connection may switch to now. A user who may only read
 * needs no other role to read as, so there is no why. Blocks. */
fallible pg_role_choose(arena *a, pg_connection *c, pg_path path,
                        pg_role_choice *out);

/* Is the role there, is it this database's, and has it no more rights than we
 * give? Blocks. */
fallible pg_role_is_ours(arena *a, pg_connection *c, str database, pg_path path,
                         bool *out);

/* What a connection runs once, when it is opened or a pool gives it out: the
 * role; for reading that nothing can be written; and for writing that the
 * session is ours, for where there is no role to know it by (pg_guard.h).
 *
 * The search path is set to own_schema, where tables without a schema are:
 * the default one begins with the schema of the role's name, which is another
 * one after the switch. */
str pg_role_session_sql(arena *a, const pg_role_choice *choice, pg_path path,
                        str own_schema);

#endif
