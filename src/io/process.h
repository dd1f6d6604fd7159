/*
 * process.h: what the process asks of the system, once at its start.
 */
#ifndef IO_PROCESS_H
#define IO_PROCESS_H

#include <stddef.h>

#include "base/attr.h"
#include "io/loop.h"

/* Raises the limit of open files to the hard limit, and ignores SIGPIPE: who
 * writes to a closed connection is told by the write. Makes the allocator give
 * back what a burst of large requests took. Returns the limit of files. */
size_t process_prepare(void);

/* The processors that we may use: those of our affinity mask, and no more than
 * the CPU quota of our own control group (version 2) lets us. At least 1. */
size_t process_cpu_count(void);

/* Calls on_stop(argument) on the loop's thread at each SIGTERM and SIGINT. Does
 * not keep the loop running. Close it on the loop's thread before the loop is
 * freed, which then also frees this. */
typedef struct process_signals process_signals;
process_signals *process_signals_open(loop *l, void (*on_stop)(void *argument),
                                      void *argument) RETURNS_NONNULL;
void process_signals_close(process_signals *s);

/* The same for SIGHUP, which ends a process that does not listen to it. */
process_signals *process_hangups_open(loop *l,
                                      void (*on_hangup)(void *argument),
                                      void *argument) RETURNS_NONNULL;

/* The same for SIGUSR1, which asks to look at the database again. */
process_signals *process_rereads_open(loop *l,
                                      void (*on_reread)(void *argument),
                                      void *argument) RETURNS_NONNULL;

#endif
