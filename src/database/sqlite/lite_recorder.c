/* The hook is in Debian's library; its header shows it to who asks. */
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "database/sqlite/lite_recorder.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/clock.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_note_table.h"
#include "database/sqlite/lite_record_tables.h"
#include "database/sqlite/lite_statement.h"
#include "database/sqlite/lite_witness.h"

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
    bool has_events;
    lite_notes notes;
    lite_witness witness;
    lite_note_source source;
    sqlite3_stmt *number;
    sqlite3_stmt *audit;
    sqlite3_stmt *event;
};

/* ---- What the hook sees ------------------------------------------------- */

static void see(void *recorder, sqlite3 *db, int action, const char *in,
                const char *table, sqlite3_int64 old_key,
                sqlite3_int64 new_key) {
    (void)db;
    (void)in;
    (void)old_key;
    (void)new_key;
    lite_recorder *r = recorder;
    lite_witness_see(&r->witness, action, table);
}

/* ---- Reads -------------------------------------------------------------- */

static const lite_recorded_table *find_model(const lite_recorder *r, str name) {
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
    if (t == NULL || !lite_notes_has_room(&r->notes)) {
        sqlite3_result_error(c, "the read cannot be recorded", -1);
        return;
    }
    lite_note n = lite_witness_begin(&r->witness, t, STR("read"));
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
    r->witness.origin = origin;
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

static err *list_tables(lite_recorder *r, arena *a) {
    const lite_database *d = r->database;
    arena_reset(r->kept);
    r->listed_at = -1;
    TRY(lite_recorded_list(a, r->kept, r->db, d->schema, &d->layout,
                           &r->tables));
    lite_witness_know(r->kept, &r->witness, r->tables);
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
    r->witness = lite_witness_new(db, &r->notes, r->has_events);
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
    lite_witness_free(&r->witness);
    buf_free(&r->source.hashed);
    arena_free(r->kept);
    free(r);
}
