#include "core/row_history.h"

#include "database/recording.h"

/* ---- Images -------------------------------------------------------------- */

static row_image nobody(void) {
    return (row_image){0};
}

static row_image unknown(arena *a, const model *m) {
    row_image image = {.is_there = true};
    image.cells = arena_new_array(a, const json *, m->column_count);
    memset(image.cells, 0, m->column_count * sizeof *image.cells);
    return image;
}

/* What the log has of a cell, unless it has only that there is something. */
static const json *cell_of(const field *f, const json *kept) {
    bool is_hidden = kept != NULL && f->is_redacted &&
                     kept->kind == JSON_STRING &&
                     str_equal(kept->text, STR(RECORDING_REDACTED));
    return is_hidden ? NULL : kept;
}

/* A side of a change, which long values are left out of. */
static const json *side_of(const field *f, const json *change, str side) {
    const json *kept = json_find(change, side);
    bool is_long = kept != NULL && kept->kind == JSON_STRING &&
                   str_equal(kept->text, STR(RECORDING_LONG));
    return is_long ? NULL : cell_of(f, kept);
}

row_image row_history_image(arena *a, const model *m, const json *object) {
    if (object == NULL || object->kind != JSON_OBJECT)
        return nobody();
    row_image image = unknown(a, m);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        image.cells[i] = cell_of(f, json_find(object, f->column));
    }
    return image;
}

/* ---- What follows from what ---------------------------------------------- */

static bool is_action(const row_history_entry *e, str action) {
    return str_equal(e->action, action);
}

/* Cells that are not known yet become those of from. */
static void fill(const model *m, row_image *image, const row_image *from) {
    for (size_t i = 0; image->is_there && from->is_there && i < m->column_count;
         i++) {
        if (image->cells[i] == NULL)
            image->cells[i] = from->cells[i];
    }
}

/* Across an update, from the row on one side of it to that on the other, which
 * differ in what changed. */
static void fill_across(const model *m, row_image *image, str side,
                        const row_image *other, const json *changes) {
    for (size_t i = 0; image->is_there && i < m->column_count; i++) {
        const field *f = m->columns[i];
        const json *change = json_find(changes, f->column);
        if (image->cells[i] != NULL)
            continue;
        if (change != NULL)
            image->cells[i] = side_of(f, change, side);
        else if (other->is_there)
            image->cells[i] = other->cells[i];
    }
}

static row_image *image_before(row_history *h, size_t entry) {
    return entry == 0 ? &h->first : &h->versions[entry - 1];
}

/* What the entries say by themselves: was there a row, and its cells. */
static void read_entries(arena *a, row_history *h) {
    for (size_t i = 0; i < h->count; i++) {
        const row_history_entry *e = &h->entries[i];
        bool is_gone =
            is_action(e, STR("delete")) || is_action(e, STR("truncate"));
        row_image *after = &h->versions[i];
        *after = is_gone            ? nobody()
                 : e->after != NULL ? row_history_image(a, h->model, e->after)
                                    : unknown(a, h->model);
    }
    if (h->count == 0 || is_action(&h->entries[0], STR("create")))
        h->first = nobody();
    else
        h->first = unknown(a, h->model);
}

/* Also what the entry says of the version in front of it, where that one's own
 * entry has less. */
static void read_befores(arena *a, row_history *h) {
    for (size_t i = 0; i < h->count; i++) {
        row_image before = row_history_image(a, h->model, h->entries[i].before);
        fill(h->model, image_before(h, i), &before);
    }
}

/* An entry that says how the rows on its two sides differ. */
static bool is_bridge(const row_history_entry *e) {
    return is_action(e, STR("update")) && e->changes != NULL;
}

static void carry_forward(row_history *h) {
    for (size_t i = 0; i < h->count; i++) {
        if (is_bridge(&h->entries[i]))
            fill_across(h->model, &h->versions[i], STR("to"),
                        image_before(h, i), h->entries[i].changes);
    }
}

static void carry_back(row_history *h) {
    for (size_t i = h->count; i-- > 0;) {
        if (is_bridge(&h->entries[i]))
            fill_across(h->model, image_before(h, i), STR("from"),
                        &h->versions[i], h->entries[i].changes);
    }
}

row_history row_history_of(arena *a, const model *m,
                           const row_history_entry *entries, size_t count,
                           const row_image *now) {
    row_history h = {.model = m, .entries = entries, .count = count};
    h.versions = arena_new_array(a, row_image, count);
    read_entries(a, &h);
    read_befores(a, &h);
    if (now != NULL && count > 0)
        fill(m, &h.versions[count - 1], now);
    else if (now != NULL)
        h.first = *now;
    carry_forward(&h);
    carry_back(&h);
    return h;
}

/* ---- Asking --------------------------------------------------------------- */

const row_image *row_history_at(const row_history *h, timestamp when) {
    const row_image *image = &h->first;
    for (size_t i = 0; i < h->count && h->entries[i].created_at.ms <= when.ms;
         i++)
        image = &h->versions[i];
    return image;
}

const row_image *row_history_version(const row_history *h, str id) {
    for (size_t i = 0; i < h->count; i++) {
        if (str_equal(h->entries[i].id, id))
            return &h->versions[i];
    }
    return NULL;
}

/* ---- Showing --------------------------------------------------------------- */

static bool is_same(const json *a, const json *b) {
    CLEANUP(buf_free) buf left = buf_new(SIZE_MAX);
    CLEANUP(buf_free) buf right = buf_new(SIZE_MAX);
    json_write(&left, a);
    json_write(&right, b);
    return str_equal(buf_str(&left), buf_str(&right));
}

/* NULL: not known. */
static const json *shown_cell(const row_image *image, size_t column) {
    static const json NONE = {.kind = JSON_NULL, .text = STR_INIT("null")};
    return image->is_there ? image->cells[column] : &NONE;
}

void row_history_write_diff(buf *out, const model *m, const row_image *from,
                            const row_image *to) {
    char comma = '{';
    for (size_t i = 0; i < m->column_count; i++) {
        const json *was = shown_cell(from, i);
        const json *is = shown_cell(to, i);
        if (was == NULL || is == NULL || is_same(was, is))
            continue;
        buf_append_char(out, comma);
        comma = ',';
        json_write_string(out, m->columns[i]->column);
        buf_append(out, STR(":{\"from\":"));
        json_write(out, was);
        buf_append(out, STR(",\"to\":"));
        json_write(out, is);
        buf_append_char(out, '}');
    }
    buf_append(out, comma == '{' ? STR("{}") : STR("}"));
}

void row_history_write_image(buf *out, const model *m, const row_image *image) {
    char comma = '{';
    if (!image->is_there) {
        buf_append(out, STR("null"));
        return;
    }
    for (size_t i = 0; i < m->column_count; i++) {
        if (image->cells[i] == NULL)
            continue;
        buf_append_char(out, comma);
        comma = ',';
        json_write_string(out, m->columns[i]->column);
        buf_append_char(out, ':');
        json_write(out, image->cells[i]);
    }
    buf_append(out, comma == '{' ? STR("{}") : STR("}"));
}
