/*
 * folder_watch.h: tells when files of a folder have changed, were added or
 * removed.
 *
 * An editor that saves a file changes several at once, so it is told once, when
 * nothing has changed for a moment. Folders within the folder are not looked at.
 * Does not keep the loop running.
 */
#ifndef IO_FOLDER_WATCH_H
#define IO_FOLDER_WATCH_H

#include "base/err.h"
#include "io/loop.h"

enum { FOLDER_WATCH_QUIET_MS = 100 };

typedef struct folder_watch folder_watch;

/* Calls on_change(argument) on the loop's thread. ERR_NOT_FOUND without such a
 * folder, ERR_UNAVAILABLE when the system watches no more. */
fallible folder_watch_open(arena *a, loop *l, str path,
                           void (*on_change)(void *argument), void *argument,
                           folder_watch **out);

/* on_change is not called any more. Before the loop is freed, which then also
 * frees this. NULL is fine. */
void folder_watch_close(folder_watch *w);

#endif
