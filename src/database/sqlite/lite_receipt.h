/*
 * lite_receipt.h: receipts in the writer's open transaction.
 *
 *     tenon_idempotency     made by the first write that brings a key
 *
 * There is one writer, so who finds no receipt is the first.
 */
#ifndef DATABASE_SQLITE_LITE_RECEIPT_H
#define DATABASE_SQLITE_LITE_RECEIPT_H

#include "database/receipt.h"
#include "database/sqlite/lite_apply.h"

/* Is there one? Says so in r->is_repeat. ERR_KEY_REUSED. */
fallible lite_receipt_find(lite_write_connection *c, arena *a, receipt *r);

/* Makes the answer and keeps it. */
fallible lite_receipt_keep(lite_write_connection *c, arena *a, receipt *r,
                           const mutation_result *results);

#endif
