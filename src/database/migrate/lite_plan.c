/*
 * The plan for SQLite. Order: what stands in the way goes (triggers, indexes),
 * names change, tables and columns go and come, tables are rebuilt, and at the
 * end indexes and triggers are made. SQLite allows foreign keys to tables that
 * are not there, and its checks are off meanwhile, so tables need no order.
 */
#include "database/migrate/lite_alter.h"
#include "database/migrate/lite_rebuild.h"
#include "database/migrate/plan_builder.h"
#include "database/sql.h"
#include "database/sqlite/lite_ddl.h"
#include "database/structure_spelling.h"

typedef struct planning {
    plan_builder *b;
    lite_alter *alters; /* of the tables that are in both */
    size_t alter_count;
} planning;

static void end_statement(plan_builder *b) {
    buf_append(&b->sql, STR(";\n"));
}

/* ---- Indexes and triggers ----------------------------------------------- */

static void drop_index(plan_builder *b, const structure_index *x) {
    buf_append(&b->sql, STR("DROP INDEX "));
    sql_write_name(&b->sql, x->name);
    end_statement(b);
    plan_builder_end(b, "drop index \"%.*s\"", STR_ARG(x->name));
}

static void drop_indexes(planning *p) {
    for (size_t i = 0; i < p->alter_count; i++) {
        const lite_alter *t = &p->alters[i];
        for (size_t k = 0; k < t->now.index_count && !t->is_rebuilt; k++) {
            const structure_index *x = &t->now.indexes[k];
            if (!x->is_constraint &&
                lite_alter_find_index(p->b->a, &t->want, x) == NULL)
                drop_index(p->b, x);
        }
    }
}

static void create_index(plan_builder *b, const structure_table *t,
                         const structure_index *x) {
    buf_append(&b->sql, lite_ddl_index(b->a, t, x));
    end_statement(b);
    plan_builder_end(b, "create %sindex \"%.*s\" on \"%.*s\"",
                     x->is_unique ? "unique " : "", STR_ARG(x->name),
                     STR_ARG(t->name));
}

static void create_indexes(planning *p) {
    for (size_t i = 0; i < p->alter_count; i++) {
        const lite_alter *t = &p->alters[i];
        for (size_t k = 0; k < t->want.index_count; k++) {
            const structure_index *x = &t->want.indexes[k];
            bool is_there = lite_alter_find_index(p->b->a, &t->now, x) != NULL;
            if (t->is_rebuilt || !is_there)
                create_index(p->b, &t->want, x);
        }
    }
    for (size_t i = 0; i < p->b->match.table_count; i++) {
        const table_pair *pair = &p->b->match.tables[i];
        for (size_t k = 0; pair->from == NULL && k < pair->to->index_count; k++)
            create_index(p->b, pair->to, &pair->to->indexes[k]);
    }
}

static const structure_trigger *find_trigger(const structure_table *t,
                                             str name) {
    for (size_t i = 0; i < t->trigger_count; i++)
        if (str_equal(t->triggers[i].name, name))
            return &t->triggers[i];
    return NULL;
}

static bool has_trigger(plan_builder *b, const structure_table *t,
                        const structure_trigger *trigger) {
    const structure_trigger *other = find_trigger(t, trigger->name);
    return other != NULL &&
           structure_is_same_sql(b->a, other->sql, trigger->sql);
}

/* Those of others are in want, too. A rename makes their SQL another one, and
 * SQLite writes the new names into it. */
static bool is_kept_trigger(plan_builder *b, const lite_alter *t,
                            const structure_trigger *trigger) {
    return !str_starts_with(trigger->name, STR("tenon_")) ||
           has_trigger(b, &t->want, trigger);
}

static void drop_triggers(planning *p) {
    plan_builder *b = p->b;
    for (size_t i = 0; i < p->alter_count; i++) {
        const lite_alter *t = &p->alters[i];
        for (size_t k = 0; k < t->now.trigger_count; k++) {
            const structure_trigger *trigger = &t->now.triggers[k];
            if (is_kept_trigger(b, t, trigger))
                continue;
            buf_append(&b->sql, STR("DROP TRIGGER "));
            sql_write_name(&b->sql, trigger->name);
            end_statement(b);
            plan_builder_end(b, "drop trigger \"%.*s\"",
                             STR_ARG(trigger->name));
        }
    }
}

static void create_trigger(plan_builder *b, const structure_trigger *trigger) {
    str sql = str_trim(trigger->sql);
    buf_append(&b->sql, sql);
    buf_append(&b->sql, str_ends_with(sql, STR(";")) ? STR("\n") : STR(";\n"));
    plan_builder_end(b, "create trigger \"%.*s\"", STR_ARG(trigger->name));
}

static void create_triggers(planning *p) {
    for (size_t i = 0; i < p->alter_count; i++) {
        const lite_alter *t = &p->alters[i];
        for (size_t k = 0; k < t->want.trigger_count; k++) {
            const structure_trigger *trigger = &t->want.triggers[k];
            bool is_ours = str_starts_with(trigger->name, STR("tenon_"));
            if (t->is_rebuilt ||
                (is_ours && !has_trigger(p->b, &t->now, trigger)))
                create_trigger(p->b, trigger);
        }
    }
    for (size_t i = 0; i < p->b->match.table_count; i++) {
        const table_pair *pair = &p->b->match.tables[i];
        for (size_t k = 0; pair->from == NULL && k < pair->to->trigger_count;
             k++)
            create_trigger(p->b, &pair->to->triggers[k]);
    }
}

/* ---- Tables ------------------------------------------------------------- */

static void rename_table(plan_builder *b, str from, str to) {
    buf_append(&b->sql, STR("ALTER TABLE "));
    sql_write_name(&b->sql, from);
    buf_append(&b->sql, STR(" RENAME TO "));
    sql_write_name(&b->sql, to);
    end_statement(b);
    plan_builder_end(b, "rename table \"%.*s\" to \"%.*s\"", STR_ARG(from),
                     STR_ARG(to));
}

static void drop_table(plan_builder *b, str name) {
    buf_append(&b->sql, STR("DROP TABLE "));
    sql_write_name(&b->sql, name);
    end_statement(b);
    plan_builder_end(b, "drop table \"%.*s\"", STR_ARG(name));
}

static bool is_renamed(const table_pair *p) {
    return p->to != NULL && p->from != NULL && p->is_renamed &&
           !str_equal_ignoring_case(p->from->name, p->to->name);
}

/* Dropped tables first: their names may be those of renamed ones. */
static void drop_tables(planning *p) {
    for (size_t i = 0; i < p->b->match.table_count; i++) {
        const table_pair *pair = &p->b->match.tables[i];
        if (pair->to == NULL)
            drop_table(p->b, pair->from->name);
    }
}

static void rename_tables(planning *p) {
    for (size_t i = 0; i < p->b->match.table_count; i++) {
        const table_pair *pair = &p->b->match.tables[i];
        if (is_renamed(pair))
            rename_table(p->b, pair->from->name, pair->to->name);
    }
}

static void create_tables(planning *p) {
    plan_builder *b = p->b;
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *pair = &b->match.tables[i];
        if (pair->from != NULL)
            continue;
        buf_append(&b->sql, lite_ddl_table(b->a, pair->to));
        end_statement(b);
        plan_builder_end(b, "create table \"%.*s\"", STR_ARG(pair->to->name));
    }
}

/* ---- Columns ------------------------------------------------------------ */

static void begin_alter(plan_builder *b, str table, const char *what,
                        str column) {
    buf_append(&b->sql, STR("ALTER TABLE "));
    sql_write_name(&b->sql, table);
    buf_printf(&b->sql, " %s COLUMN ", what);
    if (!str_is_empty(column))
        sql_write_name(&b->sql, column);
}

static void rename_column(plan_builder *b, str table, str from, str to) {
    begin_alter(b, table, "RENAME", from);
    buf_append(&b->sql, STR(" TO "));
    sql_write_name(&b->sql, to);
    end_statement(b);
    plan_builder_end(b, "rename column \"%.*s\" of \"%.*s\" to \"%.*s\"",
                     STR_ARG(from), STR_ARG(table), STR_ARG(to));
}

static void rename_columns(planning *p) {
    for (size_t i = 0; i < p->alter_count; i++) {
        const lite_alter *t = &p->alters[i];
        /* A table in another case has its old name until it is rebuilt. */
        str table =
            is_renamed(t->pair) ? t->pair->to->name : t->pair->from->name;
        for (size_t k = 0; k < t->pair->column_count; k++) {
            const column_pair *c = &t->pair->columns[k];
            if (plan_match_is_renamed(c))
                rename_column(p->b, table, c->from->name, c->to->name);
        }
    }
}

static void add_and_drop_columns(plan_builder *b, const lite_alter *t) {
    for (size_t i = 0; i < t->pair->column_count; i++) {
        const column_pair *c = &t->pair->columns[i];
        if (c->to == NULL && !c->from->is_generated) {
            begin_alter(b, t->want.name, "DROP", c->from->name);
            end_statement(b);
            plan_builder_end(b, "drop column \"%.*s\" of \"%.*s\"",
                             STR_ARG(c->from->name), STR_ARG(t->want.name));
        } else if (c->from == NULL) {
            begin_alter(b, t->want.name, "ADD", STR(""));
            buf_append(&b->sql, lite_ddl_column(b->a, &t->want, c->to));
            end_statement(b);
            plan_builder_end(b, "add column \"%.*s\" to \"%.*s\"",
                             STR_ARG(c->to->name), STR_ARG(t->want.name));
        }
    }
}

static void change_tables(planning *p) {
    for (size_t i = 0; i < p->alter_count; i++) {
        if (p->alters[i].is_rebuilt)
            lite_rebuild(p->b, &p->alters[i]);
        else
            add_and_drop_columns(p->b, &p->alters[i]);
    }
}

/* ---- The whole ---------------------------------------------------------- */

void lite_plan_build(plan_builder *b) {
    planning p = {.b = b};
    b->match = plan_match_make(b->a, b->from, b->to);
    plan_builder_warn_of_losses(b);
    plan_builder_warn_of_keys(b);
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *pair = &b->match.tables[i];
        if (pair->from == NULL || pair->to == NULL)
            continue;
        lite_alter t = lite_alter_make(b, pair);
        ARENA_PUSH(b->a, p.alters, p.alter_count, t);
    }
    drop_triggers(&p);
    drop_indexes(&p);
    drop_tables(&p);
    rename_tables(&p);
    rename_columns(&p);
    create_tables(&p);
    change_tables(&p);
    create_indexes(&p);
    create_triggers(&p);
}
