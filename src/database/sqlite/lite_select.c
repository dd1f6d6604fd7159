#include "database/sqlite/lite_select.h"

#include "database/sqlite/lite_call.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_filter.h"
#include "database/sqlite/lite_sql.h"

void lite_select_columns(buf *out, const query_column *columns, size_t count) {
    if (count == 0)
        buf_append_char(out, '1');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append(out, STR(", "));
        sql_write_name(out, columns[i].field->column);
    }
}

/* For SQLite, NULL is the smallest value. Saying what is so anyway would keep
 * it from using an index. */
static void write_nulls(buf *out, const query_order *o) {
    bool is_first_anyway = !o->is_descending;
    if (!o->field->is_optional || o->are_nulls_first == is_first_anyway)
        return;
    buf_append(out,
               o->are_nulls_first ? STR(" NULLS FIRST") : STR(" NULLS LAST"));
}

static void write_order_term(buf *out, const field *f) {
    if (f->kind == FIELD_ENUM)
        lite_sql_column_rank(out, f);
    else
        sql_write_name(out, f->column);
}

static void write_order(buf *out, const query *q) {
    for (size_t i = 0; i < q->order_count; i++) {
        buf_append(out, i > 0 ? STR(", ") : STR(" ORDER BY "));
        write_order_term(out, q->order[i].field);
        if (q->order[i].is_descending)
            buf_append(out, STR(" DESC"));
        write_nulls(out, &q->order[i]);
    }
}

static void write_source(buf *out, const query *q) {
    buf_append(out, STR(" FROM "));
    if (UNLIKELY(q->call != NULL))
        lite_call_write_source(out, q->call->function);
    else
        sql_write_name(out, q->model->table);
}

void lite_select_write(buf *out, const query *q) {
    buf_append(out, STR("SELECT "));
    lite_select_columns(out, q->columns, q->column_count);
    write_source(out, q);
    lite_filter_write(out, q->where);
    write_order(out, q);
    if (q->limit != QUERY_NO_LIMIT)
        buf_append(out, STR(" LIMIT ?"));
    else if (q->offset > 0)
        buf_append(out, STR(" LIMIT -1"));
    if (q->offset > 0)
        buf_append(out, STR(" OFFSET ?"));
}

static err *bind_rows(arena *a, sqlite3_stmt *statement, int *at,
                      const lite_layout *layout, const query *q) {
    if (UNLIKELY(q->call != NULL))
        TRY(lite_call_bind_source(a, statement, at, layout, q->call));
    return lite_filter_bind(a, statement, at, layout, q->where);
}

err *lite_count_bind(arena *a, sqlite3_stmt *statement,
                     const lite_layout *layout, const query *q) {
    int at = 1;
    return bind_rows(a, statement, &at, layout, q);
}

err *lite_select_bind(arena *a, sqlite3_stmt *statement,
                      const lite_layout *layout, const query *q) {
    int at = 1;
    TRY(bind_rows(a, statement, &at, layout, q));
    int rc = SQLITE_OK;
    if (q->limit != QUERY_NO_LIMIT)
        rc = sqlite3_bind_int64(statement, at++, q->limit);
    if (rc == SQLITE_OK && q->offset > 0)
        rc = sqlite3_bind_int64(statement, at, q->offset);
    return lite_check(a, sqlite3_db_handle(statement), rc);
}

void lite_count_write(buf *out, const query *q) {
    buf_append(out, STR("SELECT count(*)"));
    write_source(out, q);
    lite_filter_write(out, q->where);
}
