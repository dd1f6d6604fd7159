/*
 * role_rights.h: what a role of the database may do with its tables and
 * functions, where the database decides.
 *
 * It is asked, as the role. What it would refuse whoever asks, such as an
 * INSERT into a view of several tables, is no right either.
 */
#ifndef CORE_ROLE_RIGHTS_H
#define CORE_ROLE_RIGHTS_H

#include "core/caller.h"

typedef struct role_rights role_rights;

/* Of the caller's scope, in one schema of the database. Suspends. */
fallible role_rights_read(const caller *c, str schema_name,
                          const role_rights **out);

/* Of a function its arguments are asked about, with OPERATION_CALL. */
bool role_rights_allow(const role_rights *r, const model *m, operation op);

#endif
