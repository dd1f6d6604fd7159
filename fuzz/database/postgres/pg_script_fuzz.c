/*
 * Scripts of SQL. The statements stand in the script one after the other, with
 * nothing but blanks, comments and semicolons between them, and each of them
 * alone is one statement.
 */
#include "database/postgres/pg_script.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t newlines(str text) {
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == '\n';
    return n;
}

static void check_alone(str text) {
    pg_script rest = pg_script_of(text);
    pg_statement s;
    ASSERT(pg_script_next(&rest, &s));
    ASSERT(str_equal(s.text, text) && s.place.line == 1);
    ASSERT(!pg_script_next(&rest, &s));
}

/* What was left out holds no statement. */
static void check_gap(str gap) {
    pg_script rest = pg_script_of(gap);
    pg_statement s;
    ASSERT(!pg_script_next(&rest, &s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    str text = {(const char *)data, size};
    pg_script rest = pg_script_of(text);
    pg_statement s;
    size_t end = 0;
    while (pg_script_next(&rest, &s)) {
        size_t start = (size_t)(s.text.ptr - text.ptr);
        ASSERT(start >= end && s.text.len > 0);
        check_gap(str_slice(text, end, start));
        check_alone(s.text);
        end = start + s.text.len;
        ASSERT(end <= size && rest.at >= end);
        ASSERT(s.place.line == 1 + newlines(str_slice(text, 0, start)));
    }
    check_gap(str_slice(text, end, size));
    ASSERT(rest.at == size);
    return 0;
}
