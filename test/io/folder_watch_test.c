#include "io/folder_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/tick.h"
#include "test/support/test.h"

typedef struct seen {
    loop *loop;
    const char *path; /* of the file that is written */
    folder_watch *watch;
    tick *first;
    int count;
} seen;

static void write_file(void *argument) {
    seen *s = argument;
    FILE *file = fopen(s->path, "w");
    assert_non_null(file);
    fputs("x", file);
    fclose(file);
    tick_stop(s->first);
}

static void on_change(void *argument) {
    seen *s = argument;
    s->count++;
    loop_stop(s->loop);
}

/* A loop that is stopped ends when nothing is open; the ticks keep it alive no
 * longer than the test needs. */
static void tells_of_a_file_that_was_written(void **state) {
    arena *a = *state;
    char folder[] = "/tmp/tenon-watch-XXXXXX";
    assert_non_null(mkdtemp(folder));
    seen s = {.loop = loop_new()};
    s.path = arena_printf(a, "%s/a.lua", folder).ptr;
    expect_ok(
        folder_watch_open(a, s.loop, str_of(folder), on_change, &s, &s.watch));
    s.first = tick_open(s.loop, 5, write_file, &s);
    tick_start(s.first);
    loop_run(s.loop);
    assert_int_equal(s.count, 1);
    folder_watch_close(s.watch);
    tick_close(s.first);
    loop_free(s.loop);
    unlink(s.path);
    rmdir(folder);
}

static void says_when_there_is_no_folder(void **state) {
    arena *a = *state;
    loop *l = loop_new();
    folder_watch *w = NULL;
    err *e =
        folder_watch_open(a, l, STR("/nowhere/at/all"), on_change, NULL, &w);
    assert_non_null(e);
    assert_int_equal(e->code, ERR_NOT_FOUND);
    loop_stop(l);
    loop_run(l);
    loop_free(l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(tells_of_a_file_that_was_written),
        TEST(says_when_there_is_no_folder),
    };
    return cmocka_run_group_tests_name("io/folder_watch", tests, NULL, NULL);
}
