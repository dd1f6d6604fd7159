#include "database/audit_row.h"

#include "base/attr.h"

/* Who it was in the database comes last: SQLite knows nobody. */
const audit_column AUDIT_ROW_PARTS[] = {
    LOG_ID,         LOG_CREATED_AT,      LOG_USER_ID,
    LOG_TOKEN_ID,   LOG_ORGANIZATION_ID, LOG_SPACE_ID,
    LOG_REQUEST_ID, LOG_IP_ADDRESS,      LOG_USER_AGENT,
    LOG_REASON,     LOG_ACTION,          LOG_MODEL,
    LOG_RECORD_ID,  LOG_BEFORE,          LOG_AFTER,
    LOG_CHANGES,    LOG_DATABASE_USER,
};

void audit_row_add(buf *out, str part) {
    if (part.ptr == NULL) {
        buf_append_char(out, '-');
        return;
    }
    buf_append_uint(out, part.len);
    buf_append_char(out, ':');
    buf_append(out, part);
}

void audit_row_hash(buf *scratch, const target_rows *rows, size_t row,
                    unsigned char out[SHA256_BYTES]) {
    buf_clear(scratch, SIZE_MAX);
    for (size_t i = 0; i < LENGTH(AUDIT_ROW_PARTS); i++)
        audit_row_add(scratch, target_cell(rows, row, AUDIT_ROW_PARTS[i]));
    sha256_digest(buf_str(scratch), out);
}
