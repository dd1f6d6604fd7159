/* Relations, second half: what a pair of fields means. */
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

/* The child holds the foreign key. */
typedef struct pair {
    field_draft *child;
    field_draft *parent;
    relation_kind kind;
} pair;

static const expression *argument_of(const field_draft *f, str name) {
    const binding *b = &f->side.binding;
    return b->attribute != NULL ? binding_find(b, name) : NULL;
}

static bool has_keys(const field_draft *f) {
    return argument_of(f, STR("fields")) != NULL ||
           argument_of(f, STR("references")) != NULL;
}

static bool read_text(resolver *r, const binding *b, str parameter, str *out) {
    const expression *value = binding_find(b, parameter);
    if (value == NULL)
        return true;
    *out = value->text;
    if (value->kind == EXPRESSION_STRING && !str_is_empty(value->text))
        return true;
    diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
             "'%.*s' takes a string that is not empty", STR_ARG(parameter));
    return false;
}

void resolve_side(resolver *r, field_draft *f, const binding *b) {
    f->side.binding = *b;
    if (!read_text(r, b, STR("name"), &f->side.name))
        f->is_damaged = true;
}

/* One to one: the side with `fields`; without one, the side that should have
 * them is the required one. */
static pair order_pair(field_draft *f, field_draft *g) {
    if (f->field->is_list)
        return (pair){g, f, RELATION_ONE_TO_MANY};
    if (g->field->is_list)
        return (pair){f, g, RELATION_ONE_TO_MANY};
    bool is_g = has_keys(f) != has_keys(g)
                    ? has_keys(g)
                    : f->field->is_optional && !g->field->is_optional;
    return is_g ? (pair){g, f, RELATION_ONE_TO_ONE}
                : (pair){f, g, RELATION_ONE_TO_ONE};
}

static bool check_has_keys(resolver *r, const pair *p) {
    bool has_fields = argument_of(p->child, STR("fields")) != NULL;
    bool has_references = argument_of(p->child, STR("references")) != NULL;
    if (has_fields && has_references)
        return true;
    str name = p->child->field->name;
    diag *d = diag_add(r->arena, r->diags, DIAG_MISSING_FOREIGN_KEY,
                       has_fields || has_references
                           ? p->child->side.binding.attribute->span
                           : p->child->field->span,
                       "the relation field '%.*s' needs %s", STR_ARG(name),
                       has_fields       ? "'references'"
                       : has_references ? "'fields'"
                                        : "a foreign key");
    diag_help(r->arena, d,
              "write @relation(fields: [%.*sId], references: [id]) with a "
              "field %.*sId",
              STR_ARG(name), STR_ARG(name));
    return false;
}

/* What belongs to the foreign key stands beside it. */
static bool check_other_side(resolver *r, const pair *p) {
    static const str PARAMETERS[] = {
        STR_INIT("fields"),   STR_INIT("references"), STR_INIT("onDelete"),
        STR_INIT("onUpdate"), STR_INIT("map"),
    };
    for (size_t i = 0; i < LENGTH(PARAMETERS); i++) {
        const expression *value = argument_of(p->parent, PARAMETERS[i]);
        if (value == NULL)
            continue;
        diag *d = diag_add(
            r->arena, r->diags, DIAG_MISPLACED_FOREIGN_KEY, value->span,
            "'%.*s' belongs to the other side, '%.*s' of '%.*s'",
            STR_ARG(PARAMETERS[i]), STR_ARG(p->child->field->name),
            STR_ARG(p->child->owner->model->name));
        diag_relate(r->arena, d, p->child->field->span, "the other side");
        return false;
    }
    return true;
}

static bool check_columns(resolver *r, const field_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i]->field->kind != FIELD_RELATION)
            continue;
        diag_add(r->arena, r->diags, DIAG_BAD_RELATION_FIELD, list->span,
                 "'%.*s' is a relation itself, not a column",
                 STR_ARG(list->items[i]->field->name));
        return false;
    }
    return true;
}

static bool read_lists(resolver *r, const pair *p) {
    side_draft *side = &p->child->side;
    side->fields = resolve_field_list(r, p->child->owner,
                                      argument_of(p->child, STR("fields")));
    side->references = resolve_field_list(
        r, p->parent->owner, argument_of(p->child, STR("references")));
    if (side->fields.is_damaged || side->references.is_damaged)
        return false;
    return check_columns(r, &side->fields) &&
           check_columns(r, &side->references);
}

static bool is_same_type(const field *a, const field *b) {
    return a->kind == b->kind && a->scalar == b->scalar &&
           a->enumeration == b->enumeration && a->is_list == b->is_list &&
           str_equal(a->unsupported, b->unsupported);
}

/* Databases compare them, and tools that introspect write them. */
static bool are_integers(const field *a, const field *b) {
    return a->kind == FIELD_SCALAR && b->kind == FIELD_SCALAR && !a->is_list &&
           !b->is_list && scalar_type_is_whole(a->scalar) &&
           scalar_type_is_whole(b->scalar);
}

static bool check_types(resolver *r, const side_draft *side) {
    if (side->fields.count != side->references.count) {
        diag_add(r->arena, r->diags, DIAG_REFERENCES_LENGTH,
                 side->references.span,
                 "'fields' lists %zu and 'references' %zu", side->fields.count,
                 side->references.count);
        return false;
    }
    for (size_t i = 0; i < side->fields.count; i++) {
        const field_draft *from = side->fields.items[i];
        const field_draft *to = side->references.items[i];
        if (is_same_type(from->field, to->field))
            continue;
        bool is_error = !are_integers(from->field, to->field);
        diag *d = diag_add(
            r->arena, r->diags,
            is_error ? DIAG_REFERENCES_TYPE : DIAG_MIXED_INTEGERS,
            from->syntax->type.span,
            "'%.*s' is %.*s%s, but '%.*s' of '%.*s', which it references, is "
            "%.*s%s",
            STR_ARG(from->field->name), STR_ARG(from->syntax->type.text),
            from->field->is_list ? "[]" : "", STR_ARG(to->field->name),
            STR_ARG(to->owner->model->name), STR_ARG(to->syntax->type.text),
            to->field->is_list ? "[]" : "");
        diag_relate(r->arena, d, to->syntax->type.span, "the referenced field");
        if (is_error)
            return false;
    }
    return true;
}

static bool is_unique_in(const model_draft *m, const field_list *list) {
    if (m->primary_key != NULL && resolve_is_same_set(list, m->primary_key))
        return true;
    for (size_t i = 0; i < m->model->unique_count; i++) {
        if (!m->uniques[i].is_partial &&
            resolve_is_same_set(list, &m->uniques[i]))
            return true;
    }
    return false;
}

static bool check_unique(resolver *r, const pair *p) {
    const side_draft *side = &p->child->side;
    const model_draft *parent = p->parent->owner;
    const model_draft *child = p->child->owner;
    if (!parent->has_damaged_key && !parent->is_damaged &&
        !is_unique_in(parent, &side->references)) {
        diag *d = diag_add(r->arena, r->diags, DIAG_REFERENCES_NOT_UNIQUE,
                           side->references.span,
                           "what is referenced is not unique in '%.*s'",
                           STR_ARG(parent->model->name));
        diag_help(r->arena, d,
                  "reference its id, or make the fields @unique or @@unique");
        return false;
    }
    bool needs_unique = p->kind == RELATION_ONE_TO_ONE &&
                        !child->has_damaged_key && !child->is_damaged;
    if (needs_unique && !is_unique_in(child, &side->fields)) {
        diag *d = diag_add(r->arena, r->diags, DIAG_ONE_TO_ONE_NOT_UNIQUE,
                           side->fields.span,
                           "the foreign key of a one-to-one relation must be "
                           "unique in '%.*s'",
                           STR_ARG(child->model->name));
        diag_relate(r->arena, d, p->parent->field->span, "the other side");
        diag_help(r->arena, d,
                  "add @unique, or make '%.*s' of '%.*s' a list for one to "
                  "many",
                  STR_ARG(p->parent->field->name),
                  STR_ARG(parent->model->name));
        return false;
    }
    return true;
}

static const field_draft *find_optional(const field_list *list,
                                        bool is_optional) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i]->field->is_optional == is_optional)
            return list->items[i];
    }
    return NULL;
}

static bool check_optional(resolver *r, const pair *p) {
    const field_draft *child = p->child;
    const field_draft *optional = find_optional(&child->side.fields, true);
    if (optional != NULL && !child->field->is_optional) {
        diag *d = diag_add(
            r->arena, r->diags, DIAG_REQUIRED_RELATION,
            child->syntax->type.span,
            "the relation '%.*s' is required, but its field '%.*s' is optional",
            STR_ARG(child->field->name), STR_ARG(optional->field->name));
        diag_relate(r->arena, d, optional->syntax->type.span, "the field");
        diag_help(r->arena, d, "make both required or both optional");
        return false;
    }
    if (p->kind == RELATION_ONE_TO_ONE && !p->parent->field->is_optional) {
        diag *d = diag_add(r->arena, r->diags, DIAG_ONE_TO_ONE_REQUIRED,
                           p->parent->syntax->type.span,
                           "the side of a one-to-one relation without the "
                           "foreign key must be optional");
        diag_help(r->arena, d, "write '%.*s?'",
                  STR_ARG(p->parent->syntax->type.text));
        return false;
    }
    return true;
}

/* PostgreSQL takes it and fails when it comes to it, and a schema that was
 * written for it does the same on SQLite. */
static bool check_set_null(resolver *r, const field_draft *child,
                           const expression *value, referential_action action) {
    const field_draft *required = find_optional(&child->side.fields, false);
    if (action != ACTION_SET_NULL || required == NULL)
        return true;
    bool is_error = resolve_is_for_sqlite(r);
    diag *d = diag_add(
        r->arena, r->diags,
        is_error ? DIAG_IMPOSSIBLE_ACTION : DIAG_DOUBTFUL_SET_NULL, value->span,
        "SetNull needs an optional foreign key, but '%.*s' is "
        "required",
        STR_ARG(required->field->name));
    diag_relate(r->arena, d, required->field->span, "the field");
    return !is_error;
}

/* Without foreign keys we do the actions, and these are all that we do. */
static bool check_emulated(resolver *r, const expression *value,
                           referential_action action) {
    if (!r->datasource.has_no_foreign_keys || action != ACTION_SET_DEFAULT)
        return true;
    diag_add(r->arena, r->diags, DIAG_IMPOSSIBLE_ACTION, value->span,
             "SetDefault is not possible with relationMode = \"prisma\"");
    return false;
}

/* onDelete or onUpdate; without it *out stays the default. */
static bool read_action(resolver *r, const field_draft *child, str parameter,
                        referential_action *out) {
    const expression *value = argument_of(child, parameter);
    if (value == NULL)
        return true;
    if (value->kind != EXPRESSION_NAME) {
        diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
                 "'%.*s' takes a word such as Cascade, without quotes",
                 STR_ARG(parameter));
        return false;
    }
    if (!referential_action_find(value->text, out)) {
        diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_ACTION, value->span,
                           "unknown action '%.*s' for '%.*s'",
                           STR_ARG(value->text), STR_ARG(parameter));
        nearest n = nearest_to(value->text);
        for (int i = 0; i < REFERENTIAL_ACTION_COUNT; i++)
            nearest_offer(&n, referential_action_name((referential_action)i));
        suggest(r->arena, d, &n);
        return false;
    }
    return check_set_null(r, child, value, *out) &&
           check_emulated(r, value, *out);
}

/* "PostToUser", as Prisma names it. */
static str default_name(resolver *r, const pair *p) {
    str a = p->child->owner->model->name;
    str b = p->parent->owner->model->name;
    bool is_first = str_compare(a, b) <= 0;
    return arena_printf(r->arena, "%.*sTo%.*s", STR_ARG(is_first ? a : b),
                        STR_ARG(is_first ? b : a));
}

static const field **final_list(resolver *r, const field_list *list) {
    const field **fields =
        arena_new_array(r->arena, const field *, list->count);
    for (size_t i = 0; i < list->count; i++)
        fields[i] = list->items[i]->field;
    return fields;
}

/* An unwritten onDelete depends on whether the child can be without parent:
 * that is so when all columns of its key can be NULL, whatever the mark on the
 * relation field says. */
static relation *new_relation(resolver *r, const pair *p) {
    const side_draft *side = &p->child->side;
    bool is_required = find_optional(&side->fields, false) != NULL;
    relation *made = arena_new_array(r->arena, relation, 1);
    *made = (relation){
        .name = str_is_empty(side->name) ? default_name(r, p) : side->name,
        .kind = p->kind,
        .child = p->child->owner->model,
        .parent = p->parent->owner->model,
        .child_field = p->child->field,
        .parent_field = p->parent->field,
        .columns = final_list(r, &side->fields),
        .references = final_list(r, &side->references),
        .column_count = side->fields.count,
        .on_delete = is_required ? ACTION_RESTRICT : ACTION_SET_NULL,
        .on_update = ACTION_CASCADE,
    };
    return made;
}

/* The other model's rows are found by nobody. */
static bool check_ignored(resolver *r, const field_draft *f) {
    bool is_seen = !f->field->is_ignored && !f->owner->model->is_ignored;
    if (!is_seen || !f->target->model->is_ignored)
        return true;
    diag *d =
        diag_add(r->arena, r->diags, DIAG_BAD_IGNORE, f->field->span,
                 "'%.*s' refers to the model '%.*s', which is ignored",
                 STR_ARG(f->field->name), STR_ARG(f->target->model->name));
    diag_help(r->arena, d, "add @ignore to it, too");
    return false;
}

static bool starts_with(const key *k, const field_list *list) {
    if (k->is_partial || k->field_count < list->count)
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (k->fields[i] != list->items[i]->field)
            return false;
    }
    return true;
}

static bool has_index(const model_draft *m, const field_list *list) {
    if (m->primary_key != NULL && starts_with(m->primary_key, list))
        return true;
    for (size_t i = 0; i < m->model->unique_count; i++) {
        if (starts_with(&m->uniques[i], list))
            return true;
    }
    for (size_t i = 0; i < m->model->index_count; i++) {
        if (starts_with(&m->indexes[i], list))
            return true;
    }
    return false;
}

/* Where the database does not hold the foreign key, we look for children at
 * each change of a parent. */
static void warn_of_missing_index(resolver *r, const pair *p) {
    const field_draft *child = p->child;
    const field_list *fields = &child->side.fields;
    if (!r->datasource.has_no_foreign_keys || child->owner->is_damaged ||
        child->owner->has_damaged_key || has_index(child->owner, fields))
        return;
    diag *d =
        diag_add(r->arena, r->diags, DIAG_RELATION_WITHOUT_INDEX, fields->span,
                 "with relationMode = \"prisma\" the fields of '%.*s' "
                 "need an index",
                 STR_ARG(child->field->name));
    diag_help(r->arena, d, "add @@index(%.*s)",
              STR_ARG(str_slice(fields->span.source->text, fields->span.from,
                                fields->span.to)));
}

static bool check_pair(resolver *r, const pair *p) {
    return check_has_keys(r, p) && check_other_side(r, p) && read_lists(r, p) &&
           check_types(r, &p->child->side) && check_optional(r, p) &&
           check_unique(r, p);
}

void resolve_pair(resolver *r, field_draft *f, field_draft *g) {
    if (!check_ignored(r, f) || !check_ignored(r, g))
        return;
    if (f->field->is_list && g->field->is_list) {
        resolve_many_to_many(r, f, g);
        return;
    }
    pair p = order_pair(f, g);
    if (!check_pair(r, &p))
        return;
    relation *made = new_relation(r, &p);
    bool is_read = read_action(r, p.child, STR("onDelete"), &made->on_delete) &&
                   read_action(r, p.child, STR("onUpdate"), &made->on_update) &&
                   read_text(r, &p.child->side.binding, STR("map"),
                             &made->constraint_name);
    if (!is_read)
        return;
    warn_of_missing_index(r, &p);
    p.child->field->relation = made;
    p.parent->field->relation = made;
    model_draft *owner = p.child->owner;
    owner->relations[owner->model->relation_count++] = made;
}
