#include "database/query.h"

#include "database/grouping.h"
#include "database/shape.h"
#include "schema/function.h"

/* A function reads as many rows as it likes. */
static bool is_computed(const derivation *d) {
    return UNLIKELY(d != NULL) && d->function != NULL;
}

static bool leads_elsewhere(const filter *f) {
    if (f == NULL)
        return false;
    for (size_t i = 0; i < f->child_count; i++)
        if (leads_elsewhere(f->children[i]))
            return true;
    return f->kind == FILTER_EXISTS || is_computed(f->derivation);
}

static bool has_computed(const query *q) {
    for (size_t i = 0; i < q->column_count; i++)
        if (is_computed(q->columns[i].derivation))
            return true;
    return false;
}

bool query_is_quick(const query *q) {
    return q->finds_one && q->embed_count == 0 && !q->wants_total &&
           q->call == NULL && q->scope == NULL && q->plan == NULL &&
           !leads_elsewhere(q->where) && !has_computed(q);
}

size_t filter_in_slots(size_t value_count) {
    size_t slots = value_count > 0 ? 1 : 0;
    while (slots < value_count)
        slots *= 2;
    return slots;
}

static void write_children(buf *out, const filter *f) {
    shape_put(out, f->child_count);
    for (size_t i = 0; i < f->child_count; i++)
        filter_write_shape(out, f->children[i]);
}

void filter_write_shape(buf *out, const filter *f) {
    shape_put(out, (size_t)f->kind * 4 + (size_t)(f->derivation != NULL) * 2 +
                       f->is_negated);
    if (UNLIKELY(f->derivation != NULL))
        derivation_write_shape(out, f->derivation);
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        write_children(out, f);
        return;
    case FILTER_COMPARE:
        shape_put(out, f->op);
        break;
    case FILTER_LIKE:
        shape_put(out, f->is_case_sensitive);
        break;
    case FILTER_IN:
        shape_put(out, filter_in_slots(f->value_count));
        break;
    case FILTER_IS:
        shape_put(out, f->what);
        break;
    case FILTER_LIST:
        shape_put(out, f->list);
        break;
    case FILTER_MATCH:
        shape_put(out, f->is_case_sensitive);
        break;
    case FILTER_RANGE:
        shape_put(out, f->range);
        break;
    case FILTER_SEARCH:
        shape_put(out, (size_t)f->search * 2 +
                           !str_is_empty(f->search_configuration));
        break;
    case FILTER_EXISTS:
        shape_put(out, f->begins_there);
        embed_write_shape(out, f->related);
        return;
    }
    shape_put_field(out, f->field);
}

/* A foreign function is called with what is given, and by name. */
void function_call_write_shape(buf *out, const function_call *call) {
    const function *f = call->function;
    shape_put(out, f->index);
    if (!f->is_foreign)
        return;
    shape_put(out, call->are_texts);
    for (size_t i = 0; i < f->arguments->column_count; i++)
        shape_put(out, call->arguments[i].kind == VALUE_DEFAULT);
}

void query_write_order_shape(buf *out, const query_order *order, size_t count) {
    shape_put(out, count);
    for (size_t i = 0; i < count; i++) {
        const query_order *o = &order[i];
        shape_put_field(out, o->field);
        shape_put(out, (size_t)(o->related != NULL) * 8 +
                           (size_t)(o->derivation != NULL) * 4 +
                           (size_t)o->is_descending * 2 + o->are_nulls_first);
        if (UNLIKELY(o->derivation != NULL))
            derivation_write_shape(out, o->derivation);
        if (UNLIKELY(o->related != NULL))
            embed_write_shape(out, o->related);
    }
}

/* With one look at the room there is; derivations, which few have, behind. */
static void write_columns(buf *out, const query_column *columns, size_t count) {
    bool has_derivations = false;
    char *start = buf_reserve(out, (1 + count) * SHAPE_NUMBER_MAX);
    if (UNLIKELY(start == NULL))
        return;
    char *to = shape_write(start, count);
    for (size_t i = 0; i < count; i++) {
        bool has = columns[i].derivation != NULL;
        to = shape_write(to, columns[i].field->column_index * 2 + has);
        has_derivations |= has;
    }
    buf_commit(out, (size_t)(to - start));
    for (size_t i = 0; UNLIKELY(has_derivations) && i < count; i++) {
        if (columns[i].derivation != NULL)
            derivation_write_shape(out, columns[i].derivation);
    }
}

static void write_embeds(buf *out, const embed *embeds, size_t count) {
    shape_put(out, count);
    for (size_t i = 0; i < count; i++)
        embed_write_shape(out, &embeds[i]);
}

void query_write_columns_shape(buf *out, const query_column *columns,
                               size_t count, const embed *embeds,
                               size_t embed_count) {
    write_columns(out, columns, count);
    write_embeds(out, embeds, embed_count);
}

/* Of two spreads alike the names tell which one orders the groups. */
static void write_group_order(buf *out, const query *q) {
    for (size_t i = 0; i < q->order_count; i++) {
        size_t cell;
        if (q->order[i].related != NULL &&
            grouping_find(q, &q->order[i], &cell))
            shape_put(out, cell);
    }
}

void query_write_shape(buf *out, const query *q) {
    shape_put(out, q->model->index * 2 + q->has_all_columns);
    if (!q->has_all_columns)
        write_columns(out, q->columns, q->column_count);
    write_embeds(out, q->embeds, q->embed_count);
    query_write_order_shape(out, q->order, q->order_count);
    if (UNLIKELY(q->is_grouped))
        write_group_order(out, q);
    shape_put(out, (size_t)(q->call != NULL) * 8 +
                       (size_t)(q->limit != QUERY_NO_LIMIT) * 4 +
                       (size_t)(q->offset > 0) * 2 + (q->where != NULL));
    if (UNLIKELY(q->call != NULL))
        function_call_write_shape(out, q->call);
    if (q->where != NULL)
        filter_write_shape(out, q->where);
}

/* One for each relation: a field belongs to one only. */
static void write_relation(buf *out, const relation *r) {
    shape_put(out, r->child->index);
    shape_put(out, r->child_field->index);
}

void embed_write_shape(buf *out, const embed *e) {
    const hop *h = &e->hop;
    shape_put(out, (size_t)h->kind * 16 + (size_t)h->is_to_one * 8 +
                       (size_t)h->is_from_a * 4 + (size_t)e->is_spread * 2 +
                       (h->junction_where != NULL));
    if (h->kind == HOP_COMPUTED)
        shape_put(out, h->function->index);
    else
        write_relation(out, h->relation);
    if (h->onward != NULL)
        write_relation(out, h->onward);
    if (h->junction_where != NULL)
        filter_write_shape(out, h->junction_where);
    query_write_shape(out, &e->query);
}

size_t embed_cell_count(const embed *embeds, size_t embed_count) {
    size_t count = 0;
    for (size_t i = 0; i < embed_count; i++)
        count += embeds[i].is_spread ? query_cell_count(&embeds[i].query) : 1;
    return count;
}

size_t query_cell_count(const query *q) {
    return q->column_count + embed_cell_count(q->embeds, q->embed_count);
}
