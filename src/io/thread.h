/* thread.h: starts a thread that top and gdb show by its name. */
#ifndef IO_THREAD_H
#define IO_THREAD_H

#include <pthread.h>

#include "base/err.h"

/* name: at most 15 bytes. pthread_join it. */
fallible thread_start(arena *a, const char *name, void *(*fn)(void *argument),
                      void *argument, pthread_t *out);

#endif
