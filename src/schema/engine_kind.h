/*
 * engine_kind.h: which database a schema is for.
 *
 * The URL of the database decides, not the datasource's provider. A schema is
 * resolved for one engine, because names are cut to its limit and some things
 * exist on one only.
 */
#ifndef SCHEMA_ENGINE_KIND_H
#define SCHEMA_ENGINE_KIND_H

#include <stdbool.h>

#include "base/str.h"

typedef enum engine_kind {
    ENGINE_SQLITE,
    ENGINE_POSTGRESQL,
} engine_kind;
enum { ENGINE_KIND_COUNT = ENGINE_POSTGRESQL + 1 };

/* "sqlite", "postgresql": as --engine and a file of migrations are named. */
str engine_kind_name(engine_kind kind);

/* "SQLite", "PostgreSQL": for people. */
str engine_kind_title(engine_kind kind);

/* By its name, or a synonym that a provider may be ("postgres"). */
bool engine_kind_find(str name, engine_kind *out);

/* By the part of a URL before its first ':' (file, sqlite, postgresql,
 * postgres). False when no engine serves it. */
bool engine_kind_of_url(str url, engine_kind *out);

#endif
