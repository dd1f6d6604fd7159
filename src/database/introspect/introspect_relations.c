/*
 * introspect_relations.c: foreign keys as pairs of relation fields.
 *
 * A relation gets a name where the models alone do not tell which one is meant:
 * where several join the same two models, and where a model is joined with
 * itself.
 */
#include "database/introspect/introspect_draft.h"
#include "database/introspect/introspect_name.h"
#include "schema/naming.h"

typedef struct pairing {
    draft_model *child;
    draft_model *parent;
    const structure_foreign_key *key;
    const structure_table *join_table; /* many to many: no key */
    bool is_ambiguous;
} pairing;

typedef struct pairings {
    draft *d;
    pairing *items;
    size_t count;
} pairings;

/* ---- Many to many --------------------------------------------------------*/

static bool is_cascading(const structure_foreign_key *k, const char *column) {
    return k->column_count == 1 && str_equal(k->columns[0], str_of(column)) &&
           k->on_delete == ACTION_CASCADE && k->on_update == ACTION_CASCADE;
}

/* The one column of the model's primary key. */
static bool is_id_of(const draft_model *m, str column) {
    const structure_primary_key *k = &m->table->primary_key;
    return k->column_count == 1 && str_equal(k->columns[0], column);
}

static bool has_pair_key(const structure_table *t) {
    const structure_primary_key *k = &t->primary_key;
    if (k->column_count == 2)
        return str_equal(k->columns[0], STR("A")) &&
               str_equal(k->columns[1], STR("B"));
    for (size_t i = 0; i < t->index_count; i++) {
        const structure_index *x = &t->indexes[i];
        if (x->is_unique && x->part_count == 2 && str_is_empty(x->definition) &&
            str_equal(x->parts[0].column, STR("A")) &&
            str_equal(x->parts[1].column, STR("B")))
            return true;
    }
    return false;
}

/* The key of the column, or NULL. */
static const structure_foreign_key *find_join_key(const structure_table *t,
                                                  const char *column) {
    for (size_t i = 0; i < t->foreign_key_count; i++) {
        if (is_cascading(&t->foreign_keys[i], column))
            return &t->foreign_keys[i];
    }
    return NULL;
}

/* A table "_x" of columns A and B and their two foreign keys. A must be the
 * model that sorts first: the schema would mean the other way round else. */
static bool is_join_table(const pairings *p, const draft_model *m,
                          pairing *out) {
    const structure_table *t = m->table;
    const structure_foreign_key *a = find_join_key(t, "A");
    const structure_foreign_key *b = find_join_key(t, "B");
    if (m->view != NULL || t->name.len < 2 || t->name.ptr[0] != '_' ||
        m->field_count != 2 || t->foreign_key_count != 2 || a == NULL ||
        b == NULL || !has_pair_key(t) || t->trigger_count > 0)
        return false;
    out->child = draft_find_model(p->d, a->parent_schema, a->parent);
    out->parent = draft_find_model(p->d, b->parent_schema, b->parent);
    out->join_table = t;
    return out->child != NULL && out->parent != NULL &&
           is_id_of(out->child, a->references[0]) &&
           is_id_of(out->parent, b->references[0]) &&
           str_compare(out->child->name, out->parent->name) <= 0;
}

static void find_join_tables(pairings *p) {
    for (size_t i = 0; i < p->d->model_count; i++) {
        draft_model *m = &p->d->models[i];
        pairing found = {0};
        if (!is_join_table(p, m, &found))
            continue;
        m->is_join_table = true;
        ARENA_PUSH(p->d->a, p->items, p->count, found);
    }
}

/* ---- Foreign keys --------------------------------------------------------*/

static bool is_among(str name, const str *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(names[i], name))
            return true;
    }
    return false;
}

static bool is_same_set(const str *a, size_t a_count, const str *b,
                        size_t b_count) {
    bool is_same = a_count == b_count;
    for (size_t i = 0; is_same && i < a_count; i++)
        is_same = is_among(a[i], b, b_count);
    return is_same;
}

static bool is_index_over(const structure_index *x, const str *columns,
                          size_t count) {
    bool is_same =
        x->is_unique && x->part_count == count && str_is_empty(x->definition);
    for (size_t i = 0; is_same && i < count; i++)
        is_same = is_among(x->parts[i].column, columns, count);
    return is_same;
}

/* Is there at most one row for values of these columns? */
static bool are_unique(const structure_table *t, const str *columns,
                       size_t count) {
    if (is_same_set(t->primary_key.columns, t->primary_key.column_count,
                    columns, count))
        return true;
    for (size_t i = 0; i < t->index_count; i++) {
        if (is_index_over(&t->indexes[i], columns, count))
            return true;
    }
    return false;
}

/* The language takes keys between integers of different sizes. */
static bool is_same_type(const draft_type *a, const draft_type *b) {
    if (a->kind != b->kind || a->is_list || b->is_list)
        return false;
    switch (a->kind) {
    case FIELD_SCALAR:
        return a->scalar == b->scalar || (scalar_type_is_whole(a->scalar) &&
                                          scalar_type_is_whole(b->scalar));
    case FIELD_ENUM:
        return str_equal(a->enumeration->name, b->enumeration->name);
    case FIELD_UNSUPPORTED:
        return str_equal(a->unsupported, b->unsupported);
    case FIELD_RELATION:
        return false;
    }
    return false;
}

static bool is_required_somewhere(const draft_model *m,
                                  const structure_foreign_key *k) {
    for (size_t i = 0; i < k->column_count; i++) {
        if (!draft_find_field(m, k->columns[i])->is_optional)
            return true;
    }
    return false;
}

static bool can_be_set_null(const draft *d, const draft_model *m,
                            const structure_foreign_key *k) {
    bool is_set_null =
        k->on_delete == ACTION_SET_NULL || k->on_update == ACTION_SET_NULL;
    return !is_set_null || d->structure->engine != ENGINE_SQLITE ||
           !is_required_somewhere(m, k);
}

/* Why the schema language cannot say this key, or NULL. */
static const char *trouble_with(const draft *d, const draft_model *child,
                                const draft_model *parent,
                                const structure_foreign_key *k) {
    if (parent == NULL)
        return "to a table that is not there";
    for (size_t i = 0; i < k->column_count; i++) {
        const draft_field *from = draft_find_field(child, k->columns[i]);
        const draft_field *to = draft_find_field(parent, k->references[i]);
        if (from == NULL || to == NULL)
            return "with a computed column";
        if (!is_same_type(&from->type, &to->type))
            return "between columns of different types";
    }
    if (!are_unique(parent->table, k->references, k->column_count))
        return "to columns that are no key";
    if (!can_be_set_null(d, child, k))
        return "that sets null where null cannot be";
    return NULL;
}

static str list_names(arena *a, const str *names, size_t count) {
    str list = {0};
    for (size_t i = 0; i < count; i++)
        list = arena_printf(a, "%.*s%s%.*s", STR_ARG(list), i > 0 ? ", " : "",
                            STR_ARG(names[i]));
    return list;
}

static void find_foreign_keys(pairings *p, draft_model *m) {
    for (size_t i = 0; i < m->table->foreign_key_count; i++) {
        const structure_foreign_key *k = &m->table->foreign_keys[i];
        str database_schema = str_is_empty(k->parent_schema) ? m->table->schema
                                                             : k->parent_schema;
        pairing found = {
            .child = m,
            .parent = draft_find_model(p->d, database_schema, k->parent),
            .key = k,
        };
        const char *trouble = trouble_with(p->d, m, found.parent, k);
        if (trouble == NULL) {
            ARENA_PUSH(p->d->a, p->items, p->count, found);
            continue;
        }
        str columns = list_names(p->d->a, k->columns, k->column_count);
        str references = list_names(p->d->a, k->references, k->column_count);
        draft_note(p->d, m, "foreign key (%.*s) to \"%.*s\" (%.*s), %s",
                   STR_ARG(columns), STR_ARG(k->parent), STR_ARG(references),
                   trouble);
    }
}

/* ---- Names ---------------------------------------------------------------*/

static bool joins_the_same(const pairing *x, const pairing *y) {
    return (x->child == y->child && x->parent == y->parent) ||
           (x->child == y->parent && x->parent == y->child);
}

static void find_ambiguities(const pairings *p) {
    for (size_t i = 0; i < p->count; i++) {
        for (size_t k = i + 1; k < p->count; k++) {
            if (!joins_the_same(&p->items[i], &p->items[k]))
                continue;
            p->items[i].is_ambiguous = true;
            p->items[k].is_ambiguous = true;
        }
    }
}

/* Post_authorIdToUser; UserToUser of a model that is joined with itself once.
 * Empty where none is needed. */
static str relation_name(const pairings *p, const pairing *x) {
    arena *a = p->d->a;
    str child = x->child->name;
    str parent = x->parent->name;
    str plain = arena_printf(a, "%.*sTo%.*s", STR_ARG(child), STR_ARG(parent));
    bool is_self = x->child == x->parent;
    if (x->join_table != NULL) {
        str given = x->join_table->name;
        str_take(&given, 1);
        bool is_needed = is_self || x->is_ambiguous || !str_equal(given, plain);
        return is_needed ? given : (str){0};
    }
    if (!x->is_ambiguous)
        return is_self ? plain : (str){0};
    str columns = {0};
    for (size_t i = 0; i < x->key->column_count; i++)
        columns = arena_printf(a, "%.*s_%.*s", STR_ARG(columns),
                               STR_ARG(x->key->columns[i]));
    return arena_printf(a, "%.*s%.*sTo%.*s", STR_ARG(child), STR_ARG(columns),
                        STR_ARG(parent));
}

/* Two foreign keys over the same columns would make one name. */
static str free_relation_name(const pairings *p, map *taken, const pairing *x) {
    str name = relation_name(p, x);
    if (str_is_empty(name) || x->join_table != NULL)
        return name;
    return introspect_free_name(p->d->a, taken, name);
}

/* A field is called as the model at the other end, with the relation's name
 * where that is not enough. */
static void add_field(const pairings *p, draft_model *m,
                      draft_relation_field made, str relation_name,
                      bool is_ambiguous) {
    arena *a = p->d->a;
    str name = made.name;
    if (is_ambiguous)
        name =
            arena_printf(a, "%.*s_%.*s", STR_ARG(name), STR_ARG(relation_name));
    name = introspect_clean_name(a, name);
    made.name = introspect_free_name(a, m->field_names, name);
    made.is_ignored = made.to->is_ignored && !m->is_ignored;
    ARENA_PUSH(a, m->relation_fields, m->relation_field_count, made);
}

/* ---- Attributes ----------------------------------------------------------*/

static str list_fields(arena *a, const draft_model *m, const str *columns,
                       size_t count) {
    str *names = arena_new_array(a, str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = draft_find_field(m, columns[i])->name;
    return list_names(a, names, count);
}

static str map_of(const draft *d, const pairing *x) {
    const structure_foreign_key *k = x->key;
    if (d->structure->engine == ENGINE_SQLITE || str_is_empty(k->name))
        return (str){0};
    str usual = naming_of_columns(d->a, x->child->table->name, k->columns,
                                  k->column_count, STR("_fkey"),
                                  NAMING_POSTGRESQL_LIMIT);
    if (str_equal(usual, k->name))
        return (str){0};
    str quoted = introspect_quote(d->a, k->name);
    return arena_printf(d->a, ", map: %.*s", STR_ARG(quoted));
}

static str name_part(arena *a, str name) {
    str quoted = introspect_quote(a, name);
    return str_is_empty(name) ? name
                              : arena_printf(a, "%.*s, ", STR_ARG(quoted));
}

static str child_attribute(const draft *d, const pairing *x, str name) {
    arena *a = d->a;
    const structure_foreign_key *k = x->key;
    str fields = list_fields(a, x->child, k->columns, k->column_count);
    str references = list_fields(a, x->parent, k->references, k->column_count);
    referential_action usual =
        is_required_somewhere(x->child, k) ? ACTION_RESTRICT : ACTION_SET_NULL;
    str text = name_part(a, name);
    text = arena_printf(a, "@relation(%.*sfields: [%.*s], references: [%.*s]",
                        STR_ARG(text), STR_ARG(fields), STR_ARG(references));
    if (k->on_delete != usual)
        text = arena_printf(a, "%.*s, onDelete: %.*s", STR_ARG(text),
                            STR_ARG(referential_action_name(k->on_delete)));
    if (k->on_update != ACTION_CASCADE)
        text = arena_printf(a, "%.*s, onUpdate: %.*s", STR_ARG(text),
                            STR_ARG(referential_action_name(k->on_update)));
    str mapped = map_of(d, x);
    return arena_printf(a, "%.*s%.*s)", STR_ARG(text), STR_ARG(mapped));
}

static str parent_attribute(arena *a, str name) {
    if (str_is_empty(name))
        return name;
    str quoted = introspect_quote(a, name);
    return arena_printf(a, "@relation(%.*s)", STR_ARG(quoted));
}

static bool has_optional_column(const pairing *x) {
    for (size_t i = 0; i < x->key->column_count; i++) {
        if (draft_find_field(x->child, x->key->columns[i])->is_optional)
            return true;
    }
    return false;
}

static void add_child_field(const pairings *p, const pairing *x, str name) {
    draft_relation_field made = {
        .name = x->parent->name,
        .to = x->parent,
        .mark = has_optional_column(x) ? "?" : "",
        .attribute = child_attribute(p->d, x, name),
    };
    add_field(p, x->child, made, name, x->is_ambiguous);
}

static void add_parent_field(const pairings *p, const pairing *x, str name) {
    bool is_one =
        are_unique(x->child->table, x->key->columns, x->key->column_count);
    str base = x->child->name;
    if (x->child == x->parent)
        base = arena_printf(p->d->a, "other_%.*s", STR_ARG(base));
    draft_relation_field made = {
        .name = base,
        .to = x->child,
        .mark = is_one ? "?" : "[]",
        .attribute = parent_attribute(p->d->a, name),
    };
    add_field(p, x->parent, made, name, x->is_ambiguous);
}

/* In a self relation the field whose name sorts first is A. */
static void add_lists(const pairings *p, const pairing *x, str name) {
    arena *a = p->d->a;
    bool is_self = x->child == x->parent;
    str attribute = parent_attribute(a, name);
    str first = x->parent->name;
    str second = x->child->name;
    if (is_self) {
        first = arena_printf(a, "%.*s_A", STR_ARG(first));
        second = arena_printf(a, "%.*s_B", STR_ARG(second));
    }
    draft_relation_field made = {
        .name = first, .to = x->parent, .mark = "[]", .attribute = attribute};
    add_field(p, x->child, made, name, x->is_ambiguous);
    made.name = second;
    made.to = x->child;
    add_field(p, x->parent, made, name, x->is_ambiguous);
}

static void add_fields(const pairings *p, const str *names) {
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].join_table == NULL)
            add_child_field(p, &p->items[i], names[i]);
    }
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].join_table == NULL)
            add_parent_field(p, &p->items[i], names[i]);
    }
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].join_table != NULL)
            add_lists(p, &p->items[i], names[i]);
    }
}

void draft_add_relations(draft *d) {
    pairings p = {.d = d};
    map *taken = map_new(d->a);
    find_join_tables(&p);
    for (size_t i = 0; i < d->model_count; i++) {
        draft_model *m = &d->models[i];
        if (m->view == NULL && !m->is_join_table)
            find_foreign_keys(&p, m);
    }
    find_ambiguities(&p);
    str *names = arena_new_array(d->a, str, p.count);
    for (size_t i = 0; i < p.count; i++)
        names[i] = free_relation_name(&p, taken, &p.items[i]);
    add_fields(&p, names);
}
