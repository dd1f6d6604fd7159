#include "database/postgres/pg_change.h"

#include "base/assert.h"
#include "database/condition_sql.h"
#include "database/postgres/pg_array.h"
#include "database/postgres/pg_call.h"
#include "database/postgres/pg_cells.h"
#include "database/postgres/pg_filter.h"
#include "database/postgres/pg_object.h"
#include "database/postgres/pg_outcome.h"
#include "database/postgres/pg_relative.h"

/* ---- Parts -------------------------------------------------------------- */

static const value *row_of(const mutation *m, size_t row) {
    return &m->values[row * m->field_count];
}

static bool leaves_out_the_same(const mutation *m, size_t x, size_t y) {
    for (size_t i = 0; i < m->field_count; i++)
        if ((row_of(m, x)[i].kind == VALUE_DEFAULT) !=
            (row_of(m, y)[i].kind == VALUE_DEFAULT))
            return false;
    return true;
}

mutation pg_change_part(const mutation *m, size_t first) {
    mutation part = *m;
    size_t end = first + 1;
    /* What a row that is there is changed by is not among its new values. */
    bool is_alone = m->operators != NULL;
    while (!is_alone && end < m->row_count &&
           leaves_out_the_same(m, first, end))
        end++;
    part.values = m->field_count > 0 ? row_of(m, first) : m->values;
    if (m->operands != NULL)
        part.operands = m->operands + first * m->field_count;
    part.row_count = end - first;
    return part;
}

/* ---- The result --------------------------------------------------------- */

size_t pg_change_column_count(const mutation *m) {
    return mutation_cell_count(m) + m->judged_count +
           (m->kind == MUTATION_INSERT && m->on_conflict == CONFLICT_MERGE);
}

static bool is_merge(const mutation *m) {
    return m->kind == MUTATION_INSERT && m->on_conflict == CONFLICT_MERGE;
}

static void write_judged(pg_sql *w, const mutation *m, size_t alias,
                         bool is_first) {
    for (size_t i = 0; i < m->judged_count; i++) {
        const query_column *c = &m->judged[i];
        pg_sql_put(w, i > 0 || !is_first ? STR(", ") : STR(""));
        pg_expression_write(w, alias, c->field, c->derivation, PG_AS_CELL);
    }
}

/* With embeds, or in an order, the written rows are a table of which is
 * selected. */
#define IS_NEW "\"row is new\""

/* A spread of nothing is none. */
static bool is_selected(const mutation *m) {
    return embed_cell_count(m->embeds, m->embed_count) > 0 ||
           m->order_count > 0;
}

static void begin(pg_sql *w, const mutation *m) {
    pg_sql_put(w, is_selected(m) ? STR("WITH " PG_WRITTEN " AS (") : STR(""));
}

/* A row that was there before has the transaction that updates it in xmax. */
static void write_is_new(pg_sql *w, size_t alias) {
    pg_sql_alias(w, alias);
    pg_sql_put(w, STR(".xmax = 0"));
}

static void end_selected(pg_sql *w, const mutation *m, size_t alias) {
    pg_sql_put(w, STR(" RETURNING "));
    pg_sql_alias(w, alias);
    pg_sql_put(w, STR(".*"));
    if (is_merge(m)) {
        pg_sql_put(w, STR(", "));
        write_is_new(w, alias);
        pg_sql_put(w, STR(" AS " IS_NEW));
    }
    size_t row = w->alias_count++;
    pg_cells c = pg_cells_of(w, m->returning, m->returning_count, m->embeds,
                             m->embed_count, row);
    pg_outcome_begin(w, m);
    pg_sql_put(w, STR(") SELECT "));
    pg_cells_write(w, &c);
    write_judged(w, m, row, false);
    if (is_merge(m)) {
        pg_sql_put(w, STR(", "));
        pg_sql_alias(w, row);
        pg_sql_put(w, STR("." IS_NEW));
    }
    pg_sql_put(w, STR(" FROM " PG_WRITTEN " AS "));
    pg_sql_alias(w, row);
    pg_cells_write_joins(w, &c);
    query ordered = {.order = m->order, .order_count = m->order_count};
    pg_cells_write_order(w, &ordered, &c);
}

static void end_plain(pg_sql *w, const mutation *m, size_t alias) {
    if (pg_change_column_count(m) == 0)
        return;
    bool is_first = m->returning_count == 0;
    pg_sql_put(w, STR(" RETURNING "));
    if (!is_first) {
        pg_cells c =
            pg_cells_of(w, m->returning, m->returning_count, NULL, 0, alias);
        pg_cells_write(w, &c);
    }
    write_judged(w, m, alias, is_first);
    if (!is_merge(m))
        return;
    pg_sql_put(w, is_first && m->judged_count == 0 ? STR("") : STR(", "));
    write_is_new(w, alias);
}

static void end(pg_sql *w, const mutation *m, size_t alias) {
    if (is_selected(m))
        end_selected(w, m, alias);
    else
        end_plain(w, m, alias);
}

/* Around a cell: ,"c1663":null */
enum { JSON_CELL_MAX = 16 };

/* ---- Foreign rows ------------------------------------------------------- */

/* The cells are JSON, which the database turns into values: they go as one
 * parameter, [{"c0":...,"c1":...},...], whose columns say their types:
 *
 *     json_to_recordset($1::json) AS u (c0 integer, c1 int4range)
 */
static void write_json_row(buf *out, const mutation *m, size_t row) {
    size_t count = 0;
    buf_append_char(out, '{');
    for (size_t i = 0; i < m->field_count; i++) {
        const value *v = &row_of(m, row)[i];
        if (v->kind == VALUE_DEFAULT)
            continue;
        buf_append(out, count > 0 ? STR(",\"c") : STR("\"c"));
        buf_append_uint(out, count++);
        buf_append(out, STR("\":"));
        buf_append(out, v->kind == VALUE_TEXT ? v->text : STR("null"));
    }
    buf_append_char(out, '}');
}

static str json_rows(arena *a, const mutation *m) {
    size_t room = 2;
    for (size_t i = 0; i < m->row_count * m->field_count; i++)
        room += m->values[i].text.len + JSON_CELL_MAX;
    room += m->row_count * 3;
    buf out = buf_over(arena_take(a, room, 1), room);
    buf_append_char(&out, '[');
    for (size_t row = 0; row < m->row_count; row++) {
        if (row > 0)
            buf_append_char(&out, ',');
        write_json_row(&out, m, row);
    }
    buf_append_char(&out, ']');
    ASSERT(!out.is_overflown);
    return buf_str(&out);
}

static void write_foreign_rows(pg_sql *w, const mutation *m) {
    size_t count = 0;
    pg_sql_put(w, STR("json_to_recordset("));
    pg_sql_text(w, STR("json"),
                pg_sql_is_text(w) ? (str){0} : json_rows(w->a, m));
    pg_sql_put(w, STR(") AS u ("));
    for (size_t i = 0; i < m->field_count && pg_sql_is_text(w); i++) {
        if (row_of(m, 0)[i].kind == VALUE_DEFAULT)
            continue;
        buf_append(w->out, count > 0 ? STR(", c") : STR("c"));
        buf_append_uint(w->out, count++);
        buf_append_char(w->out, ' ');
        buf_append(w->out, m->fields[i]->unsupported);
    }
    pg_sql_put(w, STR(")"));
}

/* ---- INSERT ------------------------------------------------------------- */

static bool is_left_out(const mutation *m, size_t column) {
    return row_of(m, 0)[column].kind == VALUE_DEFAULT;
}

static bool is_conflict_field(const mutation *m, const field *f) {
    for (size_t i = 0; i < m->conflict_field_count; i++)
        if (m->conflict_fields[i] == f)
            return true;
    return false;
}

static void write_name(pg_sql *w, str name) {
    if (pg_sql_is_text(w))
        sql_write_name(w->out, name);
}

static void write_merge_of(pg_sql *w, const field *f) {
    write_name(w, f->column);
    pg_sql_put(w, STR(" = excluded."));
    write_name(w, f->column);
}

static void write_merge_with(pg_sql *w, const mutation *m, size_t at,
                             size_t alias) {
    const field *f = m->fields[at];
    relative_operator op = mutation_operator(m, at);
    if (op == RELATIVE_SET) {
        write_merge_of(w, f);
        return;
    }
    write_name(w, f->column);
    pg_sql_put(w, STR(" = "));
    pg_relative_write(w, alias, f, op, &m->operands[at]);
}

static void write_merge(pg_sql *w, const mutation *m, size_t alias) {
    size_t count = 0;
    pg_sql_put(w, STR(" DO UPDATE SET "));
    for (size_t i = 0; i < m->field_count; i++) {
        const field *f = m->fields[i];
        bool is_kept = m->keeps_on_merge != NULL && m->keeps_on_merge[i];
        if (is_kept || is_conflict_field(m, f) || is_left_out(m, i))
            continue;
        pg_sql_put(w, count++ > 0 ? STR(", ") : STR(""));
        write_merge_with(w, m, i, alias);
    }
    /* Nothing to set, but the row is to count and to come back. */
    if (count == 0)
        write_merge_of(w, m->conflict_fields[0]);
}

static void write_conflict(pg_sql *w, const mutation *m, size_t alias) {
    bool binds = m->operators != NULL;
    if (m->on_conflict == CONFLICT_FAIL || (!pg_sql_is_text(w) && !binds))
        return;
    pg_sql_put(w, STR(" ON CONFLICT"));
    for (size_t i = 0; i < m->conflict_field_count; i++) {
        pg_sql_put(w, i > 0 ? STR(", ") : STR(" ("));
        write_name(w, m->conflict_fields[i]->column);
    }
    pg_sql_put(w, m->conflict_field_count > 0 ? STR(")") : STR(""));
    if (m->conflict_where != NULL && pg_sql_is_text(w)) {
        pg_sql_put(w, STR(" WHERE "));
        condition_sql_write(w->out, ENGINE_POSTGRESQL, m->conflict_where);
    }
    if (m->on_conflict == CONFLICT_IGNORE)
        pg_sql_put(w, STR(" DO NOTHING"));
    else
        write_merge(w, m, alias);
}

static size_t write_targets(pg_sql *w, const mutation *m) {
    size_t count = 0;
    for (size_t i = 0; i < m->field_count; i++) {
        if (is_left_out(m, i))
            continue;
        pg_sql_put(w, count++ > 0 ? STR(", ") : STR(" ("));
        write_name(w, m->fields[i]->column);
    }
    pg_sql_put(w, count > 0 ? STR(")") : STR(""));
    return count;
}

/* u.c0, and of a list, which comes as text, u.c1::integer[]. */
static void write_sources(pg_sql *w, const mutation *m) {
    size_t count = 0;
    if (!pg_sql_is_text(w))
        return;
    for (size_t i = 0; i < m->field_count; i++) {
        if (is_left_out(m, i))
            continue;
        buf_append(w->out, count > 0 ? STR(", u.c") : STR("u.c"));
        buf_append_uint(w->out, count++);
        pg_cast type = pg_cast_of(m->fields[i], NULL);
        if (type.is_list) {
            buf_append(w->out, STR("::"));
            pg_cast_write(w->out, type, false);
        }
    }
}

/* An array of lists would have to have lists of one length: they are texts,
 * each of which is a list. */
static void write_lists(pg_sql *w, const mutation *m, size_t column,
                        pg_cast type) {
    static const pg_cast TEXT = {.name = STR_INIT("text")};
    bool is_json =
        str_equal(type.name, STR("json")) || str_equal(type.name, STR("jsonb"));
    if (pg_sql_is_text(w)) {
        pg_sql_values(w, TEXT, NULL, 0, 1);
        return;
    }
    value *lists = arena_new_array(w->a, value, m->row_count);
    for (size_t i = 0; i < m->row_count && w->failure == NULL; i++) {
        lists[i] = row_of(m, i)[column];
        if (lists[i].kind == VALUE_TEXT)
            w->failure =
                pg_array_of_list(w->a, lists[i].text, is_json, &lists[i].text);
    }
    pg_sql_values(w, TEXT, lists, m->row_count, 1);
}

static void write_values(pg_sql *w, const mutation *m) {
    size_t count = 0;
    pg_sql_put(w, STR("unnest("));
    for (size_t i = 0; i < m->field_count; i++) {
        if (is_left_out(m, i))
            continue;
        pg_cast type = pg_cast_of(m->fields[i], NULL);
        pg_sql_put(w, count++ > 0 ? STR(", ") : STR(""));
        if (type.is_list)
            write_lists(w, m, i, type);
        else
            pg_sql_values(w, type, &m->values[i], m->row_count, m->field_count);
    }
    pg_sql_put(w, STR(") AS u ("));
    for (size_t i = 0; i < count; i++) {
        pg_sql_put(w, i > 0 ? STR(", c") : STR("c"));
        if (pg_sql_is_text(w))
            buf_append_uint(w->out, i);
    }
    pg_sql_put(w, STR(")"));
}

static void write_insert(pg_sql *w, const mutation *m, size_t alias) {
    pg_sql_put(w, STR("INSERT INTO "));
    pg_sql_table(w, m->model);
    pg_sql_put(w, STR(" AS "));
    pg_sql_alias(w, alias);
    if (write_targets(w, m) > 0) {
        pg_sql_put(w, STR(" SELECT "));
        write_sources(w, m);
        pg_sql_put(w, STR(" FROM "));
        if (m->model->is_foreign)
            write_foreign_rows(w, m);
        else
            write_values(w, m);
    } else {
        pg_sql_put(w, STR(" SELECT FROM generate_series(1, "));
        pg_sql_number(w, STR("bigint"), (int64_t)m->row_count);
        pg_sql_put(w, STR(")"));
    }
    write_conflict(w, m, alias);
}

/* ---- UPDATE, DELETE ----------------------------------------------------- */

/* Waits for whoever is writing the rows, and sees what they wrote. */
/* Of an alias's rows the first. */
static void write_taken(pg_sql *w, const mutation *m, size_t alias) {
    query taken = {.model = m->model,
                   .order = m->take_order,
                   .order_count = m->take_order_count};
    pg_cells c = pg_cells_of(w, NULL, 0, NULL, 0, alias);
    pg_cells_write_order(w, &taken, &c);
    pg_sql_put(w, STR(" LIMIT "));
    pg_sql_limit(w, (int64_t)m->take);
}

static void write_look(pg_sql *w, const mutation *m) {
    size_t alias = w->alias_count++;
    pg_cells c = pg_cells_of(w, m->returning, m->returning_count, m->embeds,
                             m->embed_count, alias);
    bool is_first = mutation_cell_count(m) == 0;
    pg_sql_put(w, STR("SELECT "));
    if (!is_first)
        pg_cells_write(w, &c);
    write_judged(w, m, alias, is_first);
    pg_sql_put(w, STR(" FROM "));
    pg_sql_table(w, m->model);
    pg_sql_put(w, STR(" AS "));
    pg_sql_alias(w, alias);
    pg_cells_write_joins(w, &c);
    pg_filter_write_where(w, alias, m->where);
    if (m->take > 0)
        write_taken(w, m, alias);
    pg_sql_put(w, m->locks_keys ? STR(" FOR KEY SHARE OF ")
                                : STR(" FOR UPDATE OF "));
    pg_sql_alias(w, alias);
    pg_sql_put(w, m->take > 0 ? STR(" SKIP LOCKED") : STR(""));
}

static void write_foreign_set(pg_sql *w, const mutation *m) {
    for (size_t i = 0; i < m->field_count && pg_sql_is_text(w); i++) {
        buf_append(w->out, i > 0 ? STR(", ") : STR(" SET "));
        sql_write_name(w->out, m->fields[i]->column);
        buf_append(w->out, STR(" = u.c"));
        buf_append_uint(w->out, i);
    }
    pg_sql_put(w, STR(" FROM "));
    write_foreign_rows(w, m);
}

static void write_set(pg_sql *w, const mutation *m, size_t alias) {
    for (size_t i = 0; i < m->field_count; i++) {
        pg_sql_put(w, i > 0 ? STR(", ") : STR(" SET "));
        write_name(w, m->fields[i]->column);
        pg_sql_put(w, STR(" = "));
        pg_relative_write(w, alias, m->fields[i], mutation_operator(m, i),
                          &m->values[i]);
    }
}

/* Which rows: the filter's, or the first of them that nobody else is at. A row
 * that is locked stays where it is, and the array is made once. */
static void write_where(pg_sql *w, const mutation *m, size_t alias) {
    if (m->take == 0) {
        pg_filter_write_where(w, alias, m->where);
        return;
    }
    size_t row = w->alias_count++;
    pg_sql_put(w, STR(" WHERE "));
    pg_sql_alias(w, alias);
    pg_sql_put(w, STR(".ctid = ANY (ARRAY(SELECT "));
    pg_sql_alias(w, row);
    pg_sql_put(w, STR(".ctid FROM "));
    pg_sql_table(w, m->model);
    pg_sql_put(w, STR(" AS "));
    pg_sql_alias(w, row);
    pg_filter_write_where(w, row, m->where);
    write_taken(w, m, row);
    pg_sql_put(w, STR(" FOR UPDATE SKIP LOCKED))"));
}

static void write_update(pg_sql *w, const mutation *m, size_t alias) {
    pg_sql_put(w, STR("UPDATE "));
    pg_sql_table(w, m->model);
    pg_sql_put(w, STR(" AS "));
    pg_sql_alias(w, alias);
    if (m->model->is_foreign)
        write_foreign_set(w, m);
    else
        write_set(w, m, alias);
    write_where(w, m, alias);
}

static void write_delete(pg_sql *w, const mutation *m, size_t alias) {
    pg_sql_put(w, STR("DELETE FROM "));
    pg_sql_table(w, m->model);
    pg_sql_put(w, STR(" AS "));
    pg_sql_alias(w, alias);
    write_where(w, m, alias);
}

static void write_change(pg_sql *w, const mutation *m) {
    if (m->kind == MUTATION_CALL) {
        pg_call_write_last(w, m);
        return;
    }
    if (mutation_is_look(m)) {
        write_look(w, m);
        return;
    }
    size_t alias = w->alias_count++;
    begin(w, m);
    switch (m->kind) {
    case MUTATION_INSERT:
        write_insert(w, m, alias);
        break;
    case MUTATION_UPDATE:
        write_update(w, m, alias);
        break;
    case MUTATION_DELETE:
        write_delete(w, m, alias);
        break;
    case MUTATION_CALL:
        break; /* has been written */
    }
    end(w, m, alias);
}

void pg_change_write_shape(buf *out, const mutation *m) {
    mutation_write_shape(out, m, 0);
    pg_object_write_shape(out, m->embeds, m->embed_count);
}

void pg_change_write(buf *out, const mutation *m) {
    pg_sql w = {.out = out};
    write_change(&w, m);
}

err *pg_change_bind(arena *a, pg_arguments *out, const mutation *m) {
    pg_sql w = {.a = a, .arguments = out};
    write_change(&w, m);
    return w.failure;
}
