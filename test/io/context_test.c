#include "io/context.h"

#include <fenv.h>

#include "io/stack.h"
#include "test/support/test.h"

/* The two sides of one switch. Each writes down what it saw. */
typedef struct sides {
    context outer;
    context inner;
    char *stack;
    int runs;
    uint64_t inner_sum;
    double inner_product;
    int inner_rounding[3];
} sides;

static void begin(sides *s, void (*entry)(void *argument)) {
    s->stack = stack_map();
    context_init(&s->inner, s->stack, STACK_SIZE, entry, s);
}

static void end(sides *s) {
    context_destroy(&s->outer, &s->inner);
    stack_unmap(s->stack);
}

/* ---- Registers ---------------------------------------------------------- */

/* So that the compiler has the values in registers, and cannot know them. */
#define IN_REGISTERS(a, b, c, d)                                               \
    __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d))
#if defined(__x86_64__)
#define IN_FLOAT_REGISTERS(a, b, c, d)                                         \
    __asm__ volatile("" : "+x"(a), "+x"(b), "+x"(c), "+x"(d))
#else
#define IN_FLOAT_REGISTERS(a, b, c, d)                                         \
    __asm__ volatile("" : "+w"(a), "+w"(b), "+w"(c), "+w"(d))
#endif

static void enter_inner(sides *s) {
    context_enter(&s->outer, &s->inner);
}

static void leave_inner(sides *s) {
    context_leave(&s->inner);
}

/* Twelve integers and eight doubles live across the switch: more than there are
 * registers that a call preserves. */
static uint64_t sum_across(sides *s, void (*swap)(sides *), uint64_t seed,
                           double *product) {
    uint64_t a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11,
             f = seed * 13, g = seed * 17, h = seed * 19, i = seed * 23,
             j = seed * 29, k = seed * 31, l = seed * 37;
    double p = 1.5, q = 2.5, r = 3.5, t = 4.5, u = 5.5, v = 6.5, w = 7.5,
           x = (double)seed;
    IN_REGISTERS(a, b, c, d);
    IN_REGISTERS(e, f, g, h);
    IN_REGISTERS(i, j, k, l);
    IN_FLOAT_REGISTERS(p, q, r, t);
    IN_FLOAT_REGISTERS(u, v, w, x);
    swap(s);
    /* Again, or it would add them up before the switch. */
    IN_REGISTERS(a, b, c, d);
    IN_REGISTERS(e, f, g, h);
    IN_REGISTERS(i, j, k, l);
    IN_FLOAT_REGISTERS(p, q, r, t);
    IN_FLOAT_REGISTERS(u, v, w, x);
    *product = p * q * r * t * u * v * w * x;
    return a + b + c + d + e + f + g + h + i + j + k + l;
}

static const uint64_t FACTOR =
    1 + 3 + 5 + 7 + 11 + 13 + 17 + 19 + 23 + 29 + 31 + 37;
static const double PRODUCT = 1.5 * 2.5 * 3.5 * 4.5 * 5.5 * 6.5 * 7.5;

static void sum_inside(void *argument) {
    sides *s = argument;
    s->inner_sum = sum_across(s, leave_inner, 1000, &s->inner_product);
}

static void keeps_the_registers_of_both_sides(void **state) {
    (void)state;
    sides s = {0};
    double product;
    begin(&s, sum_inside);
    assert_true(sum_across(&s, enter_inner, 2000, &product) == 2000 * FACTOR);
    assert_true(product == 2000 * PRODUCT);
    assert_true(sum_across(&s, enter_inner, 3000, &product) == 3000 * FACTOR);
    assert_true(product == 3000 * PRODUCT);
    assert_true(s.inner_sum == 1000 * FACTOR);
    assert_true(s.inner_product == 1000 * PRODUCT);
    end(&s);
}

/* ---- Rounding ----------------------------------------------------------- */

/* The mode by what division does; x86-64 has a second unit with a mode of its
 * own, which is the one that fegetround tells. -1 when they differ. */
static int rounding(void) {
    volatile double one = 1;
    volatile double three = 3;
    volatile double ten = 10;
    int mode = one / three > 0x1.5555555555555p-2 ? FE_UPWARD
               : one / ten < 0x1.999999999999ap-4 ? FE_DOWNWARD
                                                  : FE_TONEAREST;
    return mode == fegetround() ? mode : -1;
}

static void round_inside(void *argument) {
    sides *s = argument;
    s->inner_rounding[0] = rounding();
    fesetround(FE_DOWNWARD);
    context_leave(&s->inner);
    s->inner_rounding[1] = rounding();
}

static void each_side_rounds_its_own_way(void **state) {
    (void)state;
    sides s = {.inner_rounding = {-1, -1, -1}};
    fesetround(FE_UPWARD);
    if (rounding() != FE_UPWARD)
        skip(); /* valgrind, which always rounds to nearest */
    begin(&s, round_inside);
    context_enter(&s.outer, &s.inner);
    int after_first = rounding();
    context_enter(&s.outer, &s.inner);
    int after_second = rounding();
    s.inner_rounding[2] = s.inner_rounding[1];

    /* The function left another mode behind; the next run does not see it. */
    context_enter(&s.outer, &s.inner);
    fesetround(FE_TONEAREST);
    context_enter(&s.outer, &s.inner);
    int after_last = rounding();
    end(&s);

    assert_int_equal(after_first, FE_UPWARD);
    assert_int_equal(after_second, FE_UPWARD);
    assert_int_equal(after_last, FE_TONEAREST);
    assert_int_equal(s.inner_rounding[0], FE_TONEAREST);
    assert_int_equal(s.inner_rounding[2], FE_DOWNWARD);
}

/* ---- Runs --------------------------------------------------------------- */

static void count_run(void *argument) {
    sides *s = argument;
    s->runs++;
}

static void runs_its_function_anew_each_time(void **state) {
    (void)state;
    sides s = {0};
    begin(&s, count_run);
    for (int i = 0; i < 1000; i++)
        context_enter(&s.outer, &s.inner);
    assert_int_equal(s.runs, 1000);
    end(&s);
}

static void stand_on_16_bytes(void *argument) {
    sides *s = argument;
    _Alignas(16) char here[16];
    char *volatile at = here;
    s->runs +=
        (uintptr_t)at % 16 == 0 && at > s->stack && at < s->stack + STACK_SIZE;
}

static void its_stack_is_aligned_at_each_run(void **state) {
    (void)state;
    sides s = {0};
    begin(&s, stand_on_16_bytes);
    for (int i = 0; i < 3; i++)
        context_enter(&s.outer, &s.inner);
    assert_int_equal(s.runs, 3);
    end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keeps_the_registers_of_both_sides),
        TEST(each_side_rounds_its_own_way),
        TEST(runs_its_function_anew_each_time),
        TEST(its_stack_is_aligned_at_each_run),
    };
    return cmocka_run_group_tests_name("io/context", tests, NULL, NULL);
}
