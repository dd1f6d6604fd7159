#include "database/migrate/lite_rebuild.h"

#include "base/assert.h"
#include "database/migrate/plan_convert.h"
#include "database/migrate/plan_fill.h"
#include "database/sql.h"
#include "database/sqlite/lite_ddl.h"
#include "database/sqlite/lite_token.h"
#include "database/structure_spelling.h"

/* A column of the new table and where its values come from. */
typedef struct value_source {
    const structure_column *to;
    str expression;
} value_source;

typedef struct rebuild {
    plan_builder *b;
    const lite_alter *t;
    value_source *sources;
    size_t source_count;
} rebuild;

/* ---- Where values come from --------------------------------------------- */

/* Does y's list of texts have each one of x's? Then an enum only grew. */
static bool has_all_texts(str x, str y) {
    for (;;) {
        lite_token t = lite_token_take(&x);
        if (t.kind == LITE_TOKEN_END)
            return true;
        if (t.kind == LITE_TOKEN_TEXT &&
            memmem(y.ptr, y.len, t.text.ptr, t.text.len) == NULL)
            return false;
    }
}

static bool has_wider_check(const rebuild *r, const structure_column *now,
                            const structure_column *want) {
    const structure_check *x = structure_find_check(&r->t->now, now->name);
    const structure_check *y = structure_find_check(&r->t->want, want->name);
    return x != NULL && y != NULL &&
           has_all_texts(x->expression, y->expression);
}

static void warn_of_conversion(const rebuild *r, const conversion *c,
                               const structure_column *want) {
    if (c->risk == CONVERSION_MAY_FAIL)
        plan_builder_warn(r->b, RISK_MAY_FAIL, r->t->want.name, want->name,
                          "column \"%.*s\" of table \"%.*s\" fails if it holds"
                          " values that its new type does not have",
                          STR_ARG(want->name), STR_ARG(r->t->want.name));
    if (c->risk == CONVERSION_LOSES)
        plan_builder_warn(r->b, RISK_DATA_LOSS, r->t->want.name, want->name,
                          "column \"%.*s\" of table \"%.*s\" changes its"
                          " values: %s",
                          STR_ARG(want->name), STR_ARG(r->t->want.name),
                          c->loss);
    if (c->risk == CONVERSION_NEVER)
        plan_builder_warn(r->b, RISK_DATA_LOSS, r->t->want.name, want->name,
                          "the values of column \"%.*s\" of table \"%.*s\" do"
                          " not convert to its new type and are dropped",
                          STR_ARG(want->name), STR_ARG(r->t->want.name));
}

static conversion find_conversion(const rebuild *r, const column_pair *c,
                                  const structure_column *now) {
    static const conversion NONE = {.risk = CONVERSION_SAFE, .expression = "?"};
    if (!lite_alter_has_other_values(r->b, r->t, now, c->to))
        return NONE;
    /* Its field says more than a catalog, its name is the old one. */
    structure_column from = *now;
    from.field = c->from->field;
    conversion found =
        plan_convert((convertible){r->b->from, &r->t->now, &from},
                     (convertible){r->b->to, &r->t->want, c->to});
    if (structure_is_same_type(r->b->a, ENGINE_SQLITE, now, c->to) &&
        has_wider_check(r, now, c->to) && found.risk == CONVERSION_MAY_FAIL)
        found.risk = CONVERSION_SAFE;
    return found;
}

/* Into a column that became required, the default comes where nothing was. */
static str filled(const rebuild *r, str expression, const structure_column *now,
                  const structure_column *want) {
    str value = plan_fill(r->b->a, ENGINE_SQLITE, want);
    if (now->is_required || !want->is_required)
        return expression;
    if (!str_is_empty(value))
        return arena_printf(r->b->a, "coalesce(%.*s, %.*s)",
                            STR_ARG(expression), STR_ARG(value));
    plan_builder_warn(r->b, RISK_REQUIRED_WITHOUT_DEFAULT, r->t->want.name,
                      want->name,
                      "column \"%.*s\" of table \"%.*s\" becomes required and"
                      " has no default: this fails if it holds nulls",
                      STR_ARG(want->name), STR_ARG(r->t->want.name));
    return expression;
}

static void take_new(rebuild *r, const structure_column *want) {
    str value = plan_fill(r->b->a, ENGINE_SQLITE, want);
    if (want->default_kind != COLUMN_NO_DEFAULT || !want->is_required)
        return; /* SQLite gives the default */
    if (str_is_empty(value)) {
        plan_builder_warn(r->b, RISK_REQUIRED_WITHOUT_DEFAULT, r->t->want.name,
                          want->name,
                          "column \"%.*s\" of table \"%.*s\" is required and"
                          " has no default: this fails if there are rows",
                          STR_ARG(want->name), STR_ARG(r->t->want.name));
        return;
    }
    value_source s = {want, value};
    ARENA_PUSH(r->b->a, r->sources, r->source_count, s);
}

static void take_old(rebuild *r, const column_pair *c) {
    arena *a = r->b->a;
    const structure_column *now =
        structure_find_column(&r->t->now, c->to->name);
    const structure_column *want =
        structure_find_column(&r->t->want, c->to->name);
    ASSERT(now != NULL && want != NULL);
    if (now->is_generated)
        return;
    conversion found = find_conversion(r, c, now);
    warn_of_conversion(r, &found, want);
    if (found.risk == CONVERSION_NEVER) {
        take_new(r, want);
        return;
    }
    CLEANUP(buf_free) buf text = buf_new(SQL_MAX);
    plan_convert_write(&text, &found, now->name, want->type);
    value_source s = {want,
                      filled(r, arena_copy(a, buf_str(&text)), now, want)};
    ARENA_PUSH(a, r->sources, r->source_count, s);
}

static void find_sources(rebuild *r) {
    for (size_t i = 0; i < r->t->pair->column_count; i++) {
        const column_pair *c = &r->t->pair->columns[i];
        if (c->to != NULL && c->from != NULL)
            take_old(r, c);
        else if (c->to != NULL)
            take_new(r, c->to);
    }
}

/* ---- SQL ---------------------------------------------------------------- */

static bool is_taken(const plan_builder *b, str name) {
    for (size_t i = 0; i < b->from->table_count; i++)
        if (str_equal_ignoring_case(b->from->tables[i].name, name))
            return true;
    for (size_t i = 0; i < b->to->table_count; i++)
        if (str_equal_ignoring_case(b->to->tables[i].name, name))
            return true;
    for (size_t i = 0; i < b->from->view_count; i++)
        if (str_equal_ignoring_case(b->from->views[i].name, name))
            return true;
    return false;
}

static str free_name(const plan_builder *b, str table) {
    str name = arena_printf(b->a, "new_%.*s", STR_ARG(table));
    while (is_taken(b, name))
        name = arena_printf(b->a, "new_%.*s", STR_ARG(name));
    return name;
}

static void copy_rows(const rebuild *r, str into, str from) {
    buf *sql = &r->b->sql;
    if (r->source_count == 0)
        return;
    buf_append(sql, STR("INSERT INTO "));
    sql_write_name(sql, into);
    buf_append(sql, STR(" ("));
    for (size_t i = 0; i < r->source_count; i++) {
        buf_append(sql, i > 0 ? STR(", ") : STR(""));
        sql_write_name(sql, r->sources[i].to->name);
    }
    buf_append(sql, STR(")\n    SELECT "));
    for (size_t i = 0; i < r->source_count; i++) {
        buf_append(sql, i > 0 ? STR(", ") : STR(""));
        buf_append(sql, r->sources[i].expression);
    }
    buf_append(sql, STR(" FROM "));
    sql_write_name(sql, from);
    buf_append(sql, STR(";\n"));
}

static bool counts_up(const structure_table *t) {
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].default_kind == COLUMN_AUTOINCREMENT)
            return true;
    return false;
}

/* The next number is past all that were ever given, also to rows that are
 * gone. */
static void copy_counter(const rebuild *r, str into, str from) {
    buf *sql = &r->b->sql;
    if (!counts_up(&r->t->want) || !counts_up(&r->t->now))
        return;
    buf_append(sql, STR("DELETE FROM sqlite_sequence WHERE name = "));
    sql_write_text(sql, into);
    buf_append(sql, STR(";\nINSERT INTO sqlite_sequence (name, seq)\n    SELECT"
                        " "));
    sql_write_text(sql, into);
    buf_append(sql, STR(", seq FROM sqlite_sequence WHERE name = "));
    sql_write_text(sql, from);
    buf_append(sql, STR(";\n"));
}

static void swap(const rebuild *r, str new_name, str old_name) {
    buf *sql = &r->b->sql;
    buf_append(sql, STR("DROP TABLE "));
    sql_write_name(sql, old_name);
    buf_append(sql, STR(";\nPRAGMA legacy_alter_table = ON;\nALTER TABLE "));
    sql_write_name(sql, new_name);
    buf_append(sql, STR(" RENAME TO "));
    sql_write_name(sql, r->t->want.name);
    buf_append(sql, STR(";\nPRAGMA legacy_alter_table = OFF;\n"));
}

/* ---- What it is for ----------------------------------------------------- */

static str add_reason(arena *a, str reasons, const char *what, str column) {
    return arena_printf(a, "%.*s%s %s \"%.*s\"", STR_ARG(reasons),
                        str_is_empty(reasons) ? ":" : ",", what,
                        STR_ARG(column));
}

static bool is_changed(const rebuild *r, const column_pair *c) {
    const structure_column *now =
        structure_find_column(&r->t->now, c->to->name);
    const structure_column *want =
        structure_find_column(&r->t->want, c->to->name);
    return !str_equal(now->type, want->type) ||
           now->is_required != want->is_required ||
           !structure_is_same_default(r->b->a, now, want) ||
           lite_alter_has_other_values(r->b, r->t, now, want);
}

/* Empty when it is for keys alone. */
static str reasons_of(const rebuild *r) {
    str reasons = {0};
    for (size_t i = 0; i < r->t->pair->column_count; i++) {
        const column_pair *c = &r->t->pair->columns[i];
        if (c->from == NULL)
            reasons = add_reason(r->b->a, reasons, "add", c->to->name);
        else if (c->to != NULL && is_changed(r, c))
            reasons = add_reason(r->b->a, reasons, "change", c->to->name);
        else if (c->to == NULL && !c->from->is_generated)
            reasons = add_reason(r->b->a, reasons, "drop", c->from->name);
    }
    return reasons;
}

void lite_rebuild(plan_builder *b, const lite_alter *t) {
    rebuild r = {.b = b, .t = t};
    find_sources(&r);
    str new_name = free_name(b, t->want.name);
    str old_name = str_equal_ignoring_case(t->pair->from->name, t->want.name)
                       ? t->pair->from->name
                       : t->want.name;
    buf_append(&b->sql, lite_ddl_table_as(b->a, &t->want, new_name));
    buf_append(&b->sql, STR(";\n"));
    copy_rows(&r, new_name, old_name);
    copy_counter(&r, new_name, old_name);
    swap(&r, new_name, old_name);
    plan_builder_end(b, "rebuild table \"%.*s\"%.*s", STR_ARG(t->want.name),
                     STR_ARG(reasons_of(&r)));
}
