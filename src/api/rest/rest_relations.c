#include "api/rest/rest_relations.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "base/nearest.h"
#include "schema/function.h"

enum { MAX_DETAILS = 64 * 1024 };

/* The ways from one table that one name may mean. */
typedef struct way_list {
    const rest_relation **items;
    size_t count;
} way_list;

struct rest_relations {
    map **by_name; /* for each model, from a name to a way_list */
};

typedef struct builder {
    arena *a;
    rest_relations *all;
    const exposure *exposed;
} builder;

/* --- what a way is called --- */

static const field *only_column(const field **columns, size_t count) {
    return count == 1 ? columns[0] : NULL;
}

static bool is_column(const field *f, str name) {
    return f != NULL && str_equal(f->column, name);
}

/* The foreign key to the far side of a table between. */
static str far_constraint(arena *a, const hop *h) {
    return h->kind == HOP_JUNCTION
               ? h->onward->constraint_name
               : arena_printf(a, "%.*s_%s_fkey",
                              STR_ARG(h->relation->join_table),
                              h->is_from_a ? "B" : "A");
}

static str near_constraint(arena *a, const hop *h) {
    return h->kind == HOP_JOIN_TABLE
               ? arena_printf(a, "%.*s_%s_fkey",
                              STR_ARG(h->relation->join_table),
                              h->is_from_a ? "A" : "B")
               : h->relation->constraint_name;
}

static bool is_through(const hop *h) {
    return h->kind == HOP_JUNCTION || h->kind == HOP_JOIN_TABLE;
}

static str between(const hop *h) {
    return h->kind == HOP_JUNCTION ? h->onward->child->table
                                   : h->relation->join_table;
}

static bool names_key(const relation *r, str name) {
    return str_equal(r->constraint_name, name) ||
           is_column(only_column(r->columns, r->column_count), name);
}

/* Does the hint pick this way among those to the same table? Of a table that is
 * joined with itself only the far key tells the two directions apart. */
static bool hint_names(arena *a, const rest_relation *way, str hint) {
    const hop *h = &way->hop;
    bool is_self = way->origin == way->target;
    if (!is_through(h))
        return names_key(h->relation, hint) ||
               (!is_self && is_column(only_column(h->relation->references,
                                                  h->relation->column_count),
                                      hint));
    if (str_equal(between(h), hint))
        return true;
    if (h->kind == HOP_JUNCTION)
        return names_key(h->onward, hint) ||
               (!is_self && names_key(h->relation, hint));
    str far_column = h->is_from_a ? STR("B") : STR("A");
    return str_equal(hint, far_column) || str_equal(hint, far_constraint(a, h));
}

/* --- building --- */

static void add_name(builder *b, const rest_relation *way, str name) {
    map *names = b->all->by_name[way->origin->index];
    way_list *list = map_find(names, name);
    if (list == NULL) {
        list = arena_new_array(b->a, way_list, 1);
        map_add(names, name, list);
    }
    if (list->count > 0 && list->items[list->count - 1] == way)
        return; /* a constraint may be called as a column is */
    ARENA_PUSH(b->a, list->items, list->count, way);
}

static void add_way(builder *b, hop h, const model *origin, const model *target,
                    bool is_detour) {
    if (origin->is_ignored || target->is_ignored ||
        !exposure_shows(b->exposed, target))
        return;
    rest_relation *way = arena_new_array(b->a, rest_relation, 1);
    *way = (rest_relation){h, origin, target, is_detour};
    bool is_self = origin == target;
    bool is_parent = h.kind == HOP_TO_PARENT;
    if (!is_self || !is_parent)
        add_name(b, way, target->table);
    if (target->is_view || is_through(&h))
        return;
    if (!is_self)
        add_name(b, way, h.relation->constraint_name);
    const field *column =
        only_column(h.relation->columns, h.relation->column_count);
    if (is_parent && column != NULL)
        add_name(b, way, column->column);
}

static void add_foreign_key(builder *b, const relation *r) {
    add_way(b, (hop){.kind = HOP_TO_PARENT, .is_to_one = true, .relation = r},
            r->child, r->parent, false);
    add_way(b,
            (hop){.kind = HOP_TO_CHILD,
                  .is_to_one = r->kind == RELATION_ONE_TO_ONE,
                  .relation = r},
            r->parent, r->child, false);
}

static bool key_has(const key *k, const relation *r) {
    if (k->is_partial)
        return false;
    for (size_t i = 0; i < r->column_count; i++) {
        size_t at = 0;
        while (at < k->field_count && k->fields[at] != r->columns[i])
            at++;
        if (at == k->field_count)
            return false;
    }
    return true;
}

static bool is_junction(const model *m, const relation *r, const relation *s) {
    if (m->primary_key != NULL && key_has(m->primary_key, r) &&
        key_has(m->primary_key, s))
        return true;
    for (size_t i = 0; i < m->unique_count; i++) {
        if (key_has(&m->uniques[i], r) && key_has(&m->uniques[i], s))
            return true;
    }
    return false;
}

static void add_junctions(builder *b, const model *m) {
    for (size_t i = 0; i < m->relation_count; i++) {
        for (size_t j = 0; j < m->relation_count; j++) {
            const relation *r = m->relations[i];
            const relation *onward = m->relations[j];
            if (i != j)
                add_way(b,
                        (hop){.kind = HOP_JUNCTION,
                              .relation = r,
                              .onward = onward},
                        r->parent, onward->parent, !is_junction(m, r, onward));
        }
    }
}

static void add_join_table(builder *b, const relation *r) {
    add_way(b, (hop){.kind = HOP_JOIN_TABLE, .is_from_a = true, .relation = r},
            r->child, r->parent, false);
    add_way(b, (hop){.kind = HOP_JOIN_TABLE, .relation = r}, r->parent,
            r->child, false);
}

/* Of several of one name, in several schemas, the first. */
static void add_computed(builder *b, const function *f) {
    bool is_relation = f->computed_of != NULL && f->result == RESULT_ROW;
    if (!is_relation || !exposure_shows(b->exposed, f->row))
        return;
    rest_relation *way = arena_new_array(b->a, rest_relation, 1);
    *way = (rest_relation){
        .hop = {.kind = HOP_COMPUTED,
                .is_to_one = !f->is_list || f->is_single,
                .function = f},
        .origin = f->computed_of,
        .target = f->row,
    };
    add_name(b, way, f->name);
}

const rest_relations *rest_relations_new(arena *a, const schema *s,
                                         const exposure *exposed) {
    rest_relations *all = arena_new_array(a, rest_relations, 1);
    builder b = {a, all, exposed};
    map *first = map_new(a);
    size_t count = schema_index_end(s);
    all->by_name = arena_new_array(a, map *, count);
    for (size_t i = 0; i < count; i++)
        all->by_name[i] = map_new_beside(a, first);
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        for (size_t j = 0; j < m->relation_count; j++)
            add_foreign_key(&b, m->relations[j]);
        if (!m->is_ignored)
            add_junctions(&b, m);
    }
    for (size_t i = 0; i < s->many_to_many_count; i++)
        add_join_table(&b, s->many_to_many[i]);
    for (size_t i = 0; i < s->function_count; i++)
        add_computed(&b, &s->functions[i]);
    return all;
}

/* --- errors --- */

static str cardinality_of(const hop *h) {
    if (is_through(h))
        return STR("many-to-many");
    if (h->relation->kind == RELATION_ONE_TO_ONE)
        return STR("one-to-one");
    return h->kind == HOP_TO_PARENT ? STR("many-to-one") : STR("one-to-many");
}

static str side(arena *a, str name, const field **columns, size_t count) {
    str list = {0};
    for (size_t i = 0; i < count; i++)
        list = arena_printf(a, "%.*s%s%.*s", STR_ARG(list), i > 0 ? ", " : "",
                            STR_ARG(columns[i]->column));
    return arena_printf(a, "%.*s(%.*s)", STR_ARG(name), STR_ARG(list));
}

/* tasks_project_id_fkey using tasks(project_id) and projects(id) */
static str describe(arena *a, const hop *h) {
    const relation *r = h->relation;
    str from;
    str to;
    if (h->kind == HOP_JOIN_TABLE) {
        from = arena_printf(a, "%.*s(%s)", STR_ARG(near_constraint(a, h)),
                            h->is_from_a ? "A" : "B");
        to = arena_printf(a, "%.*s(%s)", STR_ARG(far_constraint(a, h)),
                          h->is_from_a ? "B" : "A");
    } else if (h->kind == HOP_JUNCTION) {
        const relation *onward = h->onward;
        from = side(a, r->constraint_name, r->columns, r->column_count);
        to = side(a, onward->constraint_name, onward->columns,
                  onward->column_count);
    } else {
        from = side(a, r->child->table, r->columns, r->column_count);
        to = side(a, r->parent->table, r->references, r->column_count);
    }
    bool is_reversed = h->kind == HOP_TO_CHILD;
    str first = is_reversed ? to : from;
    str second = is_reversed ? from : to;
    str by = is_through(h) ? between(h) : r->constraint_name;
    return arena_printf(a, "%.*s using %.*s and %.*s", STR_ARG(by),
                        STR_ARG(first), STR_ARG(second));
}

static void write_way(arena *a, buf *out, const rest_relation *way) {
    buf_append(out, STR("{\"cardinality\":"));
    json_write_string(out, cardinality_of(&way->hop));
    buf_append(out, STR(",\"embedding\":"));
    json_write_string(out, arena_printf(a, "%.*s with %.*s",
                                        STR_ARG(way->origin->table),
                                        STR_ARG(way->target->table)));
    buf_append(out, STR(",\"relationship\":"));
    json_write_string(out, describe(a, &way->hop));
    buf_append_char(out, '}');
}

/* The shortest hint that means no other: the junction, unless the same one is
 * gone through in both directions. */
static str hint_for(arena *a, const rest_relation *way) {
    const hop *h = &way->hop;
    if (!is_through(h))
        return h->relation->constraint_name;
    return way->origin == way->target ? far_constraint(a, h) : between(h);
}

static err *refuse_several(arena *a, const way_list *ways, str target) {
    const model *origin = ways->items[0]->origin;
    CLEANUP(buf_free) buf details = buf_new(MAX_DETAILS);
    str hints = {0};
    for (size_t i = 0; i < ways->count; i++) {
        const rest_relation *way = ways->items[i];
        buf_append_char(&details, i > 0 ? ',' : '[');
        write_way(a, &details, way);
        hints = arena_printf(a, "%.*s%s'%.*s!%.*s'", STR_ARG(hints),
                             i > 0 ? ", " : "", STR_ARG(way->target->table),
                             STR_ARG(hint_for(a, way)));
    }
    buf_append_char(&details, ']');
    err *e = err_new(a, ERR_AMBIGUOUS_RELATION,
                     "Could not embed because more than one relationship was "
                     "found for '%.*s' and '%.*s'",
                     STR_ARG(origin->table), STR_ARG(target));
    e = err_with_details(
        e, details.is_overflown ? STR("[]") : arena_copy(a, buf_str(&details)));
    return err_with_hint(
        e, arena_printf(a,
                        "Try changing '%.*s' to one of the following: %.*s. "
                        "Find the desired relationship in the 'details' key.",
                        STR_ARG(target), STR_ARG(hints)));
}

static err *refuse_none(arena *a, const rest_relations *all,
                        const model *origin, str target, str hint) {
    const map *names = all->by_name[origin->index];
    err *e = err_new(a, ERR_UNKNOWN_RELATION,
                     "Could not find a relationship between '%.*s' and '%.*s' "
                     "in the schema cache",
                     STR_ARG(origin->table), STR_ARG(target));
    str using = str_is_empty(hint)
                    ? (str){0}
                    : arena_printf(a, "using the hint '%.*s' ", STR_ARG(hint));
    e = err_with_details(
        e, arena_printf(a,
                        "Searched for a foreign key relationship between "
                        "'%.*s' and '%.*s' %.*sin the schema '%.*s', but no "
                        "matches were found.",
                        STR_ARG(origin->table), STR_ARG(target), STR_ARG(using),
                        STR_ARG(model_home(origin))));
    nearest near = nearest_to(target);
    for (size_t i = 0; i < names->count; i++)
        nearest_offer(&near, names->entries[i].key);
    if (str_is_empty(near.best) || str_equal(near.best, target))
        return e;
    return err_with_hint(
        e, arena_printf(a, "Perhaps you meant '%.*s' instead of '%.*s'.",
                        STR_ARG(near.best), STR_ARG(target)));
}

/* --- looking up --- */

/* A name without a hint may be a key's; with one it is the table's. */
static bool is_meant(arena *a, const rest_relation *way, str target, str hint) {
    return str_is_empty(hint) ||
           (str_equal(way->target->table, target) && hint_names(a, way, hint));
}

/* A function of that name, which is meant rather than anything else. */
static const rest_relation *find_computed(const way_list *known) {
    for (size_t i = 0; known != NULL && i < known->count; i++) {
        if (known->items[i]->hop.kind == HOP_COMPUTED)
            return known->items[i];
    }
    return NULL;
}

err *rest_relations_find(arena *a, const rest_relations *all,
                         const model *origin, str target, str hint,
                         const rest_relation **out) {
    const way_list *known = map_find(all->by_name[origin->index], target);
    way_list found = {0};
    *out = find_computed(known);
    if (*out != NULL)
        return NULL;
    for (int is_detour = 0; known != NULL && is_detour < 2; is_detour++) {
        for (size_t i = 0; found.count < known->count && i < known->count;
             i++) {
            const rest_relation *way = known->items[i];
            if (way->is_detour == is_detour && is_meant(a, way, target, hint))
                ARENA_PUSH(a, found.items, found.count, way);
        }
        if (found.count > 0)
            break;
    }
    if (found.count == 0)
        return refuse_none(a, all, origin, target, hint);
    if (found.count > 1)
        return refuse_several(a, &found, target);
    *out = found.items[0];
    return NULL;
}
