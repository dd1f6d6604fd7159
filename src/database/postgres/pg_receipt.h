/*
 * pg_receipt.h: receipts in an open transaction of PostgreSQL.
 *
 *     tenon.idempotency     made by push and deploy, like tenon.audit_log
 *
 * Whoever begins with a key takes an advisory lock of the transaction's on it
 * and inserts its row; so one of several processes goes ahead, and the others
 * are told so at once instead of holding connections while they wait. That the
 * key is unique does not hang on the lock, but on the table.
 */
#ifndef DATABASE_POSTGRES_PG_RECEIPT_H
#define DATABASE_POSTGRES_PG_RECEIPT_H

#include "base/buf.h"
#include "database/postgres/pg_session.h"
#include "database/receipt.h"

/* Behind BEGIN: takes the key. r->is_repeat: it has an answer, which is in r.
 * When a statement failed or was lost, that is *failed, its result to be
 * cleared. ERR_KEY_BUSY, ERR_KEY_REUSED. Suspends. */
fallible pg_receipt_claim(pg_session *s, arena *a, pg_pipe *p, receipt *r,
                          pg_ticket *failed);

/* Before COMMIT, in the same trip: keeps the answer. */
void pg_receipt_keep(pg_session *s, arena *a, pg_pipe *p, const receipt *r,
                     pg_ticket *out);

/* A better word for what the server says where the table is missing, or this
 * user may not use it; else e. */
fallible pg_receipt_explain(arena *a, err *e);

/* Makes the table, and lets the role that writes use it. What this user may
 * not do is told in report. Does nothing when all is there. Blocks. */
fallible pg_receipt_prepare(arena *a, pg_connection *c, bool has_roles,
                            buf *report);

#endif
