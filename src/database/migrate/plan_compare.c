#include "database/migrate/plan_compare.h"

#include "database/migrate/plan_match.h"
#include "database/structure_spelling.h"

bool plan_is_same_primary_key(const structure_table *x,
                              const structure_table *y) {
    const structure_primary_key *k = &x->primary_key;
    if (k->column_count != y->primary_key.column_count)
        return false;
    for (size_t i = 0; i < k->column_count; i++)
        if (!str_equal(k->columns[i], y->primary_key.columns[i]))
            return false;
    return true;
}

bool plan_is_same_index(arena *a, const structure_index *x,
                        const structure_index *y) {
    if (x->is_unique != y->is_unique || x->method != y->method ||
        x->part_count != y->part_count || !structure_is_sayable(x) ||
        !structure_is_sayable(y) ||
        !structure_is_same_condition(a, x->condition, y->condition))
        return false;
    for (size_t i = 0; i < x->part_count; i++) {
        const structure_part *p = &x->parts[i];
        const structure_part *q = &y->parts[i];
        if (!str_equal(p->column, q->column) ||
            p->is_descending != q->is_descending ||
            !str_equal(p->operator_class, q->operator_class))
            return false;
    }
    return true;
}

static bool has_pair(const structure_foreign_key *f, str column,
                     str reference) {
    for (size_t i = 0; i < f->column_count; i++)
        if (str_equal(f->columns[i], column))
            return str_equal(f->references[i], reference);
    return false;
}

bool plan_is_same_foreign_key(const structure_foreign_key *x, str x_schema,
                              const structure_foreign_key *y, str y_schema) {
    str home = str_is_empty(x->parent_schema) ? x_schema : x->parent_schema;
    str other = str_is_empty(y->parent_schema) ? y_schema : y->parent_schema;
    if (x->column_count != y->column_count ||
        !str_equal(x->parent, y->parent) ||
        !plan_match_is_same_schema(home, other) ||
        x->on_delete != y->on_delete || x->on_update != y->on_update)
        return false;
    for (size_t i = 0; i < x->column_count; i++)
        if (!has_pair(y, x->columns[i], x->references[i]))
            return false;
    return true;
}
