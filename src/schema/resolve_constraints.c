/* @@check, @@exactlyOne and their like: rules that the database keeps, too. */
#include "base/ascii.h"
#include "base/assert.h"
#include "schema/naming.h"
#include "schema/resolve_condition.h"

static validation_kind kind_of(own_attribute own) {
    switch ((int)own) {
    case OWN_EXACTLY_ONE:
        return VALIDATION_EXACTLY_ONE;
    case OWN_AT_MOST_ONE:
        return VALIDATION_AT_MOST_ONE;
    case OWN_AT_LEAST_ONE:
        return VALIDATION_AT_LEAST_ONE;
    default:
        return VALIDATION_CHECK;
    }
}

/* ---- Conditions as SQL -------------------------------------------------- */

static bool report(resolver *r, source_span span, const char *message) {
    diag *d =
        diag_add(r->arena, r->diags, DIAG_NOT_AVAILABLE, span, "%s", message);
    diag_help(r->arena, d,
              "@@validate can ask that, and only the server keeps it");
    return false;
}

/* Lists are JSON on SQLite and arrays on PostgreSQL; JSON and bytes have other
 * forms, too. Whether they are null is the same on both. */
static bool check_operand(resolver *r, const condition *c,
                          const condition *other) {
    if (c->kind != CONDITION_PATH ||
        (other != NULL && other->kind == CONDITION_NULL))
        return true;
    const field *f = c->steps[0];
    if (f->is_list)
        return report(r, c->span, "the database is not asked about lists");
    if (f->kind == FIELD_SCALAR &&
        (f->scalar == SCALAR_JSON || f->scalar == SCALAR_BYTES))
        return report(r, c->span,
                      "the database is asked about Json and Bytes only "
                      "whether they are null");
    return true;
}

static bool check_call(resolver *r, const condition *c) {
    if (c->count > 2 && c->items[2].boolean)
        return report(r, c->span,
                      "the database's upper and lower case are not the same "
                      "on both engines");
    return true;
}

/* What both engines can say. As deep as expressions are. */
static bool is_sayable(resolver *r, const condition *c) {
    if (c == NULL)
        return true;
    if (c->kind == CONDITION_CALL && !check_call(r, c))
        return false;
    bool is_plain = c->kind != CONDITION_COMPARE;
    for (size_t i = 0; i < c->count; i++) {
        if (!check_operand(r, &c->items[i], NULL) ||
            !is_sayable(r, &c->items[i]))
            return false;
    }
    if (c->left != NULL &&
        !check_operand(r, c->left, is_plain ? NULL : c->right))
        return false;
    if (c->right != NULL &&
        !check_operand(r, c->right, is_plain ? NULL : c->left))
        return false;
    return is_sayable(r, c->left) && is_sayable(r, c->right);
}

const condition *resolve_database_condition(resolver *r, model_draft *m,
                                            const expression *e) {
    const condition *c = resolve_condition(r, USE_DATABASE, NULL, m, e);
    return c != NULL && is_sayable(r, c) ? c : NULL;
}

/* ---- One of several ----------------------------------------------------- */

static bool check_field(resolver *r, const binding *b, const field_list *list,
                        const field *f) {
    str label = attribute_label(b->attribute);
    if (f->kind == FIELD_RELATION) {
        diag *d = diag_add(r->arena, r->diags, DIAG_BAD_CONSTRAINT, list->span,
                           "'%.*s' is a relation and has no column for '%.*s'",
                           STR_ARG(f->name), STR_ARG(label));
        diag_help(r->arena, d, "list the fields that hold its foreign key");
        return false;
    }
    if (f->is_optional)
        return true;
    diag *d = diag_add(r->arena, r->diags, DIAG_BAD_CONSTRAINT, list->span,
                       "'%.*s' is never null, so '%.*s' says nothing of it",
                       STR_ARG(f->name), STR_ARG(label));
    if (!f->is_list)
        diag_help(r->arena, d, "make it optional with '?'");
    return false;
}

static bool read_columns(resolver *r, model_draft *m, const binding *b,
                         validation *v) {
    field_list list = resolve_field_list(r, m, binding_find(b, STR("fields")));
    const field **columns =
        arena_new_array(r->arena, const field *, list.count);
    if (list.is_damaged)
        return false;
    for (size_t i = 0; i < list.count; i++) {
        columns[i] = list.items[i]->field;
        if (!check_field(r, b, &list, columns[i]))
            return false;
    }
    v->columns = columns;
    v->column_count = list.count;
    if (list.count > 1)
        return true;
    diag_add(r->arena, r->diags, DIAG_BAD_CONSTRAINT, list.span,
             "'%.*s' chooses among two fields or more",
             STR_ARG(attribute_label(b->attribute)));
    return false;
}

/* ---- Names -------------------------------------------------------------- */

static bool is_word(str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != '_')
            return false;
    }
    return true;
}

static bool check_new(resolver *r, const model_draft *m, const validation *v) {
    for (size_t i = 0; i < m->model->validation_count; i++) {
        const validation *other = &m->validations[i];
        if (!str_equal(other->constraint, v->constraint))
            continue;
        diag *d = diag_add(r->arena, r->diags, DIAG_BAD_CONSTRAINT, v->span,
                           "the model has another constraint \"%.*s\"",
                           STR_ARG(v->constraint));
        diag_relate(r->arena, d, other->span, "this one");
        diag_help(r->arena, d, "give it a name of its own with name: \"...\"");
        return false;
    }
    return true;
}

/* <table>_<name or columns>_rule: by the end a migration knows it for ours.
 * One that counts may be about the same columns as a condition. */
static bool name_constraint(resolver *r, const model_draft *m, const binding *b,
                            validation *v) {
    str name = {0};
    str table = m->model->table;
    size_t limit = naming_limit(r->engine);
    if (!resolve_text(r, b, STR("name"), &name))
        return false;
    if (!is_word(name)) {
        diag_add(r->arena, r->diags, DIAG_BAD_CONSTRAINT,
                 binding_find(b, STR("name"))->span,
                 "the name '%.*s' has characters other than letters, digits "
                 "and '_'",
                 STR_ARG(name));
        return false;
    }
    str suffix = validation_counts(v->kind) ? STR("_one" NAMING_RULE_SUFFIX)
                                            : STR(NAMING_RULE_SUFFIX);
    v->constraint = str_is_empty(name)
                        ? naming_constraint(r->arena, table, v->columns,
                                            v->column_count, suffix, limit)
                        : naming_of_columns(r->arena, table, &name, 1,
                                            STR(NAMING_RULE_SUFFIX), limit);
    return check_new(r, m, v);
}

/* ---- All together ------------------------------------------------------- */

static bool read_condition(resolver *r, model_draft *m, const binding *b,
                           validation *v) {
    const expression *e = binding_find(b, STR("condition"));
    v->condition = resolve_database_condition(r, m, e);
    if (v->condition == NULL)
        return false;
    v->columns =
        resolve_condition_columns(r->arena, v->condition, &v->column_count);
    if (v->column_count > 0)
        return true;
    diag_add(r->arena, r->diags, DIAG_BAD_CONSTRAINT, e->span,
             "'@@check' asks about no column of the row");
    return false;
}

void resolve_constraint(resolver *r, model_draft *m, const binding *b) {
    validation v = {.kind = kind_of(b->spec->own), .span = b->attribute->span};
    if (m->model->is_view) {
        diag_add(r->arena, r->diags, DIAG_BAD_CONSTRAINT, v.span,
                 "a view has no constraints");
        return;
    }
    if (!resolve_text(r, b, STR("message"), &v.message) ||
        !resolve_path(r, m, b, &v))
        return;
    bool is_read = validation_counts(v.kind) ? read_columns(r, m, b, &v)
                                             : read_condition(r, m, b, &v);
    if (is_read && name_constraint(r, m, b, &v))
        ARENA_PUSH(r->arena, m->validations, m->model->validation_count, v);
}
