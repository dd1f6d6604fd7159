/*
 * protection.h: what a database is given beside its tables when it is pushed to
 * or migrated: the roles to read and write as (pg_role.h).
 *
 * PostgreSQL's alone: SQLite has no users.
 */
#ifndef DATABASE_PROTECTION_H
#define DATABASE_PROTECTION_H

#include <stdbool.h>

#include "base/str.h"

typedef struct protection {
    bool has_roles;
    str read_url; /* of reads, if its user is another one; or empty */
} protection;

#endif
