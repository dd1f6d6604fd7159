/*
 * pg_function.h: functions of ours in the database, and the triggers that call
 * them.
 *
 *     tenon_touch(column)   keeps @updatedAt true when a row is changed by
 *                           somebody else's SQL, which does not set the column
 *     uuidv7()              PostgreSQL 18's, where the server is older
 *
 * Who changes the column is believed, so our own writes, which always do, are
 * not touched.
 */
#ifndef DATABASE_POSTGRES_PG_FUNCTION_H
#define DATABASE_POSTGRES_PG_FUNCTION_H

#include "database/structure.h"

/* The triggers that a schema's table needs. */
void pg_function_add_triggers(arena *a, structure_table *t);

/* The functions that the tables' triggers and defaults call. */
void pg_function_add_all(arena *a, structure *s);

#endif
