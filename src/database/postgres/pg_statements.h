/*
 * pg_statements.h: the prepared statements of one connection, by shape.
 *
 * Holds the names; the server holds the statements. Bounded: the one not used
 * for the longest time makes room, and the server is told to forget it. A
 * statement that is being prepared stays.
 */
#ifndef DATABASE_POSTGRES_PG_STATEMENTS_H
#define DATABASE_POSTGRES_PG_STATEMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
    PG_STATEMENTS_MAX = 256,
    /* Shapes and, as the server's plans are some multiple of it, SQL. */
    PG_STATEMENTS_BYTES = 1024 * 1024,
    PG_STATEMENTS_LARGE_BYTES = PG_STATEMENTS_BYTES / 8,
};

typedef struct pg_statements pg_statements;

enum { PG_STATEMENT_NAME = 24 };

/* Numbers are not used twice on a connection. */
typedef struct pg_prepared {
    uint64_t number;
    char name[PG_STATEMENT_NAME]; /* "t42" */
    bool is_ready;                /* the server has said so */
} pg_prepared;

/* What pg_pipe_run needs: the statement and, when it is to be prepared first,
 * its SQL. Without a statement the SQL runs unprepared. */
typedef struct pg_prepared_use {
    pg_prepared *statement; /* or NULL */
    const char *sql;        /* or NULL: it is prepared, or about to be */
} pg_prepared_use;

pg_statements *pg_statements_new(void);
void pg_statements_free(pg_statements *s);

/* NULL: add it. Counts as a use. */
pg_prepared *pg_statements_find(pg_statements *s, str shape);

/* To be prepared now. NULL when it is too large to be kept: run it unprepared.
 * Fills in *gone, the number of one to DEALLOCATE, or 0. */
pg_prepared *pg_statements_add(pg_statements *s, str shape, size_t sql_len,
                               uint64_t *gone);

/* Was it added, and neither dropped nor forgotten? */
bool pg_statements_has(const pg_statements *s, uint64_t number);

void pg_statements_set_ready(pg_statements *s, uint64_t number);

/* It is not there: it could not be prepared, or the server has lost it. */
void pg_statements_forget(pg_statements *s, uint64_t number);

#endif
