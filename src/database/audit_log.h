/*
 * audit_log.h: reads the audit log that recording.h describes, on either
 * engine, for a command or an export: in pages, so that a long log takes no
 * memory.
 *
 *     audit_log_page p = {.wanted = wanted, .size = 1000};
 *     do {
 *         TRY(audit_log_next(a, t, &p));
 *         for (size_t i = 0; i < p.rows.row_count; i++)
 *             use(target_cell(&p.rows, i, LOG_ACTION));
 *     } while (!p.is_last);
 */
#ifndef DATABASE_AUDIT_LOG_H
#define DATABASE_AUDIT_LOG_H

#include "database/migrate/target.h"

/* The columns of a page's rows. */
typedef enum audit_column {
    LOG_ID,
    LOG_CREATED_AT, /* 2024-01-31T12:00:00.123+00:00, or with six digits */
    LOG_USER_ID,
    LOG_TOKEN_ID,
    LOG_ORGANIZATION_ID,
    LOG_SPACE_ID,
    LOG_REQUEST_ID,
    LOG_DATABASE_USER, /* on PostgreSQL, of changes behind our back */
    LOG_IP_ADDRESS,
    LOG_USER_AGENT,
    LOG_REASON,
    LOG_ACTION,
    LOG_MODEL,
    LOG_RECORD_ID,
    LOG_HASH,   /* see audit_row.h; in hexadecimal digits */
    LOG_BEFORE, /* this one and those behind it are JSON */
    LOG_AFTER,
    LOG_CHANGES,
    LOG_COLUMN_COUNT,
} audit_column;

extern const str LOG_COLUMNS[LOG_COLUMN_COUNT];

/* Which rows; empty: any. Times are as timestamp.h reads them, since is
 * included and until is not. */
typedef struct audit_wanted {
    str model;
    str record_id;
    str user_id;
    str since;
    str until;
} audit_wanted;

typedef struct audit_log_page {
    audit_wanted wanted;
    size_t size;
    bool is_newest_first;
    target_rows rows; /* in the arena */
    bool is_last;
    /* The row that the next page begins behind. */
    str after_time;
    str after_id;
} audit_log_page;

/* The columns in their order, for a SELECT. */
void audit_log_write_columns(buf *sql, engine_kind engine);

/* ERR_VALUE_DATETIME and ERR_VALUE_RANGE for a time that is none, ERR_NOT_FOUND
 * when the database has no log. Blocks. */
fallible audit_log_next(arena *a, target *t, audit_log_page *p);

#endif
