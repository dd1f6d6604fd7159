/*
 * context.h: the switch from one stack to another.
 *
 * A context is a stack that was left in the middle of something, or one that
 * waits to run its function. Switching saves what the calling convention says
 * a call preserves, and nothing else: some nanoseconds, where ucontext asks the
 * kernel for the signal mask each time (docs/decisions/0002).
 *
 * A context is entered and left, like a call, but that it may be left in the
 * middle and entered again there. When its function returns it is left too, and
 * the next time runs the function anew. So a pooled stack is never set up twice, and
 * starting one and running it to its end looks to the processor like a call
 * and its return, which it predicts.
 */
#ifndef IO_CONTEXT_H
#define IO_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct context {
    void *sp;               /* where its registers lie while it is left */
    struct context *caller; /* who entered it last */
    void (*entry)(void *argument);
    void *argument;

    /* What sanitizers and valgrind are told. */
    const void *lowest;
    size_t size;
    void *fake_stack;
    struct context *came_from;
    void *tsan_fiber;
    unsigned valgrind_stack;
    bool is_ending;
} context;

/* A context that runs entry(argument) on these bytes. The zero value is the
 * context of a thread's own stack. */
void context_init(context *c, char *lowest, size_t size,
                  void (*entry)(void *argument), void *argument);

/* Goes on with c, or begins it; returns when c is left. here is what runs
 * now. */
void context_enter(context *here, context *c);

/* Goes back to who entered c, which runs now; returns when c is entered. */
void context_leave(context *c);

/* Says that c, which waits to run its function, never will again; its stack
 * may be unmapped then. */
void context_destroy(context *here, context *c);

#endif
