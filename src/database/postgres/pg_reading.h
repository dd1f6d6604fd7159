/*
 * pg_reading.h: a read under way, and what is sent for it.
 *
 * A read is one statement, or several that belong together: those that a scope
 * wants before and behind it, and the count of all rows. Each has a ticket; the
 * tickets stand in the order in which they are sent.
 */
#ifndef DATABASE_POSTGRES_PG_READING_H
#define DATABASE_POSTGRES_PG_READING_H

#include "database/postgres/pg_form.h"
#include "database/postgres/pg_session.h"

enum {
    PG_TICKET_SET,
    PG_TICKET_BEFORE,
    PG_TICKET_COUNT,
    PG_TICKET_ROWS,
    PG_TICKET_AFTER,
    PG_TICKETS,
};

typedef struct pg_reading {
    engine_rows engine;
    pg_session *session;
    arena *arena;
    const query *query;
    deadline until;
    pg_pool *pool;       /* where it is asked */
    pg_replica *replica; /* the pool's, or NULL: the primary */
    size_t replica_failures;

    pg_line *line;
    pg_use use;
    bool is_alone;      /* behind a Sync and before one */
    bool is_unprepared; /* counts on nobody's preparation */
    bool is_held_up;
    bool has_made_way;
    bool has_moved;
    int tries;
    pg_arguments arguments;
    pg_arguments count_arguments;
    uint64_t statements[PG_TICKETS]; /* their numbers */
    pg_ticket tickets[PG_TICKETS];

    PGresult *rows;
    int row;
    int row_count;
    pg_form *forms;
    value *values;
} pg_reading;

/* Is that ticket one of this read's? */
bool pg_reading_has(const pg_reading *r, int what);
int pg_reading_first(const pg_reading *r);
int pg_reading_last(const pg_reading *r);

/* Puts all of it into the pipe of its line. What was put there before an err
 * stays. */
fallible pg_reading_send(pg_reading *r);

#endif
