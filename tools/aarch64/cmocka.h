/*
 * cmocka.h: as much of cmocka as test/io/context_test.c uses, for machines that
 * we have a compiler but no libraries for. See tools/test-aarch64.
 */
#ifndef TOOLS_AARCH64_CMOCKA_H
#define TOOLS_AARCH64_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
};

#define cmocka_unit_test_setup_teardown(fn, setup, teardown)                   \
    { #fn, (fn), (setup), (teardown) }
#define print_error(...) fprintf(stderr, __VA_ARGS__)
#define assert_true(condition) shim_assert((condition), #condition, __LINE__)
#define assert_int_equal(a, b) shim_assert((a) == (b), #a " == " #b, __LINE__)
#define _assert_int_equal(a, b, file, line)                                    \
    shim_assert((a) == (b), (file), (line))
#define skip() shim_assert(0, "skipped", __LINE__)
#define _fail(file, line) shim_assert(0, (file), (line))

static inline void shim_assert(int holds, const char *what, int line) {
    if (holds)
        return;
    print_error("line %d: %s\n", line, what);
    exit(1);
}

#define cmocka_run_group_tests_name(name, tests, setup, teardown)              \
    shim_run((name), (tests), sizeof(tests) / sizeof *(tests))

static inline int shim_run(const char *name, const struct CMUnitTest *tests,
                           size_t count) {
    for (size_t i = 0; i < count; i++) {
        void *state = NULL;
        tests[i].setup(&state);
        tests[i].test(&state);
        tests[i].teardown(&state);
        printf("%s: %s\n", name, tests[i].name);
    }
    return 0;
}

#endif
