/* Relations, first half: which two fields belong together. */
#include "schema/resolve_draft.h"

/* The fields from one model to another under one relation name. */
typedef struct arrows {
    field_draft *first;
    field_draft *second;
    size_t count;
} arrows;

static bool is_arrow(const field_draft *f, const model_draft *to) {
    return !f->is_damaged && f->target == to;
}

static arrows find_arrows(model_draft *from, const model_draft *to, str name) {
    arrows found = {0};
    for (size_t i = 0; i < from->model->field_count; i++) {
        field_draft *f = &from->fields[i];
        if (!is_arrow(f, to) || !str_equal(f->side.name, name))
            continue;
        if (found.count == 0)
            found.first = f;
        else if (found.count == 1)
            found.second = f;
        found.count++;
    }
    return found;
}

static void settle(model_draft *from, const model_draft *to, str name) {
    for (size_t i = 0; i < from->model->field_count; i++) {
        field_draft *f = &from->fields[i];
        if (is_arrow(f, to) && str_equal(f->side.name, name))
            f->side.is_settled = true;
    }
}

static void report_ambiguous(resolver *r, const arrows *a) {
    const field_draft *f = a->second;
    diag *d = diag_add(
        r->arena, r->diags, DIAG_AMBIGUOUS_RELATION, f->field->span,
        "the fields '%.*s' and '%.*s' of '%.*s' both refer to '%.*s' with %s",
        STR_ARG(a->first->field->name), STR_ARG(f->field->name),
        STR_ARG(f->owner->model->name), STR_ARG(f->target->model->name),
        str_is_empty(f->side.name) ? "no relation name"
                                   : "the same relation name");
    diag_relate(r->arena, d, a->first->field->span, "the other field");
    diag_help(r->arena, d,
              "give each pair of fields a name of its own: "
              "@relation(\"name\", ...)");
}

static void report_self(resolver *r, const arrows *a) {
    const field_draft *f = a->second;
    if (!str_is_empty(f->side.name)) {
        report_ambiguous(r, a);
        return;
    }
    diag *d =
        diag_add(r->arena, r->diags, DIAG_UNNAMED_SELF_RELATION, f->field->span,
                 "the relation of '%.*s' to itself has no name",
                 STR_ARG(f->owner->model->name));
    diag_relate(r->arena, d, a->first->field->span, "the other field");
    diag_help(r->arena, d, "give both fields the same @relation(\"name\")");
}

/* A field that was meant to be the opposite may be among the damaged ones. */
static bool may_be_damaged(const resolver *r, const model_draft *m,
                           const model_draft *to) {
    if (m->is_damaged)
        return true;
    for (size_t i = 0; i < m->model->field_count; i++) {
        const field_draft *f = &m->fields[i];
        str type = f->syntax->type.text;
        bool is_candidate = str_equal(type, to->model->name) ||
                            map_find(r->declared, type) == NULL;
        if (f->is_damaged && is_candidate)
            return true;
    }
    return false;
}

/* The only field from the target back to f's model that has no partner of its
 * own: f's partner, but for the name. */
static field_draft *find_misnamed(const field_draft *f) {
    field_draft *found = NULL;
    model_draft *back = f->target;
    for (size_t i = 0; i < back->model->field_count; i++) {
        field_draft *g = &back->fields[i];
        if (g == f || !is_arrow(g, f->owner) || g->side.is_settled)
            continue;
        bool is_alone =
            f->owner == back
                ? find_arrows(back, back, g->side.name).count == 1
                : find_arrows(f->owner, back, g->side.name).count == 0;
        if (!is_alone)
            continue;
        if (found != NULL)
            return NULL;
        found = g;
    }
    return found;
}

static void report_misnamed(resolver *r, field_draft *f, field_draft *g) {
    diag *d = diag_add(
        r->arena, r->diags, DIAG_RELATION_NAMES_DIFFER, f->field->span,
        "'%.*s' of '%.*s' and '%.*s' of '%.*s' have different relation names",
        STR_ARG(f->field->name), STR_ARG(f->owner->model->name),
        STR_ARG(g->field->name), STR_ARG(g->owner->model->name));
    diag_relate(r->arena, d, g->field->span, "the other side");
    diag_help(r->arena, d, "both sides carry the same @relation(\"name\")");
    g->side.is_settled = true;
}

static void report_missing(resolver *r, const field_draft *f) {
    str own = f->owner->model->name;
    diag *d =
        diag_add(r->arena, r->diags, DIAG_MISSING_OPPOSITE, f->field->span,
                 "the relation field '%.*s' has no opposite field in "
                 "the model '%.*s'",
                 STR_ARG(f->field->name), STR_ARG(f->target->model->name));
    diag_relate(r->arena, d, f->target->model->span, "the model");
    if (f->field->is_list)
        diag_help(r->arena, d,
                  "add a field of type '%.*s' with @relation(fields: [...], "
                  "references: [...]) to it",
                  STR_ARG(own));
    else
        diag_help(r->arena, d,
                  "add a field of type '%.*s[]' to it, or '%.*s?' for one to "
                  "one",
                  STR_ARG(own), STR_ARG(own));
}

static void report_alone(resolver *r, field_draft *f) {
    field_draft *misnamed = find_misnamed(f);
    if (misnamed != NULL)
        report_misnamed(r, f, misnamed);
    else if (!may_be_damaged(r, f->target, f->owner))
        report_missing(r, f);
}

/* NULL when there is none, or more than one; that was reported then. */
static field_draft *find_partner(resolver *r, field_draft *f) {
    str name = f->side.name;
    bool is_self = f->owner == f->target;
    arrows own = find_arrows(f->owner, f->target, name);
    arrows back = find_arrows(f->target, f->owner, name);
    settle(f->owner, f->target, name);
    settle(f->target, f->owner, name);
    if (is_self) {
        bool is_named = !str_is_empty(name);
        if (own.count == 2 && is_named)
            return own.first == f ? own.second : own.first;
        if (own.count >= 2)
            report_self(r, &own);
        else
            report_alone(r, f);
        return NULL;
    }
    if (own.count > 1 || back.count > 1) {
        report_ambiguous(r, own.count > 1 ? &own : &back);
        return NULL;
    }
    if (back.count == 0)
        report_alone(r, f);
    return back.first;
}

void resolve_relations(resolver *r) {
    for (size_t i = 0; i < r->model_count; i++) {
        model_draft *m = &r->model_drafts[i];
        for (size_t k = 0; k < m->model->field_count; k++) {
            field_draft *f = &m->fields[k];
            if (f->target == NULL || f->is_damaged || f->side.is_settled)
                continue;
            field_draft *partner = find_partner(r, f);
            if (partner != NULL)
                resolve_pair(r, f, partner);
        }
    }
}
