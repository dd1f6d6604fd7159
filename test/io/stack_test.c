#include "io/stack.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/fiber.h"
#include "test/support/test.h"

/* The signal that ends a child which runs fn, or 0. */
static int signal_of(void (*fn)(void)) {
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); /* the sanitizers have a handler */
        fn();
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void use_all(void) {
    memset(stack_map(), 1, STACK_SIZE);
}

static void touch_below(void) {
    volatile char *stack = stack_map();
    stack[-1] = 1;
}

static void touch_lowest_of_guard(void) {
    volatile char *stack = stack_map();
    stack[-STACK_GUARD] = 1;
}

static void can_be_used_to_the_last_byte_and_not_below(void **state) {
    (void)state;
    assert_int_equal(signal_of(use_all), 0);
    assert_int_equal(signal_of(touch_below), SIGSEGV);
    assert_int_equal(signal_of(touch_lowest_of_guard), SIGSEGV);
}

static int recurse(volatile int depth) {
    volatile char frame[512];
    frame[0] = (char)depth;
    return depth < 0 ? 0 : recurse(depth + 1) + frame[0];
}

static err *recurse_for_ever(void *argument) {
    (void)argument;
    recurse(0);
    return NULL;
}

static void overflow_fiber(void) {
    arena *a = arena_new();
    fiber_group group = {.loop = loop_new()};
    if (fiber_start(a, &group, recurse_for_ever, NULL) != NULL)
        _exit(1);
}

static void a_fiber_that_recurses_for_ever_faults(void **state) {
    (void)state;
    assert_int_equal(signal_of(overflow_fiber), SIGSEGV);
}

static void knows_how_deep_it_was_used(void **state) {
    (void)state;
    char *stack = stack_map();
    assert_int_equal(stack_depth(stack), 0);
    stack[STACK_SIZE - 1] = 1;
    assert_int_equal(stack_depth(stack), sysconf(_SC_PAGESIZE));
    stack[STACK_SIZE / 2] = 1;
    assert_int_equal(stack_depth(stack), STACK_SIZE / 2);
    stack_unmap(stack);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(can_be_used_to_the_last_byte_and_not_below),
        TEST(a_fiber_that_recurses_for_ever_faults),
        TEST(knows_how_deep_it_was_used),
    };
    return cmocka_run_group_tests_name("io/stack", tests, NULL, NULL);
}
