/*
 * tick.h: something to do again and again, roughly so often.
 *
 * For looking after what waits, without a timer for each of it. Does not keep
 * the loop running.
 */
#ifndef IO_TICK_H
#define IO_TICK_H

#include <stdbool.h>
#include <stdint.h>

#include "io/loop.h"

typedef struct tick tick;

/* Stopped at first. */
tick *tick_open(loop *l, int64_t every_ms, void (*run)(void *argument),
                void *argument);
void tick_start(tick *t); /* Does nothing while it runs. */
void tick_stop(tick *t);

/* run is not called any more. NULL is fine. */
void tick_close(tick *t);

#endif
