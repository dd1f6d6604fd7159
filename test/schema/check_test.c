#include "schema/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "test/support/test.h"

typedef struct checked {
    check_counts counts;
    str said;
} checked;

static checked check(arena *a, str text, check_options options) {
    char folder[] = "/tmp/tenon_check_XXXXXX";
    assert_non_null(mkdtemp(folder));
    str path = arena_printf(a, "%s/app.prisma", folder);
    expect_ok(file_create(a, path, text));
    CLEANUP(buf_free) buf out = buf_new(1 << 16);
    checked c;
    expect_ok(check_file(a, path, options, &out, &c.counts));
    unlink(arena_cstr(a, path));
    rmdir(folder);
    c.said = arena_copy(a, buf_str(&out));
    return c;
}

static void sums_up(void **state) {
    checked c = check(*state,
                      STR("model A {\n  id Int @id\n"
                          "  @@allow('all', true)\n}\nenum E { X }\n"),
                      (check_options){0});
    assert_int_equal(c.counts.errors, 0);
    assert_int_equal(c.counts.warnings, 0);
    assert_true(
        str_ends_with(c.said, STR("app.prisma: ok, 1 model, 1 enum\n")));
}

static void counts_what_is_wrong(void **state) {
    checked c = check(*state,
                      STR("model A {\n  id Int @id\n}\n"
                          "model B {\n  id Nope @id\n  x Nix\n}\n"),
                      (check_options){0});
    assert_int_equal(c.counts.errors, 2);
    assert_int_equal(c.counts.warnings, 2);
    assert_true(
        str_ends_with(c.said, STR("app.prisma: 2 errors, 2 warnings\n")));
}

static void prints_nothing_but_json_for_programs(void **state) {
    checked c = check(*state,
                      STR("model A {\n  id Int @id\n"
                          "  @@allow('all', true)\n}\n"),
                      (check_options){.is_json = true, .is_colored = true});
    expect_str(c.said, STR("[]\n"));
    assert_int_equal(c.counts.errors, 0);
}

static void fails_when_there_is_no_file(void **state) {
    CLEANUP(buf_free) buf out = buf_new(1 << 16);
    check_counts counts;
    err *e = check_file(*state, STR("/nowhere/app.prisma"), (check_options){0},
                        &out, &counts);
    assert_non_null(e);
    assert_int_equal(e->code, ERR_NOT_FOUND);
    assert_int_equal(out.len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(sums_up),
        TEST(counts_what_is_wrong),
        TEST(prints_nothing_but_json_for_programs),
        TEST(fails_when_there_is_no_file),
    };
    return cmocka_run_group_tests_name("schema/check", tests, NULL, NULL);
}
