/*
 * bell.h: tells fibers that wait for something to be there that it may be,
 * from any thread.
 *
 *     bell_ear ear;
 *     bell_listen(&ear, b, l);
 *     for (;;) {
 *         TRY(work_on_all_that_is_there());
 *         TRY(bell_wait(a, &ear, deadline_in(l, 5000)));
 *     }
 *
 * Who makes something rings behind it. What is rung while an ear is busy is
 * heard at its next wait, once for all of it, so ringing costs a look at a
 * number as long as all are busy. A ring says nothing about what is there.
 */
#ifndef IO_BELL_H
#define IO_BELL_H

#include "io/fiber.h"

typedef struct bell bell;

/* One fiber's. Must stay where it is until it has left. */
typedef struct bell_ear {
    loop_message message;
    bell *bell;
    loop *loop;
    fiber *fiber;
    bool is_ringing; /* the message is under way; the bell's lock is over it */
    bool has_heard;  /* on the loop's thread */
    struct bell_ear *next;
} bell_ear;

bell *bell_new(void);

/* Nobody listens any more, and nobody rings. NULL is fine. */
void bell_free(bell *b);

/* From any thread. */
void bell_ring(bell *b);

/* In the fiber, of that loop, which will wait. */
void bell_listen(bell_ear *e, bell *b, loop *l);
void bell_leave(bell_ear *e); /* Suspends. */

/* Until it rings, or has since the last wait, or until the deadline, which is no
 * failure. ERR_CANCELLED. Suspends. */
fallible bell_wait(arena *a, bell_ear *e, deadline until);

#endif
