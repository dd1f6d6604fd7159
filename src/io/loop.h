/*
 * loop.h: a worker's event loop.
 *
 * One thread runs one loop; everything that belongs to the loop is touched by
 * that thread only. Other threads reach it in one way: loop_post puts a message
 * in its inbox, and the loop delivers it on its own thread.
 *
 * A turn is: wait for events, handle them all, run the fibers they woke, run
 * the turn-end hooks. Hooks are for work that pays when done once for many
 * requests: ending the read transaction, flushing replies. Then fibers that
 * yielded before the loop looked for events go on, for some hundred microseconds
 * a turn at most, so that they delay nobody.
 */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct loop loop;
struct uv_loop_s;

loop *loop_new(void);

/* All handles must be closed and all fibers ended. Messages that were posted
 * after loop_run returned are dropped. */
void loop_free(loop *l);

/* Runs until loop_stop was called and no fiber, no message and no open handle
 * is left. A stopped loop stays stopped: running it again runs what was begun
 * since. */
void loop_run(loop *l);

/* From any thread, any number of times. */
void loop_stop(loop *l);

/* For the files of io/ that open sockets and timers. */
struct uv_loop_s *loop_uv(loop *l);

/* Monotonic milliseconds, read once a turn. */
int64_t loop_now(const loop *l);

/* Embedded in what it is a hook of; runs at the end of each turn in which
 * loop_request_turn_end was called for it, and once only however often. Hooks
 * run in the order they were asked for. What a hook wakes, and a hook that a
 * hook asks for, still runs before the loop waits. */
typedef struct loop_hook {
    void (*run)(struct loop_hook *hook);
    struct loop_hook *next;
    bool is_requested;
} loop_hook;
void loop_request_turn_end(loop *l, loop_hook *hook);

/* Embedded in what is sent. deliver runs on the loop's thread. From any
 * thread; does not block; the message belongs to the loop until delivered.
 * Messages from one thread arrive in the order they were posted. */
typedef struct loop_message {
    void (*deliver)(struct loop_message *message);
    struct loop_message *next;
} loop_message;
void loop_post(loop *l, loop_message *message);

/* A point in loop_now's time. */
typedef struct deadline {
    int64_t at_ms;
} deadline;

static inline deadline deadline_never(void) {
    return (deadline){INT64_MAX};
}
deadline deadline_in(const loop *l, int64_t ms);

#endif
