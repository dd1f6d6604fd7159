#include "database/postgres/pg_hop.h"

#include "database/postgres/pg_filter.h"
#include "database/postgres/pg_foreign_call.h"
#include "database/postgres/pg_outcome.h"
#include "schema/function.h"

pg_hop_place pg_hop_place_new(pg_sql *w, size_t origin) {
    pg_hop_place place = {origin, w->alias_count, w->alias_count + 1};
    w->alias_count += 2;
    return place;
}

/* The child's foreign key is what it refers to in the parent. */
static void write_pairs(pg_sql *w, const relation *r, size_t child,
                        size_t parent) {
    for (size_t i = 0; i < r->column_count; i++) {
        pg_sql_put(w, i > 0 ? STR(" AND ") : STR(""));
        pg_sql_column(w, child, r->columns[i]->column);
        pg_sql_put(w, STR(" = "));
        pg_sql_column(w, parent, r->references[i]->column);
    }
}

/* An end of a join table: A is the child's side. */
static void write_end(pg_sql *w, const relation *r, bool is_a, size_t between,
                      size_t row) {
    const model *m = is_a ? r->child : r->parent;
    pg_sql_column(w, between, is_a ? STR("A") : STR("B"));
    pg_sql_put(w, STR(" = "));
    pg_sql_column(w, row, model_identity(m)->fields[0]->column);
}

static void write_as(pg_sql *w, size_t alias) {
    pg_sql_put(w, STR(" AS "));
    pg_sql_alias(w, alias);
}

static void write_join_table(pg_sql *w, const hop *h, pg_hop_place place) {
    const relation *r = h->relation;
    pg_sql_put(w, STR(" JOIN "));
    if (pg_sql_is_text(w))
        sql_write_path(w->out, r->child->database_schema, r->join_table);
    write_as(w, place.between);
    pg_sql_put(w, STR(" ON "));
    write_end(w, r, !h->is_from_a, place.between, place.target);
}

static void write_junction(pg_sql *w, const hop *h, pg_hop_place place) {
    pg_sql_put(w, STR(" JOIN "));
    pg_outcome_write_table(w, h->onward->child);
    write_as(w, place.between);
    pg_sql_put(w, STR(" ON "));
    write_pairs(w, h->onward, place.between, place.target);
}

void pg_hop_write_from(pg_sql *w, const hop *h, const model *target,
                       pg_hop_place place) {
    if (h->kind == HOP_COMPUTED)
        pg_foreign_call_write_computed(w, h->function, place.origin);
    else
        pg_outcome_write_table(w, target);
    write_as(w, place.target);
    if (h->kind == HOP_JOIN_TABLE)
        write_join_table(w, h, place);
    if (h->kind == HOP_JUNCTION)
        write_junction(w, h, place);
}

/* What returns one row returns NULL for none, which FROM makes a row of. */
static void write_is_there(pg_sql *w, const function *f, pg_hop_place place) {
    pg_sql_put(w, f->is_list ? STR("true") : STR("NOT "));
    if (f->is_list)
        return;
    pg_sql_alias(w, place.target);
    pg_sql_put(w, STR(" IS NULL"));
}

void pg_hop_write_link(pg_sql *w, const hop *h, pg_hop_place place) {
    switch (h->kind) {
    case HOP_TO_PARENT:
        write_pairs(w, h->relation, place.origin, place.target);
        return;
    case HOP_TO_CHILD:
        write_pairs(w, h->relation, place.target, place.origin);
        return;
    case HOP_JOIN_TABLE:
        write_end(w, h->relation, h->is_from_a, place.between, place.origin);
        return;
    case HOP_JUNCTION:
        write_pairs(w, h->relation, place.between, place.origin);
        break;
    case HOP_COMPUTED:
        write_is_there(w, h->function, place);
        return;
    }
    if (h->junction_where == NULL)
        return;
    pg_sql_put(w, STR(" AND "));
    pg_filter_write(w, place.between, h->junction_where);
}
