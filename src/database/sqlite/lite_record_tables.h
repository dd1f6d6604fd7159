/*
 * lite_record_tables.h: the audit log and the feed of events (recording.h), as
 * SQL that makes what is missing of them.
 */
#ifndef DATABASE_SQLITE_LITE_RECORD_TABLES_H
#define DATABASE_SQLITE_LITE_RECORD_TABLES_H

extern const char LITE_RECORD_TABLES[];

#endif
