#include "database/sqlite/lite_select.h"

#include "database/grouping.h"
#include "database/shape.h"
#include "database/sqlite/lite_call.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_filter.h"
#include "database/sqlite/lite_group.h"
#include "database/sqlite/lite_sql.h"
#include "database/sqlite/lite_statement.h"
#include "schema/function.h"

/* ---- Cells -------------------------------------------------------------- */

void lite_select_columns(buf *out, lite_scope s, const query_column *columns,
                         size_t count) {
    if (count == 0)
        buf_append_char(out, '1');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append(out, STR(", "));
        lite_column_write(out, s, columns[i].field, columns[i].derivation);
    }
}

size_t lite_select_link_count(const embed *embeds, size_t count) {
    size_t links = 0;
    for (size_t i = 0; i < count; i++)
        links += lite_hop_link_count(&embeds[i].hop);
    return links;
}

void lite_select_links(buf *out, lite_scope s, const embed *embeds,
                       size_t count) {
    for (size_t i = 0; i < count; i++) {
        const hop *h = &embeds[i].hop;
        for (size_t k = 0; k < lite_hop_link_count(h); k++) {
            buf_append(out, STR(", "));
            lite_name_write(out, s, lite_hop_link(h, k)->column);
        }
    }
}

/* ---- Order -------------------------------------------------------------- */

/* For SQLite, NULL is the smallest value. Saying what is so anyway would keep
 * it from using an index. */
static void write_nulls(buf *out, const query_order *o) {
    bool is_first_anyway = !o->is_descending;
    bool can_be_null =
        o->field->is_optional || o->derivation != NULL || o->related != NULL;
    if (!can_be_null || o->are_nulls_first == is_first_anyway)
        return;
    buf_append(out,
               o->are_nulls_first ? STR(" NULLS FIRST") : STR(" NULLS LAST"));
}

static void write_key(buf *out, lite_scope s, const query_order *o) {
    if (lite_column_is_ranked(o->field, o->derivation))
        lite_column_write_rank(out, s, o->field);
    else
        lite_column_write_collated(out, s, o->field, o->derivation);
}

/* Where it is in the row that is related. A subquery has no collation but what
 * is said behind it. */
static void write_related_key(buf *out, lite_scope s, const query_order *o) {
    lite_scope inside = lite_scope_inside(s);
    buf_append(out, STR("(SELECT "));
    write_key(out, inside, o);
    lite_hop_write(out, inside, o->related, true);
    buf_append(out, STR(" LIMIT 1)"));
    lite_collation_write(out,
                         lite_column_form(s.layout, o->field, o->derivation));
}

void lite_select_order(buf *out, lite_scope s, const query *q) {
    for (size_t i = 0; i < q->order_count; i++) {
        const query_order *o = &q->order[i];
        buf_append(out, i > 0 ? STR(", ") : STR(" ORDER BY "));
        if (o->related != NULL && q->is_grouped)
            lite_group_write_key(out, q, o);
        else if (o->related != NULL)
            write_related_key(out, s, o);
        else
            write_key(out, s, o);
        if (o->is_descending)
            buf_append(out, STR(" DESC"));
        write_nulls(out, o);
    }
    if (UNLIKELY(q->is_grouped))
        lite_group_write_order(out, q, q->order_count > 0);
}

/* ---- Statements --------------------------------------------------------- */

static void write_from(buf *out, lite_scope s, const query *q,
                       const embed *of) {
    if (of != NULL) {
        lite_hop_write(out, s, of, false);
        return;
    }
    buf_append(out, STR(" FROM "));
    if (UNLIKELY(q->call != NULL))
        lite_call_write_source(out, s, q->call->function);
    else
        lite_table_write(out, s, q->model->table);
    lite_filter_write(out, s, q->where);
}

/* The rows, in no order. */
static void write_rows(buf *out, lite_scope s, const query *q,
                       const embed *of) {
    buf_append(out, STR("SELECT "));
    if (UNLIKELY(q->is_grouped)) {
        lite_group_write_cells(out, s, q);
    } else {
        lite_select_columns(out, s, q->columns, q->column_count);
        lite_select_links(out, s, q->embeds, q->embed_count);
    }
    write_from(out, s, q, of);
    if (UNLIKELY(q->is_grouped))
        grouping_write(out, q->columns, q->column_count, q->embeds,
                       q->embed_count);
}

void lite_select_limits(buf *out, const query *q) {
    if (q->limit != QUERY_NO_LIMIT)
        buf_append(out, STR(" LIMIT ?"));
    else if (q->offset > 0)
        buf_append(out, STR(" LIMIT -1"));
    if (q->offset > 0)
        buf_append(out, STR(" OFFSET ?"));
}

static void write_select(buf *out, lite_scope s, const query *q,
                         const embed *of) {
    write_rows(out, s, q, of);
    lite_select_order(out, s, q);
    lite_select_limits(out, q);
}

static void write_count(buf *out, lite_scope s, const query *q) {
    buf_append(out, STR("SELECT count(*)"));
    write_from(out, s, q, NULL);
}

static void write_statement(buf *out, const lite_layout *layout,
                            lite_select_kind kind, const query *q,
                            const embed *of) {
    lite_scope s = {layout, 0};
    if (kind == LITE_SELECT_PLAN)
        buf_append(out, STR("EXPLAIN QUERY PLAN "));
    if (kind == LITE_SELECT_COUNT)
        write_count(out, s, q);
    else
        write_select(out, s, q, of);
}

static void write_shape(buf *shape, lite_select_kind kind, const query *q,
                        const embed *of) {
    buf_clear(shape, SIZE_MAX);
    buf_append_char(shape, (char)kind);
    if (of != NULL) {
        embed_write_shape(shape, of);
        return;
    }
    if (kind != LITE_SELECT_COUNT) {
        query_write_shape(shape, q);
        return;
    }
    shape_put(shape, q->model->index * 4 + (size_t)(q->call != NULL) * 2 +
                         (q->where != NULL));
    if (UNLIKELY(q->call != NULL))
        shape_put(shape, q->call->function->index);
    if (q->where != NULL)
        filter_write_shape(shape, q->where);
}

/* Another level of a tree, or another branch, may be of the same shape and have
 * the statement: then there is a second one. */
static bool take_another(const lite_source *from, lite_cached *out) {
    while (lite_cache_has(from->cache, buf_str(from->shape))) {
        buf_append_char(from->shape, '+');
        if (lite_cache_take(from->cache, buf_str(from->shape), out))
            return true;
    }
    return false;
}

static err *prepare(arena *a, const lite_source *from, lite_select_kind kind,
                    const query *q, const embed *of, lite_cached *out) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    write_statement(&sql, from->layout, kind, q, of);
    if (sql.is_overflown || from->shape->is_overflown)
        return err_new(a, ERR_TOO_LARGE, "the query is too large");
    sqlite3_stmt *statement = NULL;
    TRY(lite_prepare(a, from->db, buf_str(&sql), SQLITE_PREPARE_PERSISTENT,
                     &statement));
    *out = lite_cache_add(from->cache, buf_str(from->shape), statement);
    return NULL;
}

err *lite_select_find(arena *a, const lite_source *from, lite_select_kind kind,
                      const query *q, const embed *of, lite_cached *out) {
    write_shape(from->shape, kind, q, of);
    if (lite_cache_take(from->cache, buf_str(from->shape), out))
        return NULL;
    if (of != NULL && take_another(from, out))
        return NULL;
    return prepare(a, from, kind, q, of, out);
}

/* ---- Values ------------------------------------------------------------- */

int lite_select_bind_columns(arena *a, sqlite3_stmt *statement, int *at,
                             const query_column *columns, size_t count) {
    int rc = SQLITE_OK;
    for (size_t i = 0; i < count && rc == SQLITE_OK; i++)
        if (UNLIKELY(columns[i].derivation != NULL))
            rc = lite_column_bind(a, statement, at, columns[i].derivation);
    return rc;
}

static int bind_order(arena *a, sqlite3_stmt *statement, int *at,
                      const lite_layout *layout, const query *q) {
    int rc = SQLITE_OK;
    for (size_t i = 0; i < q->order_count && rc == SQLITE_OK; i++) {
        const query_order *o = &q->order[i];
        if (o->related != NULL && q->is_grouped) /* a cell, by its number */
            continue;
        if (o->derivation != NULL)
            rc = lite_column_bind(a, statement, at, o->derivation);
        if (rc == SQLITE_OK && o->related != NULL)
            rc = lite_hop_bind(a, statement, at, layout, o->related);
    }
    return rc;
}

static int bind_table(arena *a, sqlite3_stmt *statement, int *at,
                      const lite_layout *layout, const query *q) {
    int rc = SQLITE_OK;
    if (UNLIKELY(q->call != NULL))
        rc = lite_call_bind_source(a, statement, at, layout, q->call);
    return rc == SQLITE_OK
               ? lite_filter_bind_code(a, statement, at, layout, q->where)
               : rc;
}

static int bind_rows(arena *a, sqlite3_stmt *statement, int *at,
                     const lite_layout *layout, const query *q, const embed *of,
                     int *first_link) {
    if (LIKELY(of == NULL))
        return bind_table(a, statement, at, layout, q);
    *first_link = *at;
    *at += (int)lite_hop_link_count(&of->hop);
    return lite_hop_bind(a, statement, at, layout, of);
}

int lite_select_bind_limits(sqlite3_stmt *statement, int *at, const query *q) {
    int rc = SQLITE_OK;
    if (q->limit != QUERY_NO_LIMIT)
        rc = sqlite3_bind_int64(statement, (*at)++, q->limit);
    if (rc == SQLITE_OK && q->offset > 0)
        rc = sqlite3_bind_int64(statement, (*at)++, q->offset);
    return rc;
}

err *lite_select_bind(arena *a, sqlite3_stmt *statement,
                      const lite_layout *layout, const query *q,
                      bool has_derived, const lite_embeds *related,
                      const embed *of, int *first_link) {
    int at = 1;
    int rc = SQLITE_OK;
    if (UNLIKELY(q->is_grouped))
        rc = lite_group_bind(a, statement, &at, layout, q, related);
    else if (UNLIKELY(has_derived))
        rc = lite_select_bind_columns(a, statement, &at, q->columns,
                                      q->column_count);
    if (rc == SQLITE_OK)
        rc = bind_rows(a, statement, &at, layout, q, of, first_link);
    if (rc == SQLITE_OK && q->order_count > 0)
        rc = bind_order(a, statement, &at, layout, q);
    if (rc == SQLITE_OK)
        rc = lite_select_bind_limits(statement, &at, q);
    return LIKELY(rc == SQLITE_OK)
               ? NULL
               : lite_check(a, sqlite3_db_handle(statement), rc);
}

err *lite_count_bind(arena *a, sqlite3_stmt *statement,
                     const lite_layout *layout, const query *q) {
    int at = 1;
    int rc = bind_table(a, statement, &at, layout, q);
    return lite_check(a, sqlite3_db_handle(statement), rc);
}

/* ---- Errors ------------------------------------------------------------- */

err *lite_select_check(arena *a, const lite_layout *layout, const query *q) {
    if (UNLIKELY(layout->is_missing[q->model->index]))
        return lite_layout_refuse(a, q->model);
    for (size_t i = 0; i < q->order_count; i++) {
        const embed *related = q->order[i].related;
        if (related == NULL)
            continue;
        TRY(lite_filter_check(a, layout, related->query.where));
        TRY(lite_filter_check(a, layout, related->hop.junction_where));
        if (layout->is_missing[related->query.model->index])
            return lite_layout_refuse(a, related->query.model);
    }
    return lite_filter_check(a, layout, q->where);
}

err *lite_source_error(arena *a, const lite_source *from, int rc) {
    if ((rc & 0xff) == SQLITE_INTERRUPT && from->pace->has_ended)
        return lite_pace_error(a, from->pace);
    return lite_error(a, from->db, rc);
}
