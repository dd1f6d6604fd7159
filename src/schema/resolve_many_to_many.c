/* Relations of two lists, whose rows are in a table of their own. */
#include "schema/resolve_draft.h"

static const expression *argument_of(const field_draft *f, str name) {
    const binding *b = &f->side.binding;
    return b->attribute != NULL ? binding_find(b, name) : NULL;
}

static const str FOREIGN_KEY_PARAMETERS[] = {
    STR_INIT("fields"),   STR_INIT("references"), STR_INIT("onDelete"),
    STR_INIT("onUpdate"), STR_INIT("map"),
};

/* There is no foreign key in either model to say anything about. */
static bool check_side(resolver *r, const field_draft *f) {
    for (size_t i = 0; i < LENGTH(FOREIGN_KEY_PARAMETERS); i++) {
        str parameter = FOREIGN_KEY_PARAMETERS[i];
        const expression *value = argument_of(f, parameter);
        if (value == NULL)
            continue;
        diag *d = diag_add(r->arena, r->diags, DIAG_MISPLACED_FOREIGN_KEY,
                           f->side.binding.attribute->span,
                           "a list cannot hold a foreign key");
        diag_help(r->arena, d,
                  "a many-to-many relation takes no '%.*s'; a model of its own "
                  "in between takes it twice",
                  STR_ARG(parameter));
        return false;
    }
    return true;
}

static bool check_model(resolver *r, const field_draft *f) {
    const model_draft *m = f->owner;
    const char *problem = NULL;
    if (m->model->is_view)
        problem = "is a view";
    else if (!m->has_damaged_key && !m->is_damaged &&
             (m->primary_key == NULL || m->primary_key->field_count != 1))
        problem = "has no @id of a single field";
    if (problem == NULL)
        return true;
    diag *d =
        diag_add(r->arena, r->diags, DIAG_BAD_MANY_TO_MANY, f->field->span,
                 "'%.*s' cannot take part in a many-to-many relation, "
                 "it %s",
                 STR_ARG(m->model->name), problem);
    diag_relate(r->arena, d, m->model->span, "the model");
    diag_help(r->arena, d, "write the model in between yourself");
    return false;
}

static bool is_before(const field_draft *f, const field_draft *g) {
    int order = str_compare(f->owner->model->name, g->owner->model->name);
    if (order == 0)
        order = str_compare(f->field->name, g->field->name);
    return order < 0;
}

static str default_name(arena *a, const field_draft *f, const field_draft *g) {
    return arena_printf(a, "%.*sTo%.*s", STR_ARG(f->owner->model->name),
                        STR_ARG(g->owner->model->name));
}

/* f is the side with column A. */
static void make(resolver *r, field_draft *f, field_draft *g) {
    relation *made = arena_new_array(r->arena, relation, 1);
    *made = (relation){
        .name = str_is_empty(f->side.name) ? default_name(r->arena, f, g)
                                           : f->side.name,
        .kind = RELATION_MANY_TO_MANY,
        .child = f->owner->model,
        .parent = g->owner->model,
        .child_field = f->field,
        .parent_field = g->field,
        .on_delete = ACTION_CASCADE,
        .on_update = ACTION_CASCADE,
    };
    f->field->relation = made;
    g->field->relation = made;
    ARENA_PUSH(r->arena, r->many_to_many, r->many_to_many_count, made);
}

void resolve_many_to_many(resolver *r, field_draft *f, field_draft *g) {
    bool is_fine = check_side(r, f) && check_side(r, g) && check_model(r, f) &&
                   (f->owner == g->owner || check_model(r, g));
    if (!is_fine)
        return;
    if (is_before(f, g))
        make(r, f, g);
    else
        make(r, g, f);
}
