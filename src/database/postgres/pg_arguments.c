#include "database/postgres/pg_arguments.h"

#include "base/assert.h"
#include "base/digits.h"
#include "base/real.h"

static void add(arena *a, pg_arguments *out, const char *value, size_t length,
                int format) {
    ASSERT(length <= INT_MAX);
    out->values = arena_grow(a, out->values, out->count, sizeof *out->values);
    out->lengths =
        arena_grow(a, out->lengths, out->count, sizeof *out->lengths);
    out->formats =
        arena_grow(a, out->formats, out->count, sizeof *out->formats);
    out->values[out->count] = value;
    out->lengths[out->count] = (int)length;
    out->formats[out->count] = format;
    out->count++;
}

void pg_arguments_add_null(arena *a, pg_arguments *out) {
    add(a, out, NULL, 0, 0);
}

void pg_arguments_add_bool(arena *a, pg_arguments *out, bool b) {
    str word = b ? STR("true") : STR("false");
    add(a, out, word.ptr, word.len, 0);
}

void pg_arguments_add_int(arena *a, pg_arguments *out, int64_t n) {
    char *text = arena_take(a, DIGITS_MAX + 2, 1);
    char *to = text;
    if (n < 0)
        *to++ = '-';
    to += digits_write(n < 0 ? 0 - (uint64_t)n : (uint64_t)n, to);
    *to = '\0';
    add(a, out, text, (size_t)(to - text), 0);
}

void pg_arguments_add_real(arena *a, pg_arguments *out, double number) {
    char *text = arena_take(a, REAL_TEXT_MAX + 1, 1);
    size_t length = real_format(number, text);
    text[length] = '\0';
    add(a, out, text, length, 0);
}

void pg_arguments_add_text(arena *a, pg_arguments *out, str text) {
    add(a, out, arena_cstr(a, text), text.len, 0);
}

/* The empty text is not null. */
void pg_arguments_add_bytes(arena *a, pg_arguments *out, str bytes) {
    add(a, out, bytes.ptr != NULL ? bytes.ptr : "", bytes.len, 1);
}
