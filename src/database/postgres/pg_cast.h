/*
 * pg_cast.h: the types that parameters are cast to.
 *
 * Each parameter says its type, so that the server infers none: $1::text,
 * $2::"Status"[]. It is the column's without its modifiers, because
 * '12.345'::numeric(5,2) rounds and 'abcdef'::varchar(3) cuts where an
 * assignment or a comparison must not; and it is one that an index of the
 * column can be asked with.
 */
#ifndef DATABASE_POSTGRES_PG_CAST_H
#define DATABASE_POSTGRES_PG_CAST_H

#include "base/buf.h"
#include "database/derivation.h"

typedef struct pg_cast {
    str name;                       /* or empty: one of the two below */
    const enumeration *enumeration; /* or NULL */
    bool is_list;                   /* name[] */
    /* Of a foreign column: parameters say no type, the server takes that which
     * their place asks for, and shows values its own way. */
    bool is_open;
} pg_cast;

/* Of the column, or of what d (or NULL) makes of it. */
pg_cast pg_cast_of(const field *f, const derivation *d);

/* json, which PostgreSQL can neither compare nor order. */
bool pg_cast_is_plain_json(pg_cast c);

/* The type as which it is compared and ordered: jsonb for json. */
pg_cast pg_cast_compared(pg_cast c);

/* "numeric" or, of lists and where is_array, "numeric[]". */
void pg_cast_write(buf *out, pg_cast c, bool is_array);

/* "" for a type whose values are compared as what they are cast to; else the
 * type that the parameter is first: money is written as numeric. */
str pg_cast_first(pg_cast c);

/* What to send for a value of that text: of a time of day, which PostgreSQL
 * reads without the T of a moment, what stands behind it. */
str pg_cast_text(pg_cast c, str text);

/* The type as which a value is shown, or empty: as itself. */
str pg_cast_shown(pg_cast c);

/* Can be LIKE something. */
bool pg_cast_is_text(pg_cast c);

/* Its binary form is its text. */
bool pg_cast_takes_bytes(pg_cast c);

/* Of ::cast, by PostgreSQL's name. Not of CAST_NONE. */
str pg_cast_name(cast_type type);

#endif
