/*
 * pg_role_grant.h: makes the two roles of pg_role.h and keeps their rights.
 *
 * Called after a database was changed. Only what is missing is granted, so a
 * second call changes nothing, and nothing is ever taken away: a role may serve
 * what we know nothing of.
 *
 *     schemas of the app      both may use them, and those of functions that
 *                             clients call
 *     tables, views           read_only may read, read_write also write
 *     sequences               read_write may use them
 *     tables made later       the same, by default privileges
 *
 * A user without CREATEROLE makes no roles. Then the user who reads, if there
 * is another one than who writes, is granted what read_only would be, and the
 * report says what is lost.
 */
#ifndef DATABASE_POSTGRES_PG_ROLE_GRANT_H
#define DATABASE_POSTGRES_PG_ROLE_GRANT_H

#include "base/buf.h"
#include "database/postgres/pg_connection.h"

typedef struct pg_role_place {
    const str *schemas; /* of the app, "public" if it names none */
    size_t schema_count;
    str reader; /* the user of the URL for reads, or empty */
    /* Of these they may use the functions, and nothing else. */
    const str *called;
    size_t called_count;
} pg_role_place;

/* In one transaction of its own. Appends a line for each thing that somebody
 * should know to report. Blocks. */
fallible pg_role_prepare(arena *a, pg_connection *c, const pg_role_place *place,
                         buf *report);

#endif
