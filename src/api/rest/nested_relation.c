#include "api/rest/nested_relation.h"

#include "api/rest/rest_names.h"
#include "base/nearest.h"

bool nested_relation_find_action(str name, nested_action *out) {
    for (size_t i = 0; i < NESTED_ACTION_COUNT; i++) {
        if (!str_equal(nested_action_name((nested_action)i), name))
            continue;
        *out = (nested_action)i;
        return true;
    }
    return false;
}

/* ---- A column that is a foreign key -------------------------------------- */

static const relation *find_key_of(const model *m, const field *f) {
    for (size_t i = 0; i < m->relation_count; i++) {
        const relation *r = m->relations[i];
        if (r->column_count == 1 && r->columns[0] == f)
            return r;
    }
    return NULL;
}

/* {"set": 5} is an operator of the column itself. */
static bool has_operation(const json *v) {
    nested_action action;
    return v->kind == JSON_OBJECT && v->count > 0 &&
           nested_relation_find_action(v->keys[0], &action) &&
           action != NESTED_SET;
}

/* ---- What is meant -------------------------------------------------------- */

static bool is_exposed(const rest_tables *tables, const model *target) {
    return !target->is_ignored && !target->is_view &&
           exposure_shows(&tables->exposed, target);
}

static const model *target_of(const field *f) {
    const relation *r = f->relation;
    return r->child_field == f ? r->parent : r->child;
}

/* By its name in the schema, where nothing else is called so. */
static const field *find_field(const rest_tables *tables, const model *m,
                               str name) {
    const field *f = model_find_field(m, name);
    if (f == NULL || f->relation == NULL)
        return NULL;
    return is_exposed(tables, target_of(f)) ? f : NULL;
}

static void use_field(const field *f, nested_relation *out) {
    const relation *r = f->relation;
    bool is_child = r->child_field == f;
    bool is_many = r->kind == RELATION_MANY_TO_MANY;
    out->target = target_of(f);
    out->hop = (hop){
        .kind = is_many    ? HOP_JOIN_TABLE
                : is_child ? HOP_TO_PARENT
                           : HOP_TO_CHILD,
        .is_to_one = !is_many && (is_child || r->kind == RELATION_ONE_TO_ONE),
        .is_from_a = is_many && is_child,
        .relation = r,
    };
}

static err *find_way(arena *a, const rest_tables *tables, const model *m,
                     str name, const rest_relation **out) {
    str hint = name;
    str target = str_split(&hint, '!');
    return rest_relations_find(a, tables->relations, m, target, hint, out);
}

bool nested_relation_is(const rest_tables *tables, const model *m, str name,
                        const json *v) {
    if (v->kind != JSON_OBJECT || m->is_foreign)
        return false;
    const field *column = model_find_column(tables->schema, m, name);
    return column == NULL ||
           (find_key_of(m, column) != NULL && has_operation(v));
}

static err *refuse_way(arena *a, const rest_relation *way, str name) {
    const hop *h = &way->hop;
    err *e = err_new(a, ERR_BODY, "\"%.*s\" cannot be written through \"%.*s\"",
                     STR_ARG(way->target->table), STR_ARG(name));
    if (h->kind != HOP_JUNCTION)
        return e;
    str between = h->onward->child->table;
    return err_with_hint(
        e, arena_printf(a,
                        "rows of \"%.*s\" are in between: write these, and "
                        "nest others in them",
                        STR_ARG(between)));
}

static bool is_written_through(hop_kind kind) {
    return kind == HOP_TO_PARENT || kind == HOP_TO_CHILD ||
           kind == HOP_JOIN_TABLE;
}

static str find_near(const rest_tables *tables, const model *m, str name) {
    nearest near = nearest_to(name);
    for (size_t i = 0; i < m->field_count; i++)
        if (find_field(tables, m, m->fields[i].name) != NULL)
            nearest_offer(&near, m->fields[i].name);
    return near.best;
}

/* Whoever mistypes a column is told so, rather than of relations. */
static err *refuse_none(arena *a, const rest_tables *tables, const model *m,
                        str name, err *e) {
    const field *f;
    if (e->code != ERR_UNKNOWN_RELATION)
        return e;
    err *unknown = rest_names_body_column(a, tables->schema, m, name, &f);
    str near = find_near(tables, m, name);
    if (unknown == NULL || !str_is_empty(unknown->hint))
        return unknown;
    if (!str_is_empty(e->hint) || str_is_empty(near))
        return err_with_hint(unknown, e->hint);
    return err_with_hint(
        unknown, arena_printf(a, "Perhaps you meant the relation \"%.*s\".",
                              STR_ARG(near)));
}

err *nested_relation_find(arena *a, const rest_tables *tables, const model *m,
                          str name, nested_relation *out) {
    const field *column = model_find_column(tables->schema, m, name);
    const rest_relation *way;
    if (column != NULL) {
        use_field(find_key_of(m, column)->child_field, out);
        return NULL;
    }
    err *e = find_way(a, tables, m, name, &way);
    const field *f = e != NULL ? find_field(tables, m, name) : NULL;
    /* One of several ways to that table, and called as it is. */
    bool is_one_of_them = f != NULL && str_equal(target_of(f)->table, name);
    if (f != NULL && (e->code == ERR_UNKNOWN_RELATION || is_one_of_them)) {
        use_field(f, out);
        return NULL;
    }
    if (e != NULL)
        return refuse_none(a, tables, m, name, e);
    if (!is_written_through(way->hop.kind))
        return refuse_way(a, way, name);
    out->hop = way->hop;
    out->target = way->target;
    return NULL;
}

bool nested_relation_names(arena *a, const rest_tables *tables, const model *m,
                           str name) {
    nested_relation found;
    return !m->is_foreign &&
           model_find_column(tables->schema, m, name) == NULL &&
           nested_relation_find(a, tables, m, name, &found) == NULL;
}

err *nested_relation_refuse_form(arena *a, str name) {
    return err_with_hint(
        err_new(a, ERR_BODY, "relation \"%.*s\" can be written in JSON only",
                STR_ARG(name)),
        STR("send the body as application/json"));
}
