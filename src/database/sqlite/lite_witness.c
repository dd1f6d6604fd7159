/* The hook's functions are in Debian's library; its header shows them to who
 * asks. */
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "database/sqlite/lite_witness.h"

#include "base/hex.h"
#include "base/json.h"
#include "base/sha256.h"
#include "database/recording.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_statement.h"

enum { ID_MAX = 1024 * 1024, ID_KEPT = 4 * 1024 };

/* ---- Rows --------------------------------------------------------------- */

/* sqlite3_preupdate_old or sqlite3_preupdate_new. */
typedef int row_reader(sqlite3 *db, int column, sqlite3_value **out);

static sqlite3_value *cell_of(const lite_witness *w, row_reader *read,
                              size_t at) {
    sqlite3_value *cell = NULL;
    return read(w->db, (int)at, &cell) == SQLITE_OK ? cell : NULL;
}

static value read_value(sqlite3_value *cell, const lite_recorded_column *c,
                        char *scratch) {
    value v = {.kind = VALUE_NULL};
    if (cell == NULL || sqlite3_value_type(cell) == SQLITE_NULL)
        return c->missing;
    if (!lite_form_read_value(cell, c->form, scratch, &v))
        v = (value){.kind = VALUE_NULL};
    return v;
}

static void write_cell(lite_witness *w, const lite_recorded_column *c,
                       sqlite3_value *cell) {
    char scratch[LITE_SCRATCH];
    value v = read_value(cell, c, scratch);
    if (c->is_redacted && v.kind != VALUE_NULL)
        buf_append(&w->notes->text, STR("\"" RECORDING_REDACTED "\""));
    else
        row_json_write_value(&w->notes->text, &c->json, &v);
}

/* The row as an object; where its cells are, to cells. */
static lite_span write_row(lite_witness *w, const lite_recorded_table *t,
                           row_reader *read, lite_span *cells) {
    size_t start = w->notes->text.len;
    for (size_t i = 0; i < t->column_count; i++) {
        const lite_recorded_column *c = &t->columns[i];
        cells[i] = (lite_span){0};
        if (c->is_hidden)
            continue;
        buf_append(&w->notes->text, c->json.key);
        size_t at = w->notes->text.len;
        write_cell(w, c, cell_of(w, read, i));
        cells[i] = (lite_span){at, w->notes->text.len - at};
    }
    if (w->notes->text.len == start)
        buf_append_char(&w->notes->text, '{');
    else if (!w->notes->text.is_overflown)
        w->notes->text.ptr[start] = '{'; /* where the first key has its comma */
    buf_append_char(&w->notes->text, '}');
    return (lite_span){start, w->notes->text.len - start};
}

static bool is_same_cell(sqlite3_value *a, sqlite3_value *b) {
    return a != NULL && b != NULL &&
           sqlite3_value_type(a) == sqlite3_value_type(b) &&
           str_equal(lite_value_bytes(a), lite_value_bytes(b));
}

/* What is redacted looks the same before and after. */
static bool is_changed(const lite_witness *w, const lite_recorded_column *c,
                       size_t at) {
    if (c->is_hidden)
        return false;
    if (!c->is_redacted)
        return !str_equal(lite_notes_text(w->notes, w->old_cells[at]),
                          lite_notes_text(w->notes, w->new_cells[at]));
    return !is_same_cell(cell_of(w, sqlite3_preupdate_old, at),
                         cell_of(w, sqlite3_preupdate_new, at));
}

/* The buffer may move while it is copied from. */
static void append_span(lite_witness *w, lite_span s) {
    char *to = buf_reserve(&w->notes->text, s.length);
    if (to == NULL)
        return;
    memcpy(to, w->notes->text.ptr + s.at, s.length);
    buf_commit(&w->notes->text, s.length);
}

static void append_short(lite_witness *w, lite_span cell) {
    if (cell.length > RECORDING_LONG_BYTES)
        buf_append(&w->notes->text, STR("\"" RECORDING_LONG "\""));
    else
        append_span(w, cell);
}

static void write_change(lite_witness *w, const lite_recorded_column *c,
                         size_t at) {
    buf_append(&w->notes->text, c->json.key);
    buf_append(&w->notes->text, STR("{\"from\":"));
    append_short(w, w->old_cells[at]);
    buf_append(&w->notes->text, STR(",\"to\":"));
    append_short(w, w->new_cells[at]);
    buf_append_char(&w->notes->text, '}');
}

static bool has_long_cell(const lite_recorded_table *t,
                          const lite_span *cells) {
    for (size_t i = 0; i < t->column_count; i++)
        if (cells[i].length > RECORDING_LONG_BYTES)
            return true;
    return false;
}

/* A row that was written as an object, without what is long. */
static lite_span shorten(lite_witness *w, const lite_recorded_table *t,
                         lite_span row, const lite_span *cells) {
    size_t start = w->notes->text.len;
    if (!w->has_events || row.length <= RECORDING_LONG_BYTES ||
        !has_long_cell(t, cells))
        return row;
    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].is_hidden)
            continue;
        buf_append(&w->notes->text, t->columns[i].json.key);
        append_short(w, cells[i]);
    }
    if (!w->notes->text.is_overflown)
        w->notes->text.ptr[start] = '{';
    buf_append_char(&w->notes->text, '}');
    return (lite_span){start, w->notes->text.len - start};
}

/* Empty when nothing that is shown has changed. */
static lite_span write_changes(lite_witness *w, const lite_recorded_table *t) {
    size_t start = w->notes->text.len;
    for (size_t i = 0; i < t->column_count && !w->notes->text.is_overflown; i++)
        if (is_changed(w, &t->columns[i], i))
            write_change(w, &t->columns[i], i);
    if (w->notes->text.len == start || w->notes->text.is_overflown)
        return (lite_span){0};
    w->notes->text.ptr[start] = '{';
    buf_append_char(&w->notes->text, '}');
    return (lite_span){start, w->notes->text.len - start};
}

/* ---- Ids ---------------------------------------------------------------- */

static void write_id_text(buf *out, const value *v) {
    if (v->kind == VALUE_INT)
        buf_append_int(out, v->integer);
    else if (v->kind == VALUE_TEXT)
        buf_append(out, v->text);
    else if (v->kind == VALUE_BYTES)
        hex_encode(out, v->text);
    else if (v->kind == VALUE_BOOL)
        buf_append(out, v->boolean ? STR("true") : STR("false"));
    else if (v->kind == VALUE_FLOAT)
        buf_printf(out, "%.17g", v->real);
}

static void write_id_part(lite_witness *w, const lite_recorded_table *t,
                          row_reader *read, size_t at, buf *out) {
    char scratch[LITE_SCRATCH];
    const lite_recorded_column *c = &t->columns[at];
    value v = read_value(cell_of(w, read, at), c, scratch);
    if (!c->is_redacted) {
        write_id_text(out, &v);
        return;
    }
    unsigned char digest[SHA256_BYTES];
    CLEANUP(buf_free) buf text = buf_new(LITE_MAX_VALUE_BYTES);
    write_id_text(&text, &v);
    sha256_digest(buf_str(&text), digest);
    hex_encode(out, (str){(const char *)digest, sizeof digest});
}

/* A row without an identity has no id. */
static lite_span write_id(lite_witness *w, const lite_recorded_table *t,
                          row_reader *read) {
    size_t start = w->notes->text.len;
    if (t->identity_count == 1) {
        write_id_part(w, t, read, t->identity[0], &w->notes->text);
        return (lite_span){start, w->notes->text.len - start};
    }
    for (size_t i = 0; i < t->identity_count; i++) {
        buf_clear(&w->id, ID_KEPT);
        write_id_part(w, t, read, t->identity[i], &w->id);
        buf_append(&w->notes->text, i == 0 ? STR("[") : STR(", "));
        json_write_string(&w->notes->text, buf_str(&w->id));
    }
    if (t->identity_count > 0)
        buf_append_char(&w->notes->text, ']');
    return (lite_span){start, w->notes->text.len - start};
}

/* ---- Notes -------------------------------------------------------------- */

static const lite_recorded_table *find_table(lite_witness *w,
                                             const char *name) {
    str text = str_of(name);
    if (w->last == NULL || !str_equal(w->last->table, text)) {
        const lite_recorded_table *found = map_find(w->tables, text);
        if (found == NULL)
            return NULL;
        w->last = found;
    }
    return w->last;
}

static bool is_kept(const lite_witness *w, const lite_recorded_table *t) {
    return t != NULL && (t->mode != AUDIT_OFF || w->has_events);
}

lite_note lite_witness_begin(const lite_witness *w,
                             const lite_recorded_table *t, str action) {
    return (lite_note){.table = t,
                       .origin = w->origin,
                       .action = action,
                       .start = w->notes->text.len};
}

static void see_insert(lite_witness *w, const lite_recorded_table *t) {
    lite_note n = lite_witness_begin(w, t, STR("create"));
    n.after = write_row(w, t, sqlite3_preupdate_new, w->new_cells);
    n.event_after = shorten(w, t, n.after, w->new_cells);
    n.record_id = write_id(w, t, sqlite3_preupdate_new);
    lite_notes_add(w->notes, n);
}

static void see_delete(lite_witness *w, const lite_recorded_table *t) {
    lite_note n = lite_witness_begin(w, t, STR("delete"));
    n.before = write_row(w, t, sqlite3_preupdate_old, w->old_cells);
    n.event_before = shorten(w, t, n.before, w->old_cells);
    n.record_id = write_id(w, t, sqlite3_preupdate_old);
    lite_notes_add(w->notes, n);
}

static void see_update(lite_witness *w, const lite_recorded_table *t) {
    lite_note n = lite_witness_begin(w, t, STR("update"));
    n.before = write_row(w, t, sqlite3_preupdate_old, w->old_cells);
    n.after = write_row(w, t, sqlite3_preupdate_new, w->new_cells);
    n.changes = write_changes(w, t);
    if (n.changes.length == 0 && !w->notes->text.is_overflown) {
        w->notes->text.len = n.start;
        return;
    }
    n.event_before = shorten(w, t, n.before, w->old_cells);
    n.event_after = shorten(w, t, n.after, w->new_cells);
    n.record_id = write_id(w, t, sqlite3_preupdate_old);
    lite_notes_add(w->notes, n);
}

void lite_witness_see(lite_witness *w, int action, const char *table) {
    const lite_recorded_table *t = find_table(w, table);
    if (!is_kept(w, t) || !lite_notes_has_room(w->notes))
        return;
    if (action == SQLITE_INSERT)
        see_insert(w, t);
    else if (action == SQLITE_DELETE)
        see_delete(w, t);
    else
        see_update(w, t);
}

/* ---- Tables ------------------------------------------------------------- */

static size_t widest(const map *tables) {
    size_t most = 0;
    for (size_t i = 0; i < tables->count; i++) {
        const lite_recorded_table *t = tables->entries[i].value;
        most = t->column_count > most ? t->column_count : most;
    }
    return most;
}

void lite_witness_know(arena *a, lite_witness *w, const map *tables) {
    size_t most = widest(tables);
    w->tables = tables;
    w->last = NULL;
    w->old_cells = arena_new_array(a, lite_span, most);
    w->new_cells = arena_new_array(a, lite_span, most);
}

lite_witness lite_witness_new(sqlite3 *db, lite_notes *notes, bool has_events) {
    return (lite_witness){.db = db,
                          .notes = notes,
                          .has_events = has_events,
                          .id = buf_new(ID_MAX)};
}

void lite_witness_free(lite_witness *w) {
    buf_free(&w->id);
}
