/* Positions, from a header of a client's. What is read is written shorter or
 * the same, and read back as the same. */
#include "database/commit_position.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    commit_position p = 0;
    commit_position again = 0;
    if (!commit_position_parse((str){(const char *)data, size}, &p))
        return 0;
    str text = commit_position_format(a, p);
    ASSERT(text.len <= size);
    ASSERT(commit_position_parse(text, &again) && again == p);
    return 0;
}
