/*
 * assert.h: what must hold if we made no mistake.
 *
 * ASSERT stays on in release builds. It speaks about our own code, never about
 * input, and its condition has no side effect. When it fails the process
 * prints where and stops: what was acknowledged is on disk, and whoever
 * supervises the process starts it again.
 *
 * DEBUG_ASSERT is for checks that cost; it is gone from release builds.
 */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

#include "base/attr.h"

#define ASSERT(condition)                                                      \
    (LIKELY(condition) ? (void)0                                               \
                       : assert_failed(#condition, __FILE__, __LINE__))

#ifdef NDEBUG
#define DEBUG_ASSERT(condition) ((void)sizeof(condition))
#else
#define DEBUG_ASSERT(condition) ASSERT(condition)
#endif

/* For the branch that cannot be reached, and for out of memory. */
#define PANIC(message) assert_failed((message), __FILE__, __LINE__)

NORETURN COLD void assert_failed(const char *what, const char *file, int line);

#endif
