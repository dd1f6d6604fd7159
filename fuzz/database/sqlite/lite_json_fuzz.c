/*
 * Lines: a path, a JSON, another. jsonb's text is its own, compares equal to
 * what it was made of and contains it; the order is one; what a path leads to
 * is the same in both forms.
 */
#include <stdint.h>

#include "base/assert.h"
#include "database/sqlite/lite_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_normal(arena *a, str text, str path) {
    str normal;
    str again;
    str found;
    str found_again;
    if (!lite_json_normalize(a, text, &normal))
        return;
    ASSERT(lite_json_normalize(a, normal, &again));
    ASSERT(str_equal(normal, again));
    ASSERT(lite_json_compare(text, normal) == 0);
    ASSERT(lite_json_contains(a, normal, text));
    bool is_there = lite_json_get(a, text, path, false, &found);
    ASSERT(is_there == lite_json_get(a, normal, path, false, &found_again));
    ASSERT(!is_there || str_equal(found, found_again));
}

static int sign(int n) {
    return n < 0 ? -1 : n > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    enum { LONGEST = 4096, MOST_STEPS = 8 };
    json_step steps[MOST_STEPS];
    size_t count = 0;
    if (size > LONGEST)
        return 0;
    str rest = {(const char *)data, size};
    str written = str_split(&rest, '\n');
    while (written.len > 0 && count < MOST_STEPS) {
        json_step step = {.key = str_split(&written, '/')};
        step.is_index = str_parse_int64(step.key, &step.index);
        /* Keys from the wire have no NUL. */
        if (str_find_char(step.key, '\0') == step.key.len)
            steps[count++] = step;
    }
    str path = lite_json_make_path(a, steps, count);
    str x = str_split(&rest, '\n');
    check_normal(a, x, path);
    check_normal(a, rest, path);
    ASSERT(sign(lite_json_compare(x, rest)) ==
           -sign(lite_json_compare(rest, x)));
    return 0;
}
