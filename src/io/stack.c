#include "io/stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/assert.h"

char *stack_map(void) {
    char *guard =
        mmap(NULL, STACK_GUARD + STACK_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (guard == MAP_FAILED)
        return NULL;
    if (mprotect(guard, STACK_GUARD, PROT_NONE) != 0) {
        munmap(guard, STACK_GUARD + STACK_SIZE);
        return NULL;
    }
    return guard + STACK_GUARD;
}

void stack_unmap(char *lowest) {
    int status = munmap(lowest - STACK_GUARD, STACK_GUARD + STACK_SIZE);
    ASSERT(status == 0);
}

size_t stack_depth(char *lowest) {
    enum { SMALLEST_PAGE = 4096 };
    unsigned char is_resident[STACK_SIZE / SMALLEST_PAGE];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t untouched = 0;
    if (mincore(lowest, STACK_SIZE, is_resident) != 0)
        return 0;
    while (untouched < STACK_SIZE / page && (is_resident[untouched] & 1) == 0)
        untouched++;
    return STACK_SIZE - untouched * page;
}
