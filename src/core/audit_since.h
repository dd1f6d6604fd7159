/*
 * audit_since.h: the rows of the audit log since some time, found by their ids.
 *
 * On SQLite the log has no index of times, which each writer would pay for. Its
 * ids are of UUID version 7, made of the time or, when the clock went back, of
 * a later one: so what was written since a time has ids from that time on, and
 * these have an index.
 */
#ifndef CORE_AUDIT_SINCE_H
#define CORE_AUDIT_SINCE_H

#include "database/query.h"

/* The same rows. m is a model of the system schema; where, or NULL, may hold
 * created_at >= and the like, alone or among what all must be true. */
const filter *audit_since_narrow(arena *a, const model *m, const filter *where);

#endif
