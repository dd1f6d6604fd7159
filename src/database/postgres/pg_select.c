#include "database/postgres/pg_select.h"

#include "base/json.h"
#include "database/postgres/pg_cells.h"
#include "database/postgres/pg_filter.h"

void pg_select_write(buf *out, const query *q) {
    pg_sql w = {.out = out};
    pg_cells_write_query(&w, q);
}

err *pg_select_bind(arena *a, pg_arguments *out, const query *q) {
    pg_sql w = {.a = a, .arguments = out};
    pg_cells_write_query(&w, q);
    return w.failure;
}

/* ---- Counts ------------------------------------------------------------- */

static void write_matching(pg_sql *w, const query *q, str what) {
    size_t alias = w->alias_count++;
    pg_sql_put(w, STR("SELECT "));
    pg_sql_put(w, what);
    pg_sql_put(w, STR(" FROM "));
    pg_cells_write_source(w, q, alias);
    pg_filter_write_where(w, alias, q->where);
}

static void write_count(pg_sql *w, const query *q) {
    switch (q->total) {
    case TOTAL_EXACT:
        write_matching(w, q, STR("count(*)"));
        return;
    case TOTAL_PLANNED:
        pg_sql_put(w, STR("EXPLAIN (FORMAT JSON) "));
        write_matching(w, q, STR("1"));
        return;
    case TOTAL_ESTIMATED:
        pg_sql_put(w, STR("SELECT count(*) FROM ("));
        write_matching(w, q, STR("1"));
        pg_sql_put(w, STR(" LIMIT "));
        pg_sql_number(w, STR("bigint"), q->total_bound + 1);
        pg_sql_put(w, STR(") AS counted"));
        return;
    }
}

void pg_count_write(buf *out, const query *q) {
    pg_sql w = {.out = out};
    write_count(&w, q);
}

err *pg_count_bind(arena *a, pg_arguments *out, const query *q) {
    pg_sql w = {.a = a, .arguments = out};
    write_count(&w, q);
    return w.failure;
}

/* [{"Plan": {"Plan Rows": 12, ...}}] */
static bool read_plan(arena *a, str text, int64_t *out) {
    const json *j = NULL;
    if (json_parse(a, text, &j) != NULL || j->kind != JSON_ARRAY ||
        j->count == 0)
        return false;
    const json *plan = json_find(&j->items[0], STR("Plan"));
    const json *rows = plan != NULL ? json_find(plan, STR("Plan Rows")) : NULL;
    return rows != NULL && json_int64(rows, out);
}

err *pg_count_read(arena *a, total_kind kind, str cell, int64_t *out) {
    bool is_read = kind == TOTAL_PLANNED ? read_plan(a, cell, out)
                                         : str_parse_int64(cell, out);
    if (is_read)
        return NULL;
    return err_new(a, ERR_CORRUPT, "the database answers \"%.*s\" for a count",
                   STR_ARG(cell));
}
