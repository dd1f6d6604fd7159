/*
 * pg_called.h: functions of a database that are served beside a schema file,
 * which does not declare them.
 *
 * They are those of database schemas that somebody has named, read as those of
 * a database that is served as it is found (pg_exposure.h), with their
 * arguments and rows as shapes. One that returns rows of a model's table returns
 * rows of the model, so its policies and its hidden columns hold for them.
 */
#ifndef DATABASE_POSTGRES_PG_CALLED_H
#define DATABASE_POSTGRES_PG_CALLED_H

#include "database/postgres/pg_connection.h"
#include "schema/schema.h"

/* A schema of functions and shapes, whose indexes go on behind those of own.
 * The first of the database's schemas is the one that requests mean which name
 * none. ERR_NOT_FOUND for one that is not there, ERR_INVALID for one of the
 * server's or of Tenon's. Blocks. */
fallible pg_called_read(arena *a, pg_connection *c, const str *schemas,
                        size_t count, const schema *own, const schema **out);

#endif
