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

/* TSan keeps the calls of each fiber by instrumenting where functions begin and
 * end. One that begins on one stack and ends on another must not be. */
#ifdef __clang__
#define CROSSES_STACKS __attribute__((disable_sanitizer_instrumentation))
#else
#define CROSSES_STACKS __attribute__((no_sanitize_thread))
#endif

/* context_<machine>.S. The first pushes the registers, stores the stack
 * pointer in *save, and pops the registers that lie at load. The second is
 * where a new context begins: it calls context_run for ever. */
void context_swap(void **save, void *load);
void context_boot(void);

/* What context_boot passes to a swap of its own. Two registers. */
typedef struct swap {
    void **save;
    void *load;
} swap;
swap context_run(context *c);

/* ---- The registers as context_swap pushes them -------------------------- */

#if defined(__x86_64__)
typedef struct frame {
    uint32_t mxcsr;
    uint32_t x87_control;
    uintptr_t r15, r14, r13, r12;
    uintptr_t rbx; /* the context, for context_boot */
    uintptr_t rbp; /* 0 ends a walk along the frame pointers */
    uintptr_t rip;
} frame;

static frame frame_new(const context *c) {
    return (frame){.mxcsr = 0x1f80, /* the defaults of the ABI */
                   .x87_control = 0x037f,
                   .rbx = (uintptr_t)c,
                   .rip = (uintptr_t)context_boot};
}
#elif defined(__aarch64__)
typedef struct frame {
    uint64_t fpcr;
    uint64_t padding;
    uint64_t d8_to_d15[8];
    uintptr_t x19; /* the context, for context_boot */
    uintptr_t x20_to_x28[9];
    uintptr_t x29; /* 0 ends a walk along the frame pointers */
    uintptr_t x30;
} frame;

static frame frame_new(const context *c) {
    return (frame){.x19 = (uintptr_t)c, .x30 = (uintptr_t)context_boot};
}
#else
#error "no context switch for this machine: write context_<machine>.S"
#endif
_Static_assert(sizeof(frame) % 16 == 0, "the stack stays aligned");

/* ---- What the tools are told -------------------------------------------- */

CROSSES_STACKS
static void before_switch(context *from, context *to, void **fake) {
    (void)from, (void)to, (void)fake;
#if ASAN_IS_ON
    to->came_from = from;
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
    *c = (context){
        .entry = entry, .argument = argument, .lowest = lowest, .size = size};
    frame f = frame_new(c);
    c->sp = lowest + size - sizeof f;
    memcpy(c->sp, &f, sizeof f);
#if TSAN_IS_ON
    c->tsan_fiber = __tsan_create_fiber(0);
#endif
#ifdef VALGRIND_STACK_REGISTER
    c->valgrind_stack = VALGRIND_STACK_REGISTER(lowest, lowest + size);
#endif
}

CROSSES_STACKS
static void swap_to(context *from, context *to) {
    before_switch(from, to, &from->fake_stack);
    context_swap(&from->sp, to->sp);
    after_switch(from);
}

void context_enter(context *here, context *c) {
    c->caller = here;
    swap_to(here, c);
}

void context_leave(context *c) {
    swap_to(c, c->caller);
}

CROSSES_STACKS
swap context_run(context *c) {
    after_switch(c);
    if (!c->is_ending)
        c->entry(c->argument);
    /* Without a place to keep it, ASan frees what it holds for this stack. */
    before_switch(c, c->caller, c->is_ending ? NULL : &c->fake_stack);
    return (swap){&c->sp, c->caller->sp};
}

void context_destroy(context *here, context *c) {
    (void)here;
    (void)c;
#if ASAN_IS_ON
    c->is_ending = true;
    context_enter(here, c);
#endif
#if TSAN_IS_ON
    __tsan_destroy_fiber(c->tsan_fiber);
#endif
#ifdef VALGRIND_STACK_DEREGISTER
    VALGRIND_STACK_DEREGISTER(c->valgrind_stack);
#endif
}
