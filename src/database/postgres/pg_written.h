/*
 * pg_written.h: what a statement that writes hands back, as the result of its
 * mutation.
 *
 * A mutation may be several statements, as an insert is whose rows leave
 * different cells to the database: each adds its rows and counts behind those
 * of the statements before it. Nothing of the PGresult is kept.
 */
#ifndef DATABASE_POSTGRES_PG_WRITTEN_H
#define DATABASE_POSTGRES_PG_WRITTEN_H

#include "database/mutation.h"
#include "database/postgres/pg_library.h"

typedef struct pg_written {
    const pg_library *pq;
    const mutation *mutation; /* of one statement */
    size_t first_row;         /* the mutation's row that it begins with */
    PGresult *result;         /* read, and not kept */
} pg_written;

/* The mutation's judge is asked about each row first. *bytes is what all
 * results of one write hold so far. ERR_TOO_LARGE: that is more than 64 MiB;
 * else what the judge says, or why a cell cannot be read. */
fallible pg_written_add(arena *a, const pg_written *w, size_t *bytes,
                        mutation_result *out);

#endif
