/*
 * protection.h: what a database is given beside its tables when it is pushed to
 * or migrated: the roles to read and write as (pg_role.h), and triggers that
 * notice what is done behind our back (pg_guard.h).
 *
 * PostgreSQL's alone: SQLite has no users, and one process owns the file. Both
 * get Tenon's own tables (system_schema.h).
 */
#ifndef DATABASE_PROTECTION_H
#define DATABASE_PROTECTION_H

#include <stdbool.h>

#include "base/str.h"

typedef struct protection {
    bool has_roles;
    bool has_guards; /* if not, those that are there are taken away */
    str read_url;    /* of reads, if its user is another one; or empty */
    /* Whose functions clients call: the roles may use them. */
    const str *called_schemas;
    size_t called_schema_count;
} protection;

#endif
