/* Attributes of ours. They speak of relations and of other fields, so they wait
 * until everything else is resolved. */
#include "base/assert.h"
#include "schema/resolve_draft.h"

static void choose_auth(resolver *r, model_draft *m, const binding *b) {
    if (r->auth == NULL) {
        r->auth = m;
        return;
    }
    diag *d =
        diag_add(r->arena, r->diags, DIAG_SECOND_AUTH_MODEL, b->attribute->span,
                 "only one model can say who signs in");
    diag_relate(r->arena, d, r->auth->model->span, "this one does");
}

void resolve_put_off(resolver *r, model_draft *m, field_draft *f,
                     const binding *b) {
    ASSERT(b->spec->id == ATTRIBUTE_OWN);
    if (b->spec->own == OWN_AUTH) {
        choose_auth(r, m, b);
        return;
    }
    if (b->spec->places == PLACE_FUNCTION) {
        resolve_function_attribute(r, m, b);
        return;
    }
    put_off later = {m, f, *b};
    ARENA_PUSH(r->arena, r->put_off, r->put_off_count, later);
}

bool resolve_text(resolver *r, const binding *b, str parameter, str *out) {
    const expression *value = binding_find(b, parameter);
    if (value == NULL)
        return true;
    bool is_text = value->kind == EXPRESSION_STRING;
    *out = is_text ? value->text : (str){0};
    if (!str_is_empty(*out))
        return true;
    diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
             "'%.*s' of '%.*s' %s", STR_ARG(parameter),
             STR_ARG(attribute_label(b->attribute)),
             is_text ? "cannot be empty" : "is a text in quotes");
    return false;
}

static void apply(resolver *r, const put_off *p) {
    const binding *b = &p->binding;
    switch (b->spec->own) {
    case OWN_ALLOW:
    case OWN_DENY:
        resolve_policy(r, p->model, p->field, b);
        return;
    case OWN_AUTH:
    case OWN_SOFT_DELETE: /* has a stage of its own */
    case OWN_SQL:
    case OWN_VOLATILE:
    case OWN_STABLE:
    case OWN_IMMUTABLE:
        return;
    case OWN_VALIDATE:
        resolve_validate(r, p->model, b);
        return;
    case OWN_CHECK:
    case OWN_EXACTLY_ONE:
    case OWN_AT_MOST_ONE:
    case OWN_AT_LEAST_ONE:
        resolve_constraint(r, p->model, b);
        return;
    case OWN_STATES:
        resolve_states(r, p->model, b);
        return;
    case OWN_LENGTH:
    case OWN_GT:
    case OWN_GTE:
    case OWN_LT:
    case OWN_LTE:
    case OWN_EMAIL:
    case OWN_URL:
    case OWN_DATETIME:
    case OWN_REGEX:
    case OWN_STARTS_WITH:
    case OWN_ENDS_WITH:
    case OWN_CONTAINS:
    case OWN_TRIM:
    case OWN_LOWER:
    case OWN_UPPER:
        resolve_validation(r, p->field, b);
        return;
    case OWN_OMIT:
    case OWN_PASSWORD:
    case OWN_SENSITIVE:
    case OWN_FILE:
    case OWN_LABEL:
    case OWN_HELP:
        resolve_field_detail(r, p->field, b);
        return;
    case OWN_RENAMED:
        if (p->field != NULL)
            resolve_field_detail(r, p->field, b);
        else
            resolve_model_detail(r, p->model, b);
        return;
    case OWN_PERMISSION:
    case OWN_AUDIT:
    case OWN_ADMIN:
        resolve_model_detail(r, p->model, b);
        return;
    }
    PANIC("no such attribute");
}

/* Text is changed before it is judged, in whatever order the schema says so. */
static void sort_validations(arena *a, field_draft *f) {
    size_t count = f->field->validation_count;
    validation *sorted = arena_new_array(a, validation, count);
    size_t at = 0;
    for (int is_judge = 0; is_judge < 2; is_judge++) {
        for (size_t i = 0; i < count; i++) {
            const validation *v = &f->validations[i];
            if (validation_is_transform(v->kind) == (is_judge == 0))
                sorted[at++] = *v;
        }
    }
    f->field->validations = sorted;
}

static void finish_model(arena *a, model_draft *m) {
    m->model->rules = m->rules;
    m->model->validations = m->validations;
    m->model->states = m->states;
    m->model->permissions = m->permissions;
    for (size_t i = 0; i < m->model->field_count; i++) {
        m->fields[i].field->rules = m->fields[i].rules;
        sort_validations(a, &m->fields[i]);
    }
}

static model_draft *find_user(const resolver *r) {
    const declared *d = map_find(r->declared, STR("User"));
    return d != NULL && d->kind == DECLARED_MODEL ? d->model : NULL;
}

void resolve_own_attributes(resolver *r) {
    if (r->auth == NULL)
        r->auth = find_user(r);
    for (size_t i = 0; i < r->put_off_count; i++) {
        const put_off *p = &r->put_off[i];
        if (p->field == NULL || !p->field->is_damaged)
            apply(r, p);
    }
    for (size_t i = 0; i < r->model_count + r->shape_count; i++)
        finish_model(r->arena, &r->model_drafts[i]);
}
