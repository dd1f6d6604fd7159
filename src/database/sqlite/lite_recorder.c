/* The hook is in Debian's library; its header shows it to who asks. */
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "database/sqlite/lite_recorder.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/sha256.h"
#include "database/recording.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_note_table.h"
#include "database/sqlite/lite_record_tables.h"
#include "database/sqlite/lite_statement.h"

enum { ID_MAX = 1024 * 1024, ID_KEPT = 4 * 1024 };

/* The number of the last change. */
static const char LAST[] =
    "SELECT max(coalesce((SELECT max(seq) FROM sqlite_sequence"
    " WHERE name IN ('tenon_audit_log', 'tenon_feed')), 0),"
    " coalesce((SELECT max(position) FROM tenon_audit_log), 0),"
    " coalesce((SELECT max(sequence) FROM tenon_feed), 0))";

/* Or what fails takes a copy of each page along, to be undone by itself: the
 * whole transaction is undone. */
static const char AUDIT[] =
    "INSERT OR FAIL INTO tenon_audit_log (position, id, created_at, user_id,"
    " token_id, organization_id, space_id, request_id, ip_address, user_agent,"
    " reason, action, model, record_id, \"before\", \"after\", changes, hash)"
    " SELECT * FROM tenon_noted_change";

static const char EVENT[] =
    "INSERT OR FAIL INTO tenon_feed (sequence, created_at, action, model,"
    " record_id, \"before\", \"after\") SELECT * FROM tenon_noted_event";

struct lite_recorder {
    const lite_database *database;
    sqlite3 *db;
    sqlite3_stmt *version;
    int64_t listed_at; /* the version that the tables were listed at */
    arena *kept;       /* tables */
    const map *tables;
    const lite_recorded_table *last; /* most rows are of the last one's table */
    bool has_events;
    const change_origin *origin; /* of the mutation at hand */
    lite_notes notes;
    lite_span *old_cells; /* of the row at hand, by position */
    lite_span *new_cells;
    buf id; /* one part of it */
    lite_note_source source;
    sqlite3_stmt *number;
    sqlite3_stmt *audit;
    sqlite3_stmt *event;
};

/* ---- What the hook sees ------------------------------------------------- */

/* sqlite3_preupdate_old or sqlite3_preupdate_new. */
typedef int row_reader(sqlite3 *db, int column, sqlite3_value **out);

static sqlite3_value *cell_of(const lite_recorder *r, row_reader *read,
                              size_t at) {
    sqlite3_value *cell = NULL;
    return read(r->db, (int)at, &cell) == SQLITE_OK ? cell : NULL;
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

static void write_cell(lite_recorder *r, const lite_recorded_column *c,
                       sqlite3_value *cell) {
    char scratch[LITE_SCRATCH];
    value v = read_value(cell, c, scratch);
    if (c->is_redacted && v.kind != VALUE_NULL)
        buf_append(&r->notes.text, STR("\"" RECORDING_REDACTED "\""));
    else
        row_json_write_value(&r->notes.text, &c->json, &v);
}

/* The row as an object; where its cells are, to cells. */
static lite_span write_row(lite_recorder *r, const lite_recorded_table *t,
                           row_reader *read, lite_span *cells) {
    size_t start = r->notes.text.len;
    for (size_t i = 0; i < t->column_count; i++) {
        const lite_recorded_column *c = &t->columns[i];
        cells[i] = (lite_span){0};
        if (c->is_hidden)
            continue;
        buf_append(&r->notes.text, c->json.key);
        size_t at = r->notes.text.len;
        write_cell(r, c, cell_of(r, read, i));
        cells[i] = (lite_span){at, r->notes.text.len - at};
    }
    if (r->notes.text.len == start)
        buf_append_char(&r->notes.text, '{');
    else if (!r->notes.text.is_overflown)
        r->notes.text.ptr[start] = '{'; /* where the first key has its comma */
    buf_append_char(&r->notes.text, '}');
    return (lite_span){start, r->notes.text.len - start};
}

static bool is_same_cell(sqlite3_value *a, sqlite3_value *b) {
    return a != NULL && b != NULL &&
           sqlite3_value_type(a) == sqlite3_value_type(b) &&
           str_equal(lite_value_bytes(a), lite_value_bytes(b));
}

/* What is redacted looks the same before and after. */
static bool is_changed(const lite_recorder *r, const lite_recorded_column *c,
                       size_t at) {
    if (c->is_hidden)
        return false;
    if (!c->is_redacted)
        return !str_equal(lite_notes_text(&r->notes, r->old_cells[at]),
                          lite_notes_text(&r->notes, r->new_cells[at]));
    return !is_same_cell(cell_of(r, sqlite3_preupdate_old, at),
                         cell_of(r, sqlite3_preupdate_new, at));
}

/* The buffer may move while it is copied from. */
static void append_span(lite_recorder *r, lite_span s) {
    char *to = buf_reserve(&r->notes.text, s.length);
    if (to == NULL)
        return;
    memcpy(to, r->notes.text.ptr + s.at, s.length);
    buf_commit(&r->notes.text, s.length);
}

static void append_short(lite_recorder *r, lite_span cell) {
    if (cell.length > RECORDING_LONG_BYTES)
        buf_append(&r->notes.text, STR("\"" RECORDING_LONG "\""));
    else
        append_span(r, cell);
}

static void write_change(lite_recorder *r, const lite_recorded_column *c,
                         size_t at) {
    buf_append(&r->notes.text, c->json.key);
    buf_append(&r->notes.text, STR("{\"from\":"));
    append_short(r, r->old_cells[at]);
    buf_append(&r->notes.text, STR(",\"to\":"));
    append_short(r, r->new_cells[at]);
    buf_append_char(&r->notes.text, '}');
}

static bool has_long_cell(const lite_recorded_table *t,
                          const lite_span *cells) {
    for (size_t i = 0; i < t->column_count; i++)
        if (cells[i].length > RECORDING_LONG_BYTES)
            return true;
    return false;
}

/* A row that was written as an object, without what is long. */
static lite_span shorten(lite_recorder *r, const lite_recorded_table *t,
                         lite_span row, const lite_span *cells) {
    size_t start = r->notes.text.len;
    if (!r->has_events || row.length <= RECORDING_LONG_BYTES ||
        !has_long_cell(t, cells))
        return row;
    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].is_hidden)
            continue;
        buf_append(&r->notes.text, t->columns[i].json.key);
        append_short(r, cells[i]);
    }
    if (!r->notes.text.is_overflown)
        r->notes.text.ptr[start] = '{';
    buf_append_char(&r->notes.text, '}');
    return (lite_span){start, r->notes.text.len - start};
}

/* Empty when nothing that is shown has changed. */
static lite_span write_changes(lite_recorder *r, const lite_recorded_table *t) {
    size_t start = r->notes.text.len;
    for (size_t i = 0; i < t->column_count && !r->notes.text.is_overflown; i++)
        if (is_changed(r, &t->columns[i], i))
            write_change(r, &t->columns[i], i);
    if (r->notes.text.len == start || r->notes.text.is_overflown)
        return (lite_span){0};
    r->notes.text.ptr[start] = '{';
    buf_append_char(&r->notes.text, '}');
    return (lite_span){start, r->notes.text.len - start};
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

static void write_id_part(lite_recorder *r, const lite_recorded_table *t,
                          row_reader *read, size_t at, buf *out) {
    char scratch[LITE_SCRATCH];
    const lite_recorded_column *c = &t->columns[at];
    value v = read_value(cell_of(r, read, at), c, scratch);
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
static lite_span write_id(lite_recorder *r, const lite_recorded_table *t,
                          row_reader *read) {
    size_t start = r->notes.text.len;
    if (t->identity_count == 1) {
        write_id_part(r, t, read, t->identity[0], &r->notes.text);
        return (lite_span){start, r->notes.text.len - start};
    }
    for (size_t i = 0; i < t->identity_count; i++) {
        buf_clear(&r->id, ID_KEPT);
        write_id_part(r, t, read, t->identity[i], &r->id);
        buf_append(&r->notes.text, i == 0 ? STR("[") : STR(", "));
        json_write_string(&r->notes.text, buf_str(&r->id));
    }
    if (t->identity_count > 0)
        buf_append_char(&r->notes.text, ']');
    return (lite_span){start, r->notes.text.len - start};
}

/* ---- Notes -------------------------------------------------------------- */

static const lite_recorded_table *find_table(lite_recorder *r,
                                             const char *name) {
    str text = str_of(name);
    if (r->last == NULL || !str_equal(r->last->table, text)) {
        const lite_recorded_table *found = map_find(r->tables, text);
        if (found == NULL)
            return NULL;
        r->last = found;
    }
    return r->last;
}

static bool is_kept(const lite_recorder *r, const lite_recorded_table *t) {
    return t != NULL && (t->mode != AUDIT_OFF || r->has_events);
}

static lite_note begin_note(const lite_recorder *r,
                            const lite_recorded_table *t, str action) {
    return (lite_note){.table = t,
                       .origin = r->origin,
                       .action = action,
                       .start = r->notes.text.len};
}

static void see_insert(lite_recorder *r, const lite_recorded_table *t) {
    lite_note n = begin_note(r, t, STR("create"));
    n.after = write_row(r, t, sqlite3_preupdate_new, r->new_cells);
    n.event_after = shorten(r, t, n.after, r->new_cells);
    n.record_id = write_id(r, t, sqlite3_preupdate_new);
    lite_notes_add(&r->notes, n);
}

static void see_delete(lite_recorder *r, const lite_recorded_table *t) {
    lite_note n = begin_note(r, t, STR("delete"));
    n.before = write_row(r, t, sqlite3_preupdate_old, r->old_cells);
    n.event_before = shorten(r, t, n.before, r->old_cells);
    n.record_id = write_id(r, t, sqlite3_preupdate_old);
    lite_notes_add(&r->notes, n);
}

static void see_update(lite_recorder *r, const lite_recorded_table *t) {
    lite_note n = begin_note(r, t, STR("update"));
    n.before = write_row(r, t, sqlite3_preupdate_old, r->old_cells);
    n.after = write_row(r, t, sqlite3_preupdate_new, r->new_cells);
    n.changes = write_changes(r, t);
    if (n.changes.length == 0 && !r->notes.text.is_overflown) {
        r->notes.text.len = n.start;
        return;
    }
    n.event_before = shorten(r, t, n.before, r->old_cells);
    n.event_after = shorten(r, t, n.after, r->new_cells);
    n.record_id = write_id(r, t, sqlite3_preupdate_old);
    lite_notes_add(&r->notes, n);
}

static void see(void *recorder, sqlite3 *db, int action, const char *in,
                const char *table, sqlite3_int64 old_key,
                sqlite3_int64 new_key) {
    (void)db;
    (void)in;
    (void)old_key;
    (void)new_key;
    lite_recorder *r = recorder;
    const lite_recorded_table *t = find_table(r, table);
    if (!is_kept(r, t) || r->notes.text.is_overflown)
        return;
    if (action == SQLITE_INSERT)
        see_insert(r, t);
    else if (action == SQLITE_DELETE)
        see_delete(r, t);
    else
        see_update(r, t);
}

/* ---- Reads -------------------------------------------------------------- */

static const lite_recorded_table *find_model(const lite_recorder *r,
                                             str name) {
    for (size_t i = 0; i < r->tables->count; i++) {
        const lite_recorded_table *t = r->tables->entries[i].value;
        if (str_equal(t->model, name))
            return t;
    }
    return NULL;
}

static lite_span note_text(lite_recorder *r, sqlite3_value *cell) {
    size_t start = r->notes.text.len;
    buf_append(&r->notes.text, lite_value_text(cell));
    return (lite_span){start, r->notes.text.len - start};
}

/* tenon_note_read(model, record, about): see read_record.h. Part of a mutation,
 * whose origin it has. */
static void note_read(sqlite3_context *c, int count, sqlite3_value **values) {
    (void)count;
    lite_recorder *r = sqlite3_user_data(c);
    const lite_recorded_table *t = find_model(r, lite_value_text(values[0]));
    if (t == NULL || r->notes.text.is_overflown) {
        sqlite3_result_error(c, "the read cannot be recorded", -1);
        return;
    }
    lite_note n = begin_note(r, t, STR("read"));
    n.is_read = true;
    if (sqlite3_value_type(values[1]) != SQLITE_NULL)
        n.record_id = note_text(r, values[1]);
    n.changes = note_text(r, values[2]);
    lite_notes_add(&r->notes, n);
    sqlite3_result_int(c, 1);
}

static err *add_functions(lite_recorder *r, arena *a) {
    return lite_check(
        a, r->db,
        sqlite3_create_function_v2(r->db, "tenon_note_read", 3,
                                   SQLITE_UTF8 | SQLITE_DIRECTONLY, r,
                                   note_read, NULL, NULL, NULL));
}

/* ---- Mutations ---------------------------------------------------------- */

uint64_t lite_recorder_begin(lite_recorder *r, const change_origin *origin) {
    r->origin = origin;
    return lite_notes_mark(&r->notes);
}

void lite_recorder_undo(lite_recorder *r, uint64_t mark) {
    lite_notes_undo(&r->notes, mark);
}

void lite_recorder_drop(lite_recorder *r) {
    lite_notes_undo(&r->notes, 0);
}

err *lite_recorder_check(const lite_recorder *r, arena *a) {
    return lite_notes_check(a, &r->notes);
}

bool lite_recorder_is_full(const lite_recorder *r) {
    return lite_notes_is_full(&r->notes);
}

/* ---- Storing ------------------------------------------------------------ */

static err *run(lite_recorder *r, arena *a, sqlite3_stmt *s) {
    int rc = sqlite3_step(s);
    (void)sqlite3_reset(s);
    return lite_check(a, r->db, rc);
}

static err *read_number(lite_recorder *r, arena *a, int64_t *out) {
    int rc = sqlite3_step(r->number);
    *out = sqlite3_column_int64(r->number, 0);
    (void)sqlite3_reset(r->number);
    return lite_check(a, r->db, rc);
}

static err *store(lite_recorder *r, arena *a) {
    lite_note_source *s = &r->source;
    int64_t last;
    TRY(read_number(r, a, &last));
    s->first = last + 1;
    s->now_ms = s->shown_ms = clock_wall_ms(NULL);
    timestamp_format((timestamp){s->now_ms}, s->now);
    TRY(run(r, a, r->audit));
    return r->has_events ? run(r, a, r->event) : NULL;
}

/* Nobody need see the rows that are stored. */
err *lite_recorder_write(lite_recorder *r, arena *a) {
    if (r->notes.count == 0)
        return NULL;
    (void)sqlite3_preupdate_hook(r->db, NULL, NULL);
    err *e = store(r, a);
    (void)sqlite3_preupdate_hook(r->db, see, r);
    lite_notes_clear(&r->notes);
    return e;
}

/* ---- Its life ----------------------------------------------------------- */

static size_t widest(const map *tables) {
    size_t most = 0;
    for (size_t i = 0; i < tables->count; i++) {
        const lite_recorded_table *t = tables->entries[i].value;
        most = t->column_count > most ? t->column_count : most;
    }
    return most;
}

static err *list_tables(lite_recorder *r, arena *a) {
    const lite_database *d = r->database;
    arena_reset(r->kept);
    r->last = NULL;
    r->listed_at = -1;
    TRY(lite_recorded_list(a, r->kept, r->db, d->schema, &d->layout,
                           &r->tables));
    size_t most = widest(r->tables);
    r->old_cells = arena_new_array(r->kept, lite_span, most);
    r->new_cells = arena_new_array(r->kept, lite_span, most);
    return NULL;
}

err *lite_recorder_look(lite_recorder *r, arena *a) {
    bool is_read = sqlite3_step(r->version) == SQLITE_ROW;
    int64_t version = sqlite3_column_int64(r->version, 0);
    int rc = sqlite3_reset(r->version);
    if (!is_read)
        return lite_error(a, r->db, rc);
    if (version == r->listed_at)
        return NULL;
    TRY(lite_run(a, r->db, LITE_RECORD_TABLES));
    TRY(list_tables(r, a));
    r->listed_at = version;
    return NULL;
}

static err *set_up(lite_recorder *r, arena *a) {
    TRY(list_tables(r, a));
    TRY(lite_prepare(a, r->db, STR("PRAGMA schema_version"),
                     SQLITE_PREPARE_PERSISTENT, &r->version));
    TRY(lite_note_table_add(a, r->db, &r->source));
    TRY(add_functions(r, a));
    (void)sqlite3_preupdate_hook(r->db, see, r);
    return NULL;
}

err *lite_recorder_prepare(lite_recorder *r, arena *a) {
    const struct {
        const char *sql;
        sqlite3_stmt **out;
    } ROWS[] = {
        {LAST, &r->number},
        {AUDIT, &r->audit},
        {EVENT, &r->event},
    };
    if (r->event != NULL)
        return NULL;
    TRY(lite_run(a, r->db, LITE_RECORD_TABLES));
    for (size_t i = 0; i < LENGTH(ROWS); i++) {
        lite_finalize(ROWS[i].out);
        TRY(lite_prepare(a, r->db, str_of(ROWS[i].sql),
                         SQLITE_PREPARE_PERSISTENT, ROWS[i].out));
    }
    return NULL;
}

err *lite_recorder_new(arena *a, const lite_database *d, sqlite3 *db,
                       lite_recorder **out) {
    lite_recorder *r = calloc(1, sizeof *r);
    if (r == NULL)
        PANIC("out of memory");
    r->database = d;
    r->db = db;
    r->kept = arena_new();
    r->has_events = !d->has_no_events;
    r->notes = lite_notes_new();
    r->id = buf_new(ID_MAX);
    r->source.notes = &r->notes;
    r->source.hashed = buf_new(LITE_MAX_VALUE_BYTES);
    r->source.random = rand_secure();
    err *e = set_up(r, a);
    if (e != NULL) {
        lite_recorder_free(r);
        return e;
    }
    *out = r;
    return NULL;
}

void lite_recorder_free(lite_recorder *r) {
    if (r == NULL)
        return;
    (void)sqlite3_preupdate_hook(r->db, NULL, NULL);
    lite_finalize(&r->version);
    lite_finalize(&r->number);
    lite_finalize(&r->audit);
    lite_finalize(&r->event);
    lite_notes_free(&r->notes);
    buf_free(&r->id);
    buf_free(&r->source.hashed);
    arena_free(r->kept);
    free(r);
}
