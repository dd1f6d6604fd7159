/* test.h: what every unit test includes. cmocka, plus strs and errs. */
#ifndef TEST_SUPPORT_TEST_H
#define TEST_SUPPORT_TEST_H

/* cmocka.h needs these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Each test gets a fresh arena as *state. */
int test_arena_setup(void **state);
int test_arena_teardown(void **state);
#define TEST(fn)                                                               \
    cmocka_unit_test_setup_teardown(fn, test_arena_setup, test_arena_teardown)

#define expect_str(got, want) test_expect_str((got), (want), __FILE__, __LINE__)
#define expect_ok(e) test_expect_ok((e), __FILE__, __LINE__)
#define expect_err(e, code, text)                                              \
    test_expect_err((e), (code), (text), __FILE__, __LINE__)

void test_expect_str(str got, str want, const char *file, int line);
void test_expect_ok(const err *e, const char *file, int line);
void test_expect_err(const err *e, err_code code, str text, const char *file,
                     int line);

#endif
