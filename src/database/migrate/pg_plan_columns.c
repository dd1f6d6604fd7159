/* Columns of PostgreSQL's tables: what comes, goes and changes. */
#include "base/sql_token.h"
#include "database/migrate/pg_plan.h"
#include "database/migrate/plan_convert.h"
#include "database/migrate/plan_fill.h"
#include "database/postgres/pg_ddl.h"
#include "database/sql.h"
#include "database/structure_spelling.h"

/* What comes where nothing was, or empty. */
static str fill_of(plan_builder *b, const structure_column *c) {
    return c->default_kind == COLUMN_AUTOINCREMENT
               ? STR("DEFAULT")
               : plan_fill(b->a, ENGINE_POSTGRESQL, c);
}

static bool is_filled(const pg_planning *p, const column_pair *c) {
    return c->to->is_required && !c->from->is_required &&
           !str_is_empty(fill_of(p->b, c->to));
}

bool pg_plan_has_new_values(const pg_planning *p, const table_pair *pair) {
    for (size_t i = 0; i < pair->column_count; i++) {
        const column_pair *c = &pair->columns[i];
        if (c->from != NULL && c->to != NULL && !c->from->is_generated &&
            (pg_plan_is_retyped(p, c) || is_filled(p, c)))
            return true;
    }
    return false;
}

/* ---- Views -------------------------------------------------------------- */

static bool mentions(arena *a, str sql, str name) {
    for (sql_token t; sql_token_next(&sql, &t);)
        if ((t.kind == SQL_WORD || t.kind == SQL_QUOTED) &&
            str_equal(sql_token_name(a, t), name))
            return true;
    return false;
}

/* PostgreSQL neither drops nor converts what a view uses. */
static void warn_of_views(plan_builder *b, const table_pair *pair, str column) {
    for (size_t i = 0; i < b->from->view_count; i++) {
        const structure_view *v = &b->from->views[i];
        if (!mentions(b->a, v->definition, pair->from->name) ||
            !mentions(b->a, v->definition, column))
            continue;
        plan_builder_warn(b, RISK_MAY_FAIL, pair->to->name, column,
                          "view \"%.*s\" seems to use column \"%.*s\" of table"
                          " \"%.*s\": drop it before and make it again"
                          " afterwards",
                          STR_ARG(v->name), STR_ARG(column),
                          STR_ARG(pair->to->name));
    }
}

/* ---- Statements --------------------------------------------------------- */

static void begin_column(plan_builder *b, const structure_table *t,
                         str column) {
    pg_plan_begin_alter(b, t);
    buf_append(&b->sql, STR("ALTER COLUMN "));
    sql_write_name(&b->sql, column);
    buf_append_char(&b->sql, ' ');
}

static void say_column(plan_builder *b, const structure_table *t, str column,
                       const char *what) {
    begin_column(b, t, column);
    buf_append(&b->sql, str_of(what));
    pg_plan_end_statement(b);
}

static void drop_column(plan_builder *b, const structure_table *t, str column) {
    pg_plan_begin_alter(b, t);
    buf_append(&b->sql, STR("DROP COLUMN "));
    sql_write_name(&b->sql, column);
    pg_plan_end_statement(b);
    plan_builder_end(b, "drop column \"%.*s\" of \"%.*s\"", STR_ARG(column),
                     STR_ARG(t->name));
}

static void write_add(plan_builder *b, const structure_table *t,
                      const structure_column *c) {
    pg_plan_begin_alter(b, t);
    buf_append(&b->sql, STR("ADD COLUMN "));
    buf_append(&b->sql, pg_ddl_column(b->a, c));
    pg_plan_end_statement(b);
}

static void add_column(plan_builder *b, const structure_table *t,
                       const structure_column *c) {
    str fill = plan_fill(b->a, ENGINE_POSTGRESQL, c);
    bool needs_value = c->is_required && c->default_kind == COLUMN_NO_DEFAULT;
    structure_column added = *c;
    if (needs_value && !str_is_empty(fill)) {
        added.default_kind = COLUMN_EXPRESSION;
        added.default_sql = fill;
    }
    write_add(b, t, &added);
    if (added.default_kind != c->default_kind)
        say_column(b, t, c->name, "DROP DEFAULT");
    plan_builder_end(b, "add column \"%.*s\" to \"%.*s\"", STR_ARG(c->name),
                     STR_ARG(t->name));
    if (needs_value && str_is_empty(fill))
        plan_builder_warn(b, RISK_REQUIRED_WITHOUT_DEFAULT, t->name, c->name,
                          "column \"%.*s\" of table \"%.*s\" is required and"
                          " has no default: this fails if there are rows",
                          STR_ARG(c->name), STR_ARG(t->name));
}

/* ---- Sequences ---------------------------------------------------------- */

/* "before" and "behind" the column's sequence, whatever it is called. */
static void change_sequence(plan_builder *b, const structure_table *t,
                            const structure_column *c, const char *before,
                            str behind) {
    CLEANUP(buf_free) buf path = buf_new(SQL_MAX);
    sql_write_path(&path, t->schema, t->name);
    buf_append(&b->sql, STR("DO $$ DECLARE sequence text :="
                            " pg_get_serial_sequence("));
    sql_write_text(&b->sql, buf_str(&path));
    buf_append(&b->sql, STR(", "));
    sql_write_text(&b->sql, c->name);
    buf_printf(&b->sql,
               "); BEGIN\n    IF sequence IS NOT NULL THEN EXECUTE"
               " '%s ' || sequence",
               before);
    if (!str_is_empty(behind))
        buf_printf(&b->sql, " || ' %.*s'", STR_ARG(behind));
    buf_append(&b->sql, STR("; END IF;\nEND $$"));
    pg_plan_end_statement(b);
}

/* An identity column has a sequence of another kind. */
static void stop_counting(plan_builder *b, const structure_table *t,
                          const structure_column *c) {
    say_column(b, t, c->name, "DROP IDENTITY IF EXISTS");
    say_column(b, t, c->name, "DROP DEFAULT");
    change_sequence(b, t, c, "DROP SEQUENCE", STR(""));
}

/* The sequence of a serial would still end where the old type did. */
static void widen_sequence(plan_builder *b, const structure_table *t,
                           const column_pair *c) {
    if (c->from->default_kind == COLUMN_AUTOINCREMENT &&
        c->to->default_kind == COLUMN_AUTOINCREMENT)
        change_sequence(b, t, c->to, "ALTER SEQUENCE",
                        arena_printf(b->a, "AS %.*s", STR_ARG(c->to->type)));
}

static void start_counting(plan_builder *b, const structure_table *t,
                           const structure_column *c) {
    CLEANUP(buf_free) buf path = buf_new(SQL_MAX);
    str name =
        arena_printf(b->a, "%.*s_%.*s_seq", STR_ARG(t->name), STR_ARG(c->name));
    sql_write_path(&path, t->schema, name);
    str sequence = arena_copy(b->a, buf_str(&path));
    buf_append(&b->sql, STR("CREATE SEQUENCE "));
    buf_append(&b->sql, sequence);
    buf_append(&b->sql, STR(" AS "));
    buf_append(&b->sql, c->type);
    buf_append(&b->sql, STR(" OWNED BY "));
    sql_write_path(&b->sql, t->schema, t->name);
    buf_append_char(&b->sql, '.');
    sql_write_name(&b->sql, c->name);
    pg_plan_end_statement(b);
    buf_append(&b->sql, STR("SELECT setval("));
    sql_write_text(&b->sql, sequence);
    buf_append(&b->sql, STR(", coalesce(max("));
    sql_write_name(&b->sql, c->name);
    buf_append(&b->sql, STR("), 0) + 1, false) FROM "));
    sql_write_path(&b->sql, t->schema, t->name);
    pg_plan_end_statement(b);
    begin_column(b, t, c->name);
    buf_append(&b->sql, STR("SET DEFAULT nextval("));
    sql_write_text(&b->sql, sequence);
    buf_append_char(&b->sql, ')');
    pg_plan_end_statement(b);
}

/* ---- Changes ------------------------------------------------------------ */

static bool has_default(const structure_column *c, column_default kind) {
    return c->default_kind == kind;
}

static void drop_old_default(plan_builder *b, const structure_table *t,
                             const column_pair *c, bool is_retyped) {
    const structure_column *from = c->from;
    bool is_same = structure_is_same_default(b->a, from, c->to);
    if (has_default(from, COLUMN_AUTOINCREMENT) &&
        !has_default(c->to, COLUMN_AUTOINCREMENT))
        stop_counting(b, t, c->to);
    /* A default is not converted with its column. */
    if (has_default(from, COLUMN_EXPRESSION) &&
        (is_retyped || (!is_same && !has_default(c->to, COLUMN_EXPRESSION))))
        say_column(b, t, c->to->name, "DROP DEFAULT");
}

static void set_new_default(plan_builder *b, const structure_table *t,
                            const column_pair *c, bool is_retyped) {
    if (has_default(c->to, COLUMN_AUTOINCREMENT) &&
        !has_default(c->from, COLUMN_AUTOINCREMENT))
        start_counting(b, t, c->to);
    if (!has_default(c->to, COLUMN_EXPRESSION) ||
        (!is_retyped && structure_is_same_default(b->a, c->from, c->to)))
        return;
    begin_column(b, t, c->to->name);
    buf_append(&b->sql, STR("SET DEFAULT "));
    buf_append(&b->sql, c->to->default_sql);
    pg_plan_end_statement(b);
}

static void warn_of_conversion(plan_builder *b, const structure_table *t,
                               str column, const conversion *found) {
    if (found->risk == CONVERSION_MAY_FAIL)
        plan_builder_warn(b, RISK_MAY_FAIL, t->name, column,
                          "column \"%.*s\" of table \"%.*s\" fails if it holds"
                          " values that its new type does not have",
                          STR_ARG(column), STR_ARG(t->name));
    if (found->risk == CONVERSION_LOSES)
        plan_builder_warn(b, RISK_DATA_LOSS, t->name, column,
                          "column \"%.*s\" of table \"%.*s\" changes its"
                          " values: %s",
                          STR_ARG(column), STR_ARG(t->name), found->loss);
    plan_builder_warn(b, RISK_LOCKS, t->name, column,
                      "converting column \"%.*s\" locks table \"%.*s\" while"
                      " all of it is read or written again",
                      STR_ARG(column), STR_ARG(t->name));
}

static void set_type(plan_builder *b, const structure_table *t,
                     const structure_column *to, const conversion *found) {
    begin_column(b, t, to->name);
    buf_append(&b->sql, STR("SET DATA TYPE "));
    buf_append(&b->sql, to->type);
    if (!str_equal(str_of(found->expression), STR("?"))) {
        buf_append(&b->sql, STR(" USING "));
        plan_convert_write(&b->sql, found, to->name, to->type);
    }
    pg_plan_end_statement(b);
}

/* The language has no word for it: a list of ours may be null, one of others
 * need not. */
static bool is_list_of_others(const column_pair *c) {
    return c->to->field != NULL && c->to->field->is_list &&
           str_ends_with(c->from->type, STR("[]"));
}

static void change_requirement(plan_builder *b, const structure_table *t,
                               const column_pair *c) {
    const structure_column *to = c->to;
    if (to->is_required == c->from->is_required || is_list_of_others(c))
        return;
    if (!to->is_required) {
        say_column(b, t, to->name, "DROP NOT NULL");
        return;
    }
    str fill = fill_of(b, to);
    if (!str_is_empty(fill)) {
        buf_append(&b->sql, STR("UPDATE "));
        sql_write_path(&b->sql, t->schema, t->name);
        buf_append(&b->sql, STR(" SET "));
        sql_write_name(&b->sql, to->name);
        buf_append(&b->sql, STR(" = "));
        buf_append(&b->sql, fill);
        buf_append(&b->sql, STR(" WHERE "));
        sql_write_name(&b->sql, to->name);
        buf_append(&b->sql, STR(" IS NULL"));
        pg_plan_end_statement(b);
    } else {
        plan_builder_warn(b, RISK_REQUIRED_WITHOUT_DEFAULT, t->name, to->name,
                          "column \"%.*s\" of table \"%.*s\" becomes required"
                          " and has no default: this fails if it holds nulls",
                          STR_ARG(to->name), STR_ARG(t->name));
    }
    say_column(b, t, to->name, "SET NOT NULL");
}

static void replace_column(plan_builder *b, const pg_alter *t,
                           const column_pair *c) {
    plan_builder_warn(b, RISK_DATA_LOSS, t->want->name, c->to->name,
                      "the values of column \"%.*s\" of table \"%.*s\" do not"
                      " convert to its new type and are dropped",
                      STR_ARG(c->to->name), STR_ARG(t->want->name));
    drop_column(b, t->want, c->to->name);
    add_column(b, t->want, c->to);
}

static void change_column(pg_planning *p, const pg_alter *t,
                          const column_pair *c) {
    plan_builder *b = p->b;
    bool is_retyped = pg_plan_is_retyped(p, c);
    conversion found = {.risk = CONVERSION_SAFE, .expression = "?"};
    if (is_retyped) {
        found = plan_convert((convertible){b->from, t->pair->from, c->from},
                             (convertible){b->to, t->pair->to, c->to});
        warn_of_views(b, t->pair, c->from->name);
    }
    if (found.risk == CONVERSION_NEVER) {
        replace_column(b, t, c);
        return;
    }
    drop_old_default(b, t->want, c, is_retyped);
    if (is_retyped) {
        set_type(b, t->want, c->to, &found);
        widen_sequence(b, t->want, c);
        warn_of_conversion(b, t->want, c->to->name, &found);
    }
    set_new_default(b, t->want, c, is_retyped);
    change_requirement(b, t->want, c);
    plan_builder_end(b, "change column \"%.*s\" of \"%.*s\"",
                     STR_ARG(c->to->name), STR_ARG(t->want->name));
}

void pg_plan_change_columns(pg_planning *p, const pg_alter *t) {
    for (size_t i = 0; i < t->pair->column_count; i++) {
        const column_pair *c = &t->pair->columns[i];
        if (c->from != NULL && c->from->is_generated)
            continue;
        if (c->from == NULL) {
            add_column(p->b, t->want, c->to);
        } else if (c->to == NULL) {
            warn_of_views(p->b, t->pair, c->from->name);
            drop_column(p->b, t->want, c->from->name);
        } else {
            change_column(p, t, c);
        }
    }
}
