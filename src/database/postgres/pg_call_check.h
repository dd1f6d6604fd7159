/*
 * pg_call_check.h: does PostgreSQL understand the functions of the schema?
 */
#ifndef DATABASE_POSTGRES_PG_CALL_CHECK_H
#define DATABASE_POSTGRES_PG_CALL_CHECK_H

#include "database/postgres/pg_connection.h"
#include "schema/schema.h"

/* Prepares the statements of every function, and the rows that it gives back,
 * and runs nothing. ERR_INVALID says which function cannot be used, and where
 * in the schema file. */
fallible pg_call_check_all(arena *a, pg_connection *c, const schema *s);

#endif
