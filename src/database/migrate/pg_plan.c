#include "database/migrate/pg_plan.h"

#include "database/postgres/pg_ddl.h"
#include "database/sql.h"

void pg_plan_end_statement(plan_builder *b) {
    buf_append(&b->sql, STR(";\n"));
}

void pg_plan_begin_alter(plan_builder *b, const structure_table *t) {
    buf_append(&b->sql, STR("ALTER TABLE "));
    sql_write_path(&b->sql, t->schema, t->name);
    buf_append_char(&b->sql, ' ');
}

static void add_statement(plan_builder *b, str sql) {
    buf_append(&b->sql, sql);
    pg_plan_end_statement(b);
}

/* ---- Schemas, extensions, functions ------------------------------------- */

static bool has_schema(const structure *s, str name) {
    for (size_t i = 0; i < s->schema_count; i++)
        if (str_equal(s->schemas[i], name))
            return true;
    return str_equal(name, STR("public"));
}

static bool has_extension(const structure *s, str name) {
    for (size_t i = 0; i < s->extension_count; i++)
        if (str_equal(s->extensions[i].name, name))
            return true;
    return false;
}

static bool has_function(const structure *s, str name) {
    for (size_t i = 0; i < s->function_count; i++)
        if (str_equal(s->functions[i].name, name))
            return true;
    return false;
}

static void create_surroundings(plan_builder *b) {
    const structure *to = b->to;
    for (size_t i = 0; i < to->schema_count; i++) {
        if (has_schema(b->from, to->schemas[i]))
            continue;
        add_statement(b, pg_ddl_schema(b->a, to->schemas[i]));
        plan_builder_end(b, "create schema \"%.*s\"", STR_ARG(to->schemas[i]));
    }
    for (size_t i = 0; i < to->extension_count; i++) {
        if (has_extension(b->from, to->extensions[i].name))
            continue;
        add_statement(b, pg_ddl_extension(b->a, &to->extensions[i]));
        plan_builder_end(b, "create extension \"%.*s\"",
                         STR_ARG(to->extensions[i].name));
    }
    for (size_t i = 0; i < to->function_count; i++) {
        if (has_function(b->from, to->functions[i].name))
            continue;
        add_statement(b, to->functions[i].sql);
        plan_builder_end(b, "create function %.*s()",
                         STR_ARG(to->functions[i].name));
    }
}

/* ---- Tables ------------------------------------------------------------- */

/* All at once, because they may refer to each other. */
static void drop_tables(plan_builder *b) {
    str names = {0};
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *p = &b->match.tables[i];
        if (p->to != NULL)
            continue;
        buf_append(&b->sql, b->sql.len == 0 ? STR("DROP TABLE ") : STR(", "));
        sql_write_path(&b->sql, p->from->schema, p->from->name);
        names = arena_printf(b->a, "%.*s%s\"%.*s\"", STR_ARG(names),
                             str_is_empty(names) ? "" : ", ",
                             STR_ARG(p->from->name));
    }
    if (b->sql.len > 0)
        pg_plan_end_statement(b);
    plan_builder_end(b, "drop table %.*s", STR_ARG(names));
}

static void rename_table(plan_builder *b, str in_schema, str from, str to) {
    buf_append(&b->sql, STR("ALTER TABLE "));
    sql_write_path(&b->sql, in_schema, from);
    buf_append(&b->sql, STR(" RENAME TO "));
    sql_write_name(&b->sql, to);
    pg_plan_end_statement(b);
    plan_builder_end(b, "rename table \"%.*s\" to \"%.*s\"", STR_ARG(from),
                     STR_ARG(to));
}

static bool has_new_name(const table_pair *p) {
    return p->from != NULL && p->to != NULL &&
           !str_equal(p->from->name, p->to->name);
}

static void move_table(plan_builder *b, const table_pair *p) {
    if (plan_match_is_same_schema(p->from->schema, p->to->schema))
        return;
    buf_append(&b->sql, STR("ALTER TABLE "));
    sql_write_path(&b->sql, p->from->schema, p->to->name);
    buf_append(&b->sql, STR(" SET SCHEMA "));
    sql_write_name(&b->sql,
                   str_is_empty(p->to->schema) ? STR("public") : p->to->schema);
    pg_plan_end_statement(b);
    plan_builder_end(b, "move table \"%.*s\" to schema \"%.*s\"",
                     STR_ARG(p->to->name), STR_ARG(p->to->schema));
}

static void rename_tables(plan_builder *b) {
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *p = &b->match.tables[i];
        if (has_new_name(p))
            rename_table(b, p->from->schema, p->from->name, p->to->name);
        if (p->from != NULL && p->to != NULL)
            move_table(b, p);
    }
}

static void rename_columns(plan_builder *b, const table_pair *p) {
    for (size_t i = 0; i < p->column_count; i++) {
        const column_pair *c = &p->columns[i];
        if (!plan_match_is_renamed(c))
            continue;
        pg_plan_begin_alter(b, p->to);
        buf_append(&b->sql, STR("RENAME COLUMN "));
        sql_write_name(&b->sql, c->from->name);
        buf_append(&b->sql, STR(" TO "));
        sql_write_name(&b->sql, c->to->name);
        pg_plan_end_statement(b);
        plan_builder_end(b, "rename column \"%.*s\" of \"%.*s\" to \"%.*s\"",
                         STR_ARG(c->from->name), STR_ARG(p->to->name),
                         STR_ARG(c->to->name));
    }
}

static void create_tables(plan_builder *b) {
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *p = &b->match.tables[i];
        if (p->from != NULL)
            continue;
        add_statement(b, pg_ddl_table(b->a, p->to));
        plan_builder_end(b, "create table \"%.*s\"", STR_ARG(p->to->name));
    }
}

/* ---- Triggers ----------------------------------------------------------- */

static bool is_our_trigger(const structure_trigger *t) {
    return str_starts_with(t->name, STR("tenon_"));
}

static bool has_trigger(const structure_table *t, str name) {
    for (size_t i = 0; i < t->trigger_count; i++)
        if (str_equal(t->triggers[i].name, name))
            return true;
    return false;
}

/* A trigger must not see how columns are filled, and PostgreSQL converts none
 * that a trigger looks at. */
static void drop_triggers(pg_planning *p) {
    plan_builder *b = p->b;
    for (size_t i = 0; i < p->alter_count; i++) {
        const pg_alter *t = &p->alters[i];
        for (size_t k = 0; k < t->now.trigger_count; k++) {
            const structure_trigger *trigger = &t->now.triggers[k];
            if (!is_our_trigger(trigger) ||
                (has_trigger(t->want, trigger->name) && !t->has_new_values))
                continue;
            buf_append(&b->sql, STR("DROP TRIGGER "));
            sql_write_name(&b->sql, trigger->name);
            buf_append(&b->sql, STR(" ON "));
            sql_write_path(&b->sql, t->want->schema, t->want->name);
            pg_plan_end_statement(b);
            plan_builder_end(b, "drop trigger \"%.*s\" of \"%.*s\"",
                             STR_ARG(trigger->name), STR_ARG(t->want->name));
        }
    }
}

static void create_triggers_of(plan_builder *b, const structure_table *t,
                               const pg_alter *alter) {
    for (size_t i = 0; i < t->trigger_count; i++) {
        if (alter != NULL && !alter->has_new_values &&
            has_trigger(&alter->now, t->triggers[i].name))
            continue;
        add_statement(b, t->triggers[i].sql);
        plan_builder_end(b, "create trigger \"%.*s\" of \"%.*s\"",
                         STR_ARG(t->triggers[i].name), STR_ARG(t->name));
    }
}

static void create_triggers(pg_planning *p) {
    for (size_t i = 0; i < p->alter_count; i++)
        create_triggers_of(p->b, p->alters[i].want, &p->alters[i]);
    for (size_t i = 0; i < p->b->match.table_count; i++)
        if (p->b->match.tables[i].from == NULL)
            create_triggers_of(p->b, p->b->match.tables[i].to, NULL);
}

/* ---- The whole ---------------------------------------------------------- */

static void find_alters(pg_planning *p) {
    plan_builder *b = p->b;
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *pair = &b->match.tables[i];
        if (pair->from == NULL || pair->to == NULL)
            continue;
        pg_alter t = {
            .pair = pair,
            .now = plan_match_rename(b->a, &b->match, pair),
            .want = pair->to,
            .has_new_values = pg_plan_has_new_values(p, pair),
        };
        ARENA_PUSH(b->a, p->alters, p->alter_count, t);
    }
}

void pg_plan_build(plan_builder *b) {
    pg_planning p = {.b = b};
    b->match = plan_match_make(b->a, b->from, b->to);
    plan_builder_warn_of_losses(b);
    plan_builder_warn_of_keys(b);
    pg_plan_match_enums(&p);
    find_alters(&p);

    create_surroundings(b);
    pg_plan_drop_dangling(&p);
    drop_tables(b);
    rename_tables(b);
    for (size_t i = 0; i < p.alter_count; i++)
        rename_columns(b, p.alters[i].pair);
    drop_triggers(&p);
    pg_plan_drop_keys(&p);
    pg_plan_rename_keys(&p);
    pg_plan_change_enums(&p);
    create_tables(b);
    for (size_t i = 0; i < p.alter_count; i++)
        pg_plan_change_columns(&p, &p.alters[i]);
    pg_plan_create_keys(&p);
    create_triggers(&p);
    pg_plan_drop_enums(&p);
    pg_plan_create_concurrently(&p);
}
