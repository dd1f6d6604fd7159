/* Conditions: names and members. */
#include "base/assert.h"
#include "schema/resolve_condition.h"
#include "schema/suggest.h"

static const struct principal_name {
    str name;
    principal_member member;
} PRINCIPAL[] = {
    {STR_INIT("id"), PRINCIPAL_ID},
    {STR_INIT("email"), PRINCIPAL_EMAIL},
    {STR_INIT("role"), PRINCIPAL_ROLE},
};

static condition_type row_of(const model_draft *m) {
    return (condition_type){.kind = TYPE_ROW,
                            .model = m != NULL ? m->model : NULL};
}

static condition_type type_of(const field_draft *f) {
    condition_type t = {.kind = TYPE_SCALAR,
                        .scalar = f->field->scalar,
                        .is_list = f->field->is_list};
    if (f->field->kind == FIELD_RELATION)
        t = row_of(f->target);
    if (f->field->kind == FIELD_ENUM) {
        t.kind = TYPE_ENUM;
        t.enumeration = f->field->enumeration;
    }
    t.is_list = f->field->is_list;
    return t;
}

static model_draft *draft_of(const condition_reader *c, const model *m) {
    return &c->resolver->model_drafts[m->index];
}

/* ---- Steps ------------------------------------------------------------------- */

static void report_unknown_member(condition_reader *c, const model_draft *m,
                                  const syntax_name *name) {
    if (m->is_damaged)
        return; /* it may be what could not be read */
    diag *d = condition_report(c, DIAG_UNKNOWN_MEMBER, name->span,
                               "the model '%.*s' has no field '%.*s'",
                               STR_ARG(m->model->name), STR_ARG(name->text));
    nearest n = suggest_for(d, name->text);
    for (size_t i = 0; i < m->model->field_count; i++)
        nearest_offer(&n, m->fields[i].field->name);
    suggest(c->resolver->arena, d, &n);
}

/* What is true of a row only once others refer to it. */
static bool is_held_by_others(const field *f) {
    return f->relation != NULL && f->relation->child_field != f;
}

static bool check_exists(condition_reader *c, const condition *path,
                         const field *f, const syntax_name *name) {
    bool is_own = path->root == ROOT_ROW && path->scope == 0 &&
                  path->step_count == 0 && c->rule != NULL;
    if (!is_own || !c->rule->operations[OPERATION_CREATE] ||
        !is_held_by_others(f))
        return true;
    diag *d = condition_report(
        c, DIAG_NOT_AVAILABLE, name->span,
        "a rule for create cannot ask about '%.*s': the row does not exist "
        "yet, so no other row refers to it",
        STR_ARG(f->name));
    diag_help(c->resolver->arena, d,
              "give create a rule of its own, and the other operations this "
              "one");
    return false;
}

static bool check_step(condition_reader *c, const condition *path,
                       const field *f, const syntax_name *name) {
    if (f->kind == FIELD_UNSUPPORTED) {
        condition_report(c, DIAG_NOT_AVAILABLE, name->span,
                         "the type of '%.*s' is known to the database only",
                         STR_ARG(f->name));
        return false;
    }
    if (f->kind != FIELD_RELATION)
        return true;
    if (c->use != USE_POLICY) {
        condition_report(c, DIAG_NOT_AVAILABLE, name->span,
                         "%s judges the row by itself and cannot ask about the "
                         "relation '%.*s'",
                         condition_use_label(c), STR_ARG(f->name));
        return false;
    }
    if (path->root == ROOT_BEFORE) {
        condition_report(c, DIAG_NOT_AVAILABLE, name->span,
                         "before() has the row's columns only, not the "
                         "relation '%.*s'",
                         STR_ARG(f->name));
        return false;
    }
    return check_exists(c, path, f, name);
}

static bool report_no_members(condition_reader *c, const condition *path,
                              const syntax_name *name) {
    arena *a = c->resolver->arena;
    str type = condition_type_print(a, path->type);
    diag *d = condition_report(c, DIAG_UNKNOWN_MEMBER, name->span,
                               "there is no '%.*s' in %.*s",
                               STR_ARG(name->text), STR_ARG(type));
    if (path->type.kind == TYPE_ROW)
        diag_help(a, d, "ask about its rows with ?[%.*s ...]",
                  STR_ARG(name->text));
    return false;
}

static bool step_into_principal(condition_reader *c, condition *path,
                                const syntax_name *name) {
    for (size_t i = 0; i < LENGTH(PRINCIPAL); i++) {
        if (!str_equal(PRINCIPAL[i].name, name->text))
            continue;
        path->member = PRINCIPAL[i].member;
        path->type =
            (condition_type){.kind = TYPE_SCALAR, .scalar = SCALAR_STRING};
        return true;
    }
    diag *d = condition_report(c, DIAG_UNKNOWN_MEMBER, name->span,
                               "auth() has no '%.*s'", STR_ARG(name->text));
    diag_help(c->resolver->arena, d,
              "without a model marked @@auth, or named User, it has id, email "
              "and role");
    return false;
}

/* path.name */
static bool step(condition_reader *c, condition *path,
                 const syntax_name *name) {
    if (path->type.kind != TYPE_ROW || path->type.is_list)
        return report_no_members(c, path, name);
    if (path->type.model == NULL)
        return step_into_principal(c, path, name);
    model_draft *m = draft_of(c, path->type.model);
    field_draft *f = resolve_find_field(m, name->text);
    if (f == NULL) {
        report_unknown_member(c, m, name);
        return false;
    }
    if (f->is_damaged || !check_step(c, path, f->field, name))
        return false;
    if (f->field->kind == FIELD_RELATION && f->target == NULL)
        return false; /* reported: its type */
    arena *a = c->resolver->arena;
    const field **steps =
        arena_new_array(a, const field *, path->step_count + 1);
    for (size_t i = 0; i < path->step_count; i++)
        steps[i] = path->steps[i];
    steps[path->step_count++] = f->field;
    path->steps = steps;
    path->type = type_of(f);
    return true;
}

static const condition *step_over(condition_reader *c, condition *path,
                                  const syntax_name *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!step(c, path, &names[i]))
            return NULL;
    }
    return path;
}

/* ---- Where paths begin --------------------------------------------------------- */

static condition *begin_row(condition_reader *c, const expression *e,
                            size_t scope) {
    condition *path = condition_new(c, CONDITION_PATH, e);
    path->root = ROOT_ROW;
    path->scope = (uint32_t)scope;
    path->type = row_of(c->scopes[scope].model);
    return path;
}

/* The innermost row that has the name, or is called by it. */
static bool find_scope(const condition_reader *c, str name, size_t *scope,
                       bool *is_its_name) {
    for (size_t i = c->scope_count; i > 0; i--) {
        const condition_scope *s = &c->scopes[i - 1];
        *scope = i - 1;
        *is_its_name = !str_is_empty(s->name) && str_equal(s->name, name);
        if (*is_its_name || resolve_find_field(s->model, name) != NULL)
            return true;
    }
    return false;
}

static bool is_word(str name) {
    return str_equal(name, STR("this")) || str_equal(name, STR("null")) ||
           str_equal(name, STR("true")) || str_equal(name, STR("false"));
}

bool condition_is_in_sight(const condition_reader *c, str name) {
    size_t scope;
    bool is_its_name;
    return is_word(name) || find_scope(c, name, &scope, &is_its_name);
}

static const condition *read_word(condition_reader *c, const expression *e) {
    if (str_equal(e->text, STR("null"))) {
        condition *made = condition_new(c, CONDITION_NULL, e);
        made->type.kind = TYPE_NULL;
        return made;
    }
    condition *made = condition_new(c, CONDITION_CONSTANT, e);
    made->type =
        (condition_type){.kind = TYPE_SCALAR, .scalar = SCALAR_BOOLEAN};
    made->boolean = str_equal(e->text, STR("true"));
    return made;
}

/* ---- Enum values ----------------------------------------------------------------- */

static const enum_value *find_value(const enumeration *en, str name) {
    for (size_t i = 0; i < en->value_count; i++) {
        if (str_equal(en->values[i].name, name))
            return &en->values[i];
    }
    return NULL;
}

static const condition *value_of(condition_reader *c, const expression *e,
                                 const enumeration *en,
                                 const enum_value *value) {
    condition *made = condition_new(c, CONDITION_CONSTANT, e);
    made->type = (condition_type){.kind = TYPE_ENUM, .enumeration = en};
    made->text = value->database_name;
    return made;
}

/* By what it is compared with, else the first enum that has it. */
static const condition *read_value(condition_reader *c, const expression *e,
                                   const condition_type *expected) {
    const resolver *r = c->resolver;
    if (expected != NULL && expected->kind == TYPE_ENUM) {
        const enum_value *found = find_value(expected->enumeration, e->text);
        if (found != NULL)
            return value_of(c, e, expected->enumeration, found);
    }
    for (size_t i = 0; i < r->enum_count; i++) {
        const enum_value *found = find_value(&r->enums[i], e->text);
        if (found != NULL)
            return value_of(c, e, &r->enums[i], found);
    }
    return NULL;
}

static bool may_be_damaged(const condition_reader *c,
                           const condition_type *expected) {
    const resolver *r = c->resolver;
    for (size_t i = 0; i < c->scope_count; i++) {
        if (c->scopes[i].model->is_damaged)
            return true;
    }
    for (size_t i = 0; i < r->enum_count; i++) {
        if (r->enum_drafts[i].is_damaged && expected != NULL &&
            expected->enumeration == &r->enums[i])
            return true;
    }
    return false;
}

static void report_unknown_name(condition_reader *c, const expression *e,
                                const condition_type *expected) {
    if (may_be_damaged(c, expected))
        return;
    bool has_values = expected != NULL && expected->kind == TYPE_ENUM;
    str name = e->names[0].text;
    diag *d;
    nearest n = nearest_to(name);
    if (has_values) {
        const enumeration *en = expected->enumeration;
        d = condition_report(c, DIAG_UNKNOWN_MEMBER, e->names[0].span,
                             "'%.*s' is neither a value of %.*s nor a field "
                             "in sight",
                             STR_ARG(name), STR_ARG(en->name));
        for (size_t i = 0; i < en->value_count; i++)
            nearest_offer(&n, en->values[i].name);
    } else {
        d = condition_report(c, DIAG_UNKNOWN_MEMBER, e->names[0].span,
                             "there is no field '%.*s' in sight",
                             STR_ARG(name));
    }
    for (size_t i = c->scope_count; i > 0; i--) {
        const model_draft *m = c->scopes[i - 1].model;
        for (size_t k = 0; k < m->model->field_count; k++)
            nearest_offer(&n, m->fields[k].field->name);
    }
    if (str_equal(name, STR("auth")))
        diag_help(c->resolver->arena, d, "write auth()");
    else
        suggest(c->resolver->arena, d, &n);
}

/* ---- Together ---------------------------------------------------------------------- */

const condition *condition_read_name(condition_reader *c, const expression *e,
                                     const condition_type *expected) {
    str first = e->names[0].text;
    size_t scope = 0;
    bool is_its_name = true;
    if (str_equal(first, STR("this")) ||
        (!is_word(first) && find_scope(c, first, &scope, &is_its_name))) {
        condition *path = begin_row(c, e, scope);
        size_t skipped = is_its_name ? 1 : 0;
        return step_over(c, path, e->names + skipped, e->name_count - skipped);
    }
    if (e->name_count == 1 && is_word(first))
        return read_word(c, e);
    const condition *value =
        e->name_count == 1 ? read_value(c, e, expected) : NULL;
    if (value == NULL)
        report_unknown_name(c, e, expected);
    return value;
}

const condition *condition_read_member(condition_reader *c,
                                       const expression *e) {
    const condition *left = condition_read(c, e->left, NULL);
    if (left == NULL)
        return NULL;
    syntax_name name = {e->text, e->mark};
    if (left->kind != CONDITION_PATH) {
        report_no_members(c, left, &name);
        return NULL;
    }
    condition *path = condition_new(c, CONDITION_PATH, e);
    *path = *left;
    path->span = e->span;
    return step_over(c, path, &name, 1);
}

static bool check_before(condition_reader *c, const expression *e) {
    bool is_post_update =
        c->rule != NULL && c->rule->operations[OPERATION_POST_UPDATE];
    for (int op = 0; is_post_update && op < OPERATION_POST_UPDATE; op++)
        is_post_update = !c->rule->operations[op];
    if (is_post_update)
        return true;
    diag *d = condition_report(c, DIAG_NOT_AVAILABLE, e->span,
                               "before() is for rules of 'post-update' alone");
    diag_help(c->resolver->arena, d,
              "in a rule for update, names mean the row as it was");
    return false;
}

const condition *condition_read_root(condition_reader *c, const expression *e,
                                     condition_root root) {
    ASSERT(root != ROOT_ROW);
    if (c->use != USE_POLICY) {
        condition_report(c, DIAG_NOT_AVAILABLE, e->span,
                         "%s judges the row by itself and cannot ask %s",
                         condition_use_label(c),
                         root == ROOT_AUTH ? "who writes it"
                                           : "what it was before");
        return NULL;
    }
    if (root == ROOT_BEFORE && !check_before(c, e))
        return NULL;
    condition *path = condition_new(c, CONDITION_PATH, e);
    path->root = root;
    path->type =
        row_of(root == ROOT_AUTH ? c->resolver->auth : c->scopes[0].model);
    return path;
}
