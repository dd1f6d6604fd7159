#include "io/context.h"

#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "base/sanitizer.h"

#if ASAN_IS_ON
#include <sanitizer/common_interface_defs.h>
#endif
#if TSAN_IS_ON
#include <sanitizer/tsan_interface.h>
#endif
#ifdef __has_include
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif

/* context_<machine>.S. The first pushes the registers, stores the stack
 * pointer in *save, and pops the registers that lie at load. The second is
 * where a new context begins. */
void context_swap(void **save, void *load);
void context_boot(void);

/* ---- The registers as context_swap pushes them -------------------------- */

#if defined(__x86_64__)
typedef struct frame {
    uint32_t mxcsr;
    uint32_t x87_control;
    uintptr_t r15, r14, r13;
    uintptr_t r12; /* entry, for context_boot */
    uintptr_t rbx; /* its argument */
    uintptr_t rbp; /* 0 ends a walk along the frame pointers */
    uintptr_t rip;
} frame;

static frame frame_new(uintptr_t entry, uintptr_t argument) {
    return (frame){.mxcsr = 0x1f80, /* the defaults of the ABI */
                   .x87_control = 0x037f,
                   .r12 = entry,
                   .rbx = argument,
                   .rip = (uintptr_t)context_boot};
}
#elif defined(__aarch64__)
typedef struct frame {
    uint64_t fpcr;
    uint64_t padding;
    uint64_t d8_to_d15[8];
    uintptr_t x19; /* its argument */
    uintptr_t x20; /* entry, for context_boot */
    uintptr_t x21_to_x28[8];
    uintptr_t x29; /* 0 ends a walk along the frame pointers */
    uintptr_t x30;
} frame;

static frame frame_new(uintptr_t entry, uintptr_t argument) {
    return (frame){
        .x19 = argument, .x20 = entry, .x30 = (uintptr_t)context_boot};
}
#else
#error "no context switch for this machine: write context_<machine>.S"
#endif
_Static_assert(sizeof(frame) % 16 == 0, "the stack stays aligned");

/* ---- What the tools are told -------------------------------------------- */

static void before_switch(context *from, const context *to, void **fake) {
    (void)from, (void)to, (void)fake;
#if ASAN_IS_ON
    __sanitizer_start_switch_fiber(fake, to->lowest, to->size);
#endif
#if TSAN_IS_ON
    from->tsan_fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->tsan_fiber, 0);
#endif
}

/* ASan says where the stack lies that we came from. So the thread's own, which
 * nobody has measured, is known when we switch back to it. */
static void after_switch(context *here) {
    (void)here;
#if ASAN_IS_ON
    context *left = here->came_from;
    __sanitizer_finish_switch_fiber(here->fake_stack, &left->lowest,
                                    &left->size);
#endif
}

void context_init(context *c, char *lowest, size_t size,
                  void (*entry)(void *argument), void *argument) {
    ASSERT((uintptr_t)(lowest + size) % 16 == 0);
    frame f = frame_new((uintptr_t)entry, (uintptr_t)argument);
    *c = (context){.lowest = lowest, .size = size};
    c->sp = lowest + size - sizeof f;
    memcpy(c->sp, &f, sizeof f);
#if TSAN_IS_ON
    c->tsan_fiber = __tsan_create_fiber(0);
#endif
#ifdef VALGRIND_STACK_REGISTER
    c->valgrind_stack = VALGRIND_STACK_REGISTER(lowest, lowest + size);
#endif
}

void context_destroy(context *c) {
    (void)c;
#if TSAN_IS_ON
    __tsan_destroy_fiber(c->tsan_fiber);
#endif
#ifdef VALGRIND_STACK_DEREGISTER
    VALGRIND_STACK_DEREGISTER(c->valgrind_stack);
#endif
}

void context_begin(context *c) {
    after_switch(c);
}

void context_switch(context *from, context *to) {
    to->came_from = from;
    before_switch(from, to, &from->fake_stack);
    context_swap(&from->sp, to->sp);
    after_switch(from);
}

void context_exit(context *from, context *to) {
    to->came_from = from;
    before_switch(from, to, NULL);
    context_swap(&from->sp, to->sp);
    PANIC("a fiber that had ended was continued");
}
