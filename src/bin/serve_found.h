/*
 * serve_found.h: a database that `tenon serve` serves as it is found, and finds
 * again when it has changed.
 *
 *     NOTIFY pgrst, 'reload schema'
 *
 * A thread of its own keeps a connection that listens for that, or for SIGUSR1.
 * It reads the catalog again and hands the schema on; when that fails, the log
 * says why and the one before stays. A connection that is lost is made anew,
 * later each time it fails, and what was not heard meanwhile is made up for by
 * reading.
 */
#ifndef BIN_SERVE_FOUND_H
#define BIN_SERVE_FOUND_H

#include "base/log.h"
#include "base/map.h"
#include "bin/config.h"
#include "io/process.h"
#include "schema/schema.h"

typedef struct serve_found serve_found;

/* What was found. */
typedef struct found_database {
    const schema *schema;
    const map *role_settings; /* scope_settings, by the roles' names */
} found_database;

/* What is found, as the settings say, lives in a. Blocks. */
fallible serve_found_open(arena *a, const config *c, const logger *log,
                          serve_found **out, found_database *found);

/* The schema alone. Blocks. */
fallible serve_found_read(arena *a, const config *c, const schema **out);

/* Gets what is read, on the listening thread, and the arena that it lives in
 * for its own. */
typedef void serve_found_taker(void *argument, arena *own,
                               const found_database *found);

/* From here on it listens; SIGUSR1 is heard on l's thread. */
fallible serve_found_watch(arena *a, serve_found *f, loop *l,
                           serve_found_taker *take, void *argument);

/* On the loop's thread, before the loop is freed: the thread is asked to end. */
void serve_found_unwatch(serve_found *f);

/* Waits until it has: for the database, if that does not answer, some seconds.
 * Blocks. */
void serve_found_join(serve_found *f);

/* For CLEANUP; NULL inside is fine. */
void serve_found_close(serve_found **f);

#endif
