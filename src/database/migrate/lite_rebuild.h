/*
 * lite_rebuild.h: a table of SQLite made anew, with its rows.
 *
 * SQLite's own advice (sqlite.org/lang_altertable.html, "Making Other Kinds Of
 * Table Schema Changes"): make the new table under another name, copy, drop the
 * old one, rename. Foreign keys must be off, and views and triggers that
 * mention the table are not to be looked at meanwhile (legacy_alter_table).
 */
#ifndef DATABASE_MIGRATE_LITE_REBUILD_H
#define DATABASE_MIGRATE_LITE_REBUILD_H

#include "database/migrate/lite_alter.h"

/* One step. Indexes and triggers are gone after it. Warns of what may fail or
 * get lost. */
void lite_rebuild(plan_builder *b, const lite_alter *t);

#endif
