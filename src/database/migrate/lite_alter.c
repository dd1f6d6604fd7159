#include "database/migrate/lite_alter.h"

#include "base/sql_token.h"
#include "database/migrate/plan_compare.h"
#include "database/sql.h"
#include "database/sqlite/lite_token.h"
#include "database/sqlite/lite_type.h"
#include "database/structure_spelling.h"

static bool has_all_checks(const structure_table *t) {
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].default_kind != COLUMN_AUTOINCREMENT &&
            structure_find_check(t, t->columns[i].name) == NULL)
            return false;
    return t->check_count > 0;
}

/* Did we make it? Our tables are STRICT or have CHECKs of plain types, unless
 * they have no such column. Those of the first release have neither, and are
 * not made anew for that. */
static bool is_ours(const structure_table *t) {
    for (size_t i = 0; i < t->check_count; i++)
        if (lite_type_is_plain_check(&t->checks[i]))
            return true;
    return t->is_strict || has_all_checks(t);
}

static bool mentions(arena *a, str sql, str name) {
    for (;;) {
        lite_token t = lite_token_take(&sql);
        if (t.kind == LITE_TOKEN_END)
            return false;
        if ((t.kind == LITE_TOKEN_WORD || t.kind == LITE_TOKEN_QUOTED) &&
            str_equal_ignoring_case(lite_token_name(a, t), name))
            return true;
    }
}

/* Does it mention a column that goes? */
static bool is_about_gone(arena *a, const table_pair *p, str sql) {
    for (size_t i = 0; i < p->column_count; i++)
        if (p->columns[i].to == NULL && !p->columns[i].from->is_generated &&
            mentions(a, sql, p->columns[i].from->name))
            return true;
    return false;
}

/* A word that is the name of a column and of the table is the column's. */
static str new_name_of(const table_pair *p, str name) {
    for (size_t i = 0; i < p->column_count; i++) {
        const column_pair *c = &p->columns[i];
        if (c->from != NULL && str_equal_ignoring_case(name, c->from->name))
            return plan_match_is_renamed(c) ? c->to->name : name;
    }
    return p->is_renamed && str_equal_ignoring_case(name, p->from->name)
               ? p->to->name
               : name;
}

/* With the new names of the table and of its columns. */
static str with_new_names(arena *a, const table_pair *p, str sql) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    str rest = sql;
    const char *copied = sql.ptr;
    for (;;) {
        lite_token t = lite_token_take(&rest);
        if (t.kind == LITE_TOKEN_END)
            break;
        if (t.kind != LITE_TOKEN_WORD && t.kind != LITE_TOKEN_QUOTED)
            continue;
        str name = lite_token_name(a, t);
        str new_name = new_name_of(p, name);
        if (str_equal(new_name, name))
            continue;
        buf_append(&out, (str){copied, (size_t)(t.text.ptr - copied)});
        sql_write_name(&out, new_name);
        copied = t.text.ptr + t.text.len;
    }
    if (out.len == 0)
        return sql;
    buf_append(&out, (str){copied, (size_t)(sql.ptr + sql.len - copied)});
    return arena_copy(a, buf_str(&out));
}

/* ---- What it shall be --------------------------------------------------- */

/* In a table of ours types are spelt our way; in one of others a spelling that
 * says the same will do. */
static bool is_same_type(arena *a, const lite_alter *t,
                         const structure_column *x, const structure_column *y) {
    return is_ours(t->pair->from)
               ? str_equal_ignoring_case(x->type, y->type)
               : structure_is_same_type(a, ENGINE_SQLITE, x, y);
}

static structure_column kept_column(arena *a, const lite_alter *t,
                                    const column_pair *c) {
    structure_column out = *c->to;
    if (c->from == NULL)
        return out;
    if (c->from->is_generated) {
        out = *c->from;
        out.name = c->to->name;
        return out;
    }
    if (is_same_type(a, t, c->from, c->to)) {
        out.type = c->from->type;
        if (structure_is_same_default(a, c->from, c->to))
            out.default_sql = c->from->default_sql;
    }
    if (str_is_empty(out.extra))
        out.extra = c->from->extra;
    return out;
}

/* As SQLite does when a column or a table is renamed. */
static void rename_in_conditions(arena *a, lite_alter *t) {
    structure_check *checks =
        arena_new_array(a, structure_check, t->now.check_count);
    for (size_t i = 0; i < t->now.check_count; i++) {
        checks[i] = t->now.checks[i];
        checks[i].expression = with_new_names(a, t->pair, checks[i].expression);
    }
    t->now.checks = checks;
    structure_index *indexes =
        arena_new_array(a, structure_index, t->now.index_count);
    for (size_t i = 0; i < t->now.index_count; i++) {
        indexes[i] = t->now.indexes[i];
        indexes[i].condition = with_new_names(a, t->pair, indexes[i].condition);
    }
    t->now.indexes = indexes;
}

static void keep_columns(arena *a, lite_alter *t) {
    structure_column *columns = NULL;
    size_t count = 0;
    for (size_t i = 0; i < t->pair->column_count; i++) {
        const column_pair *c = &t->pair->columns[i];
        if (c->to == NULL && !c->from->is_generated)
            continue;
        structure_column column =
            c->to != NULL ? kept_column(a, t, c) : *c->from;
        column.extra = with_new_names(a, t->pair, column.extra);
        ARENA_PUSH(a, columns, count, column);
    }
    t->want.columns = columns;
    t->want.column_count = count;
}

static bool is_added(const table_pair *p, str column) {
    for (size_t i = 0; i < p->column_count; i++)
        if (p->columns[i].to != NULL &&
            str_equal(p->columns[i].to->name, column))
            return p->columns[i].from == NULL;
    return false;
}

static const structure_check *find_check(const structure_check *checks,
                                         size_t count, str name) {
    for (size_t i = 0; i < count; i++)
        if (!str_is_empty(name) && str_equal(checks[i].name, name))
            return &checks[i];
    return NULL;
}

/* In a table that we did not make: a CHECK of a plain type would make it look
 * like one of ours, and a column that lacks one has its values in a form of its
 * own. */
static bool can_have_check(arena *a, const lite_alter *t,
                           const structure_check *check) {
    const structure_column *now = structure_find_column(&t->now, check->column);
    const structure_column *want =
        structure_find_column(t->pair->to, check->column);
    if (lite_type_is_plain_check(check) || want == NULL)
        return false;
    return now == NULL || !is_same_type(a, t, now, want) ||
           structure_find_check(&t->now, check->column) != NULL;
}

/* Rules are what the schema says now. */
static bool is_former_rule(const lite_alter *t, const structure_check *check) {
    return structure_is_rule(check, t->pair->from->name);
}

static void keep_checks(arena *a, lite_alter *t) {
    const structure_table *to = t->pair->to;
    structure_check *checks = NULL;
    size_t count = 0;
    bool wants_all = is_ours(t->pair->from);
    for (size_t i = 0; i < to->check_count; i++) {
        const structure_check *check = &to->checks[i];
        const structure_column *now =
            structure_find_column(&t->now, check->column);
        bool is_kept = now != NULL && now->is_generated;
        bool is_rule = str_is_empty(check->column);
        if (!is_kept && (wants_all || is_rule || can_have_check(a, t, check)))
            ARENA_PUSH(a, checks, count, *check);
    }
    for (size_t i = 0; i < t->now.check_count; i++) {
        structure_check check = t->now.checks[i];
        if (!str_is_empty(check.column) || is_former_rule(t, &check) ||
            is_about_gone(a, t->pair, check.expression) ||
            find_check(checks, count, check.name) != NULL)
            continue;
        ARENA_PUSH(a, checks, count, check);
    }
    t->want.checks = checks;
    t->want.check_count = count;
    t->want.is_strict = wants_all ? to->is_strict : t->now.is_strict;
    t->want.is_without_rowid = t->now.is_without_rowid;
}

static bool is_any_renamed(const table_pair *p) {
    for (size_t i = 0; i < p->column_count; i++)
        if (plan_match_is_renamed(&p->columns[i]))
            return true;
    return p->is_renamed;
}

static const structure_foreign_key *find_foreign_key(
    const structure_table *t, const structure_foreign_key *f) {
    for (size_t i = 0; i < t->foreign_key_count; i++)
        if (plan_is_same_foreign_key(&t->foreign_keys[i], STR(""), f, STR("")))
            return &t->foreign_keys[i];
    return NULL;
}

/* Names follow renames; else those that are there are as good as ours. */
static void keep_foreign_keys(arena *a, lite_alter *t) {
    structure_foreign_key *keys = arena_new_array(
        a, structure_foreign_key, t->pair->to->foreign_key_count);
    for (size_t i = 0; i < t->pair->to->foreign_key_count; i++) {
        keys[i] = t->pair->to->foreign_keys[i];
        const structure_foreign_key *now = find_foreign_key(&t->now, &keys[i]);
        if (now != NULL && !is_any_renamed(t->pair))
            keys[i].name = now->name;
    }
    t->want.foreign_keys = keys;
}

static bool has_index(const structure_table *t, str name) {
    for (size_t i = 0; i < t->index_count; i++)
        if (str_equal_ignoring_case(t->indexes[i].name, name))
            return true;
    return false;
}

static bool is_former_index(arena *a, const lite_alter *t,
                            const structure_index *x) {
    return structure_is_former_index(a, &t->now, x, ENGINE_SQLITE) ||
           structure_is_former_index(a, t->pair->from, x, ENGINE_SQLITE);
}

/* Those that the schema cannot say, unless it says what that name is. */
static void keep_indexes(arena *a, lite_alter *t) {
    structure_index *indexes = NULL;
    size_t count = 0;
    for (size_t i = 0; i < t->now.index_count; i++) {
        structure_index x = t->now.indexes[i];
        if (str_is_empty(x.definition) || has_index(t->pair->to, x.name) ||
            is_former_index(a, t, &x) ||
            is_about_gone(a, t->pair, x.definition))
            continue;
        x.definition = with_new_names(a, t->pair, x.definition);
        ARENA_PUSH(a, indexes, count, x);
    }
    for (size_t i = 0; i < t->pair->to->index_count; i++)
        ARENA_PUSH(a, indexes, count, t->pair->to->indexes[i]);
    t->want.indexes = indexes;
    t->want.index_count = count;
}

static void keep_triggers(arena *a, lite_alter *t) {
    structure_trigger *triggers = NULL;
    size_t count = 0;
    for (size_t i = 0; i < t->pair->to->trigger_count; i++)
        ARENA_PUSH(a, triggers, count, t->pair->to->triggers[i]);
    for (size_t i = 0; i < t->now.trigger_count; i++) {
        structure_trigger trigger = t->now.triggers[i];
        if (str_starts_with(trigger.name, STR("tenon_")))
            continue;
        trigger.sql = with_new_names(a, t->pair, trigger.sql);
        ARENA_PUSH(a, triggers, count, trigger);
    }
    t->want.triggers = triggers;
    t->want.trigger_count = count;
}

/* ---- Is a rebuild needed? ----------------------------------------------- */

bool lite_alter_has_other_values(plan_builder *b, const lite_alter *t,
                                 const structure_column *now,
                                 const structure_column *want) {
    const structure_check *x = structure_find_check(&t->now, now->name);
    const structure_check *y = structure_find_check(&t->want, want->name);
    if (!is_same_type(b->a, t, now, want))
        return true;
    if (x == NULL || y == NULL)
        return x != y;
    return !structure_is_same_sql(b->a, x->expression, y->expression);
}

static bool is_other_column(plan_builder *b, const lite_alter *t,
                            const structure_column *now,
                            const structure_column *want) {
    return !now->is_generated && (now->is_required != want->is_required ||
                                  !is_same_type(b->a, t, now, want) ||
                                  !structure_is_same_default(b->a, now, want));
}

static bool has_other_columns(plan_builder *b, const lite_alter *t) {
    for (size_t i = 0; i < t->pair->column_count; i++) {
        const column_pair *c = &t->pair->columns[i];
        if (c->from != NULL && c->to != NULL &&
            is_other_column(b, t, c->from, c->to))
            return true;
    }
    return false;
}

static bool has_other_checks(plan_builder *b, const lite_alter *t) {
    for (size_t i = 0; i < t->want.check_count; i++) {
        const structure_check *want = &t->want.checks[i];
        if (str_is_empty(want->column) ? !structure_is_rule(want, t->want.name)
                                       : is_added(t->pair, want->column))
            continue;
        const structure_check *now =
            find_check(t->now.checks, t->now.check_count, want->name);
        if (now == NULL ||
            !structure_is_same_sql(b->a, now->expression, want->expression))
            return true;
    }
    for (size_t i = 0; i < t->now.check_count; i++)
        if ((!str_is_empty(t->now.checks[i].column) ||
             is_former_rule(t, &t->now.checks[i])) &&
            find_check(t->want.checks, t->want.check_count,
                       t->now.checks[i].name) == NULL)
            return true;
    return false;
}

static bool has_other_foreign_keys(const lite_alter *t) {
    for (size_t i = 0; i < t->now.foreign_key_count; i++)
        if (find_foreign_key(&t->want, &t->now.foreign_keys[i]) == NULL)
            return true;
    for (size_t i = 0; i < t->want.foreign_key_count; i++) {
        const structure_foreign_key *want = &t->want.foreign_keys[i];
        const structure_foreign_key *now = find_foreign_key(&t->now, want);
        if (now == NULL &&
            (want->column_count > 1 || !is_added(t->pair, want->columns[0])))
            return true;
        if (now != NULL && !str_equal(now->name, want->name))
            return true;
    }
    return false;
}

const structure_index *lite_alter_find_index(arena *a, const structure_table *t,
                                             const structure_index *x) {
    for (size_t i = 0; i < t->index_count; i++) {
        const structure_index *y = &t->indexes[i];
        bool is_named = x->is_constraint || y->is_constraint ||
                        str_equal_ignoring_case(x->name, y->name);
        bool is_definition =
            !structure_is_sayable(x) && !structure_is_sayable(y);
        if (is_named && (is_definition || plan_is_same_index(a, x, y)))
            return y;
    }
    return NULL;
}

/* An index that a UNIQUE of the table made cannot be dropped. */
static bool loses_constraint(arena *a, const lite_alter *t) {
    for (size_t i = 0; i < t->now.index_count; i++)
        if (t->now.indexes[i].is_constraint &&
            lite_alter_find_index(a, &t->want, &t->now.indexes[i]) == NULL)
            return true;
    return false;
}

/* A text or a number, or true or false. */
static bool is_constant(str sql) {
    sql_token t;
    sql_token more;
    bool is_there = sql_token_next(&sql, &t);
    if (is_there && (sql_token_is_sign(t, '-') || sql_token_is_sign(t, '+')))
        is_there = sql_token_next(&sql, &t);
    if (!is_there || sql_token_next(&sql, &more))
        return false;
    return t.kind == SQL_TEXT || t.kind == SQL_NUMBER ||
           sql_token_is_word(t, STR("true")) ||
           sql_token_is_word(t, STR("false"));
}

/* ADD COLUMN wants a constant that fits all rows that are there. */
static bool can_add(const structure_table *want, const structure_column *c) {
    for (size_t i = 0; i < want->primary_key.column_count; i++)
        if (str_equal(want->primary_key.columns[i], c->name))
            return false;
    if (c->default_kind == COLUMN_EXPRESSION)
        return is_constant(c->default_sql);
    return !c->is_required && c->default_kind == COLUMN_NO_DEFAULT;
}

static bool has_foreign_key_with_default(const structure_table *want,
                                         const structure_column *c) {
    for (size_t i = 0; i < want->foreign_key_count; i++)
        for (size_t k = 0; k < want->foreign_keys[i].column_count; k++)
            if (str_equal(want->foreign_keys[i].columns[k], c->name))
                return c->default_kind != COLUMN_NO_DEFAULT;
    return false;
}

/* DROP COLUMN wants that nothing mentions it. */
static bool can_drop(const plan_builder *b, const lite_alter *t,
                     const structure_column *gone) {
    const structure_table *now = &t->now;
    if (b->from->view_count > 0 || now->trigger_count > 0 ||
        now->check_count > 0)
        return false;
    for (size_t i = 0; i < now->column_count; i++)
        if (now->columns[i].is_generated)
            return false;
    for (size_t i = 0; i < now->primary_key.column_count; i++)
        if (str_equal(now->primary_key.columns[i], gone->name))
            return false;
    for (size_t i = 0; i < now->index_count; i++)
        if (now->indexes[i].is_constraint || now->indexes[i].definition.len > 0)
            return false;
    for (size_t i = 0; i < now->foreign_key_count; i++)
        for (size_t k = 0; k < now->foreign_keys[i].column_count; k++)
            if (str_equal(now->foreign_keys[i].columns[k], gone->name))
                return false;
    return true;
}

static bool is_all_direct(const plan_builder *b, const lite_alter *t) {
    for (size_t i = 0; i < t->pair->column_count; i++) {
        const column_pair *c = &t->pair->columns[i];
        if (c->from == NULL && (!can_add(&t->want, c->to) ||
                                has_foreign_key_with_default(&t->want, c->to)))
            return false;
        if (c->to == NULL && !c->from->is_generated && !can_drop(b, t, c->from))
            return false;
    }
    return true;
}

static bool is_in_other_case(const table_pair *p) {
    return p->is_renamed && str_equal_ignoring_case(p->from->name, p->to->name);
}

lite_alter lite_alter_make(plan_builder *b, const table_pair *pair) {
    lite_alter t = {
        .pair = pair,
        .now = plan_match_rename(b->a, &b->match, pair),
        .want = *pair->to,
    };
    rename_in_conditions(b->a, &t);
    keep_columns(b->a, &t);
    keep_checks(b->a, &t);
    keep_foreign_keys(b->a, &t);
    keep_indexes(b->a, &t);
    keep_triggers(b->a, &t);
    t.is_rebuilt = is_in_other_case(pair) || has_other_columns(b, &t) ||
                   has_other_checks(b, &t) || has_other_foreign_keys(&t) ||
                   !plan_is_same_primary_key(&t.now, &t.want) ||
                   t.now.is_strict != t.want.is_strict ||
                   loses_constraint(b->a, &t) || !is_all_direct(b, &t);
    return t;
}
