#include "base/folder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "test/support/test.h"

static void lists_by_name_and_tells_folders(void **state) {
    arena *a = *state;
    char folder[] = "/tmp/tenon_folder_XXXXXX";
    assert_non_null(mkdtemp(folder));
    str file = arena_printf(a, "%s/b.txt", folder);
    str inner = arena_printf(a, "%s/a", folder);
    str link = arena_printf(a, "%s/c", folder);
    expect_ok(file_create(a, file, STR("x")));
    assert_int_equal(mkdir(inner.ptr, 0755), 0);
    assert_int_equal(symlink("a", link.ptr), 0);

    folder_entry *entries;
    size_t count;
    expect_ok(folder_list(a, str_of(folder), &entries, &count));
    assert_int_equal(count, 3);
    expect_str(entries[0].name, STR("a"));
    assert_true(entries[0].is_folder);
    expect_str(entries[1].name, STR("b.txt"));
    assert_false(entries[1].is_folder);
    expect_str(entries[2].name, STR("c"));
    assert_false(entries[2].is_folder);
    assert_true(folder_exists(a, str_of(folder)));
    assert_false(folder_exists(a, file));

    unlink(link.ptr);
    rmdir(inner.ptr);
    unlink(file.ptr);
    rmdir(folder);
}

static void says_what_is_not_there(void **state) {
    arena *a = *state;
    folder_entry *entries;
    size_t count;
    expect_err(folder_list(a, STR("/nowhere"), &entries, &count), ERR_NOT_FOUND,
               STR("cannot list /nowhere: No such file or directory"));
    assert_false(folder_exists(a, STR("/nowhere")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(lists_by_name_and_tells_folders),
        TEST(says_what_is_not_there),
    };
    return cmocka_run_group_tests_name("base/folder", tests, NULL, NULL);
}
