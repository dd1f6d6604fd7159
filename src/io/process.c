#include "io/process.h"

#include <limits.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <uv.h>

#include "base/assert.h"

/* Large pieces come from the system and go back to it at once. glibc would
 * raise that threshold to the largest piece that was ever freed, and then one
 * burst of large requests would stay in memory for good. */
static void keep_heap_small(void) {
    enum { LARGE = 256 * 1024 };
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, LARGE);
    mallopt(M_TRIM_THRESHOLD, 4 * LARGE);
#endif
}

size_t process_prepare(void) {
    keep_heap_small();
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return 0;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur;
}

/* ---- Processors --------------------------------------------------------- */

static size_t count_allowed(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1; /* more than CPU_SETSIZE of them */
    return (size_t)CPU_COUNT(&set);
}

static bool read_line(const char *path, char *line, size_t size) {
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool is_read = fgets(line, (int)size, file) != NULL;
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return is_read;
}

/* "0::/our/group" in /proc/self/cgroup names a folder; its cpu.max says
 * "max 100000", or microseconds in each period (cgroup-v2.rst, "CPU"). */
static size_t count_in_quota(void) {
    char group[PATH_MAX];
    char path[PATH_MAX + 64];
    char line[64];
    if (!read_line("/proc/self/cgroup", group, sizeof group) ||
        strncmp(group, "0::", 3) != 0)
        return SIZE_MAX;
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", group + 3);
    if (!read_line(path, line, sizeof line))
        return SIZE_MAX;
    char *end;
    long long quota = strtoll(line, &end, 10);
    long long period = strtoll(end, NULL, 10);
    if (quota <= 0 || period <= 0)
        return SIZE_MAX;
    return (size_t)((quota - 1) / period + 1);
}

size_t process_cpu_count(void) {
    size_t allowed = count_allowed();
    size_t quota = count_in_quota();
    return quota < allowed ? quota : allowed;
}

/* ---- Signals ------------------------------------------------------------ */

static const int STOP_SIGNALS[] = {SIGTERM, SIGINT};
static const int HANGUP[] = {SIGHUP};
static const int REREAD[] = {SIGUSR1};

struct process_signals {
    void (*on_signal)(void *argument);
    void *argument;
    uv_signal_t handles[LENGTH(STOP_SIGNALS)];
    size_t count;
    size_t open;
};

static void on_signal(uv_signal_t *handle, int number) {
    (void)number;
    process_signals *s = handle->data;
    s->on_signal(s->argument);
}

static process_signals *listen_to(loop *l, const int *numbers, size_t count,
                                  void (*heard)(void *argument),
                                  void *argument) {
    process_signals *s = calloc(1, sizeof *s);
    if (s == NULL)
        PANIC("out of memory");
    ASSERT(count <= LENGTH(s->handles));
    s->on_signal = heard;
    s->argument = argument;
    s->count = count;
    for (size_t i = 0; i < count; i++, s->open++) {
        uv_signal_t *handle = &s->handles[i];
        if (uv_signal_init(loop_uv(l), handle) != 0 ||
            uv_signal_start(handle, on_signal, numbers[i]) != 0)
            PANIC("the system lets us not watch for signals");
        uv_unref((uv_handle_t *)handle);
        handle->data = s;
    }
    return s;
}

process_signals *process_signals_open(loop *l, void (*on_stop)(void *argument),
                                      void *argument) {
    return listen_to(l, STOP_SIGNALS, LENGTH(STOP_SIGNALS), on_stop, argument);
}

process_signals *process_hangups_open(loop *l,
                                      void (*on_hangup)(void *argument),
                                      void *argument) {
    return listen_to(l, HANGUP, LENGTH(HANGUP), on_hangup, argument);
}

process_signals *process_rereads_open(loop *l,
                                      void (*on_reread)(void *argument),
                                      void *argument) {
    return listen_to(l, REREAD, LENGTH(REREAD), on_reread, argument);
}

static void free_closed(uv_handle_t *handle) {
    process_signals *s = handle->data;
    if (--s->open == 0)
        free(s);
}

void process_signals_close(process_signals *s) {
    for (size_t i = 0; i < s->count; i++)
        uv_close((uv_handle_t *)&s->handles[i], free_closed);
}
