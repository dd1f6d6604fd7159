/*
 * pg_verdict.h: what went wrong with a write, and whether to try it again.
 *
 * It is tried again when that cannot do anything twice: the server has undone
 * it, or has not seen it. A COMMIT without an answer may have happened.
 */
#ifndef DATABASE_POSTGRES_PG_VERDICT_H
#define DATABASE_POSTGRES_PG_VERDICT_H

#include "database/postgres/pg_writing.h"

typedef enum pg_verdict {
    PG_VERDICT_DONE,
    PG_VERDICT_FAILED, /* *out says why */
    PG_VERDICT_AGAIN,
} pg_verdict;

/* Of an error of the server, which has undone the transaction; p is the part
 * whose it is, or NULL. */
pg_verdict pg_verdict_of_error(pg_writing *w, const PGresult *r,
                               const pg_writing_part *p, err **out);

/* may_be_done: the server may have committed what it did not answer. */
pg_verdict pg_verdict_of_loss(pg_writing *w, const pg_ticket *t,
                              bool may_be_done, err **out);

/* Of the statements that were sent. may_be_done: the Sync that commits them
 * was sent with them. */
pg_verdict pg_verdict_of_parts(pg_writing *w, bool may_be_done, err **out);

/* Of the Sync or the COMMIT. */
pg_verdict pg_verdict_of_end(pg_writing *w, err **out);

#endif
