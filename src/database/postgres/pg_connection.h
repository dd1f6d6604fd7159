/*
 * pg_connection.h: a plain connection to PostgreSQL that blocks its thread, for
 * migrations and introspection.
 *
 *     CLEANUP(pg_connection_close) pg_connection *c = NULL;
 *     TRY(pg_connection_open(a, url, &c));
 *     TRY(pg_connection_begin(a, c));
 *     TRY(pg_connection_run(a, c, file_name, script));
 *     TRY(pg_connection_commit(a, c));
 *
 * Closing it rolls back what is not committed. All functions block. Errors
 * carry the server's words (pg_error.h); none ever holds the password. When
 * the connection is lost they are ERR_UNAVAILABLE, and stay so.
 */
#ifndef DATABASE_POSTGRES_PG_CONNECTION_H
#define DATABASE_POSTGRES_PG_CONNECTION_H

#include "base/err.h"

typedef struct pg_connection pg_connection;

/* Cells as PostgreSQL writes them in text, row by row; NULL has no ptr, the
 * empty text has one. In the arena of the query. */
typedef struct pg_rows {
    size_t row_count;
    size_t column_count;
    const str *cells;
} pg_rows;

static inline str pg_rows_cell(const pg_rows *r, size_t row, size_t column) {
    return r->cells[row * r->column_count + column];
}

static inline bool pg_is_null(str cell) {
    return cell.ptr == NULL;
}

/* A NOTICE, WARNING or the like. */
typedef struct pg_notice {
    str severity; /* in the server's language */
    str message;
} pg_notice;

/* Milliseconds; 0 is no limit. */
typedef struct pg_limits {
    int64_t lock_ms;      /* of waiting for one lock: ERR_BUSY */
    int64_t statement_ms; /* of one statement: ERR_TIMEOUT */
} pg_limits;

/* The URL is postgresql://user:password@host:port/database?parameters, those
 * of libpq and of Prisma (pg_url.h). The text is UTF-8. */
fallible pg_connection_open(arena *a, str url, pg_connection **out);

/* For CLEANUP; NULL inside is fine. */
void pg_connection_close(pg_connection **c);

/* libpq's own part of it, for somebody else to use and finish; the rest is
 * closed. */
struct pg_conn *pg_connection_detach(pg_connection **c);

/* "db.example.com:5432/app": to say which database without the password. */
str pg_connection_label(const pg_connection *c);

/* Where unqualified names are made: the schema of the URL, there or not, else
 * the first of the search path, else "public". */
str pg_connection_schema(const pg_connection *c);

/* 150018 for 15.18. */
int pg_connection_version(const pg_connection *c);

/* For all that follows on this connection. */
fallible pg_connection_limit(arena *a, pg_connection *c, pg_limits limits);

/* Runs any number of statements. Outside of a transaction they are one
 * transaction, unless they say otherwise themselves. name, or nothing, is the
 * file's: a mistake is told as name:line:column. */
fallible pg_connection_run(arena *a, pg_connection *c, str name, str sql);

/* The same, one after the other, each a transaction of its own: what must run
 * alone (CREATE INDEX CONCURRENTLY) can stand among them. Those before the one
 * that fails have happened. */
fallible pg_connection_run_each(arena *a, pg_connection *c, str name, str sql);

/* One statement, $1 .. $n in it are the parameters: text each, NULL without
 * ptr. */
fallible pg_connection_query(arena *a, pg_connection *c, str sql,
                             const str *parameters, size_t parameter_count,
                             pg_rows *out);

fallible pg_connection_begin(arena *a, pg_connection *c);

/* ERR_CONFLICT if the transaction had failed: it is rolled back. If the
 * connection is lost meanwhile the outcome is unknown. */
fallible pg_connection_commit(arena *a, pg_connection *c);

/* Does nothing outside of a transaction. */
void pg_connection_rollback(pg_connection *c);

/* Also when it has failed and waits for its rollback. */
bool pg_connection_is_in_transaction(const pg_connection *c);

/* From here on it hears what is said on the channel. */
fallible pg_connection_listen(arena *a, pg_connection *c, str channel);

/* Waits until something is said on a channel that it listens to: *out, which
 * has no ptr when the descriptor wake became readable first. Not in a
 * transaction. */
fallible pg_connection_hear(arena *a, pg_connection *c, int wake, str *out);

/* The same, if it was said already: without ptr when nothing was. */
fallible pg_connection_heard(arena *a, pg_connection *c, str *out);

/* Makes the statement under way fail with ERR_CANCELLED. From any thread, or
 * from a signal handler. */
void pg_connection_cancel(pg_connection *c);

/* What the server remarked since they were last forgotten; the first thousand,
 * some kilobytes of each. Valid until then. */
size_t pg_connection_notices(const pg_connection *c, const pg_notice **out);
void pg_connection_forget_notices(pg_connection *c);

#endif
