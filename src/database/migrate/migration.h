/*
 * migration.h: the folder of migrations beside a schema.
 *
 *     migrations/20261120170000_add_age/sqlite.sql
 *                                       postgresql.sql
 *                                       schema.prisma
 *
 * A migration is a folder, named by the time it was made and by what it does,
 * with the SQL for each engine and the schema that it leads to, from which the
 * next migration is made where there is no server to ask. The SQL is for people
 * to read and to change before it is applied; a checksum says later whether it
 * is still the same. Line ends do not count: version control may change them.
 */
#ifndef DATABASE_MIGRATE_MIGRATION_H
#define DATABASE_MIGRATE_MIGRATION_H

#include "base/err.h"
#include "schema/engine_kind.h"

/* Lines of their own that say what deploy must know. */
#define MIGRATION_ACCEPTS_LOSS "-- tenon: accept-data-loss"
#define MIGRATION_NOT_FOR_ENGINE "-- tenon: not for this engine"

typedef struct migration {
    str name; /* of the folder */
    str file; /* of the SQL, to name it in messages */
    str sql;
    str checksum;
    str schema_file;
    bool has_schema;
    bool accepts_loss;
    bool is_for_engine;
} migration;

typedef struct migration_list {
    str folder;
    engine_kind engine;
    migration *items; /* from the oldest to the newest */
    size_t count;
} migration_list;

/* "migrations" beside the schema file or folder. */
str migration_folder(arena *a, str schema_path);

/* Of one engine. No folder is an empty list; a folder in it that is no
 * migration, or that has no file for the engine, is ERR_INVALID. Blocks. */
fallible migration_list_read(arena *a, str folder, engine_kind engine,
                             migration_list *out);

/* Or NULL. */
const migration *migration_find(const migration_list *l, str name);

/* The name for a new one: now and title in lower case with '_' between its
 * words, behind all that are there, whatever the clock says. ERR_INVALID when
 * the title has no letter or digit. */
fallible migration_name(arena *a, const migration_list *l, int64_t now_ms,
                        str title, str *out);

typedef struct migration_draft {
    str name;
    str sql[ENGINE_KIND_COUNT];
    str schema;
} migration_draft;

/* Makes its folder and files. Blocks. */
fallible migration_write(arena *a, str folder, const migration_draft *m);

/* Removes what migration_write made. Blocks. */
void migration_remove(arena *a, str folder, const migration_draft *m);

#endif
