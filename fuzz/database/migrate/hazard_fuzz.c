/*
 * A hazard that is found names a line that is there, and is found one line
 * further down behind a comment.
 */
#include "database/migrate/hazard.h"

#include <stdint.h>

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t line_count(str text) {
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str sql = {(const char *)data, size};
    hazard found;
    hazard moved;
    bool is_found = hazard_find(a, sql, &found);
    str behind = arena_printf(a, "-- DROP TABLE no\n%.*s", STR_ARG(sql));
    if (str_find_char(sql, '\0') < sql.len)
        return 0;
    ASSERT(hazard_find(a, behind, &moved) == is_found);
    if (!is_found)
        return 0;
    ASSERT(found.line >= 1 && found.line <= line_count(sql));
    ASSERT(moved.line == found.line + 1);
    ASSERT(str_equal(moved.what, found.what));
    return 0;
}
