/*
 * script.h: a file of SQL as the parts that run together.
 *
 * Each part is run in one transaction, or statement by statement outside of
 * any. The lines between them are those of plan_print_sql; a file that was
 * written by hand and has none is one part, in a transaction.
 */
#ifndef DATABASE_MIGRATE_SCRIPT_H
#define DATABASE_MIGRATE_SCRIPT_H

#include "base/arena.h"
#include "base/str.h"

typedef struct script_part {
    str sql; /* borrowed; comments included */
    bool is_outside_transaction;
} script_part;

typedef struct script {
    const script_part *parts; /* none is blank */
    size_t part_count;
} script;

script script_read(arena *a, str text);

#endif
