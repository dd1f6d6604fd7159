#include "database/postgres/pg_cells.h"

#include "database/grouping.h"
#include "database/postgres/pg_call.h"
#include "database/postgres/pg_filter.h"
#include "database/postgres/pg_hop.h"
#include "database/postgres/pg_object.h"

static void write_rows(pg_sql *w, const query *q, const hop *h,
                       pg_hop_place place, pg_cells *c);

pg_cells pg_cells_of(pg_sql *w, const query_column *columns,
                     size_t column_count, const embed *embeds,
                     size_t embed_count, size_t alias) {
    pg_cells c = {
        .columns = columns,
        .column_count = column_count,
        .embeds = embeds,
        .embed_count = embed_count,
        .alias = alias,
        .spreads = w->alias_count,
        .is_grouped =
            grouping_is_needed(columns, column_count, embeds, embed_count),
    };
    c.style = c.is_grouped ? PG_AS_GROUPED : PG_AS_CELL;
    w->alias_count += embed_count;
    return c;
}

static pg_cells cells_of_query(pg_sql *w, const query *q, size_t alias) {
    return pg_cells_of(w, q->columns, q->column_count, q->embeds,
                       q->embed_count, alias);
}

/* ---- Embeds ------------------------------------------------------------- */

static void write_alias(pg_sql *w, size_t alias) {
    pg_sql_put(w, STR(" AS "));
    pg_sql_alias(w, alias);
}

/* The rows that e leads to. */
static void write_inner(pg_sql *w, const embed *e, size_t origin,
                        bool is_spread, pg_naming naming) {
    pg_hop_place place = pg_hop_place_new(w, origin);
    pg_cells c = cells_of_query(w, &e->query, place.target);
    c.style = is_spread ? PG_AS_STORED : PG_AS_JSON;
    c.naming = naming;
    c.is_spread = is_spread;
    c.is_grouped = c.is_grouped && !is_spread;
    write_rows(w, &e->query, &e->hop, place, &c);
}

static void write_embed(pg_sql *w, const embed *e, size_t origin) {
    size_t row = w->alias_count++;
    pg_naming naming = pg_object_is_record(&e->query) ? PG_BY_KEY : PG_BY_PLACE;
    pg_sql_put(w, STR("(SELECT "));
    pg_sql_put(w, e->hop.is_to_one ? STR("") : STR("coalesce(json_agg("));
    pg_object_write(w, &e->query, row);
    pg_sql_put(w, e->hop.is_to_one ? STR("") : STR("), '[]')"));
    pg_sql_put(w, STR(" FROM ("));
    write_inner(w, e, origin, false, naming);
    pg_sql_put(w, STR(")"));
    write_alias(w, row);
    pg_sql_put(w, STR(")"));
}

static void write_arrays(pg_sql *w, size_t count, size_t row) {
    for (size_t i = 0; i < count; i++) {
        pg_sql_put(w, i > 0 ? STR(", ") : STR(""));
        pg_sql_put(w, STR("coalesce(json_agg("));
        pg_sql_cell(w, row, i);
        pg_sql_put(w, STR("), '[]') AS c"));
        if (pg_sql_is_text(w))
            buf_append_uint(w->out, i);
    }
}

static void write_spread_to_many(pg_sql *w, const embed *e, size_t origin) {
    size_t row = w->alias_count++;
    pg_sql_put(w, STR("SELECT "));
    write_arrays(w, query_cell_count(&e->query), row);
    pg_sql_put(w, STR(" FROM ("));
    write_inner(w, e, origin, false, PG_BY_PLACE);
    pg_sql_put(w, STR(")"));
    write_alias(w, row);
}

void pg_cells_write_joins(pg_sql *w, const pg_cells *c) {
    for (size_t i = 0; i < c->embed_count; i++) {
        const embed *e = &c->embeds[i];
        if (!e->is_spread || query_cell_count(&e->query) == 0)
            continue;
        pg_sql_put(w, STR(" LEFT JOIN LATERAL ("));
        if (e->hop.is_to_one)
            write_inner(w, e, c->alias, true, PG_BY_PLACE);
        else
            write_spread_to_many(w, e, c->alias);
        pg_sql_put(w, STR(")"));
        write_alias(w, c->spreads + i);
        pg_sql_put(w, STR(" ON true"));
    }
}

/* ---- Cells -------------------------------------------------------------- */

static void begin_cell(pg_sql *w, pg_cells *c) {
    pg_sql_put(w, c->count > 0 ? STR(", ") : STR(""));
}

/* name: one of the schema. */
static void end_cell(pg_sql *w, pg_cells *c, str name) {
    if (c->naming == PG_BY_PLACE && pg_sql_is_text(w)) {
        buf_append(w->out, STR(" AS c"));
        buf_append_uint(w->out, c->count);
    } else if (c->naming == PG_BY_KEY && pg_sql_is_text(w)) {
        buf_append(w->out, STR(" AS "));
        sql_write_name(w->out, name);
    }
    c->count++;
}

static void write_column(pg_sql *w, pg_cells *c, const query_column *column) {
    const derivation *d = column->derivation;
    if (d == NULL && !pg_sql_is_text(w)) { /* most are, and have no values */
        c->count++;
        return;
    }
    begin_cell(w, c);
    if (!c->is_spread)
        pg_expression_write(w, c->alias, column->field, d, c->style);
    else if (d != NULL && d->aggregate == AGGREGATE_ROWS)
        pg_sql_put(w, STR("1"));
    else
        pg_expression_write_inner(w, c->alias, column->field, d);
    end_cell(w, c, column->field->column);
}

/* json cannot be compared, jsonb can. */
static void end_json_cell(pg_sql *w, pg_cells *c, str name) {
    pg_sql_put(w, c->is_grouped ? STR("::jsonb") : STR(""));
    end_cell(w, c, name);
}

/* Of a hop to one row; what is inside of it is shown here. */
static void write_lifted(pg_sql *w, pg_cells *c, const query_column *column,
                         size_t alias, size_t at) {
    const derivation *d = column->derivation;
    begin_cell(w, c);
    if (c->is_spread) {
        pg_sql_cell(w, alias, at);
    } else {
        pg_expression_begin_style(w, column->field, d, c->style);
        pg_expression_begin_aggregate(w, column->field, d);
        pg_sql_cell(w, alias, at);
        pg_expression_end_aggregate(w, column->field, d);
        pg_expression_end_style(w, column->field, d, c->style);
    }
    end_cell(w, c, column->field->column);
}

static void write_json_cell(pg_sql *w, pg_cells *c, str name, size_t alias,
                            size_t at) {
    begin_cell(w, c);
    pg_sql_cell(w, alias, at);
    end_json_cell(w, c, name);
}

static void write_spread(pg_sql *w, pg_cells *c, const embed *e, size_t alias,
                         size_t *at, bool is_json) {
    const query *q = &e->query;
    bool is_array = is_json || !e->hop.is_to_one;
    for (size_t i = 0; i < q->column_count; i++, (*at)++) {
        if (is_array)
            write_json_cell(w, c, q->columns[i].field->column, alias, *at);
        else
            write_lifted(w, c, &q->columns[i], alias, *at);
    }
    for (size_t i = 0; i < q->embed_count; i++) {
        if (q->embeds[i].is_spread)
            write_spread(w, c, &q->embeds[i], alias, at, is_array);
        else
            write_json_cell(w, c, q->embeds[i].query.model->table, alias,
                            (*at)++);
    }
}

void pg_cells_write(pg_sql *w, pg_cells *c) {
    for (size_t i = 0; i < c->column_count; i++)
        write_column(w, c, &c->columns[i]);
    for (size_t i = 0; i < c->embed_count; i++) {
        const embed *e = &c->embeds[i];
        size_t at = 0;
        if (e->is_spread) {
            write_spread(w, c, e, c->spreads + i, &at, false);
        } else {
            begin_cell(w, c);
            write_embed(w, e, c->alias);
            end_json_cell(w, c, e->query.model->table);
        }
    }
    pg_sql_put(w, c->count == 0 ? STR("1") : STR(""));
}

/* ---- Rows --------------------------------------------------------------- */

static void write_related(pg_sql *w, const query_order *o, size_t alias) {
    const query *q = &o->related->query;
    pg_hop_place place = pg_hop_place_new(w, alias);
    pg_sql_put(w, STR("(SELECT "));
    pg_expression_write_compared(w, place.target, o->field, o->derivation);
    pg_sql_put(w, STR(" FROM "));
    pg_hop_write_from(w, &o->related->hop, q->model, place);
    pg_sql_put(w, STR(" WHERE "));
    pg_hop_write_link(w, &o->related->hop, place);
    if (q->where != NULL) {
        pg_sql_put(w, STR(" AND "));
        pg_filter_write(w, place.target, q->where);
    }
    pg_sql_put(w, STR(" LIMIT 1)"));
}

static void write_order_by(pg_sql *w, const query *q, const pg_cells *c,
                           const query_order *o) {
    size_t cell;
    if (c->is_grouped && grouping_find(q, o, &cell)) {
        if (pg_sql_is_text(w))
            buf_append_uint(w->out, cell + 1);
        return;
    }
    if (o->related != NULL)
        write_related(w, o, c->alias);
    else
        pg_expression_write_compared(w, c->alias, o->field, o->derivation);
}

/* For PostgreSQL NULL is the largest value. Saying what is so anyway would
 * keep it from using an index. */
static void write_direction(pg_sql *w, const query_order *o) {
    bool can_be_null =
        o->field->is_optional || o->derivation != NULL || o->related != NULL;
    pg_sql_put(w, o->is_descending ? STR(" DESC") : STR(""));
    if (can_be_null && o->are_nulls_first != o->is_descending)
        pg_sql_put(w, o->are_nulls_first ? STR(" NULLS FIRST")
                                         : STR(" NULLS LAST"));
}

void pg_cells_write_order(pg_sql *w, const query *q, const pg_cells *c) {
    for (size_t i = 0; i < q->order_count; i++) {
        pg_sql_put(w, i > 0 ? STR(", ") : STR(" ORDER BY "));
        write_order_by(w, q, c, &q->order[i]);
        write_direction(w, &q->order[i]);
    }
    if (c->is_grouped && pg_sql_is_text(w) && !q->model->is_foreign)
        grouping_write_order(w->out, q, q->order_count > 0);
}

static void write_limits(pg_sql *w, const query *q, bool is_to_one) {
    if (q->limit != QUERY_NO_LIMIT) {
        pg_sql_put(w, STR(" LIMIT "));
        pg_sql_limit(w, q->limit);
    } else if (is_to_one) {
        pg_sql_put(w, STR(" LIMIT 1"));
    }
    if (q->offset > 0) {
        pg_sql_put(w, STR(" OFFSET "));
        pg_sql_number(w, STR("bigint"), q->offset);
    }
}

void pg_cells_write_source(pg_sql *w, const query *q, size_t alias) {
    if (UNLIKELY(q->call != NULL)) {
        pg_call_write_source(w, q->call, alias);
        return;
    }
    pg_sql_table(w, q->model);
    write_alias(w, alias);
}

/* h is NULL for the rows of the whole table. */
static void write_rows(pg_sql *w, const query *q, const hop *h,
                       pg_hop_place place, pg_cells *c) {
    pg_sql_put(w, STR("SELECT "));
    pg_cells_write(w, c);
    pg_sql_put(w, STR(" FROM "));
    if (h != NULL)
        pg_hop_write_from(w, h, q->model, place);
    else
        pg_cells_write_source(w, q, place.target);
    pg_cells_write_joins(w, c);
    if (h != NULL) {
        pg_sql_put(w, STR(" WHERE "));
        pg_hop_write_link(w, h, place);
        pg_sql_put(w, q->where != NULL ? STR(" AND ") : STR(""));
        if (q->where != NULL)
            pg_filter_write(w, place.target, q->where);
    } else {
        pg_filter_write_where(w, place.target, q->where);
    }
    if (c->is_grouped && pg_sql_is_text(w))
        grouping_write(w->out, c->columns, c->column_count, c->embeds,
                       c->embed_count);
    pg_cells_write_order(w, q, c);
    write_limits(w, q, h != NULL && h->is_to_one);
}

void pg_cells_write_query(pg_sql *w, const query *q) {
    pg_hop_place place = {.target = w->alias_count++};
    pg_cells c = cells_of_query(w, q, place.target);
    write_rows(w, q, NULL, place, &c);
}
