#include "database/audit_seal.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/timestamp.h"
#include "database/audit_scan.h"

/* ---- The head ----------------------------------------------------------- */

err *audit_seal_find_head(arena *a, target *t, const audit_head *head,
                          bool *out) {
    audit_entries found;
    audit_entry_wanted wanted = {
        .behind = head->number - 1, .most = 1, .kind = AUDIT_ENTRY_KIND_COUNT};
    *out = true;
    if (head->number == 0)
        return NULL;
    TRY(audit_entry_list(a, t, &wanted, &found));
    *out = found.count > 0 && found.items[0].number == head->number &&
           str_equal(found.items[0].hash, (str){head->hash, sizeof head->hash});
    return NULL;
}

err *audit_seal_check_head(arena *a, target *t, const audit_key *k) {
    audit_head known;
    bool is_there;
    TRY(audit_head_load(a, k, &known));
    TRY(audit_seal_find_head(a, t, &known, &is_there));
    if (is_there)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_CONFLICT,
                "seal %" PRId64 " of the audit log, which was made or verified "
                "here, is not in the database any more: nothing is sealed",
                known.number),
        arena_printf(a,
                     "'tenon audit verify' says what is left; when the "
                     "database is a restored backup, remove %.*s.head",
                     STR_ARG(k->path)));
}

/* ---- One seal ----------------------------------------------------------- */

typedef struct sealing {
    target *t;
    const audit_key *key;
    audit_entry newest; /* of all entries */
    int64_t next_row;
    audit_place last; /* that is sealed */
    str last_at;      /* when */
    str now;
    audit_sealing *out;
} sealing;

/* The hexadecimal digits of the rows' hashes. What is no hash of ours stands as
 * one that no row has. */
static void collect(arena *a, const audit_scan *scan, buf *out) {
    for (size_t i = 0; i < scan->rows.row_count; i++) {
        str hash = target_cell(&scan->rows, i, LOG_HASH);
        buf_append(out,
                   hash.len == 2 * SHA256_BYTES ? hash : sha256_hex(a, hash));
    }
}

static err *make_seal(arena *a, sealing *s, const audit_scan *scan) {
    CLEANUP(buf_free) buf hashes = buf_new(SIZE_MAX);
    str bytes;
    collect(a, scan, &hashes);
    s->last = audit_scan_place(scan, scan->rows.row_count - 1);
    if (!hex_decode(a, buf_str(&hashes), &bytes))
        return err_new(a, ERR_CORRUPT, "a hash of the audit log is none");
    audit_entry e = {
        .kind = AUDIT_ENTRY_SEAL,
        .sealed_at = s->now,
        .first_row = s->next_row,
        .row_count = (int64_t)(bytes.len / SHA256_BYTES),
        .last_place = audit_place_format(a, &s->last),
        .root = sha256_hex(a, bytes),
        .row_hashes = buf_str(&hashes),
    };
    TRY(audit_entry_seal(a, s->key, &s->newest, &e));
    TRY(audit_entry_insert(a, s->t, &e));
    s->newest = (audit_entry){.number = e.number, .hash = e.hash};
    s->next_row += e.row_count;
    s->out->seals++;
    s->out->rows += e.row_count;
    s->out->head = audit_entry_head(&e);
    return NULL;
}

/* ---- All ---------------------------------------------------------------- */

/* Where to go on. */
static err *look(arena *a, sealing *s) {
    audit_entry seal;
    TRY(audit_entry_newest(a, s->t, &s->newest, &seal));
    s->out->head = audit_entry_head(&s->newest);
    s->last_at = seal.sealed_at;
    if (__builtin_add_overflow(seal.first_row, seal.row_count, &s->next_row))
        return err_new(a, ERR_CORRUPT,
                       "seal %" PRId64 " of the audit log counts no rows",
                       seal.number);
    if (s->next_row == 0)
        s->next_row = 1;
    if (!audit_place_parse(seal.last_place, &s->last))
        return err_new(a, ERR_CORRUPT,
                       "seal %" PRId64 " of the audit log names no place",
                       seal.number);
    return NULL;
}

/* The page's memory goes with it, but for what the next one needs. */
static err *seal_page(arena *a, sealing *s, audit_scan *scan, bool *is_last) {
    arena *page = arena_new();
    err *e = audit_scan_next(page, s->t, scan);
    *is_last = e == NULL && scan->rows.row_count < scan->most;
    if (e == NULL && scan->rows.row_count > 0)
        e = make_seal(page, s, scan);
    if (e != NULL) {
        e = err_copy(a, e);
        arena_free(page);
        return e;
    }
    s->newest.hash = arena_copy(a, s->newest.hash);
    s->last.created_at = arena_copy(a, s->last.created_at);
    s->last.id = arena_copy(a, s->last.id);
    scan->behind = s->last;
    arena_free(page);
    return NULL;
}

/* A dump that was restored on another server counts transactions anew, from a
 * smaller number: what it writes would stand before what is sealed. Such rows,
 * younger than the last seal, get the number behind it. */
static err *move_behind(arena *a, sealing *s) {
    target_rows none;
    if (target_engine(s->t) == ENGINE_SQLITE || str_is_empty(s->last_at))
        return NULL;
    str sql = arena_printf(
        a,
        "UPDATE tenon.audit_log SET transaction = %" PRId64 " + 1"
        " WHERE pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        " <= %" PRId64 " AND transaction <= %" PRId64 " AND transaction <"
        " pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " AND created_at > $1::timestamptz + interval '1 millisecond'",
        s->last.major, s->last.major, s->last.major);
    return target_query(a, s->t, sql, &s->last_at, 1, &none);
}

/* By the clock of who writes the rows, and behind all that are sealed now. */
static err *find_time(arena *a, sealing *s) {
    target_rows rows;
    char *text = arena_alloc(a, TIMESTAMP_LENGTH, 1);
    s->now = (str){text, TIMESTAMP_LENGTH};
    timestamp_format((timestamp){clock_wall_ms(NULL)}, text);
    if (target_engine(s->t) == ENGINE_SQLITE)
        return NULL;
    TRY(target_query(a, s->t,
                     STR("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC',"
                         " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+00:00\"')"),
                     NULL, 0, &rows));
    s->now = target_cell(&rows, 0, 0);
    return NULL;
}

static err *seal_pages(arena *a, sealing *s, bool *is_last) {
    bool is_lite = target_engine(s->t) == ENGINE_SQLITE;
    audit_scan scan = {.are_settled = true, .most = AUDIT_SEAL_ROWS};
    TRY(look(a, s));
    TRY(move_behind(a, s));
    scan.behind = s->last;
    TRY(audit_scan_begin(a, s->t, &scan));
    TRY(find_time(a, s));
    do
        TRY(seal_page(a, s, &scan, is_last));
    while (!*is_last && !is_lite);
    return audit_scan_end(a, s->t, &scan);
}

/* On SQLite the one statement that writes is the transaction: nobody waits
 * while rows are read. */
static err *seal_some(arena *a, sealing *s, bool *is_last) {
    if (target_engine(s->t) == ENGINE_SQLITE)
        return seal_pages(a, s, is_last);
    TRY(target_begin(a, s->t));
    TRY(seal_pages(a, s, is_last));
    return target_commit(a, s->t);
}

err *audit_seal_run(arena *a, target *t, const audit_key *k,
                    audit_sealing *out) {
    sealing s = {.t = t, .key = k, .out = out};
    bool is_last = false;
    *out = (audit_sealing){0};
    TRY(audit_seal_check_head(a, t, k));
    while (!is_last) {
        audit_sealing before = *out;
        err *e = seal_some(a, &s, &is_last);
        if (e == NULL)
            continue;
        target_rollback(t);
        *out = before;
        if (e->code != ERR_UNIQUE_VIOLATION)
            return e;
        is_last = true; /* somebody else is at it */
    }
    /* The seals are good without; a key may be where nobody can write. */
    if (out->seals > 0)
        out->unremembered = audit_head_store(a, k, &out->head);
    return NULL;
}
