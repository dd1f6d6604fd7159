/*
 * pg_scope.h: the statements around those of a transaction that has a scope:
 *
 *     SELECT set_config($1::text, $2::text, true), ...
 *     SELECT "schema"."before"()
 *     ...
 *     SELECT current_setting('response.status', true), ...
 *
 * They go with the others in one trip: what is local to a transaction is local
 * to the implicit one of a pipeline, too.
 */
#ifndef DATABASE_POSTGRES_PG_SCOPE_H
#define DATABASE_POSTGRES_PG_SCOPE_H

#include "database/postgres/pg_arguments.h"
#include "database/postgres/pg_library.h"
#include "database/scope.h"

typedef enum pg_scope_step {
    PG_SCOPE_SET,
    PG_SCOPE_BEFORE,
    PG_SCOPE_AFTER,
} pg_scope_step;

/* What a transaction runs: a statement and the scope it is of. */
typedef struct pg_scope_part {
    const database_scope *scope;
    pg_scope_step step;
} pg_scope_part;

/* scope may be NULL: then it has none. */
bool pg_scope_has(const database_scope *scope, pg_scope_step step);

/* Bytes that tell the statements of all scopes apart. */
void pg_scope_write_shape(buf *out, const pg_scope_part *part);

/* What a shape of a tree in the scope, which may be NULL, begins with. */
void pg_scope_write_generation(buf *out, const database_scope *scope);

void pg_scope_write(buf *out, const pg_scope_part *part);
void pg_scope_bind(arena *a, pg_arguments *out, const pg_scope_part *part);

/* The result of PG_SCOPE_AFTER. */
void pg_scope_take(arena *a, const pg_library *pq, const PGresult *result,
                   database_scope *scope);

#endif
