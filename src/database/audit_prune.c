#include "database/audit_prune.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/map.h"
#include "base/timestamp.h"
#include "database/audit_row.h"
#include "database/audit_scan.h"
#include "database/audit_seal.h"
#include "database/ordinals.h"
#include "database/sql.h"

enum {
    ENTRIES_PAGE = 256,
    ROWS_PAGE = 500,
    DAY_MS = 24 * 60 * 60 * 1000,
};

typedef struct pruning {
    arena *a;
    target *t;
    const audit_key *key;
    const schema *schema;
    int64_t now_ms;
    uint32_t least_days; /* of all models */
    uint32_t most_days;
    str due;         /* SQL: which rows are kept no longer */
    ordinals pruned; /* by earlier entries */
    audit_pruning *out;
} pruning;

/* Rows that go together. */
typedef struct batch {
    arena *a;
    buf scratch;
    int64_t *rows; /* their numbers, as seals count them */
    size_t row_count;
    str *keys; /* what the row is deleted by, SQL */
    size_t key_count;
    size_t kept;
    /* Seals that have no row any more when these are gone. */
    int64_t *empty_seals;
    size_t empty_seal_count;
} batch;

/* ---- Which rows --------------------------------------------------------- */

static str time_text(arena *a, int64_t ms) {
    char *text = arena_alloc(a, TIMESTAMP_LENGTH, 1);
    timestamp_format((timestamp){ms}, text);
    return (str){text, TIMESTAMP_LENGTH};
}

static str cutoff(const pruning *p, uint32_t days) {
    int64_t ms = p->now_ms - (int64_t)days * DAY_MS;
    int64_t first = -INT64_C(62135596800000); /* of year 1 */
    return time_text(p->a, ms > first ? ms : first);
}

static void write_cutoff(const pruning *p, buf *sql, uint32_t days) {
    bool is_lite = target_engine(p->t) == ENGINE_SQLITE;
    sql_write_text(sql, cutoff(p, days));
    buf_append(sql, is_lite ? STR("") : STR("::timestamptz"));
}

static void find_days(pruning *p) {
    p->least_days = AUDIT_DEFAULT_DAYS;
    p->most_days = AUDIT_DEFAULT_DAYS;
    for (size_t i = 0; i < p->schema->model_count; i++) {
        uint32_t days = audit_days(&p->schema->models[i].audit);
        p->least_days = days < p->least_days ? days : p->least_days;
        p->most_days = days > p->most_days ? days : p->most_days;
    }
}

static void write_due(pruning *p) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR(" AND created_at < "));
    write_cutoff(p, &sql, p->least_days);
    if (p->most_days != p->least_days) {
        buf_append(&sql, STR(" AND created_at < CASE model"));
        for (size_t i = 0; i < p->schema->model_count; i++) {
            const model *m = &p->schema->models[i];
            if (audit_days(&m->audit) == AUDIT_DEFAULT_DAYS)
                continue;
            buf_append(&sql, STR(" WHEN "));
            sql_write_text(&sql, m->name);
            buf_append(&sql, STR(" THEN "));
            write_cutoff(p, &sql, audit_days(&m->audit));
        }
        buf_append(&sql, STR(" ELSE "));
        write_cutoff(p, &sql, AUDIT_DEFAULT_DAYS);
        buf_append(&sql, STR(" END"));
    }
    p->due = arena_copy(p->a, buf_str(&sql));
}

static err *find_pruned(arena *a, pruning *p) {
    ordinal_range *ranges = NULL;
    size_t count = 0;
    audit_entries page = {0};
    audit_entry_wanted wanted = {.most = ENTRIES_PAGE,
                                 .kind = AUDIT_ENTRY_PRUNE};
    do {
        TRY(audit_entry_list(a, p->t, &wanted, &page));
        for (size_t i = 0; i < page.count; i++) {
            ordinals gone;
            wanted.behind = page.items[i].number;
            if (!ordinals_parse(a, page.items[i].pruned, &gone))
                continue; /* verify tells */
            for (size_t j = 0; j < gone.count; j++)
                ARENA_PUSH(a, ranges, count, gone.ranges[j]);
        }
    } while (page.count == ENTRIES_PAGE);
    p->pruned = ordinals_merge(p->a, ranges, count);
    return NULL;
}

/* ---- Seals in their order ------------------------------------------------ */

/* Those that have rows left. */
typedef struct seal_walk {
    arena *a; /* of the seal at hand */
    int64_t number;
    const audit_entry *seal; /* or NULL */
    audit_place behind;      /* its rows stand behind this */
} seal_walk;

static err *find_next(pruning *p, seal_walk *w) {
    audit_entries found;
    audit_entry before;
    audit_entry_wanted wanted = {
        .behind = w->number,
        .most = 1, /* its hashes are a hundred kilobytes */
        .kind = AUDIT_ENTRY_SEAL,
        .has_row_hashes = true,
        .are_whole = true,
    };
    TRY(audit_entry_list(w->a, p->t, &wanted, &found));
    if (found.count == 0)
        return NULL;
    TRY(audit_entry_before(w->a, p->t, found.items[0].number, &before));
    if (!audit_place_parse(before.last_place, &w->behind))
        w->behind = AUDIT_PLACE_FIRST; /* verify tells */
    w->seal = &found.items[0];
    w->number = w->seal->number;
    return NULL;
}

static err *walk_on(pruning *p, seal_walk *w) {
    arena_reset(w->a);
    w->seal = NULL;
    err *e = find_next(p, w);
    return e == NULL ? NULL : err_copy(p->a, e);
}

/* ---- Rows of a seal ----------------------------------------------------- */

static str key_of(arena *a, const target *t, const audit_scan *scan,
                  size_t row) {
    audit_place place = audit_scan_place(scan, row);
    if (target_engine(t) == ENGINE_SQLITE)
        return arena_printf(a, "%" PRId64, place.major);
    return arena_printf(a, "('%.*s'::uuid, '%.*s'::timestamptz)",
                        STR_ARG(place.id), STR_ARG(place.created_at));
}

typedef struct seal_rows {
    const audit_entry *seal;
    map *places;
    size_t taken;
} seal_rows;

static void take_row(const pruning *p, batch *b, seal_rows *s,
                     const audit_scan *scan, size_t row) {
    unsigned char digest[SHA256_BYTES];
    size_t place;
    audit_row_hash(&b->scratch, &scan->rows, row, digest);
    if (!map_find_number(s->places, (str){(char *)digest, sizeof digest},
                         &place)) {
        b->kept++;
        return;
    }
    ARENA_PUSH(b->a, b->rows, b->row_count,
               s->seal->first_row + (int64_t)place);
    ARENA_PUSH(b->a, b->keys, b->key_count, key_of(b->a, p->t, scan, row));
    s->taken++;
}

static err *take_page(arena *page, const pruning *p, batch *b, seal_rows *s,
                      audit_scan *scan) {
    TRY(audit_scan_next(page, p->t, scan));
    for (size_t i = 0; i < scan->rows.row_count; i++)
        take_row(p, b, s, scan, i);
    return NULL;
}

static err *take_rows(const pruning *p, batch *b, seal_rows *s,
                      audit_scan *scan) {
    TRY(audit_scan_begin(b->a, p->t, scan));
    arena *page = arena_new();
    err *e = NULL;
    do {
        arena_reset(page);
        e = take_page(page, p, b, s, scan);
    } while (e == NULL && scan->rows.row_count > 0);
    if (e != NULL)
        e = err_copy(b->a, e);
    arena_free(page);
    return e != NULL ? e : audit_scan_end(b->a, p->t, scan);
}

/* Of rows pruned before and those of the batch's end, are these all? */
static bool is_empty(const pruning *p, batch *b, const seal_rows *s) {
    const audit_entry *e = s->seal;
    ordinals now =
        ordinals_of(b->a, b->rows + b->row_count - s->taken, s->taken);
    for (int64_t i = e->first_row; i < e->first_row + e->row_count; i++)
        if (!ordinals_has(&now, i) && !ordinals_has(&p->pruned, i))
            return false;
    return true;
}

/* Adds those rows of the seal that the SQL names. The cursor needs a
 * transaction. */
static err *take_seal(const pruning *p, batch *b, const audit_entry *seal,
                      audit_place behind, str where) {
    seal_rows s = {.seal = seal, .places = map_new(b->a)};
    audit_scan scan = {.behind = behind,
                       .has_end = true,
                       .where = where,
                       .has_cells = true,
                       .most = ROWS_PAGE};
    str hashes;
    if (!audit_place_parse(seal->last_place, &scan.until) ||
        !hex_decode(b->a, seal->row_hashes, &hashes) ||
        !str_equal(sha256_hex(b->a, hashes), seal->root))
        return NULL; /* verify tells */
    for (size_t i = 0; i < hashes.len / SHA256_BYTES; i++)
        (void)map_add_number(
            s.places,
            str_slice(hashes, i * SHA256_BYTES, (i + 1) * SHA256_BYTES), i);
    TRY(take_rows(p, b, &s, &scan));
    if (s.taken > 0 && is_empty(p, b, &s))
        ARENA_PUSH(b->a, b->empty_seals, b->empty_seal_count, seal->number);
    return NULL;
}

/* ---- Removing them ------------------------------------------------------ */

static err *write_entry(const pruning *p, batch *b) {
    audit_entry newest;
    audit_entry seal;
    ordinals rows = ordinals_of(b->a, b->rows, b->row_count);
    audit_entry e = {
        .kind = AUDIT_ENTRY_PRUNE,
        .sealed_at = time_text(b->a, clock_wall_ms(NULL)),
        .row_count = (int64_t)b->row_count,
        .last_place = STR(""),
        .pruned = ordinals_format(b->a, &rows),
    };
    TRY(audit_entry_newest(b->a, p->t, &newest, &seal));
    TRY(audit_entry_seal(b->a, p->key, &newest, &e));
    TRY(audit_entry_insert(b->a, p->t, &e));
    for (size_t i = 0; i < b->empty_seal_count; i++)
        TRY(audit_entry_forget_rows(b->a, p->t, b->empty_seals[i]));
    return NULL;
}

static err *delete_rows(const pruning *p, batch *b) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    bool is_lite = target_engine(p->t) == ENGINE_SQLITE;
    for (size_t from = 0; from < b->key_count; from += ROWS_PAGE) {
        buf_clear(&sql, SQL_MAX);
        buf_append(&sql, is_lite ? STR("DELETE FROM tenon_audit_log"
                                       " WHERE position IN (")
                                 : STR("DELETE FROM tenon.audit_log"
                                       " WHERE (id, created_at) IN ("));
        for (size_t i = from; i < b->key_count && i < from + ROWS_PAGE; i++) {
            buf_append(&sql, i > from ? STR(", ") : STR(""));
            buf_append(&sql, b->keys[i]);
        }
        buf_append_char(&sql, ')');
        TRY(target_run(b->a, p->t, (str){0}, buf_str(&sql)));
    }
    return NULL;
}

/* ---- Row by row --------------------------------------------------------- */

/* On SQLite what is read need not be in the transaction: sealed rows are
 * written by nobody else, and one of two who prune is refused its entry. */
static err *prune_seal(const pruning *p, batch *b, const audit_entry *seal,
                       audit_place behind) {
    bool is_lite = target_engine(p->t) == ENGINE_SQLITE;
    if (!is_lite)
        TRY(target_begin(b->a, p->t));
    TRY(take_seal(p, b, seal, behind, p->due));
    if (b->row_count > 0 && is_lite)
        TRY(target_begin(b->a, p->t));
    if (b->row_count > 0) {
        TRY(write_entry(p, b));
        TRY(delete_rows(p, b));
    }
    if (b->row_count > 0 || !is_lite)
        TRY(target_commit(b->a, p->t));
    return NULL;
}

static batch batch_begin(void) {
    return (batch){.a = arena_new(), .scratch = buf_new(SIZE_MAX)};
}

/* What came of it. What somebody else was quicker with is no failure. */
static err *batch_end(pruning *p, batch *b, err *e) {
    bool is_taken = e != NULL && e->code == ERR_UNIQUE_VIOLATION;
    if (e == NULL) {
        p->out->rows += (int64_t)b->row_count;
        p->out->kept += (int64_t)b->kept;
    } else {
        target_rollback(p->t);
        e = is_taken ? NULL : err_copy(p->a, e);
    }
    buf_free(&b->scratch);
    arena_free(b->a);
    return e;
}

/* Up to the first that is too young to have such rows. */
static err *prune_rows(pruning *p, seal_walk *w) {
    str newest = cutoff(p, p->least_days);
    bool is_over = false;
    TRY(walk_on(p, w));
    while (w->seal != NULL && !is_over) {
        batch b = batch_begin();
        err *e = prune_seal(p, &b, w->seal, w->behind);
        is_over = b.row_count + b.kept == 0 &&
                  str_compare(w->seal->sealed_at, newest) >= 0;
        TRY(batch_end(p, &b, e));
        if (!is_over)
            TRY(walk_on(p, w));
    }
    return NULL;
}

/* ---- Partitions --------------------------------------------------------- */

/* Those of months of which nothing is kept. */
static err *list_partitions(pruning *p, target_rows *out) {
    str before = cutoff(p, p->most_days);
    return target_query(
        p->a, p->t,
        STR("SELECT c.relname FROM pg_inherits i JOIN pg_class c"
            " ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'tenon.audit_log'::regclass"
            " AND c.relname ~ '^audit_log_[0-9]{4}_[0-9]{2}$'"
            " AND (to_date(right(c.relname, 7), 'YYYY_MM')"
            " + interval '1 month') AT TIME ZONE 'UTC' <= $1::timestamptz"
            " ORDER BY c.relname"),
        &before, 1, out);
}

/* False: some of its rows are not proven. */
static err *take_partition(pruning *p, batch *b, seal_walk *w, str name,
                           bool *are_all) {
    target_rows rows;
    int64_t count = 0;
    str where = arena_printf(b->a, " AND tableoid = 'tenon.%.*s'::regclass",
                             STR_ARG(name));
    TRY(target_query(
        b->a, p->t,
        arena_printf(b->a, "SELECT count(*) FROM tenon.%.*s", STR_ARG(name)),
        NULL, 0, &rows));
    if (!str_parse_int64(target_cell(&rows, 0, 0), &count))
        return NULL;
    do {
        *are_all = (int64_t)b->row_count == count;
        if (*are_all)
            return NULL;
        TRY(walk_on(p, w));
        if (w->seal != NULL)
            TRY(take_seal(p, b, w->seal, w->behind, where));
    } while (w->seal != NULL);
    return NULL;
}

/* Its rows are all proven, or it stays: they are looked at one by one then. */
static err *drop_partition(pruning *p, batch *b, seal_walk *w, str name) {
    bool are_all = false;
    TRY(target_begin(b->a, p->t));
    /* Whoever records a change waits for the drop. */
    TRY(target_run(b->a, p->t, (str){0}, STR("SET LOCAL lock_timeout = 2000")));
    TRY(take_partition(p, b, w, name, &are_all));
    if (!are_all) {
        b->row_count = 0;
        b->kept = 0;
        target_rollback(p->t);
        return NULL;
    }
    if (b->row_count > 0)
        TRY(write_entry(p, b));
    TRY(target_run(b->a, p->t, (str){0},
                   arena_printf(b->a, "DROP TABLE tenon.%.*s", STR_ARG(name))));
    TRY(target_commit(b->a, p->t));
    p->out->partitions++;
    return NULL;
}

static err *prune_partition(pruning *p, str name) {
    seal_walk w = {.a = arena_new(), .behind = AUDIT_PLACE_FIRST};
    batch b = batch_begin();
    err *e = drop_partition(p, &b, &w, name);
    arena_free(w.a);
    /* Somebody reads it for long, or writes: there is a next time. */
    bool is_busy = e != NULL && e->code == ERR_BUSY;
    e = batch_end(p, &b, e);
    return is_busy ? NULL : e;
}

static err *prune_partitions(pruning *p) {
    target_rows names;
    if (target_engine(p->t) == ENGINE_SQLITE)
        return NULL;
    TRY(list_partitions(p, &names));
    for (size_t i = 0; i < names.row_count; i++)
        TRY(prune_partition(p, target_cell(&names, i, 0)));
    return NULL;
}

/* ---- The whole ---------------------------------------------------------- */

static err *remember(pruning *p) {
    audit_entry newest;
    audit_entry seal;
    TRY(audit_entry_newest(p->a, p->t, &newest, &seal));
    audit_head head = audit_entry_head(&newest);
    p->out->unremembered = audit_head_store(p->a, p->key, &head);
    return NULL;
}

static err *prune_all(pruning *p, seal_walk *w) {
    TRY(prune_partitions(p));
    TRY(find_pruned(p->a, p)); /* with those of the partitions */
    TRY(prune_rows(p, w));
    return p->out->rows > 0 ? remember(p) : NULL;
}

err *audit_prune_run(arena *a, target *t, const audit_key *k, const schema *s,
                     int64_t now_ms, audit_pruning *out) {
    pruning p = {
        .a = a, .t = t, .key = k, .schema = s, .now_ms = now_ms, .out = out};
    seal_walk w = {.a = arena_new(), .behind = AUDIT_PLACE_FIRST};
    *out = (audit_pruning){0};
    find_days(&p);
    write_due(&p);
    err *e = audit_seal_check_head(a, t, k);
    if (e == NULL)
        e = find_pruned(a, &p);
    if (e == NULL)
        e = prune_all(&p, &w);
    if (e != NULL)
        e = err_copy(a, e);
    arena_free(w.a);
    return e;
}
