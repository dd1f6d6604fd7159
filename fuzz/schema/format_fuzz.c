/*
 * What can be read can be formatted: the result can be read as well, says the
 * same, and is not changed by formatting it again.
 */
#include "schema/format.h"

#include <stdint.h>

#include "base/assert.h"
#include "schema/parser.h"
#include "test/support/outline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const syntax_file *parse(arena *a, str text) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){STR("fuzz.prisma"), text};
    diag_list diags = {0};
    const syntax_file *file = parser_run(a, s, &diags);
    return diags.error_count == 0 ? file : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    const syntax_file *file = parse(a, (str){(const void *)data, size});
    if (file == NULL)
        return 0;

    str once = format_text(a, file);
    const syntax_file *again = parse(a, once);
    ASSERT(again != NULL);
    ASSERT(str_equal(format_text(a, again), once));

    CLEANUP(buf_free) buf before = buf_new(64 << 20);
    CLEANUP(buf_free) buf after = buf_new(64 << 20);
    outline_write(a, &before, file);
    outline_write(a, &after, again);
    ASSERT(str_equal(buf_str(&before), buf_str(&after)));
    return 0;
}
