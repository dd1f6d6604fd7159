#include "base/assert.h"

#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_FRAMES = 64 };

void assert_failed(const char *what, const char *file, int line) {
    fprintf(stderr, "tenon: %s:%d: assertion failed: %s\n", file, line, what);
    void *frames[MAX_FRAMES];
    backtrace_symbols_fd(frames, backtrace(frames, MAX_FRAMES), STDERR_FILENO);
    abort();
}
