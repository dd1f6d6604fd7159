/*
 * hazard.h: does SQL throw rows or values away?
 *
 *     DROP TABLE "Post"       yes, unless another table takes its name: that is
 *                             how a table of SQLite is made anew
 *     ALTER TABLE ... DROP COLUMN, TRUNCATE, DELETE FROM, DROP SCHEMA    yes
 *
 * It reads the words and not the database, so it does not see everything: it is
 * there for what slips into a file that is written by hand. Files that `migrate
 * dev` writes say of themselves what they lose.
 */
#ifndef DATABASE_MIGRATE_HAZARD_H
#define DATABASE_MIGRATE_HAZARD_H

#include "base/arena.h"
#include "base/str.h"

typedef struct hazard {
    str what;    /* DROP TABLE "Post" */
    size_t line; /* from 1 */
} hazard;

/* The first one. */
bool hazard_find(arena *a, str sql, hazard *out);

#endif
