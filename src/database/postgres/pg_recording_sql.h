/*
 * pg_recording_sql.h: the audit log and the feed of events on PostgreSQL
 * (recording.h): their tables, the trigger function that writes to them, and
 * tenon.read_events, by which the feed is read.
 */
#ifndef DATABASE_POSTGRES_PG_RECORDING_SQL_H
#define DATABASE_POSTGRES_PG_RECORDING_SQL_H

#include "base/buf.h"

/* Appends statements that make what is missing, for one transaction. */
void pg_recording_sql_write(buf *sql);

#endif
