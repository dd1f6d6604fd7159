/*
 * commit_position.h: how far a database had come when somebody looked, for
 * reads that go to a copy of it which may be behind.
 *
 * A number that grows with each commit; 0 is before all of them. It is a place
 * in PostgreSQL's log and is written as PostgreSQL does, "16/B374D848": two
 * hexadecimal numbers of 32 bits. SQLite has no copies, and all is 0.
 */
#ifndef DATABASE_COMMIT_POSITION_H
#define DATABASE_COMMIT_POSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

typedef uint64_t commit_position;

/* Later than all: no copy has come so far. For a commit of which it is not
 * known where it is. */
#define COMMIT_POSITION_UNKNOWN UINT64_MAX

/* All of text, one to eight digits on each side; else false and *out is
 * untouched. */
bool commit_position_parse(str text, commit_position *out);
str commit_position_format(arena *a, commit_position p);

#endif
