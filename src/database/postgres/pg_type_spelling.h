/*
 * pg_type_spelling.h: do two names of PostgreSQL's types mean one type?
 *
 *     varchar(20)         character varying(20)
 *     timestamptz         timestamp with time zone
 *     citext              extensions.citext
 */
#ifndef DATABASE_POSTGRES_PG_TYPE_SPELLING_H
#define DATABASE_POSTGRES_PG_TYPE_SPELLING_H

#include <stdbool.h>

#include "base/arena.h"

bool pg_type_is_same(arena *a, str x, str y);

#endif
