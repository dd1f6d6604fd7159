#include "io/process.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test/support/test.h"

static void raises_the_limit_of_open_files(void **state) {
    (void)state;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = 64;
    setrlimit(RLIMIT_NOFILE, &files);
    assert_int_equal(process_prepare(), files.rlim_max);
    getrlimit(RLIMIT_NOFILE, &files);
    assert_int_equal(files.rlim_cur, files.rlim_max);
}

static void survives_writing_to_a_closed_pipe(void **state) {
    (void)state;
    int ends[2];
    process_prepare();
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    assert_int_equal(errno, EPIPE);
    close(ends[1]);
}

static void counts_the_processors_it_may_use(void **state) {
    (void)state;
    cpu_set_t all;
    sched_getaffinity(0, sizeof all, &all);
    size_t count = process_cpu_count();
    assert_in_range(count, 1, (size_t)CPU_COUNT(&all));

    size_t first = 0;
    while (!CPU_ISSET(first, &all))
        first++;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    sched_setaffinity(0, sizeof one, &one);
    assert_int_equal(process_cpu_count(), 1);
    sched_setaffinity(0, sizeof all, &all);
}

typedef struct stop {
    loop *loop;
    int count;
} stop;

static void count_stop(void *argument) {
    stop *s = argument;
    if (++s->count == 2)
        loop_stop(s->loop);
}

static void hears_sigterm_and_sigint(void **state) {
    (void)state;
    stop s = {.loop = loop_new()};
    process_signals *signals = process_signals_open(s.loop, count_stop, &s);
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGINT);
    loop_run(s.loop);
    assert_int_equal(s.count, 2);
    process_signals_close(signals);
    loop_free(s.loop);
}

static void hears_sighup_apart(void **state) {
    (void)state;
    stop hangups = {.loop = loop_new()};
    stop stops = {.loop = hangups.loop};
    process_signals *stopping =
        process_signals_open(stops.loop, count_stop, &stops);
    process_signals *hanging =
        process_hangups_open(hangups.loop, count_stop, &hangups);
    kill(getpid(), SIGHUP);
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGINT);
    loop_run(stops.loop);
    assert_int_equal(hangups.count, 1);
    process_signals_close(stopping);
    process_signals_close(hanging);
    loop_free(stops.loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(raises_the_limit_of_open_files),
        TEST(survives_writing_to_a_closed_pipe),
        TEST(counts_the_processors_it_may_use),
        TEST(hears_sigterm_and_sigint),
        TEST(hears_sighup_apart),
    };
    return cmocka_run_group_tests_name("io/process", tests, NULL, NULL);
}
