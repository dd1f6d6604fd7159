/*
 * audit_scan.h: goes through the rows of the audit log in the order in which
 * they are sealed (audit_place.h), in pages.
 *
 *     audit_scan s = {.behind = last, .most = 1000};
 *     TRY(audit_scan_begin(a, t, &s));
 *     do {
 *         TRY(audit_scan_next(page, t, &s));
 *         use(&s.rows);
 *     } while (s.rows.row_count > 0);
 *     TRY(audit_scan_end(a, t, &s));
 *
 * On PostgreSQL inside of a transaction, and one at a time: the rows are put in
 * order once, by a cursor.
 */
#ifndef DATABASE_AUDIT_SCAN_H
#define DATABASE_AUDIT_SCAN_H

#include "database/audit_log.h"
#include "database/audit_place.h"

typedef struct audit_scan {
    audit_place behind;
    bool has_end;
    audit_place until; /* this one still */
    /* Of PostgreSQL: only rows of transactions that all running ones are behind
     * of, since the others are not complete. */
    bool are_settled;
    str where;      /* more about which rows: " AND ...", or empty */
    bool has_cells; /* those of LOG_COLUMNS; else LOG_HASH alone is filled in */
    size_t most;    /* rows of a page */
    target_rows rows;
} audit_scan;

fallible audit_scan_begin(arena *a, target *t, audit_scan *s);

/* The next rows; none: that was all. behind is then the place of the last of
 * them, in the arena. */
fallible audit_scan_next(arena *a, target *t, audit_scan *s);
fallible audit_scan_end(arena *a, target *t, audit_scan *s);

/* Of a row of the page. Borrows from it. */
audit_place audit_scan_place(const audit_scan *s, size_t row);

#endif
