/* @@states: which changes of an enum field are allowed. */
#include "schema/resolve_draft.h"
#include "schema/state_machine.h"
#include "schema/suggest.h"

/* One machine while it is read. */
typedef struct reading {
    resolver *r;
    const binding *b;
    const enumeration *states;
    bool *initial;
    bool *moves;
} reading;

static bool report(const reading *d, source_span span, const char *message,
                   const char *help) {
    diag *said = diag_add(d->r->arena, d->r->diags, DIAG_BAD_STATES, span, "%s",
                          message);
    if (help != NULL)
        diag_help(d->r->arena, said, "%s", help);
    return false;
}

/* ---- States ------------------------------------------------------------- */

static bool report_unknown(const reading *d, const expression *e) {
    resolver *r = d->r;
    diag *said = diag_add(r->arena, r->diags, DIAG_BAD_STATES, e->span,
                          "'%.*s' is no value of %.*s", STR_ARG(e->text),
                          STR_ARG(d->states->name));
    nearest n = nearest_to(e->text);
    for (size_t i = 0; i < d->states->value_count; i++)
        nearest_offer(&n, d->states->values[i].name);
    suggest(r->arena, said, &n);
    return false;
}

static bool add_state(const reading *d, const expression *e, bool *out) {
    if (e->kind != EXPRESSION_NAME)
        return report(d, e->span, "this is no state",
                      "write DRAFT -> ACTIVE | CLOSED");
    for (size_t i = 0; i < d->states->value_count; i++) {
        if (!str_equal(d->states->values[i].name, e->text))
            continue;
        out[i] = true;
        return true;
    }
    return report_unknown(d, e);
}

/* A | B, or [A, B]. As deep as expressions are. */
static bool add_states(const reading *d, const expression *e, bool *out) {
    if (e->kind == EXPRESSION_GROUP)
        return add_states(d, e->left, out);
    if (e->kind == EXPRESSION_BINARY && e->op == OPERATOR_EITHER)
        return add_states(d, e->left, out) && add_states(d, e->right, out);
    if (e->kind != EXPRESSION_LIST)
        return add_state(d, e, out);
    for (size_t i = 0; i < e->count; i++) {
        if (!add_state(d, e->items[i].value, out))
            return false;
    }
    return true;
}

/* ---- Moves -------------------------------------------------------------- */

static bool add_move(const reading *d, const expression *e) {
    size_t count = d->states->value_count;
    bool *from = arena_new_array(d->r->arena, bool, count);
    bool *to = arena_new_array(d->r->arena, bool, count);
    if (e->kind != EXPRESSION_BINARY || e->op != OPERATOR_BECOMES)
        return report(d, e->span, "this is no change of a state",
                      "write DRAFT -> ACTIVE | CLOSED");
    if (!add_states(d, e->left, from) || !add_states(d, e->right, to))
        return false;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; from[i] && k < count; k++)
            d->moves[i * count + k] |= to[k];
    }
    return true;
}

static bool read_moves(const reading *d) {
    const syntax_attribute *attribute = d->b->attribute;
    size_t count = 0;
    bool is_first = true;
    for (size_t i = 0; i < attribute->argument_count; i++) {
        const syntax_argument *argument = &attribute->arguments[i];
        if (!str_is_empty(argument->name.text))
            continue;
        bool is_field =
            is_first && argument->value == binding_find(d->b, STR("field"));
        is_first = false;
        if (is_field)
            continue;
        if (!add_move(d, argument->value))
            return false;
        count++;
    }
    return count > 0 ||
           report(d, attribute->span, "'@@states' lists no change of the state",
                  "write @@states(status, DRAFT -> ACTIVE)");
}

/* ---- Where rows begin ---------------------------------------------------- */

static bool add_default(const reading *d, const field *f, bool *is_given) {
    *is_given = f->default_value.kind == DEFAULT_LITERAL;
    for (size_t i = 0; *is_given && i < d->states->value_count; i++) {
        if (!str_equal(d->states->values[i].database_name,
                       f->default_value.text))
            continue;
        if (binding_find(d->b, STR("initial")) != NULL && !d->initial[i])
            return report(d, binding_find(d->b, STR("initial"))->span,
                          "the field's default is not among the states to "
                          "begin in",
                          "add it");
        d->initial[i] = true;
    }
    return true;
}

static bool read_initial(const reading *d, const field *f) {
    const expression *said = binding_find(d->b, STR("initial"));
    bool has_default = false;
    if ((said != NULL && !add_states(d, said, d->initial)) ||
        !add_default(d, f, &has_default))
        return false;
    return said != NULL || has_default ||
           report(d, d->b->attribute->span,
                  "nothing says in which state a row begins",
                  "give the field a @default, or say initial: DRAFT");
}

/* ---- Together ----------------------------------------------------------- */

static const field *read_field(const reading *d, model_draft *m) {
    const expression *e = binding_find(d->b, STR("field"));
    field_list list = resolve_field_list(d->r, m, e);
    if (list.is_damaged || list.count != 1)
        return NULL;
    const field *f = list.items[0]->field;
    if (f->kind == FIELD_ENUM && !f->is_list && !f->is_optional)
        return f;
    report(d, e->span, "a state is a field of an enum, required and no list",
           NULL);
    return NULL;
}

static bool check_new(const reading *d, const model_draft *m, const field *f) {
    for (size_t i = 0; i < m->model->state_count; i++) {
        if (m->states[i].field == f)
            return report(d, d->b->attribute->span,
                          "the states of this field are said twice", NULL);
    }
    return true;
}

/* What the server can judge by itself: the state of a new row. */
static void add_rule(resolver *r, model_draft *m, const field *f,
                     source_span span) {
    const field **columns = arena_new_array(r->arena, const field *, 1);
    columns[0] = f;
    validation v = {.kind = VALIDATION_STATES,
                    .columns = columns,
                    .column_count = 1,
                    .about = f,
                    .span = span};
    ARENA_PUSH(r->arena, m->validations, m->model->validation_count, v);
}

void resolve_states(resolver *r, model_draft *m, const binding *b) {
    reading d = {.r = r, .b = b};
    if (m->model->is_view) {
        report(&d, b->attribute->span, "nobody writes a view", NULL);
        return;
    }
    const field *f = read_field(&d, m);
    if (f == NULL || !check_new(&d, m, f))
        return;
    size_t count = f->enumeration->value_count;
    d.states = f->enumeration;
    d.initial = arena_new_array(r->arena, bool, count);
    d.moves = arena_new_array(r->arena, bool, count *count);
    if (!read_moves(&d) || !read_initial(&d, f))
        return;
    state_machine made = {f, d.initial, d.moves, b->attribute->span};
    ARENA_PUSH(r->arena, m->states, m->model->state_count, made);
    add_rule(r, m, f, b->attribute->span);
}
