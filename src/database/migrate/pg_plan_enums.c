/* Enums of PostgreSQL: values are added where they belong; when one goes or
 * moves, a new type takes the place of the old one. */
#include "base/sql_token.h"
#include "database/migrate/pg_plan.h"
#include "database/postgres/pg_ddl.h"
#include "database/sql.h"
#include "database/structure_spelling.h"

/* ---- Which is which ----------------------------------------------------- */

/* "Role", auth."Role"[]: the enum that the type names, or NULL. */
static const structure_enum *enum_of(arena *a, const structure *s, str type) {
    str schema_name = {0};
    str name = {0};
    str rest = type;
    for (sql_token t; sql_token_next(&rest, &t);) {
        if (sql_token_is_sign(t, '['))
            break;
        if (t.kind == SQL_SIGN) {
            schema_name = name;
            continue;
        }
        name = sql_token_name(a, t);
    }
    return structure_find_enum(s, schema_name, name);
}

static const enum_pair *pair_of(const pg_planning *p,
                                const structure_enum *from) {
    for (size_t i = 0; i < p->enum_count; i++)
        if (p->enums[i].from == from)
            return &p->enums[i];
    return NULL;
}

bool pg_plan_is_retyped(const pg_planning *p, const column_pair *c) {
    arena *a = p->b->a;
    bool is_from_list = str_ends_with(c->from->type, STR("[]"));
    bool is_to_list = str_ends_with(c->to->type, STR("[]"));
    const structure_enum *from = enum_of(a, p->b->from, c->from->type);
    const structure_enum *to = enum_of(a, p->b->to, c->to->type);
    if (from == NULL || to == NULL || is_from_list != is_to_list)
        return !structure_is_same_type(a, ENGINE_POSTGRESQL, c->from, c->to);
    const enum_pair *pair = pair_of(p, from);
    return pair == NULL || pair->to != to || pair->is_replaced;
}

static bool is_moved_enum(const pg_planning *p, const structure_enum *from,
                          const structure_enum *to) {
    return str_equal(from->name, to->name) &&
           structure_find_enum(p->b->to, from->schema, from->name) == NULL;
}

static const structure_enum *partner_of(const pg_planning *p,
                                        const structure_enum *to) {
    const structure *s = p->b->from;
    const structure_enum *from = structure_find_enum(s, to->schema, to->name);
    for (size_t i = 0; from == NULL && i < s->enum_count; i++)
        if (is_moved_enum(p, &s->enums[i], to) &&
            pair_of(p, &s->enums[i]) == NULL)
            from = &s->enums[i];
    return from;
}

/* ---- Values ------------------------------------------------------------- */

/* Are all values of from in to, in the same order? */
static bool only_grows(const structure_enum *from, const structure_enum *to) {
    size_t at = 0;
    for (size_t i = 0; i < to->value_count && at < from->value_count; i++)
        at += str_equal(from->values[at], to->values[i]);
    return at == from->value_count;
}

static bool has_value(const structure_enum *e, str value) {
    for (size_t i = 0; i < e->value_count; i++)
        if (str_equal(e->values[i], value))
            return true;
    return false;
}

static bool has_all(const structure_enum *x, const structure_enum *y) {
    for (size_t i = 0; i < y->value_count; i++)
        if (!has_value(x, y->values[i]))
            return false;
    return true;
}

/* A value cannot be used in the transaction that added it. */
static bool is_new_value_used(const pg_planning *p, const enum_pair *e) {
    const structure *to = p->b->to;
    for (size_t i = 0; i < to->table_count; i++)
        for (size_t k = 0; k < to->tables[i].column_count; k++) {
            const structure_column *c = &to->tables[i].columns[k];
            str rest = c->default_sql;
            if (enum_of(p->b->a, to, c->type) != e->to)
                continue;
            for (sql_token t; sql_token_next(&rest, &t);) {
                str value = sql_token_content(p->b->a, t);
                if (t.kind == SQL_TEXT && has_value(e->to, value) &&
                    !has_value(e->from, value))
                    return true;
            }
        }
    return false;
}

static bool has_same_values(const structure_enum *x, const structure_enum *y) {
    return x->value_count == y->value_count && only_grows(x, y);
}

void pg_plan_match_enums(pg_planning *p) {
    plan_builder *b = p->b;
    for (size_t i = 0; i < b->to->enum_count; i++) {
        enum_pair e = {.to = &b->to->enums[i]};
        e.from = partner_of(p, e.to);
        if (e.from != NULL)
            e.is_replaced =
                !has_same_values(e.from, e.to) &&
                (!only_grows(e.from, e.to) || is_new_value_used(p, &e));
        e.old_name = arena_printf(b->a, "tenon_old_%.*s", STR_ARG(e.to->name));
        ARENA_PUSH(b->a, p->enums, p->enum_count, e);
    }
    for (size_t i = 0; i < b->from->enum_count; i++) {
        enum_pair e = {.from = &b->from->enums[i]};
        if (pair_of(p, e.from) == NULL)
            ARENA_PUSH(b->a, p->enums, p->enum_count, e);
    }
}

/* ---- SQL ---------------------------------------------------------------- */

static void begin_type(plan_builder *b, str in_schema, str name) {
    buf_append(&b->sql, STR("ALTER TYPE "));
    sql_write_path(&b->sql, in_schema, name);
    buf_append_char(&b->sql, ' ');
}

static void create(plan_builder *b, const structure_enum *e) {
    buf_append(&b->sql, pg_ddl_enum(b->a, e));
    pg_plan_end_statement(b);
    plan_builder_end(b, "create enum \"%.*s\"", STR_ARG(e->name));
}

static void move(plan_builder *b, const enum_pair *e) {
    if (plan_match_is_same_schema(e->from->schema, e->to->schema))
        return;
    begin_type(b, e->from->schema, e->from->name);
    buf_append(&b->sql, STR("SET SCHEMA "));
    sql_write_name(&b->sql,
                   str_is_empty(e->to->schema) ? STR("public") : e->to->schema);
    pg_plan_end_statement(b);
    plan_builder_end(b, "move enum \"%.*s\"", STR_ARG(e->to->name));
}

static void add_values(plan_builder *b, const enum_pair *e) {
    size_t at = 0;
    for (size_t i = 0; i < e->to->value_count; i++) {
        str value = e->to->values[i];
        if (at < e->from->value_count &&
            str_equal(e->from->values[at], value)) {
            at++;
            continue;
        }
        begin_type(b, e->to->schema, e->to->name);
        buf_append(&b->sql, STR("ADD VALUE "));
        sql_write_text(&b->sql, value);
        if (at < e->from->value_count) {
            buf_append(&b->sql, STR(" BEFORE "));
            sql_write_text(&b->sql, e->from->values[at]);
        }
        pg_plan_end_statement(b);
        plan_builder_end(b, "add value '%.*s' to enum \"%.*s\"", STR_ARG(value),
                         STR_ARG(e->to->name));
    }
}

static void replace(plan_builder *b, const enum_pair *e) {
    begin_type(b, e->to->schema, e->to->name);
    buf_append(&b->sql, STR("RENAME TO "));
    sql_write_name(&b->sql, e->old_name);
    pg_plan_end_statement(b);
    buf_append(&b->sql, pg_ddl_enum(b->a, e->to));
    pg_plan_end_statement(b);
    plan_builder_end(b, "replace enum \"%.*s\"", STR_ARG(e->to->name));
    if (!has_all(e->to, e->from))
        plan_builder_warn(b, RISK_MAY_FAIL, e->to->name, STR(""),
                          "values go from enum \"%.*s\": this fails if rows"
                          " have one of them",
                          STR_ARG(e->to->name));
}

void pg_plan_change_enums(pg_planning *p) {
    for (size_t i = 0; i < p->enum_count; i++) {
        const enum_pair *e = &p->enums[i];
        if (e->to == NULL)
            continue;
        if (e->from == NULL) {
            create(p->b, e->to);
            continue;
        }
        move(p->b, e);
        if (e->is_replaced)
            replace(p->b, e);
        else
            add_values(p->b, e);
    }
}

static void drop(plan_builder *b, str in_schema, str name) {
    buf_append(&b->sql, STR("DROP TYPE "));
    sql_write_path(&b->sql, in_schema, name);
    pg_plan_end_statement(b);
    plan_builder_end(b, "drop enum \"%.*s\"", STR_ARG(name));
}

void pg_plan_drop_enums(pg_planning *p) {
    for (size_t i = 0; i < p->enum_count; i++) {
        const enum_pair *e = &p->enums[i];
        if (e->to == NULL)
            drop(p->b, e->from->schema, e->from->name);
        else if (e->is_replaced)
            drop(p->b, e->to->schema, e->old_name);
    }
}
