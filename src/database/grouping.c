#include "database/grouping.h"

bool grouping_is_needed(const query_column *columns, size_t count,
                        const embed *embeds, size_t embed_count) {
    for (size_t i = 0; i < count; i++)
        if (grouping_is_aggregate(columns[i].derivation))
            return true;
    for (size_t i = 0; i < embed_count; i++) {
        const embed *e = &embeds[i];
        if (e->is_spread && e->hop.is_to_one &&
            grouping_is_needed(e->query.columns, e->query.column_count,
                               e->query.embeds, e->query.embed_count))
            return true;
    }
    return false;
}

/* ---- Numbers ------------------------------------------------------------ */

typedef struct list {
    buf *out;
    str before; /* the next number */
    size_t cell;
} list;

static void put(list *l, bool is_in) {
    l->cell++;
    if (!is_in)
        return;
    buf_append(l->out, l->before);
    buf_append_uint(l->out, l->cell);
    l->before = STR(", ");
}

/* Those of the cells of a query that are no aggregates; with is_order, that
 * have an order. Below a spread to many rows all are JSON. */
static void put_all(list *l, const query_column *columns, size_t count,
                    const embed *embeds, size_t embed_count, bool is_json,
                    bool is_order) {
    for (size_t i = 0; i < count; i++) {
        const derivation *d = columns[i].derivation;
        bool has_order = !query_result(columns[i].field, d)->is_list;
        put(l,
            is_json || (!grouping_is_aggregate(d) && (has_order || !is_order)));
    }
    for (size_t i = 0; i < embed_count; i++) {
        const query *q = &embeds[i].query;
        if (embeds[i].is_spread)
            put_all(l, q->columns, q->column_count, q->embeds, q->embed_count,
                    is_json || !embeds[i].hop.is_to_one, is_order);
        else
            put(l, true);
    }
}

void grouping_write(buf *out, const query_column *columns, size_t count,
                    const embed *embeds, size_t embed_count) {
    list l = {.out = out, .before = STR(" GROUP BY ")};
    put_all(&l, columns, count, embeds, embed_count, false, false);
}

void grouping_write_order(buf *out, const query *q, bool has_order) {
    list l = {.out = out,
              .before = has_order ? STR(", ") : STR(" ORDER BY "),
              .cell = q->column_count};
    put_all(&l, NULL, 0, q->embeds, q->embed_count, false, true);
}

/* ---- Orders ------------------------------------------------------------- */

static bool is_same_step(const json_step *x, const json_step *y) {
    return x->is_index == y->is_index && x->index == y->index &&
           str_equal(x->key, y->key);
}

static bool is_same(const derivation *x, const derivation *y) {
    if (x == NULL || y == NULL)
        return x == y;
    if (x->step_count != y->step_count || x->is_text != y->is_text ||
        x->cast != y->cast || x->aggregate != y->aggregate ||
        x->outer_cast != y->outer_cast || x->function != y->function)
        return false;
    for (size_t i = 0; i < x->step_count; i++)
        if (!is_same_step(&x->steps[i], &y->steps[i]))
            return false;
    return true;
}

static bool find_column(const query *q, const query_order *o, size_t *cell) {
    for (size_t i = 0; i < q->column_count; i++) {
        if (q->columns[i].field == o->field &&
            is_same(q->columns[i].derivation, o->derivation)) {
            *cell += i;
            return true;
        }
    }
    return false;
}

/* Under one name, which of two spreads is meant the columns say. */
static bool is_spread_of(const embed *e, const embed *related) {
    return e->is_spread && e->hop.is_to_one &&
           e->hop.kind == related->hop.kind &&
           e->hop.relation == related->hop.relation &&
           str_equal(e->name, related->name);
}

bool grouping_find(const query *q, const query_order *o, size_t *cell) {
    *cell = 0;
    if (o->related == NULL)
        return find_column(q, o, cell);
    *cell = q->column_count;
    for (size_t i = 0; i < q->embed_count; i++) {
        const embed *e = &q->embeds[i];
        if (is_spread_of(e, o->related) && find_column(&e->query, o, cell))
            return true;
        *cell += embed_cell_count(e, 1);
    }
    return false;
}
