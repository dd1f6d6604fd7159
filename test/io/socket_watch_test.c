#include "io/socket_watch.h"

#include <sys/socket.h>
#include <unistd.h>

#include "io/fiber.h"
#include "test/support/test.h"

typedef struct scene {
    loop *loop;
    socket_watch *watch;
    int ends[2];
    fiber *fiber;
    int readable;
    int writable;
} scene;

static void on_ready(void *argument, bool is_readable, bool is_writable) {
    scene *s = argument;
    char byte;
    if (is_readable && read(s->ends[0], &byte, 1) == 1)
        s->readable++;
    if (is_writable) {
        s->writable++;
        socket_watch_writing(s->watch, false);
    }
    fiber_unpark(s->fiber);
}

static void scene_open(scene *s) {
    *s = (scene){.loop = loop_new()};
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s->ends), 0);
    s->watch = socket_watch_open(s->loop, s->ends[0], on_ready, s);
    assert_non_null(s->watch);
}

static void scene_close(scene *s) {
    socket_watch_close(s->watch);
    loop_free(s->loop);
    close(s->ends[0]);
    close(s->ends[1]);
}

static void run(scene *s, err *(*fn)(void *argument)) {
    CLEANUP(arena_release) arena *a = arena_new();
    fiber_group group = {.loop = s->loop};
    expect_ok(fiber_start(a, &group, fn, s));
    loop_stop(s->loop);
    loop_run(s->loop);
}

static err *wait_to_read(void *argument) {
    scene *s = argument;
    s->fiber = fiber_current();
    if (write(s->ends[1], "x", 1) == 1)
        fiber_park_until_woken();
    return NULL;
}

static err *wait_to_write(void *argument) {
    scene *s = argument;
    s->fiber = fiber_current();
    socket_watch_writing(s->watch, true);
    fiber_park_until_woken();
    return NULL;
}

static void tells_when_there_is_something_to_read(void **state) {
    (void)state;
    scene s;
    scene_open(&s);
    run(&s, wait_to_read);
    run(&s, wait_to_read);
    assert_int_equal(s.readable, 2);
    assert_int_equal(s.writable, 0);
    scene_close(&s);
}

static void tells_of_writing_only_when_asked(void **state) {
    (void)state;
    scene s;
    scene_open(&s);
    run(&s, wait_to_write);
    assert_int_equal(s.writable, 1);
    run(&s, wait_to_read);
    assert_int_equal(s.writable, 1);
    scene_close(&s);
}

static void does_not_keep_the_loop(void **state) {
    (void)state;
    scene s;
    scene_open(&s);
    loop_stop(s.loop);
    loop_run(s.loop);
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(tells_when_there_is_something_to_read),
        TEST(tells_of_writing_only_when_asked),
        TEST(does_not_keep_the_loop),
    };
    return cmocka_run_group_tests_name("io/socket_watch", tests, NULL, NULL);
}
