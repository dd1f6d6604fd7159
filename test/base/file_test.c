#include "base/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/support/test.h"

static void reads_what_it_made_and_makes_it_once(void **state) {
    arena *a = *state;
    char folder[] = "/tmp/tenon-file-XXXXXX";
    assert_non_null(mkdtemp(folder));
    str path = arena_printf(a, "%s/a", folder);
    str text;

    assert_false(file_exists(a, path));
    expect_ok(file_read_if_exists(a, path, &text));
    expect_str(text, STR(""));
    expect_ok(file_create(a, path, STR("hello\n")));
    assert_true(file_exists(a, path));
    expect_ok(file_read(a, path, &text));
    expect_str(text, STR("hello\n"));
    expect_err(file_create(a, path, STR("again")), ERR_CONFLICT,
               arena_printf(a, "cannot make %s/a: File exists", folder));

    unlink(arena_cstr(a, path));
    rmdir(folder);
}

static unsigned mode_of(arena *a, str path) {
    struct stat info;
    assert_int_equal(stat(arena_cstr(a, path), &info), 0);
    return info.st_mode & 07777;
}

static void replaces_a_file_and_leaves_nothing_beside_it(void **state) {
    arena *a = *state;
    char folder[] = "/tmp/tenon-file-XXXXXX";
    assert_non_null(mkdtemp(folder));
    str path = arena_printf(a, "%s/a", folder);
    str link = arena_printf(a, "%s/b", folder);
    str text;

    expect_ok(file_create(a, path, STR("old")));
    assert_int_equal(chmod(arena_cstr(a, path), 0640), 0);
    assert_int_equal(symlink("a", arena_cstr(a, link)), 0);
    expect_ok(file_replace(a, link, STR("new")));
    expect_ok(file_read(a, path, &text));
    expect_str(text, STR("new"));
    assert_int_equal(mode_of(a, path), 0640);
    expect_ok(file_read(a, link, &text));
    expect_str(text, STR("new"));

    unlink(arena_cstr(a, path));
    expect_err(file_replace(a, path, STR("x")), ERR_NOT_FOUND,
               arena_printf(a, "cannot replace %s/a: No such file or directory",
                            folder));
    unlink(arena_cstr(a, link));
    assert_int_equal(rmdir(folder), 0);
}

/* Only root can give a file to somebody else, and be somebody else. */
static void keeps_the_owner_and_what_is_write_protected(void **state) {
    enum { SOMEBODY = 65534 };
    arena *a = *state;
    if (geteuid() != 0)
        skip();
    char folder[] = "/tmp/tenon-file-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 0777), 0);
    str path = arena_printf(a, "%s/a", folder);
    const char *name = arena_cstr(a, path);
    expect_ok(file_create(a, path, STR("old")));
    assert_int_equal(chown(name, SOMEBODY, SOMEBODY), 0);
    assert_int_equal(chmod(name, 0444), 0);

    expect_ok(file_replace(a, path, STR("new")));
    struct stat info;
    assert_int_equal(stat(name, &info), 0);
    assert_int_equal(info.st_uid, SOMEBODY);

    assert_int_equal(setresuid(SOMEBODY, SOMEBODY, 0), 0);
    err *e = file_replace(a, path, STR("newer"));
    assert_int_equal(setresuid(0, 0, 0), 0);
    expect_err(
        e, ERR_DENIED,
        arena_printf(a, "cannot replace %s/a: Permission denied", folder));

    unlink(name);
    assert_int_equal(rmdir(folder), 0);
}

static void says_what_it_cannot_read(void **state) {
    arena *a = *state;
    str text;
    expect_err(file_read(a, STR("/nowhere/at/all"), &text), ERR_NOT_FOUND,
               STR("cannot read /nowhere/at/all: No such file or directory"));
    expect_err(file_read(a, STR("/tmp"), &text), ERR_INVALID,
               STR("/tmp is not a file"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_what_it_made_and_makes_it_once),
        TEST(replaces_a_file_and_leaves_nothing_beside_it),
        TEST(keeps_the_owner_and_what_is_write_protected),
        TEST(says_what_it_cannot_read),
    };
    return cmocka_run_group_tests_name("base/file", tests, NULL, NULL);
}
