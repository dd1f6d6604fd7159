/*
 * pg_writing.h: mutations on their way, as statements.
 *
 * Mutations that come together are one transaction. Those that wait for the
 * results of others (mutation_waits) cannot be sent with them, so a transaction
 * has stages: all that is known is sent, and when it is answered, all that is
 * known then. Mostly there is one. The first stage is the same in every try;
 * the others are made anew from what came back.
 */
#ifndef DATABASE_POSTGRES_PG_WRITING_H
#define DATABASE_POSTGRES_PG_WRITING_H

#include "database/postgres/pg_scope.h"
#include "database/postgres/pg_session.h"

/* One statement: a mutation, the rows of an insert that leave the same cells to
 * the database, or a statement of a function. */
typedef struct pg_writing_part {
    mutation mutation;
    bool is_before; /* it is a statement of a function, not its last */
    pg_scope_part scope_part; /* its scope NULL: it is none of these */
    size_t statement_of_call;
    size_t of;        /* which mutation */
    size_t first_row; /* of the mutation */
    str shape;
    pg_arguments arguments;
    uint64_t statement; /* its number */
    pg_ticket ticket;
} pg_writing_part;

typedef struct pg_writing {
    pg_session *session;
    arena *a;
    const mutation *const *mutations;
    mutation_result *results;
    size_t count;
    database_scope *scope; /* or NULL */
    receipt *once;         /* or NULL */
    size_t failed_at;
    pg_writing_part *parts;
    size_t part_count;
    size_t added;       /* mutations that have parts, or are skipped */
    size_t first_parts; /* part_count and added of the first stage */
    size_t first_added;
    size_t sent;    /* parts; in this try, as the next two */
    size_t taken;   /* parts whose results were taken */
    size_t checked; /* mutations that affected as many rows as they may */
    bool must_look; /* the results decide whether it stays */
    bool is_undone;
    bool is_stepwise; /* several hand back rows, of which there may be many */

    pg_line *line;
    deadline until;            /* this try */
    pg_ticket end;             /* of the Sync or the COMMIT */
    commit_position committed; /* where, with replicas */
    size_t result_bytes;
    int tries;
    int losses;
    int renewals;
} pg_writing;

/* Makes the statements of the first stage. */
fallible pg_writing_begin(pg_writing *w);

/* Forgets what an earlier try has made and read. */
void pg_writing_begin_try(pg_writing *w);

/* Makes the statements of the next stage, out of the results so far, if there
 * is one. */
fallible pg_writing_add_stage(pg_writing *w);

/* What it may hand back, beside what it was sent: nothing, a row with those that
 * it leads to, or any number of rows. Of more than a step part is awaited before
 * the next is sent. */
enum { PG_WRITING_STEP = 16 };
size_t pg_writing_weight(const mutation *m);

/* As pg_sql_writer, of a pg_writing_part. */
void pg_writing_write_part(buf *out, const void *part);

#endif
