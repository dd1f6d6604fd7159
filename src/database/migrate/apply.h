/*
 * apply.h: runs a plan on a database, whole or not at all.
 *
 * Outside of a transaction each step stands for itself: when one fails, those
 * before it stay, and the err says so.
 */
#ifndef DATABASE_MIGRATE_APPLY_H
#define DATABASE_MIGRATE_APPLY_H

#include "database/migrate/plan.h"
#include "database/migrate/target.h"

/* Errs begin with the title of the step. On SQLite also ERR_CONFLICT when a
 * view would not work any more: SQLite itself does not look. Blocks. */
fallible plan_apply(arena *a, target *t, const plan *p);

#endif
