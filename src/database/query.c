#include "database/query.h"

#include "database/shape.h"

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
    shape_put(out, (size_t)f->kind * 2 + f->is_negated);
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
    }
    shape_put_field(out, f->field);
}

/* With one look at the room there is. */
static void write_columns(buf *out, const query *q) {
    char *start = buf_reserve(out, (1 + q->column_count) * SHAPE_NUMBER_MAX);
    if (UNLIKELY(start == NULL))
        return;
    char *to = shape_write(start, q->column_count);
    for (size_t i = 0; i < q->column_count; i++)
        to = shape_write(to, q->columns[i].field->column_index);
    buf_commit(out, (size_t)(to - start));
}

void query_write_shape(buf *out, const query *q) {
    shape_put(out, q->model->index);
    write_columns(out, q);
    shape_put(out, q->order_count);
    for (size_t i = 0; i < q->order_count; i++) {
        const query_order *o = &q->order[i];
        shape_put_field(out, o->field);
        shape_put(out, (size_t)o->is_descending * 2 + o->are_nulls_first);
    }
    shape_put(out, (size_t)(q->limit != QUERY_NO_LIMIT) * 4 +
                       (size_t)(q->offset > 0) * 2 + (q->where != NULL));
    if (q->where != NULL)
        filter_write_shape(out, q->where);
}
