#include "database/sqlite/lite_notes.h"

enum {
    /* Of all texts of a transaction that are not stored. */
    MAX_BYTES = 256 * 1024 * 1024,
    /* Of one change: they end in one row, which SQLite bounds as well. */
    MAX_NOTE_BYTES = MAX_BYTES / 2,
    FULL_BYTES = 1024 * 1024,
    KEPT_BYTES = 256 * 1024, /* for the next ones */
};

lite_notes lite_notes_new(void) {
    return (lite_notes){.arena = arena_new(), .text = buf_new(MAX_BYTES)};
}

void lite_notes_free(lite_notes *n) {
    arena_free(n->arena);
    buf_free(&n->text);
}

void lite_notes_add(lite_notes *n, lite_note note) {
    n->is_too_large |= n->text.len - note.start > MAX_NOTE_BYTES;
    ARENA_PUSH(n->arena, n->list, n->count, note);
}

static void forget(lite_notes *n) {
    buf_clear(&n->text, KEPT_BYTES);
    arena_reset(n->arena);
    n->list = NULL;
    n->count = 0;
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
    if (!n->text.is_overflown && !n->is_too_large)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_TOO_LARGE,
                "the change touches too many rows to be recorded at once"),
        STR("change them in parts, by a filter or a limit"));
}

bool lite_notes_is_full(const lite_notes *n) {
    return n->text.len >= FULL_BYTES;
}
