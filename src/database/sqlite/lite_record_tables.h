/*
 * lite_record_tables.h: the audit log and the feed of events (recording.h), as
 * SQL that makes what is missing of them.
 *
 *   - tenon_audit_log: its position is the number of the change. Ids are made
 *     in the order of positions, so a range of time is one of ids.
 *   - tenon_feed: a row for each event, with the same number. Where the log has
 *     the whole row, the feed has nothing but the number; before a row of the
 *     log goes or changes, a trigger writes what it said into the feed.
 *   - tenon_event: a view of both, which is what everybody reads. Rows may be
 *     deleted from it.
 *
 * Numbers are not used again when all rows are gone. What has a row in the log
 * and no event, as a read, is a number that is no sequence.
 */
#ifndef DATABASE_SQLITE_LITE_RECORD_TABLES_H
#define DATABASE_SQLITE_LITE_RECORD_TABLES_H

extern const char LITE_RECORD_TABLES[];

#endif
