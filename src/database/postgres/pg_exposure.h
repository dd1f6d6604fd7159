/*
 * pg_exposure.h: a database as it is found, as a schema that can be served.
 *
 * No file describes it: the tables and views of some of its schemas become
 * models, named as they are; their columns are foreign (schema.h), so that
 * values of any type pass through as the database reads and writes them. Foreign
 * keys become relations, also of the views that show their columns
 * (pg_origin.h), under the constraint's name. Rights are the database's: models
 * have no rules. Functions that clients can call, by naming their arguments or
 * with the whole of a body, are foreign ones (function.h); so are those of one
 * row, which are computed fields of its table, or relations.
 */
#ifndef DATABASE_POSTGRES_PG_EXPOSURE_H
#define DATABASE_POSTGRES_PG_EXPOSURE_H

#include "database/postgres/pg_connection.h"
#include "schema/schema.h"

/* What of a database is served as it is found. */
typedef struct pg_exposure {
    const str *schemas; /* the first is the one of unqualified names */
    size_t count;
    /* Schemas that also have functions of rows of those: computed fields and
     * relations. They may be among the exposed, or not be there. */
    const str *extra;
    size_t extra_count;
} pg_exposure;

/* In one snapshot. ERR_NOT_FOUND names a schema that is not there. Blocks. */
fallible pg_exposure_read(arena *a, pg_connection *c, const pg_exposure *what,
                          const schema **out);

#endif
