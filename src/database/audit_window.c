#include <inttypes.h>

#include "base/hex.h"
#include "base/map.h"
#include "database/audit_row.h"
#include "database/audit_scan.h"
#include "database/audit_verifying.h"

enum {
    ROWS_PAGE = 500,
    /* Rows that the seals of a window may say they have: of ours none is that
     * large, and what is changed must not cost more memory than there is. */
    WINDOW_ROWS = 16 * 1024 * 1024,
};

/* ---- Rows of some seals ------------------------------------------------- */

/* A row that has no place in them. */
typedef struct stray {
    str name;
    bool has_place; /* its column says that it is one of them */
    size_t place;
} stray;

typedef struct window {
    arena *a;
    verifying *v;
    const audit_entries *seals;
    int64_t first_row;
    map *places;   /* of hashes, in binary, from first_row on */
    bool *is_seen; /* of each place */
    size_t count;
    size_t next; /* where the next row is expected at the earliest */
    stray *strays;
    size_t stray_count;
} window;

static int64_t seal_of(const window *w, size_t place) {
    int64_t row = w->first_row + (int64_t)place;
    size_t i = 0;
    while (i + 1 < w->seals->count && w->seals->items[i + 1].first_row <= row)
        i++;
    return w->seals->items[i].number;
}

static err *add_hashes(window *w, const audit_entry *e) {
    int64_t last = e->first_row + e->row_count - 1;
    size_t offset = (size_t)(e->first_row - w->first_row);
    str hashes = {0};
    if (e->row_hashes.ptr == NULL &&
        ordinals_has_all(&w->v->pruned, e->first_row, last))
        return NULL;
    if (e->row_hashes.ptr == NULL ||
        !hex_decode(w->a, e->row_hashes, &hashes) ||
        !str_equal(sha256_hex(w->a, hashes), e->root) ||
        hashes.len != (size_t)e->row_count * SHA256_BYTES) {
        audit_verifying_tell(w->v, AUDIT_SEAL_CHANGED, 1,
                             "the rows' hashes of seal %" PRId64
                             " were changed: its rows cannot be proven",
                             e->number);
        return NULL;
    }
    for (size_t i = 0; i < (size_t)e->row_count; i++) {
        str hash = str_slice(hashes, i * SHA256_BYTES, (i + 1) * SHA256_BYTES);
        (void)map_add_number(w->places, hash, offset + i);
    }
    return NULL;
}

static str name_row(const window *w, const target_rows *rows, size_t row) {
    return arena_printf(w->a, "%.*s of %.*s %.*s at %.*s (%.*s)",
                        STR_ARG(target_cell(rows, row, LOG_ACTION)),
                        STR_ARG(target_cell(rows, row, LOG_MODEL)),
                        STR_ARG(target_cell(rows, row, LOG_RECORD_ID)),
                        STR_ARG(target_cell(rows, row, LOG_CREATED_AT)),
                        STR_ARG(target_cell(rows, row, LOG_ID)));
}

static void add_stray(window *w, const target_rows *rows, size_t row) {
    str written;
    stray s = {.name = name_row(w, rows, row)};
    s.has_place =
        hex_decode(w->a, target_cell(rows, row, LOG_HASH), &written) &&
        map_find_number(w->places, written, &s.place);
    ARENA_PUSH(w->a, w->strays, w->stray_count, s);
}

static void check_row(window *w, const target_rows *rows, size_t row) {
    unsigned char digest[SHA256_BYTES];
    size_t place;
    verifying *v = w->v;
    audit_row_hash(&v->scratch, rows, row, digest);
    if (!map_find_number(w->places, (str){(char *)digest, sizeof digest},
                         &place) ||
        w->is_seen[place]) {
        add_stray(w, rows, row);
        return;
    }
    w->is_seen[place] = true;
    v->out->sealed_rows++;
    if (ordinals_has(&v->pruned, w->first_row + (int64_t)place))
        audit_verifying_tell(v, AUDIT_ROW_INSERTED, 1,
                             "%.*s was pruned, and is back",
                             STR_ARG(name_row(w, rows, row)));
    else if (place < w->next)
        audit_verifying_tell(v, AUDIT_ROW_MOVED, 1,
                             "%.*s does not stand where it was sealed",
                             STR_ARG(name_row(w, rows, row)));
    else
        w->next = place + 1;
}

static err *take_page(arena *page, audit_scan *scan, window *w) {
    TRY(audit_scan_next(page, w->v->t, scan));
    for (size_t i = 0; i < scan->rows.row_count; i++)
        check_row(w, &scan->rows, i);
    return NULL;
}

/* Rows are large, and each is looked at once. */
static err *check_rows(window *w, audit_place behind, audit_place until) {
    audit_scan scan = {.behind = behind,
                       .has_end = true,
                       .until = until,
                       .has_cells = true,
                       .most = ROWS_PAGE};
    TRY(audit_scan_begin(w->a, w->v->t, &scan));
    arena *page = arena_new();
    err *e = NULL;
    do {
        arena_reset(page);
        e = take_page(page, &scan, w);
    } while (e == NULL && scan.rows.row_count > 0);
    if (e != NULL)
        e = err_copy(w->a, e);
    arena_free(page);
    return e != NULL ? e : audit_scan_end(w->a, w->v->t, &scan);
}

/* ---- What is left over -------------------------------------------------- */

static bool is_missing(const window *w, size_t place) {
    return !w->is_seen[place] &&
           !ordinals_has(&w->v->pruned, w->first_row + (int64_t)place);
}

static void tell_changed(window *w, const stray *s, size_t place) {
    w->is_seen[place] = true;
    audit_verifying_tell(w->v, AUDIT_ROW_CHANGED, 1,
                         "%.*s was changed after it was sealed (seal %" PRId64
                         ")",
                         STR_ARG(s->name), seal_of(w, place));
}

/* Those that kept the hash of what they were. */
static void match_by_hash(window *w) {
    size_t left = 0;
    for (size_t i = 0; i < w->stray_count; i++) {
        stray *s = &w->strays[i];
        if (s->has_place && is_missing(w, s->place))
            tell_changed(w, s, s->place);
        else
            w->strays[left++] = *s;
    }
    w->stray_count = left;
}

/* A row that nobody sealed, where one is missing, is that one. */
static void match_rest(window *w) {
    size_t taken = 0;
    for (size_t i = 0; i < w->count && taken < w->stray_count; i++)
        if (is_missing(w, i))
            tell_changed(w, &w->strays[taken++], i);
    for (; taken < w->stray_count; taken++)
        audit_verifying_tell(w->v, AUDIT_ROW_INSERTED, 1,
                             "%.*s stands among sealed rows, and is in no seal",
                             STR_ARG(w->strays[taken].name));
}

/* From first on, count of them, of one seal. */
static void tell_deleted(window *w, size_t first, size_t count) {
    audit_verifying_tell(w->v, AUDIT_ROW_DELETED, (int64_t)count,
                         "%zu of the rows of seal %" PRId64
                         " were deleted, from its row %" PRId64 " on",
                         count, seal_of(w, first),
                         w->first_row + (int64_t)first);
}

static void tell_missing(window *w) {
    size_t i = 0;
    while (i < w->count) {
        size_t first = i;
        while (i < w->count && is_missing(w, i) &&
               seal_of(w, i) == seal_of(w, first))
            i++;
        if (i > first)
            tell_deleted(w, first, i - first);
        else
            i++;
    }
}

/* ---- The whole ---------------------------------------------------------- */

/* What a changed seal says is not to be relied on. */
static bool are_sane(const audit_entries *seals) {
    int64_t next = 1;
    for (size_t i = 0; i < seals->count; i++) {
        const audit_entry *e = &seals->items[i];
        if (e->first_row < next || e->row_count < 1 ||
            e->row_count > WINDOW_ROWS || e->first_row > INT64_MAX / 2 ||
            e->first_row - seals->items[0].first_row > WINDOW_ROWS)
            return false;
        next = e->first_row + e->row_count;
    }
    return true;
}

/* The last one that says where it ends. */
static audit_place end_of(const audit_entries *seals, audit_place behind) {
    audit_place end = behind;
    audit_place place;
    for (size_t i = 0; i < seals->count; i++)
        if (audit_place_parse(seals->items[i].last_place, &place) &&
            audit_place_compare(&place, &end) > 0)
            end = place;
    return end;
}

static void keep_place(verifying *v, const audit_place *p) {
    v->last.major = p->major;
    v->last.created_at = arena_copy(v->a, p->created_at);
    v->last.id = arena_copy(v->a, p->id);
}

err *audit_window_check(arena *a, verifying *v, const audit_entries *seals,
                        audit_place behind) {
    const audit_entry *last = &seals->items[seals->count - 1];
    audit_place until = end_of(seals, behind);
    keep_place(v, &until);
    if (!are_sane(seals)) {
        audit_verifying_tell(v, AUDIT_SEAL_CHANGED, 1,
                             "seals up to %" PRId64
                             " do not count their rows: they cannot be proven",
                             last->number);
        return NULL;
    }
    window w = {.a = a, .v = v, .seals = seals, .places = map_new(a)};
    w.first_row = seals->items[0].first_row;
    w.count = (size_t)(last->first_row + last->row_count - w.first_row);
    w.is_seen = arena_new_array(a, bool, w.count);
    for (size_t i = 0; i < seals->count; i++)
        TRY(add_hashes(&w, &seals->items[i]));
    if (audit_place_compare(&until, &behind) > 0)
        TRY(check_rows(&w, behind, until));
    match_by_hash(&w);
    match_rest(&w);
    tell_missing(&w);
    return NULL;
}

static void check_own_hash(arena *a, verifying *v, const audit_scan *scan,
                           size_t row) {
    unsigned char digest[SHA256_BYTES];
    str written;
    audit_row_hash(&v->scratch, &scan->rows, row, digest);
    v->out->unsealed_rows++;
    if (!hex_decode(a, target_cell(&scan->rows, row, LOG_HASH), &written) ||
        !str_equal(written, (str){(char *)digest, sizeof digest}))
        audit_verifying_tell(
            v, AUDIT_ROW_CHANGED, 1,
            "the row %.*s, which is not sealed yet, was changed",
            STR_ARG(target_cell(&scan->rows, row, LOG_ID)));
}

static err *check_rest_page(arena *page, verifying *v, audit_scan *scan) {
    TRY(audit_scan_next(page, v->t, scan));
    for (size_t i = 0; i < scan->rows.row_count; i++)
        check_own_hash(page, v, scan, i);
    return NULL;
}

err *audit_window_check_rest(arena *a, verifying *v) {
    audit_scan scan = {.behind = v->last, .has_cells = true, .most = ROWS_PAGE};
    TRY(audit_scan_begin(a, v->t, &scan));
    arena *page = arena_new();
    err *e = NULL;
    do {
        arena_reset(page);
        e = check_rest_page(page, v, &scan);
    } while (e == NULL && scan.rows.row_count > 0);
    if (e != NULL)
        e = err_copy(a, e);
    arena_free(page);
    return e != NULL ? e : audit_scan_end(a, v->t, &scan);
}
