/*
 * lite_checkpoint.h: a thread that moves the write-ahead log into the database.
 *
 * The writer asks for a checkpoint when the log has grown by some megabytes;
 * the thread copies what no reader needs any more, without holding up the
 * writer. Such passive checkpoints never make the log begin anew under a
 * constant writer, so past LITE_WAL_RESTART_PAGES the writer itself waits for
 * the readers for a moment and lets it begin at its start. Past
 * LITE_WAL_MOST_PAGES it waits longer, and a read that is in the way for more
 * than a second is ended (lite_pace.h). So the log has a bound: those pages and
 * what one transaction writes.
 */
#ifndef DATABASE_SQLITE_LITE_CHECKPOINT_H
#define DATABASE_SQLITE_LITE_CHECKPOINT_H

#include "base/err.h"

/* A page is 4 KiB. */
enum {
    LITE_WAL_CHECKPOINT_PAGES = 4 * 1024,
    LITE_WAL_RESTART_PAGES = 16 * 1024,
    LITE_WAL_MOST_PAGES = 24 * 1024,
};

typedef struct lite_checkpointer lite_checkpointer;

/* Starts the thread, with a connection of its own. */
fallible lite_checkpointer_new(arena *a, str path, lite_checkpointer **out);

/* Ends the thread. NULL is fine. */
void lite_checkpointer_free(lite_checkpointer *c);

/* From any thread; does not wait. */
void lite_checkpointer_wake(lite_checkpointer *c);

#endif
