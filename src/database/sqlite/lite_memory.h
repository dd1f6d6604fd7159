/*
 * lite_memory.h: memory for SQLite.
 *
 * A read takes and gives back the same few small pieces each time: a cursor,
 * the texts of a row. Each thread keeps what it was given back, by size and up
 * to LITE_MEMORY_KEPT_BYTES, and hands it out again in a dozen instructions. A
 * piece may be given back by another thread than took it. What a thread has
 * kept goes back to the system when it ends.
 */
#ifndef DATABASE_SQLITE_LITE_MEMORY_H
#define DATABASE_SQLITE_LITE_MEMORY_H

#include <sqlite3.h>

enum {
    LITE_MEMORY_KEPT_BYTES = 256 * 1024, /* by each thread */
    LITE_MEMORY_LARGEST = 2048,          /* that is kept */
};

/* For SQLITE_CONFIG_MALLOC. */
const sqlite3_mem_methods *lite_memory_methods(void);

#endif
