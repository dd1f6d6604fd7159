/* Keys that may not fit the rows that are there. */
#include "database/migrate/plan_builder.h"
#include "database/migrate/plan_compare.h"
#include "database/migrate/plan_fill.h"
#include "database/structure_spelling.h"

/* ---- Unique keys -------------------------------------------------------- */

/* A column that is added is null in all rows, or has one value in all. */
static bool is_on_old_columns(const structure_table *now,
                              const structure_index *x) {
    for (size_t i = 0; i < x->part_count; i++)
        if (structure_find_column(now, x->parts[i].column) != NULL)
            return true;
    return false;
}

static bool has_default(const structure_table *to, const structure_index *x) {
    for (size_t i = 0; i < x->part_count; i++) {
        const structure_column *c =
            structure_find_column(to, x->parts[i].column);
        if (c != NULL && c->default_kind == COLUMN_EXPRESSION)
            return true;
    }
    return false;
}

/* An index of another name will have seen to it. */
static bool is_new_index(arena *a, const structure_table *now,
                         const structure_index *x) {
    for (size_t i = 0; i < now->index_count; i++)
        if (plan_is_same_index(a, &now->indexes[i], x))
            return false;
    return true;
}

static void warn_of_indexes(plan_builder *b, const structure_table *now,
                            const structure_table *to) {
    for (size_t i = 0; i < to->index_count; i++) {
        const structure_index *x = &to->indexes[i];
        if (x->is_unique && is_new_index(b->a, now, x) &&
            (is_on_old_columns(now, x) || has_default(to, x)))
            plan_builder_warn(b, RISK_MAY_FAIL, to->name, STR(""),
                              "unique index \"%.*s\" of table \"%.*s\" fails"
                              " if two rows have the same values",
                              STR_ARG(x->name), STR_ARG(to->name));
    }
    if (to->primary_key.column_count > 0 && !plan_is_same_primary_key(now, to))
        plan_builder_warn(b, RISK_MAY_FAIL, to->name, STR(""),
                          "the new primary key of table \"%.*s\" fails if two"
                          " rows have the same values, or none",
                          STR_ARG(to->name));
}

/* ---- Checks ------------------------------------------------------------- */

static bool has_check(plan_builder *b, const structure_table *now,
                      const structure_check *check) {
    for (size_t i = 0; i < now->check_count; i++)
        if (structure_is_same_condition(b->a, now->checks[i].expression,
                                        check->expression))
            return true;
    return false;
}

static void warn_of_checks(plan_builder *b, const structure_table *now,
                           const structure_table *to) {
    for (size_t i = 0; i < to->check_count; i++) {
        const structure_check *check = &to->checks[i];
        if (structure_is_rule(check, to->name) && !has_check(b, now, check))
            plan_builder_warn(b, RISK_MAY_FAIL, to->name, STR(""),
                              "check \"%.*s\" of table \"%.*s\" fails if a row"
                              " breaks it",
                              STR_ARG(check->name), STR_ARG(to->name));
    }
}

/* ---- Foreign keys ------------------------------------------------------- */

static const structure_foreign_key *find(const structure_table *now,
                                         const structure_table *to,
                                         const structure_foreign_key *f) {
    for (size_t i = 0; i < now->foreign_key_count; i++) {
        structure_foreign_key like = now->foreign_keys[i];
        like.on_delete = f->on_delete;
        like.on_update = f->on_update;
        if (plan_is_same_foreign_key(&like, now->schema, f, to->schema))
            return &now->foreign_keys[i];
    }
    return NULL;
}

/* Does the column get values that nobody has looked up? */
static bool is_filled(plan_builder *b, const structure_table *now,
                      const structure_column *c) {
    const structure_column *old = structure_find_column(now, c->name);
    if (str_is_empty(plan_fill(b->a, b->to->engine, c)))
        return false;
    return old == NULL || (c->is_required && !old->is_required);
}

static bool may_dangle(plan_builder *b, const structure_table *now,
                       const structure_table *to,
                       const structure_foreign_key *f) {
    bool is_new = find(now, to, f) == NULL;
    bool is_on_old = false;
    for (size_t i = 0; i < f->column_count; i++) {
        const structure_column *c = structure_find_column(to, f->columns[i]);
        if (c != NULL && is_filled(b, now, c))
            return true;
        is_on_old |= structure_find_column(now, f->columns[i]) != NULL;
    }
    return is_new && is_on_old;
}

void plan_builder_warn_of_keys(plan_builder *b) {
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *p = &b->match.tables[i];
        if (p->from == NULL || p->to == NULL)
            continue;
        structure_table now = plan_match_rename(b->a, &b->match, p);
        warn_of_indexes(b, &now, p->to);
        warn_of_checks(b, &now, p->to);
        for (size_t k = 0; k < p->to->foreign_key_count; k++) {
            const structure_foreign_key *f = &p->to->foreign_keys[k];
            if (may_dangle(b, &now, p->to, f))
                plan_builder_warn(b, RISK_MAY_FAIL, p->to->name, STR(""),
                                  "foreign key \"%.*s\" of table \"%.*s\""
                                  " fails if rows refer to no row of"
                                  " \"%.*s\"",
                                  STR_ARG(f->name), STR_ARG(p->to->name),
                                  STR_ARG(f->parent));
        }
    }
}
