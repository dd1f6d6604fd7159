/*
 * recording.h: what the database keeps of each change to a row, in the
 * transaction of the change.
 *
 * Changes are recorded where they happen and not where they are asked for: by a
 * hook of SQLite (lite_recorder.h), by triggers of PostgreSQL (pg_guard.h). So a
 * cascade, a function in SQL and a merge are recorded as what they did to rows,
 * and there is no way to write past it. Each change leaves
 *
 *   - a row in the audit log, unless the model's @@audit says off:
 *         tenon_audit_log on SQLite, tenon.audit_log on PostgreSQL
 *     id (UUID version 7), created_at, the parts of origin.h, action
 *     (create, update, delete), model, record_id, before, after, changes, hash
 *   - a row in the feed of events: tenon_event, tenon.event
 *     sequence, created_at, audit_id, action, model, record_id, before, after
 *
 * tenon_event is a view: what the log has need not be stored twice
 * (lite_record_tables.h).
 *
 * before and after are objects with the row's columns; changes has of an update
 * {"column": {"from": ..., "to": ...}} of what differs. An update that changes
 * nothing leaves nothing. Values are as a read shows them; what is redacted
 * (field.is_redacted) is "[redacted]" unless it is null. In changes and in events a
 * value of more than RECORDING_LONG_BYTES is "[long]": it is in the log's before
 * and after, once each.
 *
 * record_id is the value of the row's identity as text, of several columns a
 * JSON array of texts; of one that is redacted the SHA-256 of it.
 *
 * Sequences grow in an order in which each record's changes were committed, and
 * without a gap: who has read up to one has missed nothing before it. On SQLite
 * the one writer counts, also what has no event; on PostgreSQL they are given behind the commits.
 */
#ifndef DATABASE_RECORDING_H
#define DATABASE_RECORDING_H

#define RECORDING_REDACTED "[redacted]"
#define RECORDING_LONG "[long]"
enum { RECORDING_LONG_BYTES = 8192 }; /* as JSON */

#endif
