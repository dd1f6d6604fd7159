#include "database/postgres/pg_group.h"

#include "database/postgres/pg_expression.h"

bool pg_group_is_needed(const query_column *columns, size_t count,
                        const embed *embeds, size_t embed_count) {
    for (size_t i = 0; i < count; i++)
        if (pg_is_aggregate(columns[i].derivation))
            return true;
    for (size_t i = 0; i < embed_count; i++) {
        const embed *e = &embeds[i];
        if (e->is_spread && e->hop.is_to_one &&
            pg_group_is_needed(e->query.columns, e->query.column_count,
                               e->query.embeds, e->query.embed_count))
            return true;
    }
    return false;
}

typedef struct group {
    buf *out;
    size_t cell;
    size_t count;
} group;

static void put(group *g, bool is_aggregate) {
    g->cell++;
    if (is_aggregate)
        return;
    buf_append(g->out, g->count++ > 0 ? STR(", ") : STR(" GROUP BY "));
    buf_append_uint(g->out, g->cell);
}

static void put_all(group *g, const query_column *columns, size_t count,
                    const embed *embeds, size_t embed_count, bool is_json) {
    for (size_t i = 0; i < count; i++)
        put(g, !is_json && pg_is_aggregate(columns[i].derivation));
    for (size_t i = 0; i < embed_count; i++) {
        const query *q = &embeds[i].query;
        if (embeds[i].is_spread)
            put_all(g, q->columns, q->column_count, q->embeds, q->embed_count,
                    is_json || !embeds[i].hop.is_to_one);
        else
            put(g, false);
    }
}

void pg_group_write(buf *out, const query_column *columns, size_t count,
                    const embed *embeds, size_t embed_count) {
    group g = {.out = out};
    put_all(&g, columns, count, embeds, embed_count, false);
}

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

bool pg_group_find(const query *q, const query_order *o, size_t *cell) {
    for (size_t i = 0; i < q->column_count; i++) {
        if (q->columns[i].field == o->field &&
            is_same(q->columns[i].derivation, o->derivation)) {
            *cell = i;
            return true;
        }
    }
    return false;
}
