#include "database/audit_scan.h"

#include <inttypes.h>

#include "database/sql.h"

/* Behind the columns of the log. On SQLite the position is all of it. */
enum { PLACE = LOG_COLUMN_COUNT };

#define MOMENT                                                                 \
    "to_char(created_at AT TIME ZONE 'UTC',"                                   \
    " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"

static bool is_lite(const target *t) {
    return target_engine(t) == ENGINE_SQLITE;
}

static void write_nulls(buf *sql, engine_kind engine) {
    for (size_t i = 0; i < LOG_COLUMN_COUNT; i++) {
        buf_append(sql, i > 0 ? STR(", ") : STR(""));
        if (i != LOG_HASH)
            buf_append(sql, STR("NULL"));
        else
            buf_append(sql, engine == ENGINE_SQLITE
                                ? STR("lower(hex(hash))")
                                : STR("encode(hash, 'hex')"));
    }
}

static void write_select(buf *sql, const target *t, const audit_scan *s) {
    buf_append(sql, STR("SELECT "));
    if (s->has_cells)
        audit_log_write_columns(sql, target_engine(t));
    else
        write_nulls(sql, target_engine(t));
    buf_append(sql, is_lite(t)
                        ? STR(", position FROM tenon_audit_log WHERE true")
                        : STR(", transaction, " MOMENT ", id"
                              " FROM tenon.audit_log WHERE true"));
}

/* ---- SQLite: by position ------------------------------------------------ */

static err *next_by_position(arena *a, target *t, audit_scan *s) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    write_select(&sql, t, s);
    buf_printf(&sql, " AND position > %" PRId64, s->behind.major);
    if (s->has_end)
        buf_printf(&sql, " AND position <= %" PRId64, s->until.major);
    buf_append(&sql, s->where);
    buf_printf(&sql, " ORDER BY position LIMIT %zu", s->most);
    return target_query(a, t, buf_str(&sql), NULL, 0, &s->rows);
}

/* ---- PostgreSQL: by a cursor -------------------------------------------- */

/* The first test is for the index, which knows the transactions alone. */
static void write_bound(buf *sql, const audit_place *p, const char *rough,
                        const char *compare) {
    buf_printf(sql, " AND transaction %s %" PRId64, rough, p->major);
    if (str_is_empty(p->id))
        return;
    buf_printf(sql, " AND (transaction, created_at, id) %s (%" PRId64 ", ",
               compare, p->major);
    sql_write_text(sql, p->created_at);
    buf_append(sql, STR("::timestamptz, "));
    sql_write_text(sql, p->id);
    buf_append(sql, STR("::uuid)"));
}

static err *declare(arena *a, target *t, const audit_scan *s) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR("DECLARE tenon_audit_scan NO SCROLL CURSOR FOR "));
    write_select(&sql, t, s);
    write_bound(&sql, &s->behind, ">=", ">");
    if (s->has_end)
        write_bound(&sql, &s->until, "<=", "<=");
    /* Of the number right behind there is nothing between: who sees one of its
     * rows sees them all. */
    if (s->are_settled)
        buf_printf(&sql,
                   " AND transaction < greatest(%" PRId64
                   ", (SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
                   "::bigint))",
                   s->behind.major + 2);
    buf_append(&sql, s->where);
    buf_append(&sql, STR(" ORDER BY transaction, created_at, id"));
    return target_run(a, t, (str){0}, buf_str(&sql));
}

/* ---- Either ------------------------------------------------------------- */

err *audit_scan_begin(arena *a, target *t, audit_scan *s) {
    return is_lite(t) ? NULL : declare(a, t, s);
}

err *audit_scan_next(arena *a, target *t, audit_scan *s) {
    if (is_lite(t))
        TRY(next_by_position(a, t, s));
    else
        TRY(target_query(
            a, t, arena_printf(a, "FETCH %zu FROM tenon_audit_scan", s->most),
            NULL, 0, &s->rows));
    if (s->rows.row_count > 0)
        s->behind = audit_scan_place(s, s->rows.row_count - 1);
    return NULL;
}

err *audit_scan_end(arena *a, target *t, audit_scan *s) {
    (void)s;
    return is_lite(t)
               ? NULL
               : target_run(a, t, (str){0}, STR("CLOSE tenon_audit_scan"));
}

audit_place audit_scan_place(const audit_scan *s, size_t row) {
    audit_place p = {0};
    if (!str_parse_int64(target_cell(&s->rows, row, PLACE), &p.major))
        return p;
    if (s->rows.column_count > PLACE + 1) {
        p.created_at = target_cell(&s->rows, row, PLACE + 1);
        p.id = target_cell(&s->rows, row, PLACE + 2);
    }
    return p;
}
