#include "database/sqlite/lite_compare.h"

#include "database/sqlite/lite_catalog.h"
#include "database/sqlite/lite_ddl.h"
#include "database/sqlite/lite_definition.h"
#include "database/sqlite/lite_structure.h"
#include "database/sqlite/lite_type.h"
#include "database/state_trigger.h"
#include "database/structure_spelling.h"

/* Two tables of the same name: what the schema wants and what is there. */
typedef struct comparison {
    arena *a;
    const structure_table *want;
    const structure_table *got;
    lite_comparison *result;
} comparison;

static void differ(comparison *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void differ(comparison *c, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    str text = arena_vprintf(c->a, fmt, args);
    va_end(args);
    ARENA_PUSH(c->a, c->result->differences, c->result->difference_count, text);
}

/* ---- Columns ------------------------------------------------------------ */

static void compare_default(comparison *c, const structure_column *want,
                            const structure_column *got) {
    bool wants = want->default_kind == COLUMN_EXPRESSION;
    bool has = got->default_kind == COLUMN_EXPRESSION;
    if (wants && !has)
        differ(c, "column \"%.*s\" of table \"%.*s\" has no default, not %.*s",
               STR_ARG(want->name), STR_ARG(c->want->name),
               STR_ARG(want->default_sql));
    else if (!wants && has)
        differ(c,
               "column \"%.*s\" of table \"%.*s\" has the default %.*s, not"
               " none",
               STR_ARG(want->name), STR_ARG(c->want->name),
               STR_ARG(got->default_sql));
    else if (has && !structure_is_same_default(c->a, want, got))
        differ(c,
               "column \"%.*s\" of table \"%.*s\" has the default %.*s, not"
               " %.*s",
               STR_ARG(want->name), STR_ARG(c->want->name),
               STR_ARG(got->default_sql), STR_ARG(want->default_sql));
}

static const structure_check *find_check(const structure_table *t, str name) {
    for (size_t i = 0; i < t->check_count; i++)
        if (str_equal(t->checks[i].name, name))
            return &t->checks[i];
    return NULL;
}

/* A STRICT table wants no CHECK of plain types, but may have one. */
static bool is_wanted_check(comparison *c, const structure_column *column,
                            str got) {
    const structure_check *want = structure_find_check(c->want, column->name);
    str loose;
    if (want != NULL)
        return structure_is_same_sql(c->a, want->expression, got);
    return column->field != NULL &&
           lite_type_check(c->a, column->field, false, &loose) &&
           structure_is_same_sql(c->a, loose, got);
}

/* @@check and its like: both ways, because who serves the schema relies on what
 * it says, and what it no longer says would refuse rows. */
static void compare_rules(comparison *c) {
    for (size_t i = 0; i < c->want->check_count; i++) {
        const structure_check *want = &c->want->checks[i];
        const structure_check *got = find_check(c->got, want->name);
        if (!str_is_empty(want->column) ||
            (got != NULL &&
             structure_is_same_sql(c->a, got->expression, want->expression)))
            continue;
        differ(c, "check \"%.*s\" of table \"%.*s\" is %s", STR_ARG(want->name),
               STR_ARG(c->want->name), got != NULL ? "another one" : "missing");
    }
    for (size_t i = 0; i < c->got->check_count; i++) {
        const structure_check *got = &c->got->checks[i];
        if (structure_is_rule(got, c->want->name) &&
            find_check(c->want, got->name) == NULL)
            differ(c, "check \"%.*s\" of table \"%.*s\" is not in the schema",
                   STR_ARG(got->name), STR_ARG(c->want->name));
    }
}

static void compare_checks(comparison *c) {
    for (size_t i = 0; i < c->got->check_count; i++) {
        const structure_check *got = &c->got->checks[i];
        const structure_column *column =
            structure_find_column(c->want, got->column);
        if (column != NULL && !is_wanted_check(c, column, got->expression))
            differ(c, "column \"%.*s\" of table \"%.*s\" has a different check",
                   STR_ARG(got->column), STR_ARG(c->want->name));
    }
    compare_rules(c);
}

static void compare_column(comparison *c, const structure_column *want) {
    const structure_column *got = structure_find_column(c->got, want->name);
    if (got == NULL) {
        differ(c, "column \"%.*s\" of table \"%.*s\" is missing",
               STR_ARG(want->name), STR_ARG(c->want->name));
        return;
    }
    bool must_count = want->default_kind == COLUMN_AUTOINCREMENT;
    bool is_same = must_count
                       ? str_equal_ignoring_case(got->type, want->type)
                       : structure_is_same_type(c->a, ENGINE_SQLITE, want, got);
    if (!is_same)
        differ(c, "column \"%.*s\" of table \"%.*s\" is %.*s, not %.*s",
               STR_ARG(want->name), STR_ARG(c->want->name), STR_ARG(got->type),
               STR_ARG(want->type));
    if (want->is_required != got->is_required)
        differ(c, "column \"%.*s\" of table \"%.*s\" is %s, not %s",
               STR_ARG(want->name), STR_ARG(c->want->name),
               want->is_required ? "optional" : "required",
               want->is_required ? "required" : "optional");
    compare_default(c, want, got);
}

static void compare_columns(comparison *c) {
    for (size_t i = 0; i < c->want->column_count; i++)
        compare_column(c, &c->want->columns[i]);
    for (size_t i = 0; i < c->got->column_count; i++) {
        const structure_column *got = &c->got->columns[i];
        if (!got->is_generated &&
            structure_find_column(c->want, got->name) == NULL)
            differ(c, "column \"%.*s\" of table \"%.*s\" is not in the schema",
                   STR_ARG(got->name), STR_ARG(c->want->name));
    }
}

/* ---- Keys --------------------------------------------------------------- */

static str list_names(arena *a, const str *names, size_t count) {
    str text = {0};
    for (size_t i = 0; i < count; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? ", " : "",
                            STR_ARG(names[i]));
    return text;
}

static void compare_primary_key(comparison *c) {
    const structure_primary_key *want = &c->want->primary_key;
    const structure_primary_key *got = &c->got->primary_key;
    str wanted = list_names(c->a, want->columns, want->column_count);
    str found = list_names(c->a, got->columns, got->column_count);
    if (!str_equal(wanted, found))
        differ(c, "the primary key of table \"%.*s\" is (%.*s), not (%.*s)",
               STR_ARG(c->want->name), STR_ARG(found), STR_ARG(wanted));
}

static bool is_same_index(arena *a, const structure_index *x,
                          const structure_index *y) {
    if (x->is_unique != y->is_unique || x->part_count != y->part_count ||
        !structure_is_sayable(x) || !structure_is_sayable(y) ||
        !structure_is_same_condition(a, x->condition, y->condition))
        return false;
    for (size_t i = 0; i < x->part_count; i++)
        if (!str_equal(x->parts[i].column, y->parts[i].column) ||
            x->parts[i].is_descending != y->parts[i].is_descending)
            return false;
    return true;
}

static bool has_index(arena *a, const structure_table *t,
                      const structure_index *x) {
    for (size_t i = 0; i < t->index_count; i++)
        if (is_same_index(a, &t->indexes[i], x))
            return true;
    return false;
}

/* Partial indexes of others are theirs. */
static bool is_unwanted(const comparison *c, const structure_index *x) {
    return str_is_empty(x->definition) ||
           structure_is_former_index(c->a, c->want, x, ENGINE_SQLITE);
}

static void compare_indexes(comparison *c) {
    for (size_t i = 0; i < c->want->index_count; i++) {
        const structure_index *x = &c->want->indexes[i];
        if (!has_index(c->a, c->got, x))
            differ(c, "%s \"%.*s\" of table \"%.*s\" is missing",
                   x->is_unique ? "unique index" : "index", STR_ARG(x->name),
                   STR_ARG(c->want->name));
    }
    for (size_t i = 0; i < c->got->index_count; i++) {
        const structure_index *x = &c->got->indexes[i];
        if (is_unwanted(c, x) && !has_index(c->a, c->want, x))
            differ(c, "index \"%.*s\" of table \"%.*s\" is not in the schema",
                   STR_ARG(x->name), STR_ARG(c->want->name));
    }
}

/* ---- Foreign keys ------------------------------------------------------- */

static bool has_pair(const structure_foreign_key *k, str column,
                     str reference) {
    for (size_t i = 0; i < k->column_count; i++)
        if (str_equal(k->columns[i], column))
            return str_equal(k->references[i], reference);
    return false;
}

static bool is_same_key(const structure_foreign_key *x,
                        const structure_foreign_key *y) {
    if (x->column_count != y->column_count || !str_equal(x->parent, y->parent))
        return false;
    for (size_t i = 0; i < x->column_count; i++)
        if (!has_pair(y, x->columns[i], x->references[i]))
            return false;
    return true;
}

static const structure_foreign_key *find_foreign_key(
    const structure_table *t, const structure_foreign_key *k) {
    for (size_t i = 0; i < t->foreign_key_count; i++)
        if (is_same_key(&t->foreign_keys[i], k))
            return &t->foreign_keys[i];
    return NULL;
}

static void expect_foreign_key(comparison *c,
                               const structure_foreign_key *want) {
    const structure_foreign_key *got = find_foreign_key(c->got, want);
    if (got == NULL) {
        differ(c, "foreign key \"%.*s\" of table \"%.*s\" is missing",
               STR_ARG(want->name), STR_ARG(c->want->name));
        return;
    }
    if (got->on_delete == want->on_delete && got->on_update == want->on_update)
        return;
    differ(c,
           "foreign key \"%.*s\" of table \"%.*s\" is ON DELETE %.*s"
           " ON UPDATE %.*s, not ON DELETE %.*s ON UPDATE %.*s",
           STR_ARG(want->name), STR_ARG(c->want->name),
           STR_ARG(referential_action_sql(got->on_delete)),
           STR_ARG(referential_action_sql(got->on_update)),
           STR_ARG(referential_action_sql(want->on_delete)),
           STR_ARG(referential_action_sql(want->on_update)));
}

static void compare_foreign_keys(comparison *c) {
    for (size_t i = 0; i < c->want->foreign_key_count; i++)
        expect_foreign_key(c, &c->want->foreign_keys[i]);
    for (size_t i = 0; i < c->got->foreign_key_count; i++) {
        const structure_foreign_key *got = &c->got->foreign_keys[i];
        if (find_foreign_key(c->want, got) == NULL)
            differ(c,
                   "a foreign key of table \"%.*s\" to \"%.*s\" is not in the"
                   " schema",
                   STR_ARG(c->want->name), STR_ARG(got->parent));
    }
}

/* ---- Trust -------------------------------------------------------------- */

/* The first release knew neither STRICT nor CHECKs of plain types. */
static str first_sql(arena *a, const structure_table *t) {
    structure_table first = *t;
    structure_check *checks =
        arena_new_array(a, structure_check, t->check_count);
    first.checks = checks;
    first.check_count = 0;
    for (size_t i = 0; i < t->check_count; i++)
        if (!lite_type_is_plain_check(&t->checks[i]))
            checks[first.check_count++] = t->checks[i];
    first.is_strict = false;
    return lite_ddl_table(a, &first);
}

static bool is_our_sql(arena *a, str kept, const structure_table *t) {
    return str_equal(kept, t->sql) || str_equal(kept, first_sql(a, t));
}

static bool has_our_columns(const comparison *c) {
    for (size_t i = 0; i < c->want->column_count; i++) {
        const structure_column *want = &c->want->columns[i];
        const structure_column *got = structure_find_column(c->got, want->name);
        if (!str_equal(got->type, want->type) || !str_is_empty(got->extra) ||
            !str_equal(got->default_sql, want->default_sql))
            return false;
    }
    return true;
}

static bool has_our_checks(const comparison *c) {
    for (size_t i = 0; i < c->want->check_count; i++)
        if (find_check(c->got, c->want->checks[i].name) == NULL)
            return false;
    return true;
}

/* A table that is equal, and was ours before a column was added to it. */
static bool is_altered_table_of_ours(const comparison *c) {
    lite_definition d;
    return lite_definition_read(c->a, c->got->sql, &d) &&
           !d.has_conflict_clause && !d.has_deferred &&
           !c->got->is_without_rowid && has_our_columns(c) && has_our_checks(c);
}

/* ---- Tables ------------------------------------------------------------- */

static bool has_our_index(arena *a, const lite_catalog *c,
                          const structure_table *t, const structure_index *x) {
    const lite_object *o = lite_catalog_find(c, STR("index"), x->name);
    return o != NULL && str_equal(o->sql, lite_ddl_index(a, t, x));
}

static bool has_our_indexes(arena *a, const lite_catalog *c,
                            const structure_table *t) {
    for (size_t i = 0; i < t->index_count; i++)
        if (!has_our_index(a, c, t, &t->indexes[i]))
            return false;
    size_t count = 0;
    for (size_t i = 0; i < c->object_count; i++)
        count += str_equal(c->objects[i].type, STR("index")) &&
                 str_equal(c->objects[i].table, t->name);
    return count == t->index_count;
}

static bool is_known_by_sql(arena *a, const lite_catalog *c,
                            const structure_table *t) {
    const lite_object *o = lite_catalog_find(c, STR("table"), t->name);
    return o != NULL && is_our_sql(a, o->sql, t) && has_our_indexes(a, c, t);
}

/* Returns whether its values are ours. */
static bool compare_table(comparison *c) {
    if (c->got == NULL) {
        differ(c, "table \"%.*s\" is missing", STR_ARG(c->want->name));
        return false;
    }
    size_t before = c->result->difference_count;
    compare_columns(c);
    compare_checks(c);
    compare_primary_key(c);
    compare_indexes(c);
    compare_foreign_keys(c);
    if (c->result->difference_count > before)
        return false;
    return is_our_sql(c->a, c->got->sql, c->want) ||
           is_altered_table_of_ours(c);
}

static void note_table(const schema *s, str name, bool is_ours,
                       lite_comparison *out) {
    const model *m = schema_find_table(s, name);
    if (m != NULL)
        out->is_our_table[m->index] = is_ours;
    out->is_ours &= is_ours;
}

static err *compare_tables(arena *a, sqlite3 *db, const schema *s,
                           const lite_catalog *catalog, const structure *want,
                           lite_comparison *out) {
    structure got = {0};
    bool is_read = false;
    for (size_t i = 0; i < want->table_count; i++) {
        comparison c = {.a = a, .want = &want->tables[i], .result = out};
        if (is_known_by_sql(a, catalog, c.want)) {
            note_table(s, c.want->name, true, out);
            continue;
        }
        if (!is_read)
            TRY(lite_structure_read(a, db, &got));
        is_read = true;
        c.got = structure_find_table(&got, STR(""), c.want->name);
        note_table(s, c.want->name, compare_table(&c), out);
    }
    return NULL;
}

static const structure_trigger *find_trigger(const structure_table *t,
                                             str name) {
    for (size_t i = 0; i < t->trigger_count; i++)
        if (str_equal(t->triggers[i].name, name))
            return &t->triggers[i];
    return NULL;
}

static bool is_our_trigger(const structure *want, const lite_object *o) {
    const structure_table *t = structure_find_table(want, STR(""), o->table);
    return t != NULL && find_trigger(t, o->name) != NULL;
}

/* Whoever serves the schema relies on what they refuse. */
static void look_for_triggers(arena *a, const lite_catalog *catalog,
                              const structure *want, lite_comparison *out) {
    for (size_t i = 0; i < want->table_count; i++) {
        comparison c = {.a = a, .want = &want->tables[i], .result = out};
        for (size_t k = 0; k < c.want->trigger_count; k++) {
            str name = c.want->triggers[k].name;
            if (lite_catalog_find(catalog, STR("trigger"), name) == NULL)
                differ(&c, "trigger \"%.*s\" of table \"%.*s\" is missing",
                       STR_ARG(name), STR_ARG(c.want->name));
        }
    }
    for (size_t i = 0; i < catalog->object_count; i++) {
        const lite_object *o = &catalog->objects[i];
        comparison c = {.a = a, .result = out};
        if (str_equal(o->type, STR("trigger")) && state_trigger_is(o->name) &&
            !is_our_trigger(want, o))
            differ(&c,
                   "trigger \"%.*s\" of table \"%.*s\" is not in the schema",
                   STR_ARG(o->name), STR_ARG(o->table));
    }
}

static void look_for_others(arena *a, const lite_catalog *catalog,
                            const structure *want, lite_comparison *out) {
    comparison c = {.a = a, .result = out};
    for (size_t i = 0; i < catalog->object_count; i++) {
        const lite_object *o = &catalog->objects[i];
        if (str_equal(o->type, STR("trigger")) && !is_our_trigger(want, o))
            out->is_ours = false;
        if (!str_equal(o->type, STR("table")) ||
            structure_is_table_of_tool(o->name))
            continue;
        out->is_empty = false;
        if (structure_find_table(want, STR(""), o->name) == NULL)
            differ(&c, "table \"%.*s\" is not in the schema", STR_ARG(o->name));
    }
}

static void look_for_views(const lite_catalog *catalog, const schema *s,
                           lite_comparison *out) {
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        out->is_missing_view[i] =
            m->is_view &&
            lite_catalog_find(catalog, STR("view"), m->table) == NULL;
    }
}

err *lite_compare(arena *a, sqlite3 *db, const schema *s,
                  lite_comparison *out) {
    lite_catalog catalog;
    TRY(lite_catalog_read(a, db, &catalog));
    *out = (lite_comparison){
        .is_ours = true,
        .is_empty = true,
        .is_our_table = arena_new_array(a, bool, s->model_count),
        .is_missing_view = arena_new_array(a, bool, s->model_count),
    };
    const structure *want = structure_of_schema(a, s);
    TRY(compare_tables(a, db, s, &catalog, want, out));
    look_for_others(a, &catalog, want, out);
    look_for_triggers(a, &catalog, want, out);
    look_for_views(&catalog, s, out);
    return NULL;
}

enum { DIFFERENCES_SHOWN = 5 };

err *lite_comparison_error(arena *a, const lite_comparison *c) {
    if (c->difference_count == 0)
        return NULL;
    str text = {0};
    for (size_t i = 0; i < c->difference_count && i < DIFFERENCES_SHOWN; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? "; " : "",
                            STR_ARG(c->differences[i]));
    if (c->difference_count > DIFFERENCES_SHOWN)
        text = arena_printf(a, "%.*s; and %zu more", STR_ARG(text),
                            c->difference_count - DIFFERENCES_SHOWN);
    return err_new(a, ERR_CONFLICT,
                   "the database is not what the schema says: %.*s",
                   STR_ARG(text));
}
