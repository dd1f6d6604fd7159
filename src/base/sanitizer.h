/* sanitizer.h: what we tell AddressSanitizer; nothing in other builds. */
#ifndef BASE_SANITIZER_H
#define BASE_SANITIZER_H

/* gcc defines a macro, clang has a feature test. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define ASAN_IS_ON 1
#endif
#if __has_feature(thread_sanitizer)
#define TSAN_IS_ON 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define ASAN_IS_ON 1
#endif
#ifdef __SANITIZE_THREAD__
#define TSAN_IS_ON 1
#endif
#ifndef ASAN_IS_ON
#define ASAN_IS_ON 0
#endif
#ifndef TSAN_IS_ON
#define TSAN_IS_ON 0
#endif

#if ASAN_IS_ON
#include <sanitizer/asan_interface.h>
#define ASAN_POISON(ptr, size) __asan_poison_memory_region((ptr), (size))
#define ASAN_UNPOISON(ptr, size) __asan_unpoison_memory_region((ptr), (size))
#else
#define ASAN_POISON(ptr, size) ((void)(ptr), (void)(size))
#define ASAN_UNPOISON(ptr, size) ((void)(ptr), (void)(size))
#endif

#endif
