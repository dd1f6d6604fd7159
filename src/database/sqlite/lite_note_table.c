#include "database/sqlite/lite_note_table.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/sha256.h"
#include "database/audit_row.h"
#include "database/sqlite/lite_error.h"

enum { KEPT_BYTES = 256 * 1024 };

/* The columns of tenon_noted_change between position and hash; in this order its
 * hash is made of them (audit_row.h). */
enum { HASHED_PARTS = 16 };

static const char CHANGE[] =
    "CREATE TABLE x (position, id, created_at, user_id, token_id,"
    " organization_id, space_id, request_id, ip_address, user_agent, reason,"
    " action, model, record_id, \"before\", \"after\", changes, hash)";

enum { EVENT_PARTS = 6 };

static const char EVENT[] =
    "CREATE TABLE x (sequence, created_at, action, model, record_id,"
    " \"before\", \"after\")";

typedef struct note_table {
    sqlite3_vtab base;
    lite_note_source *source;
} note_table;

typedef struct note_cursor {
    sqlite3_vtab_cursor base;
    size_t at;
    str parts[HASHED_PARTS];
    char id[UUID_LENGTH];
    unsigned char digest[SHA256_BYTES];
} note_cursor;

static lite_note_source *source_of(const note_cursor *c) {
    return CONTAINER_OF(c->base.pVtab, note_table, base)->source;
}

static const lite_note *note_of(const note_cursor *c) {
    return &source_of(c)->notes->list[c->at];
}

/* ---- Rows of the log ---------------------------------------------------- */

/* A new id, and its time, which may be ahead of the clock: whoever looks for
 * times looks at ids. */
static void make_id(lite_note_source *s, char out[UUID_LENGTH]) {
    uuid id = uuid_v7(&s->uuids, &s->random, s->now_ms);
    int64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id.bytes[i];
    if (ms != s->shown_ms) {
        timestamp_format((timestamp){ms}, s->now);
        s->shown_ms = ms;
    }
    uuid_format(id, out);
}

static void list_change(note_cursor *c) {
    static const change_origin NOBODY = {0};
    lite_note_source *s = source_of(c);
    const lite_note *n = note_of(c);
    const change_origin *origin = n->origin != NULL ? n->origin : &NOBODY;
    bool is_full = n->table->mode == AUDIT_FULL;
    str *part = c->parts;
    make_id(s, c->id);
    *part++ = (str){c->id, sizeof c->id};
    *part++ = (str){s->now, sizeof s->now};
    for (size_t i = 0; i < ORIGIN_PART_COUNT; i++) {
        str known = origin_part_of(origin, i);
        *part++ = str_is_empty(known) ? (str){0} : known;
    }
    *part++ = n->action;
    *part++ = n->table->model;
    *part++ = lite_notes_text(s->notes, n->record_id);
    *part++ = is_full ? lite_notes_text(s->notes, n->before) : (str){0};
    *part++ = is_full ? lite_notes_text(s->notes, n->after) : (str){0};
    *part++ = lite_notes_text(s->notes, n->changes);
    ASSERT(part == c->parts + HASHED_PARTS);
}

static int hash_change(note_cursor *c) {
    buf *hashed = &source_of(c)->hashed;
    buf_clear(hashed, KEPT_BYTES);
    for (int i = 0; i < HASHED_PARTS; i++)
        audit_row_add(hashed, c->parts[i]);
    audit_row_add(hashed, (str){0}); /* nobody logs in to a file */
    if (hashed->is_overflown)
        return SQLITE_TOOBIG;
    sha256_digest(buf_str(hashed), c->digest);
    return SQLITE_OK;
}

static void show(sqlite3_context *out, str part) {
    if (part.ptr != NULL)
        sqlite3_result_text64(out, part.ptr, part.len, SQLITE_STATIC,
                              SQLITE_UTF8);
}

static int64_t position_of(const note_cursor *c) {
    return source_of(c)->first + (int64_t)c->at;
}

static int show_change(sqlite3_vtab_cursor *cursor, sqlite3_context *out,
                       int column) {
    const note_cursor *c = CONTAINER_OF(cursor, note_cursor, base);
    if (column == 0)
        sqlite3_result_int64(out, position_of(c));
    else if (column <= HASHED_PARTS)
        show(out, c->parts[column - 1]);
    else
        sqlite3_result_blob(out, c->digest, sizeof c->digest, SQLITE_STATIC);
    return SQLITE_OK;
}

/* The next one from here on that is in the log. */
static int load_change(note_cursor *c) {
    const lite_notes *notes = source_of(c)->notes;
    while (c->at < notes->count && notes->list[c->at].table->mode == AUDIT_OFF)
        c->at++;
    if (c->at == notes->count)
        return SQLITE_OK;
    list_change(c);
    return hash_change(c);
}

static int first_change(sqlite3_vtab_cursor *cursor, int plan, const char *name,
                        int argument_count, sqlite3_value **arguments) {
    (void)plan;
    (void)name;
    (void)argument_count;
    (void)arguments;
    note_cursor *c = CONTAINER_OF(cursor, note_cursor, base);
    c->at = 0;
    return load_change(c);
}

static int next_change(sqlite3_vtab_cursor *cursor) {
    note_cursor *c = CONTAINER_OF(cursor, note_cursor, base);
    c->at++;
    return load_change(c);
}

/* ---- Rows of the feed --------------------------------------------------- */

/* The next one from here on that is a change. Of what the log tells nothing but
 * the number. */
static void load_event(note_cursor *c) {
    lite_note_source *s = source_of(c);
    while (c->at < s->notes->count && s->notes->list[c->at].is_read)
        c->at++;
    if (c->at == s->notes->count)
        return;
    const lite_note *n = note_of(c);
    memset(c->parts, 0, EVENT_PARTS * sizeof *c->parts);
    if (lite_note_is_told_by_log(n))
        return;
    str *part = c->parts;
    *part++ = (str){s->now, sizeof s->now};
    *part++ = n->action;
    *part++ = n->table->model;
    *part++ = lite_notes_text(s->notes, n->record_id);
    *part++ = lite_notes_text(s->notes, n->event_before);
    *part++ = lite_notes_text(s->notes, n->event_after);
    ASSERT(part == c->parts + EVENT_PARTS);
}

static int show_event(sqlite3_vtab_cursor *cursor, sqlite3_context *out,
                      int column) {
    const note_cursor *c = CONTAINER_OF(cursor, note_cursor, base);
    if (column == 0)
        sqlite3_result_int64(out, position_of(c));
    else
        show(out, c->parts[column - 1]);
    return SQLITE_OK;
}

static int first_event(sqlite3_vtab_cursor *cursor, int plan, const char *name,
                       int argument_count, sqlite3_value **arguments) {
    (void)plan;
    (void)name;
    (void)argument_count;
    (void)arguments;
    note_cursor *c = CONTAINER_OF(cursor, note_cursor, base);
    c->at = 0;
    load_event(c);
    return SQLITE_OK;
}

static int next_event(sqlite3_vtab_cursor *cursor) {
    note_cursor *c = CONTAINER_OF(cursor, note_cursor, base);
    c->at++;
    load_event(c);
    return SQLITE_OK;
}

/* ---- What both have ----------------------------------------------------- */

static int connect_as(sqlite3 *db, void *notes, const char *declaration,
                      sqlite3_vtab **out) {
    int rc = sqlite3_declare_vtab(db, declaration);
    if (rc != SQLITE_OK)
        return rc;
    note_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return SQLITE_NOMEM;
    t->source = notes;
    *out = &t->base;
    return SQLITE_OK;
}

static int connect_change(sqlite3 *db, void *notes, int argument_count,
                          const char *const *arguments, sqlite3_vtab **out,
                          char **error) {
    (void)argument_count;
    (void)arguments;
    (void)error;
    return connect_as(db, notes, CHANGE, out);
}

static int connect_event(sqlite3 *db, void *notes, int argument_count,
                         const char *const *arguments, sqlite3_vtab **out,
                         char **error) {
    (void)argument_count;
    (void)arguments;
    (void)error;
    return connect_as(db, notes, EVENT, out);
}

static int disconnect(sqlite3_vtab *base) {
    free(CONTAINER_OF(base, note_table, base));
    return SQLITE_OK;
}

static int plan_scan(sqlite3_vtab *base, sqlite3_index_info *plan) {
    (void)base;
    (void)plan;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out) {
    (void)base;
    note_cursor *c = calloc(1, sizeof *c);
    if (c == NULL)
        return SQLITE_NOMEM;
    *out = &c->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor) {
    free(CONTAINER_OF(cursor, note_cursor, base));
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *cursor) {
    const note_cursor *c = CONTAINER_OF(cursor, note_cursor, base);
    return c->at >= source_of(c)->notes->count;
}

static int show_number(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out) {
    *out = position_of(CONTAINER_OF(cursor, note_cursor, base));
    return SQLITE_OK;
}

/* Without xCreate they need not be made to be read. */
static const sqlite3_module CHANGES = {
    .xConnect = connect_change,
    .xBestIndex = plan_scan,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = first_change,
    .xNext = next_change,
    .xEof = is_at_end,
    .xColumn = show_change,
    .xRowid = show_number,
};

static const sqlite3_module EVENTS = {
    .xConnect = connect_event,
    .xBestIndex = plan_scan,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = first_event,
    .xNext = next_event,
    .xEof = is_at_end,
    .xColumn = show_event,
    .xRowid = show_number,
};

err *lite_note_table_add(arena *a, sqlite3 *db, lite_note_source *from) {
    TRY(lite_check(a, db,
                   sqlite3_create_module_v2(db, "tenon_noted_change", &CHANGES,
                                            from, NULL)));
    return lite_check(
        a, db,
        sqlite3_create_module_v2(db, "tenon_noted_event", &EVENTS, from, NULL));
}
