#include "database/sqlite/lite_notes.h"

#include <stdlib.h>

#include "base/assert.h"

enum {
    /* Of all texts of a transaction that are not stored, and of the notes. */
    MAX_BYTES = 256 * 1024 * 1024,
    MAX_NOTES = MAX_BYTES / (int)sizeof(lite_note),
    /* Of one change: they end in one row, which SQLite bounds as well. */
    MAX_NOTE_BYTES = MAX_BYTES / 2,
    FULL_BYTES = 1024 * 1024,
    /* For the next ones: what comes and goes with each commit is not given
     * back, or the heap would shrink and grow with it. */
    KEPT_BYTES = 256 * 1024,
    KEPT_NOTES = 1024,
    FIRST_NOTES = 64,
};

lite_notes lite_notes_new(void) {
    return (lite_notes){.text = buf_new(MAX_BYTES)};
}

void lite_notes_free(lite_notes *n) {
    free(n->list);
    buf_free(&n->text);
}

static void grow(lite_notes *n) {
    n->capacity = n->capacity > 0 ? 2 * n->capacity : FIRST_NOTES;
    n->list = realloc(n->list, n->capacity * sizeof *n->list);
    if (n->list == NULL)
        PANIC("out of memory");
}

void lite_notes_add(lite_notes *n, lite_note note) {
    n->is_too_large |= n->text.len - note.start > MAX_NOTE_BYTES;
    n->is_too_large |= n->count >= (size_t)MAX_NOTES;
    if (n->count == n->capacity)
        grow(n);
    n->list[n->count++] = note;
}

static void forget(lite_notes *n) {
    buf_clear(&n->text, KEPT_BYTES);
    n->count = 0;
    if (n->capacity > KEPT_NOTES) {
        free(n->list);
        n->list = NULL;
        n->capacity = 0;
    }
    n->is_too_large = false;
}

void lite_notes_undo(lite_notes *n, uint64_t mark) {
    size_t kept = mark > n->stored ? (size_t)(mark - n->stored) : 0;
    if (kept >= n->count)
        return;
    if (kept == 0) {
        forget(n);
        return;
    }
    n->text.len = n->list[kept].start;
    n->text.is_overflown = false;
    n->count = kept;
    n->is_too_large = false;
}

void lite_notes_clear(lite_notes *n) {
    n->stored += n->count;
    forget(n);
}

err *lite_notes_check(arena *a, const lite_notes *n) {
    if (lite_notes_has_room(n))
        return NULL;
    return err_with_hint(
        err_new(a, ERR_TOO_LARGE,
                "the change touches too many rows to be recorded at once"),
        STR("change them in parts, by a filter or a limit"));
}

bool lite_notes_is_full(const lite_notes *n) {
    return n->text.len >= FULL_BYTES;
}
