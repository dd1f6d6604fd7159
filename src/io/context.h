/*
 * context.h: the switch from one stack to another.
 *
 * A context is a stack that was left in the middle of something. Switching
 * saves what the calling convention says a call preserves, and nothing else:
 * some 5 ns, where ucontext asks the kernel for the signal mask each time
 * (docs/decisions/0001). The sanitizers and valgrind are told.
 */
#ifndef IO_CONTEXT_H
#define IO_CONTEXT_H

#include <stddef.h>

#include "base/attr.h"

typedef struct context {
    void *sp; /* where its registers lie while it is left */

    /* For the sanitizers only. */
    const void *lowest;
    size_t size;
    void *fake_stack;
    struct context *came_from;
    void *tsan_fiber;
    unsigned valgrind_stack;
} context;

/* A context that will run entry(argument) on these bytes. entry must not
 * return. */
void context_init(context *c, char *lowest, size_t size,
                  void (*entry)(void *argument), void *argument);
void context_destroy(context *c);

/* The first thing that entry does. */
void context_begin(context *c);

/* Leaves from and continues to; returns when somebody switches back. */
void context_switch(context *from, context *to);

/* The same for the last time: nobody may switch back. */
NORETURN void context_exit(context *from, context *to);

#endif
