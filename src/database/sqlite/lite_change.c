#include "database/sqlite/lite_change.h"

#include "base/assert.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "database/condition_sql.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_filter.h"
#include "database/sqlite/lite_relative.h"
#include "database/sqlite/lite_select.h"
#include "database/sqlite/lite_sql.h"
#include "database/sqlite/lite_type.h"

const value *lite_change_value(const mutation *m, size_t row, const field *f) {
    for (size_t i = 0; i < m->field_count; i++)
        if (m->fields[i] == f)
            return &m->values[row * m->field_count + i];
    return NULL;
}

/* SQLite has no word for "the default" among values: such a cell's column is
 * left out. The present time is ours to say: a table that others made would
 * put it in a form of its own. */
static bool is_left_out(const field *f, const value *v) {
    return v->kind == VALUE_DEFAULT && f->default_value.kind != DEFAULT_NOW;
}

static const value *row_of(const mutation *m, size_t row) {
    return &m->values[row * m->field_count];
}

/* ---- SQL ---------------------------------------------------------------- */

bool lite_change_reads_before(const lite_layout *layout, const mutation *m) {
    return m->kind == MUTATION_DELETE &&
           (m->embed_count > 0 || layout->comes_back[m->model->index]);
}

bool lite_change_returns(const lite_layout *layout, const mutation *m) {
    return m->returning_count + m->embed_count > 0 &&
           !lite_change_reads_before(layout, m);
}

size_t lite_change_first_judged(const mutation *m) {
    if (m->embed_count == 0)
        return m->returning_count;
    /* Without columns, lite_select_columns writes one for the links. */
    return (m->returning_count > 0 ? m->returning_count : 1) +
           lite_select_link_count(m->embeds, m->embed_count);
}

static void write_returning(buf *out, const lite_layout *layout,
                            const mutation *m) {
    lite_scope s = {layout, LITE_BARE};
    bool returns = lite_change_returns(layout, m);
    if (!returns && m->judged_count == 0)
        return;
    buf_append(out, STR(" RETURNING "));
    if (returns) {
        lite_select_columns(out, s, m->returning, m->returning_count);
        lite_select_links(out, s, m->embeds, m->embed_count);
    }
    if (m->judged_count == 0)
        return;
    buf_append(out, returns ? STR(", ") : STR(""));
    lite_select_columns(out, s, m->judged, m->judged_count);
}

static bool is_conflict_field(const mutation *m, const field *f) {
    for (size_t i = 0; i < m->conflict_field_count; i++)
        if (m->conflict_fields[i] == f)
            return true;
    return false;
}

/* Does a merge change the field of a row that is there? */
static bool is_merged(const mutation *m, size_t row, size_t at) {
    const field *f = m->fields[at];
    bool is_kept = m->keeps_on_merge != NULL && m->keeps_on_merge[at];
    return !is_kept && !is_conflict_field(m, f) &&
           !is_left_out(f, &row_of(m, row)[at]);
}

static void write_excluded(buf *out, const field *f) {
    sql_write_name(out, f->column);
    buf_append(out, STR(" = excluded."));
    sql_write_name(out, f->column);
}

static void write_changed(buf *out, const field *f, relative_operator op) {
    sql_write_name(out, f->column);
    buf_append(out, STR(" = "));
    lite_relative_write(out, f, op);
}

static void write_merge(buf *out, const mutation *m, size_t row) {
    size_t count = 0;
    buf_append(out, STR(" DO UPDATE SET "));
    for (size_t i = 0; i < m->field_count; i++) {
        relative_operator op = mutation_operator(m, i);
        if (!is_merged(m, row, i))
            continue;
        buf_append(out, count++ > 0 ? STR(", ") : STR(""));
        if (op == RELATIVE_SET)
            write_excluded(out, m->fields[i]);
        else
            write_changed(out, m->fields[i], op);
    }
    /* Nothing to set, but the row is to count and to come back. */
    if (count == 0)
        write_excluded(out, m->conflict_fields[0]);
}

static void write_conflict(buf *out, const mutation *m, size_t row) {
    if (m->on_conflict == CONFLICT_FAIL)
        return;
    buf_append(out, STR(" ON CONFLICT"));
    if (m->conflict_field_count > 0) {
        buf_append(out, STR(" ("));
        lite_sql_columns(out, m->conflict_fields, m->conflict_field_count);
        buf_append_char(out, ')');
    }
    if (m->conflict_where != NULL) {
        buf_append(out, STR(" WHERE "));
        condition_sql_write(out, ENGINE_SQLITE, m->conflict_where);
    }
    if (m->on_conflict == CONFLICT_IGNORE)
        buf_append(out, STR(" DO NOTHING"));
    else
        write_merge(out, m, row);
}

/* SQLite counts in the row number alone. Other columns that count up, which a
 * schema for PostgreSQL may have, get one more than their largest value: there
 * is one writer, so no two rows get the same. */
static bool is_counted_by_us(const mutation *m, size_t row, const field *f) {
    if (f->default_value.kind != DEFAULT_AUTOINCREMENT || lite_type_is_rowid(f))
        return false;
    const value *v = lite_change_value(m, row, f);
    return v == NULL || v->kind == VALUE_DEFAULT;
}

static void write_next(buf *out, const field *f) {
    buf_append(out, STR("(SELECT coalesce(max("));
    sql_write_name(out, f->column);
    buf_append(out, STR("), 0) + 1 FROM "));
    sql_write_name(out, f->model->table);
    buf_append_char(out, ')');
}

/* The columns that get a value: those with one, and those that we count. */
static size_t write_targets(buf *out, const mutation *m, size_t row) {
    const value *v = row_of(m, row);
    size_t count = 0;
    for (size_t i = 0; i < m->field_count; i++) {
        if (is_left_out(m->fields[i], &v[i]))
            continue;
        buf_append(out, count++ > 0 ? STR(", ") : STR(" ("));
        sql_write_name(out, m->fields[i]->column);
    }
    for (size_t i = 0; i < m->model->column_count; i++) {
        const field *f = m->model->columns[i];
        if (!is_counted_by_us(m, row, f))
            continue;
        buf_append(out, count++ > 0 ? STR(", ") : STR(" ("));
        sql_write_name(out, f->column);
    }
    return count;
}

static void write_values(buf *out, const mutation *m, size_t row) {
    const value *v = row_of(m, row);
    size_t count = 0;
    buf_append(out, STR(") VALUES ("));
    for (size_t i = 0; i < m->field_count; i++) {
        if (!is_left_out(m->fields[i], &v[i]))
            buf_append(out, count++ > 0 ? STR(", ?") : STR("?"));
    }
    for (size_t i = 0; i < m->model->column_count; i++) {
        const field *f = m->model->columns[i];
        if (!is_counted_by_us(m, row, f))
            continue;
        buf_append(out, count++ > 0 ? STR(", ") : STR(""));
        write_next(out, f);
    }
    buf_append_char(out, ')');
}

static void write_insert(buf *out, const lite_layout *layout, const mutation *m,
                         size_t row) {
    buf_append(out, STR("INSERT INTO "));
    sql_write_name(out, m->model->table);
    if (write_targets(out, m, row) > 0) {
        write_values(out, m, row);
        write_conflict(out, m, row);
    } else {
        buf_append(out, STR(" DEFAULT VALUES"));
    }
    write_returning(out, layout, m);
}

static query taken_rows(const mutation *m) {
    return (query){.model = m->model,
                   .order = m->take_order,
                   .order_count = m->take_order_count,
                   .limit = (int64_t)m->take};
}

/* The writer is alone: what it looks at stays so. */
static void write_look_at_rows(buf *out, lite_scope s, const mutation *m) {
    bool returns = m->returning_count + m->embed_count > 0;
    buf_append(out, STR("SELECT "));
    if (returns || m->judged_count == 0)
        lite_select_columns(out, s, m->returning, m->returning_count);
    lite_select_links(out, s, m->embeds, m->embed_count);
    if (returns && m->judged_count > 0)
        buf_append(out, STR(", "));
    if (m->judged_count > 0)
        lite_select_columns(out, s, m->judged, m->judged_count);
    buf_append(out, STR(" FROM "));
    lite_table_write(out, s, m->model->table);
    lite_filter_write(out, s, m->where);
    if (LIKELY(m->take == 0))
        return;
    query taken = taken_rows(m);
    lite_select_order(out, s, &taken);
    lite_select_limits(out, &taken);
}

static void write_identity(buf *out, lite_scope s, const key *k) {
    for (size_t i = 0; i < k->field_count; i++) {
        buf_append(out, i > 0 ? STR(", ") : STR(""));
        lite_name_write(out, s, k->fields[i]->column);
    }
}

/* Which rows: the filter's, or the first of them. The writer is alone, so
 * nobody else is at any. */
static void write_where(buf *out, lite_scope s, const mutation *m) {
    if (LIKELY(m->take == 0)) {
        lite_filter_write(out, s, m->where);
        return;
    }
    const key *identity = model_identity(m->model);
    query taken = taken_rows(m);
    buf_append(out, STR(" WHERE ("));
    write_identity(out, s, identity);
    buf_append(out, STR(") IN (SELECT "));
    write_identity(out, s, identity);
    buf_append(out, STR(" FROM "));
    lite_table_write(out, s, m->model->table);
    lite_filter_write(out, s, m->where);
    lite_select_order(out, s, &taken);
    lite_select_limits(out, &taken);
    buf_append_char(out, ')');
}

static err *bind_where(arena *a, sqlite3_stmt *statement, int *at,
                       const lite_layout *layout, const mutation *m) {
    TRY(lite_filter_bind(a, statement, at, layout, m->where));
    if (LIKELY(m->take == 0))
        return NULL;
    query taken = taken_rows(m);
    int rc = lite_select_bind_limits(statement, at, &taken);
    return lite_check(a, sqlite3_db_handle(statement), rc);
}

static void write_update(buf *out, const lite_layout *layout,
                         const mutation *m) {
    lite_scope s = {layout, 0};
    if (mutation_is_look(m)) {
        write_look_at_rows(out, s, m);
        return;
    }
    buf_append(out, STR("UPDATE "));
    lite_table_write(out, s, m->model->table);
    for (size_t i = 0; i < m->field_count; i++) {
        buf_append(out, i > 0 ? STR(", ") : STR(" SET "));
        write_changed(out, m->fields[i], mutation_operator(m, i));
    }
    write_where(out, s, m);
    write_returning(out, layout, m);
}

static void write_delete(buf *out, const lite_layout *layout,
                         const mutation *m) {
    lite_scope s = {layout, 0};
    buf_append(out, STR("DELETE FROM "));
    lite_table_write(out, s, m->model->table);
    write_where(out, s, m);
    write_returning(out, layout, m);
}

void lite_change_write(buf *out, const lite_layout *layout, const mutation *m,
                       size_t row) {
    switch (m->kind) {
    case MUTATION_INSERT:
        write_insert(out, layout, m, row);
        return;
    case MUTATION_UPDATE:
        write_update(out, layout, m);
        return;
    case MUTATION_DELETE:
        write_delete(out, layout, m);
        return;
    case MUTATION_CALL:
        break;
    }
    PANIC("no door calls functions");
}

void lite_change_write_look(buf *out, const mutation *m) {
    buf_append(out, STR("SELECT 1 FROM "));
    sql_write_name(out, m->model->table);
    for (size_t i = 0; i < m->conflict_field_count; i++) {
        buf_append(out, i > 0 ? STR(" AND ") : STR(" WHERE "));
        sql_write_name(out, m->conflict_fields[i]->column);
        buf_append(out, STR(" = ?"));
    }
    if (m->conflict_where == NULL)
        return;
    buf_append(out, STR(" AND "));
    condition_sql_write(out, ENGINE_SQLITE, m->conflict_where);
}

/* ---- Values ------------------------------------------------------------- */

static value present_time(arena *a) {
    char text[TIMESTAMP_LENGTH];
    timestamp_format((timestamp){clock_wall_ms(NULL)}, text);
    return (value){.kind = VALUE_TEXT,
                   .text = arena_copy(a, (str){text, sizeof text})};
}

static err *bind_row(arena *a, sqlite3_stmt *statement, int *at,
                     const lite_layout *layout, const mutation *m, size_t row) {
    const value *v = row_of(m, row);
    for (size_t i = 0; i < m->field_count; i++) {
        const field *f = m->fields[i];
        if (m->kind == MUTATION_INSERT && is_left_out(f, &v[i]))
            continue;
        ASSERT(v[i].kind != VALUE_DEFAULT || m->kind == MUTATION_INSERT);
        value stored = v[i].kind == VALUE_DEFAULT ? present_time(a) : v[i];
        if (m->kind == MUTATION_UPDATE &&
            mutation_operator(m, i) != RELATIVE_SET)
            TRY(lite_relative_bind(a, statement, (*at)++, f, stored));
        else
            TRY(lite_form_store(a, statement, (*at)++, f,
                                lite_layout_form(layout, f), stored));
    }
    return NULL;
}

/* Of a merge, what the row that is there is changed by. */
static err *bind_operands(arena *a, sqlite3_stmt *statement, int *at,
                          const mutation *m, size_t row) {
    for (size_t i = 0; i < m->field_count; i++) {
        if (mutation_operator(m, i) == RELATIVE_SET || !is_merged(m, row, i))
            continue;
        TRY(lite_relative_bind(a, statement, (*at)++, m->fields[i],
                               m->operands[row * m->field_count + i]));
    }
    return NULL;
}

static err *bind_returning(arena *a, sqlite3_stmt *statement, int *at,
                           const mutation *m) {
    int rc = lite_select_bind_columns(a, statement, at, m->returning,
                                      m->returning_count);
    return lite_check(a, sqlite3_db_handle(statement), rc);
}

err *lite_change_bind(arena *a, sqlite3_stmt *statement,
                      const lite_layout *layout, const mutation *m,
                      size_t row) {
    int at = 1;
    bool is_look = mutation_is_look(m); /* its columns come first */
    if (is_look)
        TRY(bind_returning(a, statement, &at, m));
    if (m->kind != MUTATION_DELETE)
        TRY(bind_row(a, statement, &at, layout, m, row));
    if (UNLIKELY(m->operands != NULL))
        TRY(bind_operands(a, statement, &at, m, row));
    if (m->kind != MUTATION_INSERT)
        TRY(bind_where(a, statement, &at, layout, m));
    return !is_look && lite_change_returns(layout, m)
               ? bind_returning(a, statement, &at, m)
               : NULL;
}

err *lite_change_bind_look(arena *a, sqlite3_stmt *statement,
                           const lite_layout *layout, const mutation *m,
                           size_t row) {
    for (size_t i = 0; i < m->conflict_field_count; i++) {
        const field *f = m->conflict_fields[i];
        const value *v = lite_change_value(m, row, f);
        value looked_for = v != NULL && v->kind != VALUE_DEFAULT
                               ? *v
                               : (value){.kind = VALUE_NULL};
        int rc = lite_form_bind(a, statement, (int)i + 1,
                                lite_layout_form(layout, f), looked_for);
        TRY(lite_check(a, sqlite3_db_handle(statement), rc));
    }
    return NULL;
}
