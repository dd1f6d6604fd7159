/*
 * What is read, written with every cell in quotes and read again is the same;
 * and all cells of a text together are no longer than the text.
 */
#include "base/csv.h"

#include "base/assert.h"
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_cell(buf *out, str text) {
    buf_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_append_char(out, '"');
        buf_append_char(out, text.ptr[i]);
    }
    buf_append_char(out, '"');
}

static void write_line(buf *out, const csv_cell *cells, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(out, ',');
        write_cell(out, cells[i].text);
    }
    buf_append_char(out, '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    CLEANUP(buf_free) buf written = buf_new(8 * size + 16);
    csv_reader once = csv_read(text);
    csv_cell *cells;
    size_t count;
    size_t length = 0;
    do {
        if (csv_next(a, &once, &cells, &count) != NULL)
            return 0;
        if (count > 0)
            write_line(&written, cells, count);
        for (size_t i = 0; i < count; i++)
            length += cells[i].text.len;
    } while (count > 0);
    ASSERT(!written.is_overflown && length <= size);

    once = csv_read(text);
    csv_reader again = csv_read(buf_str(&written));
    do {
        csv_cell *second;
        size_t second_count;
        err *e = csv_next(a, &once, &cells, &count);
        ASSERT(e == NULL);
        e = csv_next(a, &again, &second, &second_count);
        ASSERT(e == NULL && count == second_count);
        for (size_t i = 0; i < count; i++)
            ASSERT(str_equal(cells[i].text, second[i].text));
    } while (count > 0);
    return 0;
}
