/* Tokens follow each other in the text, none is empty, and what stands between
 * them is blanks and comments: cut again, a token is itself. */
#include "base/sql_token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void require(bool condition) {
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    const str input = {(const char *)data, size};
    str rest = input;
    size_t end = 0;
    CLEANUP(arena_release) arena *a = arena_new();
    for (sql_token t; sql_token_next(&rest, &t);) {
        size_t start = (size_t)(t.text.ptr - input.ptr);
        require(t.text.len > 0 && start >= end && start + t.text.len <= size);
        end = start + t.text.len;
        str again = t.text;
        sql_token same;
        require(sql_token_next(&again, &same) && same.kind == t.kind &&
                str_equal(same.text, t.text));
        require(sql_token_name(a, t).len <= t.text.len);
        require(sql_token_content(a, t).len <= t.text.len);
    }
    return 0;
}
