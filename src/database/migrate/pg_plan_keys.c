/* Keys and indexes of PostgreSQL's tables. */
#include "database/migrate/pg_plan.h"

#include "base/sql_token.h"
#include "database/migrate/plan_compare.h"
#include "database/postgres/pg_ddl.h"
#include "database/sql.h"
#include "database/structure_spelling.h"

/* ---- What is the same --------------------------------------------------- */

/* Of one column list, in any order. */
static bool has_columns(const structure_index *x, const str *columns,
                        size_t count) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < x->part_count; k++)
            found += str_equal(columns[i], x->parts[k].column);
    return found == count && x->part_count == count;
}

static bool is_retyped(const pg_planning *p, const pg_alter *t, str column) {
    for (size_t i = 0; i < t->pair->column_count; i++) {
        const column_pair *c = &t->pair->columns[i];
        if (c->from != NULL && c->to != NULL && !c->from->is_generated &&
            str_equal(c->to->name, column))
            return pg_plan_is_retyped(p, c);
    }
    return false;
}

static bool mentions(arena *a, str sql, str column) {
    for (sql_token t; sql_token_next(&sql, &t);)
        if ((t.kind == SQL_WORD || t.kind == SQL_QUOTED) &&
            str_equal(sql_token_name(a, t), column))
            return true;
    return false;
}

/* PostgreSQL compares no enum with one that took its place. */
static bool is_about_retyped(const pg_planning *p, const pg_alter *t, str sql) {
    for (size_t i = 0; i < t->pair->column_count; i++) {
        const column_pair *c = &t->pair->columns[i];
        if (c->to != NULL && is_retyped(p, t, c->to->name) &&
            mentions(p->b->a, sql, c->to->name))
            return true;
    }
    return false;
}

/* Under its own name, else under another one that no index of t has. */
static const structure_index *find_index(arena *a, const structure_table *t,
                                         const structure_index *x,
                                         const structure_table *x_table) {
    const structure_index *named = structure_find_index(t, x->name);
    bool is_definition = !structure_is_sayable(x);
    if (named != NULL && !named->is_invalid && !x->is_invalid &&
        (plan_is_same_index(a, named, x) ||
         (is_definition && !structure_is_sayable(named))))
        return named;
    for (size_t i = 0; i < t->index_count; i++) {
        const structure_index *y = &t->indexes[i];
        if (!y->is_invalid && !x->is_invalid && plan_is_same_index(a, x, y) &&
            structure_find_index(x_table, y->name) == NULL &&
            structure_find_index(t, x->name) == NULL)
            return y;
    }
    return NULL;
}

/* What the schema cannot say stays, unless it says what that name is. */
static bool is_kept_index(const pg_planning *p, const pg_alter *t,
                          const structure_index *now) {
    arena *a = p->b->a;
    bool is_foreign =
        !str_is_empty(now->definition) && !now->is_invalid &&
        structure_find_index(t->want, now->name) == NULL &&
        !structure_is_former_index(a, &t->now, now, ENGINE_POSTGRESQL) &&
        !structure_is_former_index(a, t->pair->from, now, ENGINE_POSTGRESQL);
    bool is_wanted = find_index(a, t->want, now, &t->now) != NULL;
    return (is_foreign || is_wanted) &&
           !(is_wanted && is_about_retyped(p, t, now->condition));
}

static bool is_same_primary_key(const pg_alter *t) {
    return plan_is_same_primary_key(&t->now, t->want);
}

static const pg_alter *alter_of(const pg_planning *p, str in_schema, str name) {
    for (size_t i = 0; i < p->alter_count; i++)
        if (str_equal(p->alters[i].want->name, name) &&
            plan_match_is_same_schema(p->alters[i].want->schema, in_schema))
            return &p->alters[i];
    return NULL;
}

/* A foreign key needs the unique index that it refers to. */
static bool loses_index(const pg_planning *p, const pg_alter *parent,
                        const structure_foreign_key *f) {
    for (size_t i = 0; i < parent->now.index_count; i++) {
        const structure_index *x = &parent->now.indexes[i];
        if (x->is_unique && !is_kept_index(p, parent, x) &&
            has_columns(x, f->references, f->column_count))
            return true;
    }
    return !is_same_primary_key(parent);
}

static bool is_in_the_way(const pg_planning *p, const pg_alter *t,
                          const structure_foreign_key *f) {
    const pg_alter *parent = alter_of(
        p, str_is_empty(f->parent_schema) ? t->now.schema : f->parent_schema,
        f->parent);
    for (size_t i = 0; i < f->column_count; i++)
        if (is_retyped(p, t, f->columns[i]) ||
            (parent != NULL && is_retyped(p, parent, f->references[i])))
            return true;
    return parent == NULL || loses_index(p, parent, f);
}

static const structure_foreign_key *find_foreign_key(
    const structure_table *t, const structure_foreign_key *f, str in_schema) {
    const structure_foreign_key *found = NULL;
    for (size_t i = 0; i < t->foreign_key_count; i++) {
        const structure_foreign_key *g = &t->foreign_keys[i];
        if (!plan_is_same_foreign_key(g, t->schema, f, in_schema))
            continue;
        if (found == NULL || str_equal(g->name, f->name))
            found = g;
    }
    return found;
}

static bool is_kept_foreign_key(const pg_planning *p, const pg_alter *t,
                                const structure_foreign_key *f) {
    return find_foreign_key(t->want, f, t->now.schema) != NULL &&
           !is_in_the_way(p, t, f);
}

/* ---- Dropping ----------------------------------------------------------- */

static void drop_constraint(plan_builder *b, const structure_table *t,
                            str name) {
    pg_plan_begin_alter(b, t);
    buf_append(&b->sql, STR("DROP CONSTRAINT "));
    sql_write_name(&b->sql, name);
    pg_plan_end_statement(b);
}

static bool is_dropped_table(const plan_builder *b, str in_schema, str name) {
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *p = &b->match.tables[i];
        if (p->to == NULL && str_equal(p->from->name, name) &&
            plan_match_is_same_schema(p->from->schema, in_schema))
            return true;
    }
    return false;
}

static bool is_dangling(const plan_builder *b, const structure_table *t,
                        const structure_foreign_key *f) {
    return is_dropped_table(
        b, str_is_empty(f->parent_schema) ? t->schema : f->parent_schema,
        f->parent);
}

void pg_plan_drop_dangling(pg_planning *p) {
    for (size_t i = 0; i < p->alter_count; i++) {
        const structure_table *from = p->alters[i].pair->from;
        for (size_t k = 0; k < from->foreign_key_count; k++) {
            const structure_foreign_key *f = &from->foreign_keys[k];
            if (!is_dangling(p->b, from, f))
                continue;
            drop_constraint(p->b, from, f->name);
            plan_builder_end(p->b, "drop foreign key \"%.*s\"",
                             STR_ARG(f->name));
        }
    }
}

static void drop_foreign_keys(pg_planning *p, const pg_alter *t) {
    for (size_t i = 0; i < t->now.foreign_key_count; i++) {
        const structure_foreign_key *f = &t->now.foreign_keys[i];
        if (is_dangling(p->b, t->pair->from, &t->pair->from->foreign_keys[i]) ||
            is_kept_foreign_key(p, t, f))
            continue;
        drop_constraint(p->b, t->want, f->name);
        plan_builder_end(p->b, "drop foreign key \"%.*s\"", STR_ARG(f->name));
    }
}

static void drop_indexes(pg_planning *p, const pg_alter *t) {
    plan_builder *b = p->b;
    for (size_t i = 0; i < t->now.index_count; i++) {
        const structure_index *x = &t->now.indexes[i];
        if (is_kept_index(p, t, x))
            continue;
        if (x->is_constraint) {
            drop_constraint(b, t->want, x->name);
        } else {
            buf_append(&b->sql, STR("DROP INDEX "));
            sql_write_path(&b->sql, t->want->schema, x->name);
            pg_plan_end_statement(b);
        }
        plan_builder_end(b, "drop index \"%.*s\"", STR_ARG(x->name));
    }
}

/* ---- Checks ------------------------------------------------------------- */

static const structure_check *find_check(const structure_table *t, str name) {
    for (size_t i = 0; i < t->check_count; i++)
        if (str_equal(t->checks[i].name, name))
            return &t->checks[i];
    return NULL;
}

/* Checks of others stay. */
static bool is_kept_check(const pg_planning *p, const pg_alter *t,
                          const structure_check *now) {
    const structure_check *want = find_check(t->want, now->name);
    if (want == NULL)
        return !structure_is_rule(now, t->pair->from->name);
    return structure_is_same_condition(p->b->a, now->expression,
                                       want->expression) &&
           !is_about_retyped(p, t, want->expression);
}

static void drop_checks(pg_planning *p, const pg_alter *t) {
    for (size_t i = 0; i < t->now.check_count; i++) {
        const structure_check *now = &t->now.checks[i];
        if (is_kept_check(p, t, now))
            continue;
        drop_constraint(p->b, t->want, now->name);
        plan_builder_end(p->b, "drop check \"%.*s\" of \"%.*s\"",
                         STR_ARG(now->name), STR_ARG(t->want->name));
    }
}

void pg_plan_drop_keys(pg_planning *p) {
    for (size_t i = 0; i < p->alter_count; i++)
        drop_foreign_keys(p, &p->alters[i]);
    for (size_t i = 0; i < p->alter_count; i++) {
        const pg_alter *t = &p->alters[i];
        drop_indexes(p, t);
        drop_checks(p, t);
        if (is_same_primary_key(t) || t->now.primary_key.column_count == 0)
            continue;
        drop_constraint(p->b, t->want, t->now.primary_key.name);
        plan_builder_end(p->b, "drop the primary key of \"%.*s\"",
                         STR_ARG(t->want->name));
    }
}

/* ---- Renaming ----------------------------------------------------------- */

static void rename_constraint(plan_builder *b, const structure_table *t,
                              str from, str to) {
    if (str_equal(from, to) || str_is_empty(from) || str_is_empty(to))
        return;
    pg_plan_begin_alter(b, t);
    buf_append(&b->sql, STR("RENAME CONSTRAINT "));
    sql_write_name(&b->sql, from);
    buf_append(&b->sql, STR(" TO "));
    sql_write_name(&b->sql, to);
    pg_plan_end_statement(b);
    plan_builder_end(b, "rename constraint \"%.*s\" to \"%.*s\"", STR_ARG(from),
                     STR_ARG(to));
}

static void rename_index(plan_builder *b, const structure_table *t, str from,
                         str to) {
    if (str_equal(from, to))
        return;
    buf_append(&b->sql, STR("ALTER INDEX "));
    sql_write_path(&b->sql, t->schema, from);
    buf_append(&b->sql, STR(" RENAME TO "));
    sql_write_name(&b->sql, to);
    pg_plan_end_statement(b);
    plan_builder_end(b, "rename index \"%.*s\" to \"%.*s\"", STR_ARG(from),
                     STR_ARG(to));
}

void pg_plan_rename_keys(pg_planning *p) {
    for (size_t i = 0; i < p->alter_count; i++) {
        const pg_alter *t = &p->alters[i];
        if (is_same_primary_key(t))
            rename_constraint(p->b, t->want, t->now.primary_key.name,
                              t->want->primary_key.name);
        for (size_t k = 0; k < t->now.index_count; k++) {
            const structure_index *x = &t->now.indexes[k];
            const structure_index *y = find_index(p->b->a, t->want, x, &t->now);
            if (y != NULL && is_kept_index(p, t, x))
                rename_index(p->b, t->want, x->name, y->name);
        }
        for (size_t k = 0; k < t->now.foreign_key_count; k++) {
            const structure_foreign_key *f = &t->now.foreign_keys[k];
            const structure_foreign_key *g =
                find_foreign_key(t->want, f, t->now.schema);
            if (g != NULL && is_kept_foreign_key(p, t, f))
                rename_constraint(p->b, t->want, f->name, g->name);
        }
    }
}

/* ---- Creating ----------------------------------------------------------- */

static void create_index(plan_builder *b, const structure_table *t,
                         const structure_index *x, bool is_concurrent) {
    buf_append(&b->sql, pg_ddl_index(b->a, t, x, is_concurrent));
    pg_plan_end_statement(b);
    const char *kind = x->is_unique ? "unique " : "";
    if (is_concurrent)
        plan_builder_end_outside(b, "create %sindex \"%.*s\" on \"%.*s\"", kind,
                                 STR_ARG(x->name), STR_ARG(t->name));
    else
        plan_builder_end(b, "create %sindex \"%.*s\" on \"%.*s\"", kind,
                         STR_ARG(x->name), STR_ARG(t->name));
}

static bool is_missing_index(const pg_planning *p, const pg_alter *t,
                             const structure_index *x) {
    const structure_index *now = find_index(p->b->a, &t->now, x, t->want);
    return now == NULL || !is_kept_index(p, t, now);
}

/* A foreign key may need a unique index at once. */
static bool is_made_later(const pg_planning *p, const structure_index *x) {
    return p->b->options.is_concurrent && !x->is_unique && !x->is_constraint;
}

static void create_indexes(pg_planning *p, const pg_alter *t) {
    for (size_t i = 0; i < t->want->index_count; i++) {
        const structure_index *x = &t->want->indexes[i];
        if (!is_missing_index(p, t, x) || is_made_later(p, x))
            continue;
        create_index(p->b, t->want, x, false);
        plan_builder_warn(p->b, RISK_LOCKS, t->want->name, STR(""),
                          "nobody can write to table \"%.*s\" while index"
                          " \"%.*s\" is made",
                          STR_ARG(t->want->name), STR_ARG(x->name));
    }
}

void pg_plan_create_concurrently(pg_planning *p) {
    for (size_t i = 0; i < p->alter_count; i++) {
        const pg_alter *t = &p->alters[i];
        for (size_t k = 0; k < t->want->index_count; k++) {
            const structure_index *x = &t->want->indexes[k];
            if (is_missing_index(p, t, x) && is_made_later(p, x))
                create_index(p->b, t->want, x, true);
        }
    }
}

static void create_foreign_key(plan_builder *b, const structure_table *t,
                               const structure_foreign_key *f) {
    buf_append(&b->sql, pg_ddl_foreign_key(b->a, t, f));
    pg_plan_end_statement(b);
    plan_builder_end(b, "add foreign key \"%.*s\" to \"%.*s\"",
                     STR_ARG(f->name), STR_ARG(t->name));
}

static bool is_missing_foreign_key(const pg_planning *p, const pg_alter *t,
                                   const structure_foreign_key *f) {
    for (size_t i = 0; i < t->now.foreign_key_count; i++) {
        const structure_foreign_key *now = &t->now.foreign_keys[i];
        if (is_kept_foreign_key(p, t, now) &&
            find_foreign_key(t->want, now, t->now.schema) == f)
            return false;
    }
    return true;
}

static void create_for_table(pg_planning *p, const pg_alter *t) {
    create_indexes(p, t);
    if (!is_same_primary_key(t) && t->want->primary_key.column_count > 0) {
        buf_append(&p->b->sql, pg_ddl_primary_key(p->b->a, t->want));
        pg_plan_end_statement(p->b);
        plan_builder_end(p->b, "add a primary key to \"%.*s\"",
                         STR_ARG(t->want->name));
    }
    for (size_t i = 0; i < t->want->check_count; i++) {
        const structure_check *check = &t->want->checks[i];
        const structure_check *now = find_check(&t->now, check->name);
        if (now != NULL && is_kept_check(p, t, now))
            continue;
        buf_append(&p->b->sql, pg_ddl_check(p->b->a, t->want, check));
        pg_plan_end_statement(p->b);
        plan_builder_end(p->b, "add check \"%.*s\" to \"%.*s\"",
                         STR_ARG(check->name), STR_ARG(t->want->name));
    }
}

void pg_plan_create_keys(pg_planning *p) {
    plan_builder *b = p->b;
    for (size_t i = 0; i < p->alter_count; i++)
        create_for_table(p, &p->alters[i]);
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *pair = &b->match.tables[i];
        for (size_t k = 0; pair->from == NULL && k < pair->to->index_count; k++)
            create_index(b, pair->to, &pair->to->indexes[k], false);
    }
    for (size_t i = 0; i < p->alter_count; i++) {
        const pg_alter *t = &p->alters[i];
        for (size_t k = 0; k < t->want->foreign_key_count; k++)
            if (is_missing_foreign_key(p, t, &t->want->foreign_keys[k]))
                create_foreign_key(b, t->want, &t->want->foreign_keys[k]);
    }
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *pair = &b->match.tables[i];
        for (size_t k = 0;
             pair->from == NULL && k < pair->to->foreign_key_count; k++)
            create_foreign_key(b, pair->to, &pair->to->foreign_keys[k]);
    }
}
