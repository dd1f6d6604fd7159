/*
 * audit_row.h: the bytes that the hash of a row of the audit log is made of,
 * the same on both engines.
 *
 * Each part is its length in bytes, a colon and its text, or "-" where there is
 * none: "2:u1-6:create". So no two rows make the same bytes. The parts are the
 * columns in the order below, as `tenon audit export` prints them: the time in
 * UTC with all of its digits, JSON as the database hands it out.
 *
 * tenon.audit_hash makes the same on PostgreSQL, lite_note_table.c on SQLite.
 */
#ifndef DATABASE_AUDIT_ROW_H
#define DATABASE_AUDIT_ROW_H

#include "base/buf.h"
#include "base/sha256.h"
#include "database/audit_log.h"

/* Which column each part is. All but the hash itself. */
extern const audit_column AUDIT_ROW_PARTS[LOG_COLUMN_COUNT - 1];

/* part without ptr: none. */
void audit_row_add(buf *out, str part);

/* Of a row that was read from the log. The buf is for scratch. */
void audit_row_hash(buf *scratch, const target_rows *rows, size_t row,
                    unsigned char out[SHA256_BYTES]);

#endif
