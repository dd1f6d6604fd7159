/*
 * pg_url.h: the URL of a PostgreSQL database, taken apart for libpq.
 *
 *     postgresql://user:password@host:5432/app?schema=public&sslmode=require
 *
 * libpq reads URLs itself but refuses parameters that it does not know, and
 * URLs in schema.prisma's company carry Prisma's: ?schema= names the schema
 * that unqualified names mean, others size Prisma's pool. Those are taken out;
 * the rest goes to libpq as it is.
 */
#ifndef DATABASE_POSTGRES_PG_URL_H
#define DATABASE_POSTGRES_PG_URL_H

#include "base/err.h"

typedef struct pg_url {
    str connect; /* for libpq; holds the password */
    str schema;  /* of ?schema=, decoded, or empty */
    str user;    /* decoded, or empty where the URL names none */
} pg_url;

/* Starts with postgresql:// or postgres://. */
bool pg_url_is(str text);

/* Messages never hold the URL, which has a password in it. */
fallible pg_url_parse(arena *a, str text, pg_url *out);

#endif
