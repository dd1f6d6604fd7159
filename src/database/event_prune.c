#include "database/event_prune.h"

#include <inttypes.h>

#include "base/timestamp.h"

enum { PAGE = 2000 };

/* Who has no row there reads from the first event that there is. On PostgreSQL
 * events get their sequences when somebody reads. */
static const struct dialect {
    const char *first; /* or NULL */
    const char *positions;
    const char *events;
    const char *feed;
} DIALECTS[ENGINE_KIND_COUNT] = {
    [ENGINE_SQLITE] = {NULL, "SELECT min(sequence) FROM tenon_feed_position",
                       "SELECT sequence, created_at FROM tenon_event",
                       "DELETE FROM tenon_feed WHERE sequence < $1"},
    [ENGINE_POSTGRESQL] =
        {"SELECT count(*) FROM tenon.read_events(0, 0)",
         "SELECT min(sequence) FROM tenon.feed_position",
         "SELECT sequence, to_char(created_at AT TIME ZONE 'UTC',"
         " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+00:00\"') FROM tenon.event",
         "DELETE FROM tenon.event WHERE sequence < $1::bigint"},
};

static int64_t number_of(const target_rows *rows, size_t row) {
    int64_t n = INT64_MAX;
    return row < rows->row_count &&
                   str_parse_int64(target_cell(rows, row, 0), &n)
               ? n
               : INT64_MAX;
}

static err *give_sequences(arena *a, target *t) {
    target_rows none;
    const char *first = DIALECTS[target_engine(t)].first;
    return first == NULL ? NULL
                         : target_query(a, t, str_of(first), NULL, 0, &none);
}

/* What all consumers have read. */
static err *find_read(arena *a, target *t, int64_t *out) {
    target_rows rows = {0};
    str sql = str_of(DIALECTS[target_engine(t)].positions);
    err *e = target_query(a, t, sql, NULL, 0, &rows);
    if (e != NULL && e->code == ERR_UNKNOWN_TABLE)
        e = NULL; /* nobody reads */
    *out = number_of(&rows, 0);
    return e;
}

/* From when on events stay, as the log has times. */
typedef struct bounds {
    char read[TIMESTAMP_LENGTH];   /* those that all have read */
    char unread[TIMESTAMP_LENGTH]; /* others */
} bounds;

static bounds bounds_of(int64_t now_ms, int64_t kept_ms) {
    bounds b;
    int64_t unread_ms = 0;
    if (__builtin_mul_overflow(kept_ms, EVENT_PRUNE_PATIENCE, &unread_ms) ||
        unread_ms > now_ms)
        unread_ms = now_ms;
    timestamp_format((timestamp){now_ms - kept_ms}, b.read);
    timestamp_format((timestamp){now_ms - unread_ms}, b.unread);
    return b;
}

static bool stays(const bounds *b, bool is_read, str created_at) {
    str from = {is_read ? b->read : b->unread, TIMESTAMP_LENGTH};
    return str_compare(created_at, from) >= 0;
}

/* The last event of those from the first on that may go, or 0. */
static err *find_last(arena *a, target *t, const bounds *b, int64_t read,
                      int64_t *out, bool *is_page_full) {
    target_rows rows;
    str sql = arena_printf(a,
                           "%s WHERE sequence IS NOT NULL"
                           " ORDER BY sequence LIMIT %d",
                           DIALECTS[target_engine(t)].events, PAGE);
    size_t i = 0;
    *out = 0;
    TRY(target_query(a, t, sql, NULL, 0, &rows));
    for (; i < rows.row_count; i++) {
        int64_t sequence = number_of(&rows, i);
        if (stays(b, sequence <= read, target_cell(&rows, i, 1)))
            break;
        *out = sequence;
    }
    *is_page_full = i == PAGE;
    return NULL;
}

static err *prune_page(arena *a, target *t, const bounds *b, int64_t *count,
                       bool *is_more) {
    int64_t read;
    int64_t last;
    target_rows none;
    TRY(give_sequences(a, t));
    TRY(find_read(a, t, &read));
    TRY(find_last(a, t, b, read, &last, is_more));
    if (last == 0)
        return NULL;
    str parameter = arena_printf(a, "%" PRId64, last);
    str sql = arena_printf(a, "%s RETURNING sequence",
                           DIALECTS[target_engine(t)].feed);
    TRY(target_query(a, t, sql, &parameter, 1, &none));
    *count += (int64_t)none.row_count;
    return NULL;
}

err *event_prune_run(arena *a, target *t, int64_t now_ms, int64_t kept_ms,
                     int64_t *count) {
    bounds b = bounds_of(now_ms, kept_ms);
    bool is_more = true;
    err *e = NULL;
    *count = 0;
    while (e == NULL && is_more) {
        arena *page = arena_new();
        e = prune_page(page, t, &b, count, &is_more);
        if (e != NULL)
            e = err_copy(a, e);
        arena_free(page);
    }
    return e;
}
