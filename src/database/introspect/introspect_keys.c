/* introspect_keys.c: primary keys, unique keys, indexes, and what else a table
 * has beside its columns. */
#include "base/sql_token.h"
#include "database/introspect/introspect_condition.h"
#include "database/introspect/introspect_name.h"
#include "database/state_trigger.h"
#include "schema/naming.h"
#include "schema/operator_class.h"

/* Names that SQLite makes for a UNIQUE in a CREATE TABLE. */
#define AUTOINDEX "sqlite_autoindex_"

/* `map: "name"` where it is not the name that the key would get by itself;
 * column_count 0 is for a primary key. */
static str map_argument(const draft *d, const draft_model *m, str name,
                        const str *columns, size_t column_count, str suffix) {
    bool is_sqlite = d->structure->engine == ENGINE_SQLITE;
    str usual = naming_of_columns(
        d->a, m->table->name, columns, column_count, suffix,
        is_sqlite ? NAMING_NO_LIMIT : NAMING_POSTGRESQL_LIMIT);
    if (str_is_empty(name) || str_equal(name, usual) ||
        str_starts_with(name, STR(AUTOINDEX)))
        return (str){0};
    str quoted = introspect_quote(d->a, name);
    return arena_printf(d->a, "map: %.*s", STR_ARG(quoted));
}

static bool are_identifying(const draft_model *m, const str *columns,
                            size_t count) {
    for (size_t i = 0; i < count; i++) {
        const draft_field *f = draft_find_field(m, columns[i]);
        if (f == NULL || f->is_optional || f->type.is_list ||
            f->type.kind == FIELD_UNSUPPORTED)
            return false;
    }
    return count > 0;
}

static void add_attribute(draft *d, draft_model *m, str text) {
    ARENA_PUSH(d->a, m->attributes, m->attribute_count, text);
}

static str join(arena *a, str list, str item) {
    if (str_is_empty(item))
        return list;
    return arena_printf(a, "%.*s%s%.*s", STR_ARG(list),
                        str_is_empty(list) ? "" : ", ", STR_ARG(item));
}

/* The client's name of a key over several columns is their names joined; a
 * field may have that name already. */
static str name_argument(const draft *d, const draft_model *m,
                         const str *columns, size_t count) {
    str joined = {0};
    size_t taken = 0;
    for (size_t i = 0; i < count; i++)
        joined =
            arena_printf(d->a, "%.*s%s%.*s", STR_ARG(joined), i > 0 ? "_" : "",
                         STR_ARG(draft_find_field(m, columns[i])->name));
    if (count < 2 || !map_find_number(m->field_names, joined, &taken))
        return (str){0};
    joined = introspect_free_name(
        d->a, m->field_names, arena_printf(d->a, "%.*s_key", STR_ARG(joined)));
    return arena_printf(d->a, "name: \"%.*s\"", STR_ARG(joined));
}

/* ---- The primary key -----------------------------------------------------*/

static bool has_all_fields(const draft_model *m, const str *columns,
                           size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (draft_find_field(m, columns[i]) == NULL)
            return false;
    }
    return true;
}

static void add_primary_key(draft *d, draft_model *m) {
    const structure_primary_key *k = &m->table->primary_key;
    arena *a = d->a;
    if (k->column_count == 0)
        return;
    if (!has_all_fields(m, k->columns, k->column_count)) {
        draft_note(d, m, "the primary key, which has a computed column");
        return;
    }
    str mapped = map_argument(d, m, k->name, NULL, 0, STR("_pkey"));
    if (k->column_count == 1) {
        draft_field *f = draft_find_field(m, k->columns[0]);
        f->attributes = str_is_empty(mapped)
                            ? STR(" @id")
                            : arena_printf(a, " @id(%.*s)", STR_ARG(mapped));
        return;
    }
    str list = {0};
    for (size_t i = 0; i < k->column_count; i++)
        list = join(a, list, draft_find_field(m, k->columns[i])->name);
    str rest =
        join(a, name_argument(d, m, k->columns, k->column_count), mapped);
    add_attribute(d, m,
                  arena_printf(a, "@@id([%.*s]%s%.*s)", STR_ARG(list),
                               str_is_empty(rest) ? "" : ", ", STR_ARG(rest)));
}

/* ---- Indexes -------------------------------------------------------------*/

static const str *columns_of(arena *a, const structure_index *x) {
    str *columns = arena_new_array(a, str, x->part_count);
    for (size_t i = 0; i < x->part_count; i++)
        columns[i] = x->parts[i].column;
    return columns;
}

static str operator_text(arena *a, const structure_index *x, str class) {
    const operator_class *known = operator_class_find_sql(class, x->method);
    if (known != NULL)
        return arena_printf(a, "ops: %.*s", STR_ARG(known->name));
    str quoted = introspect_quote(a, class);
    return arena_printf(a, "ops: raw(%.*s)", STR_ARG(quoted));
}

static str part_text(const draft *d, const draft_model *m,
                     const structure_index *x, const structure_part *p) {
    arena *a = d->a;
    str name = draft_find_field(m, p->column)->name;
    str options = p->is_descending ? STR("sort: Desc") : (str){0};
    if (!str_is_empty(p->operator_class))
        options = join(a, options, operator_text(a, x, p->operator_class));
    if (str_is_empty(options))
        return name;
    return arena_printf(a, "%.*s(%.*s)", STR_ARG(name), STR_ARG(options));
}

static bool is_plain(const structure_index *x) {
    return x->part_count == 1 && !x->parts[0].is_descending &&
           str_is_empty(x->parts[0].operator_class);
}

static str suffix_of(const structure_index *x, str where) {
    if (str_is_empty(where))
        return x->is_unique ? STR("_key") : STR("_idx");
    return x->is_unique ? STR(NAMING_PARTIAL_KEY_SUFFIX)
                        : STR(NAMING_PARTIAL_INDEX_SUFFIX);
}

/* where: the condition of one of some rows, or empty. */
static void add_index(draft *d, draft_model *m, const structure_index *x,
                      str where) {
    arena *a = d->a;
    const str *columns = columns_of(a, x);
    str mapped = map_argument(d, m, x->name, columns, x->part_count,
                              suffix_of(x, where));
    if (!str_is_empty(where))
        mapped =
            join(a, mapped, arena_printf(a, "where: %.*s", STR_ARG(where)));
    draft_field *only = draft_find_field(m, columns[0]);
    if (x->is_unique && is_plain(x) &&
        !str_contains(only->attributes, STR("@unique"))) {
        only->attributes =
            arena_printf(a, "%.*s @unique%s%.*s%s", STR_ARG(only->attributes),
                         str_is_empty(mapped) ? "" : "(", STR_ARG(mapped),
                         str_is_empty(mapped) ? "" : ")");
        return;
    }
    str list = {0};
    for (size_t i = 0; i < x->part_count; i++)
        list = join(a, list, part_text(d, m, x, &x->parts[i]));
    str rest =
        x->is_unique ? name_argument(d, m, columns, x->part_count) : (str){0};
    rest = join(a, rest, mapped);
    if (x->method != INDEX_BTREE) {
        str method = index_method_name(x->method);
        rest = join(a, rest, arena_printf(a, "type: %.*s", STR_ARG(method)));
    }
    add_attribute(d, m,
                  arena_printf(a, "@@%s([%.*s]%s%.*s)",
                               x->is_unique ? "unique" : "index", STR_ARG(list),
                               str_is_empty(rest) ? "" : ", ", STR_ARG(rest)));
}

static bool has_key_of(const structure_table *t, const structure_index *x) {
    const structure_primary_key *k = &t->primary_key;
    if (x->part_count != k->column_count)
        return false;
    for (size_t i = 0; i < k->column_count; i++) {
        if (!str_equal(k->columns[i], x->parts[i].column))
            return false;
    }
    return str_equal(x->name, k->name);
}

/* Those that a schema asked for: others stay notes, as they are kept. */
static bool is_former(const draft *d, const draft_model *m,
                      const structure_index *x) {
    return structure_is_former_index(d->a, m->table, x, d->structure->engine) &&
           has_all_fields(m, columns_of(d->a, x), x->part_count);
}

/* @@softDelete adds that to a condition by itself. */
static str without_live(const draft *d, const draft_model *m, str where) {
    for (size_t i = 0; i < m->table->index_count; i++) {
        const structure_index *x = &m->table->indexes[i];
        if (!is_former(d, m, x) ||
            !str_ends_with(x->name, STR(NAMING_DELETED_INDEX_SUFFIX)))
            continue;
        str name = draft_find_field(m, x->parts[0].column)->name;
        str live = arena_printf(d->a, "%.*s == null && ", STR_ARG(name));
        if (str_starts_with(where, live))
            return str_slice(where, live.len, where.len);
    }
    return where;
}

/* Of @@softDelete: the index of deleted rows says which field it is, and the
 * keys of living rows are plain ones. */
static bool add_partial(draft *d, draft_model *m, const structure_index *x) {
    introspected_condition where;
    if (str_ends_with(x->name, STR(NAMING_DELETED_INDEX_SUFFIX))) {
        str name = draft_find_field(m, x->parts[0].column)->name;
        add_attribute(d, m,
                      arena_printf(d->a, "@@softDelete(%.*s)", STR_ARG(name)));
        return true;
    }
    if (str_ends_with(x->name, STR(NAMING_LIVE_KEY_SUFFIX))) {
        structure_index plain = *x;
        plain.name = (str){0};
        add_index(d, m, &plain, STR(""));
        return true;
    }
    if (!introspect_condition(d, m, x->condition, &where))
        return false;
    add_index(d, m, x, without_live(d, m, where.text));
    return true;
}

static void add_indexes(draft *d, draft_model *m, bool is_unique) {
    for (size_t i = 0; i < m->table->index_count; i++) {
        const structure_index *x = &m->table->indexes[i];
        if (x->is_unique != is_unique || has_key_of(m->table, x))
            continue;
        if (is_former(d, m, x) && add_partial(d, m, x))
            continue;
        if (!str_is_empty(x->definition) || x->part_count == 0)
            draft_note(d, m, "index \"%.*s\": %.*s", STR_ARG(x->name),
                       STR_ARG(x->definition));
        else if (!has_all_fields(m, columns_of(d->a, x), x->part_count))
            draft_note(d, m, "index \"%.*s\", which has a computed column",
                       STR_ARG(x->name));
        else
            add_index(d, m, x, STR(""));
    }
}

static bool has_identity(const draft *d, const draft_model *m) {
    const structure_table *t = m->table;
    if (are_identifying(m, t->primary_key.columns, t->primary_key.column_count))
        return true;
    for (size_t i = 0; i < t->index_count; i++) {
        const structure_index *x = &t->indexes[i];
        if (x->is_unique && str_is_empty(x->definition) &&
            are_identifying(m, columns_of(d->a, x), x->part_count))
            return true;
    }
    return false;
}

/* ---- What has no word in the language ------------------------------------*/

/* CHECKs of ours on SQLite go with the type of a column. */
static bool is_of_a_type(const draft *d, const structure_check *c) {
    return d->structure->engine == ENGINE_SQLITE && !str_is_empty(c->column);
}

/* The trigger of ours that keeps an @updatedAt tells of it. PostgreSQL cuts long
 * names. */
static bool mark_updated_at(const draft *d, draft_model *m, str trigger) {
    for (size_t i = 0; i < m->field_count; i++) {
        draft_field *f = &m->fields[i];
        str name =
            arena_printf(d->a, "tenon_touch_%.*s", STR_ARG(f->column->name));
        bool is_cut = trigger.len == NAMING_POSTGRESQL_LIMIT &&
                      str_starts_with(name, trigger);
        if (!is_cut && !str_equal(name, trigger))
            continue;
        f->attributes =
            arena_printf(d->a, "%.*s @updatedAt", STR_ARG(f->attributes));
        return true;
    }
    return false;
}

/* name: "x", where the columns do not say it. */
static str rule_name(const draft *d, const draft_model *m,
                     const structure_check *c, const str *columns, size_t count,
                     str suffix) {
    bool is_sqlite = d->structure->engine == ENGINE_SQLITE;
    str usual = naming_of_columns(d->a, m->table->name, columns, count, suffix,
                                  is_sqlite ? NAMING_NO_LIMIT
                                            : NAMING_POSTGRESQL_LIMIT);
    size_t end = sizeof NAMING_RULE_SUFFIX - 1;
    if (str_equal(c->name, usual) ||
        c->name.len <= m->table->name.len + 1 + end)
        return (str){0};
    str name = str_slice(c->name, m->table->name.len + 1, c->name.len - end);
    return arena_printf(d->a, ", name: \"%.*s\"", STR_ARG(name));
}

static bool is_among(const str *columns, size_t count, str column) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(columns[i], column))
            return true;
    }
    return false;
}

/* num_nonnulls(a, b) = 1, ("a" IS NOT NULL) + ("b" IS NOT NULL) <= 1 */
static bool add_count(draft *d, draft_model *m, const structure_check *c) {
    arena *a = d->a;
    str rest = c->expression;
    str list = {0};
    str *columns = NULL;
    size_t count = 0;
    const char *name = "exactlyOne";
    for (sql_token t; sql_token_next(&rest, &t);) {
        bool is_name = t.kind == SQL_WORD || t.kind == SQL_QUOTED;
        str column = is_name ? sql_token_name(a, t) : (str){0};
        const draft_field *f = is_name ? draft_find_field(m, column) : NULL;
        if (sql_token_is_sign(t, '<'))
            name = "atMostOne";
        if (sql_token_is_sign(t, '>'))
            name = "atLeastOne";
        if (f == NULL)
            continue;
        if (!f->is_optional || f->type.is_list ||
            is_among(columns, count, column))
            return false;
        list = join(a, list, f->name);
        ARENA_PUSH(a, columns, count, column);
    }
    if (count < 2)
        return false;
    str named =
        rule_name(d, m, c, columns, count, STR("_one" NAMING_RULE_SUFFIX));
    add_attribute(d, m,
                  arena_printf(a, "@@%s([%.*s]%.*s)", name, STR_ARG(list),
                               STR_ARG(named)));
    return true;
}

static bool counts(str sql) {
    return str_contains(sql, STR("num_nonnulls")) ||
           str_contains(sql, STR(") + ("));
}

/* One that a schema asked for. */
static bool add_rule(draft *d, draft_model *m, const structure_check *c) {
    introspected_condition said;
    if (!structure_is_rule(c, m->table->name))
        return false;
    if (counts(c->expression))
        return add_count(d, m, c);
    if (!introspect_condition(d, m, c->expression, &said) ||
        said.column_count == 0)
        return false;
    str named = rule_name(d, m, c, said.columns, said.column_count,
                          STR(NAMING_RULE_SUFFIX));
    add_attribute(d, m,
                  arena_printf(d->a, "@@check(%.*s%.*s)", STR_ARG(said.text),
                               STR_ARG(named)));
    return true;
}

static void note_others(draft *d, draft_model *m) {
    const structure_table *t = m->table;
    for (size_t i = 0; i < t->check_count; i++) {
        const structure_check *c = &t->checks[i];
        if (is_of_a_type(d, c) || add_rule(d, m, c))
            continue;
        if (str_is_empty(c->name))
            draft_note(d, m, "check: %.*s", STR_ARG(c->expression));
        else
            draft_note(d, m, "check \"%.*s\": %.*s", STR_ARG(c->name),
                       STR_ARG(c->expression));
    }
    for (size_t i = 0; i < t->trigger_count; i++) {
        str name = t->triggers[i].name;
        if (!mark_updated_at(d, m, name) &&
            (!str_starts_with(name, STR("tenon_")) || state_trigger_is(name)))
            draft_note(d, m, "trigger \"%.*s\"", STR_ARG(name));
    }
}

void draft_add_keys(draft *d) {
    for (size_t i = 0; i < d->model_count; i++) {
        draft_model *m = &d->models[i];
        if (m->view != NULL)
            continue;
        add_primary_key(d, m);
        add_indexes(d, m, true);
        add_indexes(d, m, false);
        note_others(d, m);
        m->is_ignored = !has_identity(d, m);
    }
}
