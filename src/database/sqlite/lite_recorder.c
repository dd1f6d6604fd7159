/* The hook is in Debian's library; its header shows it to who asks. */
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "database/sqlite/lite_recorder.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "database/audit_row.h"
#include "database/recording.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_record_tables.h"
#include "database/sqlite/lite_recorded.h"
#include "database/sqlite/lite_statement.h"

enum {
    /* Of texts noted by one mutation. */
    NOTED_MAX = 256 * 1024 * 1024,
    NOTED_FULL = 1024 * 1024, /* from here on it should be written */
    KEPT = 256 * 1024,        /* for the next one */
};

/* The parts of the origin stand between created_at and action. */
static const char AUDIT[] =
    "INSERT INTO tenon_audit_log (id, created_at, user_id, token_id,"
    " organization_id, space_id, request_id, ip_address, user_agent, reason,"
    " action, model, record_id, \"before\", \"after\", changes, hash)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
    " ?16, ?17)";

static const char EVENT[] =
    "INSERT INTO tenon_event (created_at, audit_id, action, model, record_id,"
    " \"before\", \"after\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/* A text in the recorder's buffer, which moves as it grows. */
typedef struct span {
    size_t at;
    size_t length; /* 0: none */
} span;

/* A change to a row. */
typedef struct note {
    const lite_recorded_table *table;
    str action;
    span record_id;
    span before;
    span after;
    span changes;
    span event_before; /* the same without what is long */
    span event_after;
} note;

struct lite_recorder {
    const lite_database *database;
    sqlite3 *db;
    sqlite3_stmt *version;
    int64_t listed_at; /* the version that the tables were listed at */
    arena *kept;       /* tables */
    arena *arena;      /* notes */
    const map *tables;
    const lite_recorded_table *last; /* most rows are of the last one's table */
    bool has_events;
    note *notes;
    size_t note_count;
    buf text;
    buf hashed;
    span *old_cells; /* of the row at hand, by position */
    span *new_cells;
    uuid_sequence uuids;
    rand_source random;
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
        buf_append(&r->text, STR("\"" RECORDING_REDACTED "\""));
    else
        row_json_write_value(&r->text, &c->json, &v);
}

/* The row as an object; where its cells are, to cells. */
static span write_row(lite_recorder *r, const lite_recorded_table *t,
                      row_reader *read, span *cells) {
    size_t start = r->text.len;
    for (size_t i = 0; i < t->column_count; i++) {
        const lite_recorded_column *c = &t->columns[i];
        cells[i] = (span){0};
        if (c->is_hidden)
            continue;
        buf_append(&r->text, c->json.key);
        size_t at = r->text.len;
        write_cell(r, c, cell_of(r, read, i));
        cells[i] = (span){at, r->text.len - at};
    }
    if (r->text.len == start)
        buf_append_char(&r->text, '{');
    else if (!r->text.is_overflown)
        r->text.ptr[start] = '{'; /* where the first key has its comma */
    buf_append_char(&r->text, '}');
    return (span){start, r->text.len - start};
}

static str text_at(const lite_recorder *r, span s) {
    return s.length == 0 ? (str){0} : (str){r->text.ptr + s.at, s.length};
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
        return !str_equal(text_at(r, r->old_cells[at]),
                          text_at(r, r->new_cells[at]));
    return !is_same_cell(cell_of(r, sqlite3_preupdate_old, at),
                         cell_of(r, sqlite3_preupdate_new, at));
}

/* The buffer may move while it is copied from. */
static void append_span(lite_recorder *r, span s) {
    char *to = buf_reserve(&r->text, s.length);
    if (to == NULL)
        return;
    memcpy(to, r->text.ptr + s.at, s.length);
    buf_commit(&r->text, s.length);
}

static void append_short(lite_recorder *r, span cell) {
    if (cell.length > RECORDING_LONG_BYTES)
        buf_append(&r->text, STR("\"" RECORDING_LONG "\""));
    else
        append_span(r, cell);
}

static void write_change(lite_recorder *r, const lite_recorded_column *c,
                         size_t at) {
    buf_append(&r->text, c->json.key);
    buf_append(&r->text, STR("{\"from\":"));
    append_short(r, r->old_cells[at]);
    buf_append(&r->text, STR(",\"to\":"));
    append_short(r, r->new_cells[at]);
    buf_append_char(&r->text, '}');
}

static bool has_long_cell(const lite_recorded_table *t, const span *cells) {
    for (size_t i = 0; i < t->column_count; i++)
        if (cells[i].length > RECORDING_LONG_BYTES)
            return true;
    return false;
}

/* A row that was written as an object, without what is long. */
static span shorten(lite_recorder *r, const lite_recorded_table *t, span row,
                    const span *cells) {
    size_t start = r->text.len;
    if (!r->has_events || row.length <= RECORDING_LONG_BYTES ||
        !has_long_cell(t, cells))
        return row;
    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].is_hidden)
            continue;
        buf_append(&r->text, t->columns[i].json.key);
        append_short(r, cells[i]);
    }
    if (!r->text.is_overflown)
        r->text.ptr[start] = '{';
    buf_append_char(&r->text, '}');
    return (span){start, r->text.len - start};
}

/* Empty when nothing that is shown has changed. */
static span write_changes(lite_recorder *r, const lite_recorded_table *t) {
    size_t start = r->text.len;
    for (size_t i = 0; i < t->column_count && !r->text.is_overflown; i++)
        if (is_changed(r, &t->columns[i], i))
            write_change(r, &t->columns[i], i);
    if (r->text.len == start || r->text.is_overflown)
        return (span){0};
    r->text.ptr[start] = '{';
    buf_append_char(&r->text, '}');
    return (span){start, r->text.len - start};
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
    buf_clear(&r->hashed, KEPT);
    write_id_text(&r->hashed, &v);
    sha256_digest(buf_str(&r->hashed), digest);
    hex_encode(out, (str){(const char *)digest, sizeof digest});
}

/* A row without an identity has no id. */
static span write_id(lite_recorder *r, const lite_recorded_table *t,
                     row_reader *read) {
    size_t start = r->text.len;
    if (t->identity_count == 1) {
        write_id_part(r, t, read, t->identity[0], &r->text);
        return (span){start, r->text.len - start};
    }
    for (size_t i = 0; i < t->identity_count; i++) {
        CLEANUP(buf_free) buf part = buf_new(NOTED_FULL);
        write_id_part(r, t, read, t->identity[i], &part);
        buf_append(&r->text, i == 0 ? STR("[") : STR(", "));
        json_write_string(&r->text, buf_str(&part));
    }
    if (t->identity_count > 0)
        buf_append_char(&r->text, ']');
    return (span){start, r->text.len - start};
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

static void keep(lite_recorder *r, note n) {
    ARENA_PUSH(r->arena, r->notes, r->note_count, n);
}

static void see_insert(lite_recorder *r, const lite_recorded_table *t) {
    note n = {.table = t, .action = STR("create")};
    n.after = write_row(r, t, sqlite3_preupdate_new, r->new_cells);
    n.event_after = shorten(r, t, n.after, r->new_cells);
    n.record_id = write_id(r, t, sqlite3_preupdate_new);
    keep(r, n);
}

static void see_delete(lite_recorder *r, const lite_recorded_table *t) {
    note n = {.table = t, .action = STR("delete")};
    n.before = write_row(r, t, sqlite3_preupdate_old, r->old_cells);
    n.event_before = shorten(r, t, n.before, r->old_cells);
    n.record_id = write_id(r, t, sqlite3_preupdate_old);
    keep(r, n);
}

static void see_update(lite_recorder *r, const lite_recorded_table *t) {
    size_t start = r->text.len;
    note n = {.table = t, .action = STR("update")};
    n.before = write_row(r, t, sqlite3_preupdate_old, r->old_cells);
    n.after = write_row(r, t, sqlite3_preupdate_new, r->new_cells);
    n.changes = write_changes(r, t);
    if (n.changes.length == 0 && !r->text.is_overflown) {
        r->text.len = start;
        return;
    }
    n.event_before = shorten(r, t, n.before, r->old_cells);
    n.event_after = shorten(r, t, n.after, r->new_cells);
    n.record_id = write_id(r, t, sqlite3_preupdate_old);
    keep(r, n);
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
    if (!is_kept(r, t) || r->text.is_overflown)
        return;
    if (action == SQLITE_INSERT)
        see_insert(r, t);
    else if (action == SQLITE_DELETE)
        see_delete(r, t);
    else
        see_update(r, t);
}

/* ---- Rows of ours ------------------------------------------------------- */

/* When, and for the log's rows: who. */
typedef struct moment {
    arena *a;
    const change_origin *origin;
    int64_t now_ms;
    char text[TIMESTAMP_LENGTH];
} moment;

/* ?1 to ?16 of AUDIT, and in that order what its hash is made of
 * (audit_row.h). */
enum { AUDIT_PARTS = 16 };

static void list_parts(const lite_recorder *r, const moment *m, const note *n,
                       str id, str parts[AUDIT_PARTS]) {
    static const change_origin NOBODY = {0};
    const change_origin *origin = m->origin != NULL ? m->origin : &NOBODY;
    bool is_full = n->table->mode == AUDIT_FULL;
    size_t at = 0;
    parts[at++] = id;
    parts[at++] = (str){m->text, sizeof m->text};
    for (size_t i = 0; i < ORIGIN_PART_COUNT; i++) {
        str part = origin_part_of(origin, i);
        parts[at++] = str_is_empty(part) ? (str){0} : part;
    }
    parts[at++] = n->action;
    parts[at++] = n->table->model;
    parts[at++] = text_at(r, n->record_id);
    parts[at++] = is_full ? text_at(r, n->before) : (str){0};
    parts[at++] = is_full ? text_at(r, n->after) : (str){0};
    parts[at++] = text_at(r, n->changes);
    ASSERT(at == AUDIT_PARTS);
}

static void bind(sqlite3_stmt *s, int at, str part) {
    if (part.ptr == NULL)
        (void)sqlite3_bind_null(s, at);
    else
        (void)lite_bind_text(s, at, part);
}

static err *run(lite_recorder *r, arena *a, sqlite3_stmt *s) {
    int rc = sqlite3_step(s);
    (void)sqlite3_reset(s);
    return lite_check(a, r->db, rc);
}

static err *write_audit(lite_recorder *r, const moment *m, const note *n,
                        str id) {
    str parts[AUDIT_PARTS];
    unsigned char digest[SHA256_BYTES];
    list_parts(r, m, n, id, parts);
    buf_clear(&r->hashed, KEPT);
    for (int i = 0; i < AUDIT_PARTS; i++) {
        audit_row_add(&r->hashed, parts[i]);
        bind(r->audit, i + 1, parts[i]);
    }
    audit_row_add(&r->hashed, (str){0}); /* nobody logs in to a file */
    sha256_digest(buf_str(&r->hashed), digest);
    (void)lite_bind_bytes(r->audit, AUDIT_PARTS + 1,
                          (str){(const char *)digest, sizeof digest});
    return run(r, m->a, r->audit);
}

static err *write_event(lite_recorder *r, const moment *m, const note *n,
                        str audit_id) {
    const str parts[] = {
        {m->text, sizeof m->text},
        audit_id,
        n->action,
        n->table->model,
        text_at(r, n->record_id),
        text_at(r, n->event_before),
        text_at(r, n->event_after),
    };
    for (size_t i = 0; i < LENGTH(parts); i++)
        bind(r->event, (int)i + 1, parts[i]);
    return run(r, m->a, r->event);
}

static err *write_note(lite_recorder *r, const moment *m, const note *n) {
    char id[UUID_LENGTH];
    str audit_id = {0};
    if (n->table->mode != AUDIT_OFF) {
        uuid_format(uuid_v7(&r->uuids, &r->random, m->now_ms), id);
        audit_id = (str){id, sizeof id};
        TRY(write_audit(r, m, n, audit_id));
    }
    return r->has_events ? write_event(r, m, n, audit_id) : NULL;
}

static err *refuse_size(arena *a) {
    return err_with_hint(
        err_new(a, ERR_TOO_LARGE,
                "the change touches too many rows to be recorded at once"),
        STR("change them in parts, by a filter or a limit"));
}

/* Which stays valid while a row of ours is written: nothing is noted then. */
err *lite_recorder_write(lite_recorder *r, arena *a,
                         const change_origin *origin) {
    if (r->note_count == 0)
        return NULL;
    if (r->text.is_overflown || r->hashed.is_overflown)
        return refuse_size(a);
    moment m = {.a = a, .origin = origin, .now_ms = clock_wall_ms(NULL)};
    timestamp_format((timestamp){m.now_ms}, m.text);
    err *e = NULL;
    for (size_t i = 0; i < r->note_count && e == NULL; i++)
        e = write_note(r, &m, &r->notes[i]);
    lite_recorder_drop(r);
    return e;
}

void lite_recorder_drop(lite_recorder *r) {
    if (r->note_count == 0 && r->text.len == 0)
        return;
    buf_clear(&r->text, KEPT);
    arena_reset(r->arena);
    r->notes = NULL;
    r->note_count = 0;
}

bool lite_recorder_is_full(const lite_recorder *r) {
    return r->text.len >= NOTED_FULL;
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
    r->old_cells = arena_new_array(r->kept, span, most);
    r->new_cells = arena_new_array(r->kept, span, most);
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
    (void)sqlite3_preupdate_hook(r->db, see, r);
    return NULL;
}

err *lite_recorder_prepare(lite_recorder *r, arena *a) {
    if (r->event != NULL)
        return NULL;
    TRY(lite_run(a, r->db, LITE_RECORD_TABLES));
    lite_finalize(&r->audit);
    TRY(lite_prepare(a, r->db, str_of(AUDIT), SQLITE_PREPARE_PERSISTENT,
                     &r->audit));
    return lite_prepare(a, r->db, str_of(EVENT), SQLITE_PREPARE_PERSISTENT,
                        &r->event);
}

err *lite_recorder_new(arena *a, const lite_database *d, sqlite3 *db,
                       lite_recorder **out) {
    lite_recorder *r = calloc(1, sizeof *r);
    if (r == NULL)
        PANIC("out of memory");
    r->database = d;
    r->db = db;
    r->kept = arena_new();
    r->arena = arena_new();
    r->has_events = !d->has_no_events;
    r->text = buf_new(NOTED_MAX);
    r->hashed = buf_new(NOTED_MAX);
    r->random = rand_secure();
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
    lite_finalize(&r->audit);
    lite_finalize(&r->event);
    buf_free(&r->text);
    buf_free(&r->hashed);
    arena_free(r->arena);
    arena_free(r->kept);
    free(r);
}
