/* @@allow and @@deny, @allow and @deny: who may do what. */
#include "schema/resolve_condition.h"
#include "schema/suggest.h"

typedef struct operation_word {
    str word;
    bool operations[OPERATION_COUNT];
} operation_word;

static const operation_word MODEL_WORDS[] = {
    {STR_INIT("create"), {[OPERATION_CREATE] = true}},
    {STR_INIT("read"), {[OPERATION_READ] = true}},
    {STR_INIT("update"), {[OPERATION_UPDATE] = true}},
    {STR_INIT("delete"), {[OPERATION_DELETE] = true}},
    {STR_INIT("post-update"), {[OPERATION_POST_UPDATE] = true}},
    {STR_INIT("deleted"), {[OPERATION_DELETED] = true}},
    {STR_INIT("all"),
     {[OPERATION_CREATE] = true,
      [OPERATION_READ] = true,
      [OPERATION_UPDATE] = true,
      [OPERATION_DELETE] = true}},
};

static const operation_word FIELD_WORDS[] = {
    {STR_INIT("read"), {[OPERATION_READ] = true}},
    {STR_INIT("update"), {[OPERATION_UPDATE] = true}},
    {STR_INIT("all"), {[OPERATION_READ] = true, [OPERATION_UPDATE] = true}},
};

static const operation_word FUNCTION_WORDS[] = {
    {STR_INIT("call"), {[OPERATION_CALL] = true}},
};

static const str NAMES[] = {
    [OPERATION_CREATE] = STR_INIT("create"),
    [OPERATION_READ] = STR_INIT("read"),
    [OPERATION_UPDATE] = STR_INIT("update"),
    [OPERATION_DELETE] = STR_INIT("delete"),
    [OPERATION_POST_UPDATE] = STR_INIT("post-update"),
    [OPERATION_DELETED] = STR_INIT("deleted"),
    [OPERATION_CALL] = STR_INIT("call"),
};
_Static_assert(LENGTH(NAMES) == OPERATION_COUNT, "every operation has a name");

str operation_name(operation op) {
    return NAMES[op];
}

typedef struct word_list {
    const operation_word *words;
    size_t count;
} word_list;

static bool is_function(const model_draft *m) {
    return m->syntax->kind == BLOCK_FUNCTION;
}

static word_list words_for(const model_draft *m, const field_draft *f) {
    if (is_function(m))
        return (word_list){FUNCTION_WORDS, LENGTH(FUNCTION_WORDS)};
    return f != NULL ? (word_list){FIELD_WORDS, LENGTH(FIELD_WORDS)}
                     : (word_list){MODEL_WORDS, LENGTH(MODEL_WORDS)};
}

static void report_word(resolver *r, const expression *list, word_list words,
                        str word) {
    bool is_fields = words.words == FIELD_WORDS;
    bool is_call = words.words == FUNCTION_WORDS;
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_OPERATION, list->span,
                       "unknown operation '%.*s'%s", STR_ARG(word),
                       is_call     ? " for a function"
                       : is_fields ? " for a field"
                                   : "");
    nearest n = nearest_to(word);
    for (size_t i = 0; i < words.count; i++)
        nearest_offer(&n, words.words[i].word);
    if (!str_is_empty(n.best))
        suggest(r->arena, d, &n);
    else
        diag_help(r->arena, d, "an operation is %s",
                  is_call ? "call"
                  : is_fields
                      ? "read, update or all"
                      : "create, read, update, delete, post-update, deleted "
                        "or all");
}

static bool add_word(policy_rule *rule, word_list words, str word) {
    for (size_t i = 0; i < words.count; i++) {
        const operation_word *known = &words.words[i];
        if (!str_equal(word, known->word))
            continue;
        for (size_t k = 0; k < OPERATION_COUNT; k++)
            rule->operations[k] = rule->operations[k] || known->operations[k];
        return true;
    }
    return false;
}

/* 'create, read' */
static bool read_operations(resolver *r, const expression *value,
                            word_list words, policy_rule *rule) {
    if (value->kind != EXPRESSION_STRING) {
        diag_add(r->arena, r->diags, DIAG_BAD_POLICY, value->span,
                 "the operations are a string, such as 'create,read'");
        return false;
    }
    str rest = value->text;
    for (bool is_last = false; !is_last;) {
        is_last = str_find_char(rest, ',') == rest.len;
        str word = str_trim(str_split(&rest, ','));
        if (!add_word(rule, words, word)) {
            report_word(r, value, words, word);
            return false;
        }
    }
    return true;
}

static bool check_field(resolver *r, const field_draft *f, const binding *b) {
    if (f == NULL || f->field->kind != FIELD_RELATION)
        return true;
    diag *d = diag_add(r->arena, r->diags, DIAG_MISPLACED_ATTRIBUTE,
                       b->attribute->span,
                       "'%.*s' does not stand on a relation field",
                       STR_ARG(attribute_label(b->attribute)));
    diag_help(
        r->arena, d,
        "the rules of '%.*s' decide about its rows; put a rule on the "
        "column with the foreign key to protect that",
        STR_ARG(f->target != NULL ? f->target->model->name : f->field->name));
    return false;
}

static bool read_rule(resolver *r, model_draft *m, const field_draft *f,
                      const binding *b, policy_rule *rule) {
    if (!check_field(r, f, b) ||
        !read_operations(r, binding_find(b, STR("operation")), words_for(m, f),
                         rule))
        return false;
    rule->condition = resolve_condition(r, USE_POLICY, rule, m,
                                        binding_find(b, STR("condition")));
    return rule->condition != NULL;
}

void resolve_policy(resolver *r, model_draft *m, field_draft *f,
                    const binding *b) {
    policy_rule rule = {.is_deny = b->spec->own == OWN_DENY,
                        .span = b->attribute->span};
    if (!read_rule(r, m, f, b, &rule))
        m->has_damaged_rule = true;
    else if (f != NULL)
        ARENA_PUSH(r->arena, f->rules, f->field->rule_count, rule);
    else
        ARENA_PUSH(r->arena, m->rules, m->model->rule_count, rule);
}

/* ---- What is closed ----------------------------------------------------------- */

/* A rule nobody evaluates yet, among those of a model and its fields. */
static const policy_rule *find_unevaluated(const policy_rule *rules,
                                           size_t count) {
    for (size_t i = 0; i < count; i++) {
        const condition *c = rules[i].condition;
        if (!condition_is(c, true) && !condition_is(c, false))
            return &rules[i];
    }
    return NULL;
}

/* Once for each model, at the first rule. */
static void warn_of_conditions(resolver *r, const model_draft *m) {
    const policy_rule *rule = find_unevaluated(m->rules, m->model->rule_count);
    for (size_t i = 0; rule == NULL && i < m->model->field_count; i++)
        rule = find_unevaluated(m->fields[i].rules,
                                m->fields[i].field->rule_count);
    if (rule == NULL)
        return;
    diag *d = diag_add(r->arena, r->diags, DIAG_CONDITION_LATER, rule->span,
                       "conditions are checked, and evaluated in a later "
                       "release: what they guard in '%.*s' is treated as "
                       "closed",
                       STR_ARG(m->model->name));
    diag_help(r->arena, d,
              "today only true and false open and close; --dev-open opens "
              "everything for trials");
}

static void warn_of_closed_function(resolver *r, const model_draft *m) {
    diag *d = diag_add(r->arena, r->diags, DIAG_CLOSED_FUNCTION, m->model->span,
                       "the function '%.*s' has no @@allow rule and is closed: "
                       "nobody can call it",
                       STR_ARG(m->model->name));
    diag_help(r->arena, d, "open it with a rule such as @@allow('call', true)");
}

/* A closed model is legal, and rarely what is wanted. */
static void warn_of_closed(resolver *r, const model_draft *m) {
    for (size_t i = 0; i < m->model->rule_count; i++) {
        if (!m->rules[i].is_deny)
            return;
    }
    if (is_function(m)) {
        warn_of_closed_function(r, m);
        return;
    }
    diag *d =
        diag_add(r->arena, r->diags, DIAG_CLOSED_MODEL, m->model->span,
                 "the model '%.*s' has no @@allow rule and is closed: reads "
                 "are empty, writes are refused",
                 STR_ARG(m->model->name));
    diag_help(r->arena, d, "open it with a rule such as @@allow('read', true)");
}

void resolve_closed_models(resolver *r) {
    for (size_t i = 0; i < r->model_count + r->shape_count; i++) {
        const model_draft *m = &r->model_drafts[i];
        if (m->syntax->kind == BLOCK_TYPE || m->is_result)
            continue;
        warn_of_conditions(r, m);
        if (!m->is_damaged && !m->has_damaged_rule && !m->model->is_ignored)
            warn_of_closed(r, m);
    }
}
