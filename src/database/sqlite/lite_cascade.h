/*
 * lite_cascade.h: does deleting rows of a model change or delete other rows of
 * the same model, by what foreign keys do?
 *
 *     parent Task? @relation(..., onDelete: Cascade)      in Task
 *
 * SQLite carries that out row by row: a row that the DELETE comes to is
 * perhaps gone already, and then not among those that it counts and returns.
 */
#ifndef DATABASE_SQLITE_LITE_CASCADE_H
#define DATABASE_SQLITE_LITE_CASCADE_H

#include "schema/schema.h"

bool lite_cascade_comes_back(arena *a, const schema *s, const model *m);

#endif
