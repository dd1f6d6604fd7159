/*
 * stack.h: memory for a fiber to stand on.
 *
 * A mapping of STACK_SIZE bytes that the kernel fills in page by page as it is
 * touched, above a guard that nobody may touch: running out of stack is a
 * fault at the place where it happens, never a write into a neighbour.
 */
#ifndef IO_STACK_H
#define IO_STACK_H

#include <stddef.h>

#include "base/sanitizer.h"

enum {
    /* Sanitizers put red zones around locals and keep temporaries apart. */
    STACK_SIZE = (ASAN_IS_ON || TSAN_IS_ON ? 1024 : 256) * 1024,
    STACK_GUARD = 16 * 1024,
};

/* The lowest byte, or NULL: no memory, or too many maps (vm.max_map_count; a
 * stack takes two). */
char *stack_map(void);
void stack_unmap(char *lowest);

/* The bytes that were ever touched since it was mapped. */
size_t stack_depth(char *lowest);

#endif
