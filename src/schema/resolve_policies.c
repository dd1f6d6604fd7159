/* @@allow and @@deny: who may do what. Conditions are constants here. */
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

static const struct operation_word {
    str word;
    bool operations[OPERATION_COUNT];
} WORDS[] = {
    {STR_INIT("create"), {[OPERATION_CREATE] = true}},
    {STR_INIT("read"), {[OPERATION_READ] = true}},
    {STR_INIT("update"), {[OPERATION_UPDATE] = true}},
    {STR_INIT("delete"), {[OPERATION_DELETE] = true}},
    {STR_INIT("all"), {true, true, true, true}},
};

static void report_word(resolver *r, const expression *list, str word) {
    if (str_equal(word, STR("post-update"))) {
        diag_add(r->arena, r->diags, DIAG_NOT_SUPPORTED, list->span,
                 "the operation 'post-update' is not supported yet");
        return;
    }
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_OPERATION, list->span,
                       "unknown operation '%.*s'", STR_ARG(word));
    nearest n = nearest_to(word);
    for (size_t i = 0; i < LENGTH(WORDS); i++)
        nearest_offer(&n, WORDS[i].word);
    if (str_is_empty(n.best))
        diag_help(r->arena, d,
                  "an operation is create, read, update, delete or all");
    suggest(r->arena, d, &n);
}

static bool add_word(policy_rule *rule, str word) {
    for (size_t i = 0; i < LENGTH(WORDS); i++) {
        if (!str_equal(word, WORDS[i].word))
            continue;
        for (size_t k = 0; k < OPERATION_COUNT; k++)
            rule->operations[k] = rule->operations[k] || WORDS[i].operations[k];
        return true;
    }
    return false;
}

/* 'create, read' */
static bool read_operations(resolver *r, const expression *value,
                            policy_rule *rule) {
    if (value->kind != EXPRESSION_STRING) {
        diag_add(r->arena, r->diags, DIAG_BAD_POLICY, value->span,
                 "the operations are a string, such as 'create,read'");
        return false;
    }
    str rest = value->text;
    for (bool is_last = false; !is_last;) {
        is_last = str_find_char(rest, ',') == rest.len;
        str word = str_trim(str_split(&rest, ','));
        if (!add_word(rule, word)) {
            report_word(r, value, word);
            return false;
        }
    }
    return true;
}

static bool read_condition(resolver *r, const expression *value,
                           policy_rule *rule) {
    bool is_name = value->kind == EXPRESSION_NAME;
    rule->condition = is_name && str_equal(value->text, STR("true"));
    if (rule->condition || (is_name && str_equal(value->text, STR("false"))))
        return true;
    diag *d = diag_add(r->arena, r->diags, DIAG_NOT_SUPPORTED, value->span,
                       "conditions other than true and false are not "
                       "supported yet");
    diag_help(r->arena, d, "write true or false");
    return false;
}

void resolve_policy(resolver *r, model_draft *m, const binding *b) {
    policy_rule rule = {.is_deny = b->spec->id == ATTRIBUTE_DENY,
                        .span = b->attribute->span};
    bool has_operations =
        read_operations(r, binding_find(b, STR("operation")), &rule);
    bool has_condition =
        read_condition(r, binding_find(b, STR("condition")), &rule);
    if (has_operations && has_condition)
        ARENA_PUSH(r->arena, m->rules, m->model->rule_count, rule);
    else
        m->has_damaged_rule = true;
}

/* A closed model is legal, and rarely what is wanted. */
void resolve_closed_models(resolver *r) {
    for (size_t i = 0; i < r->model_count; i++) {
        const model_draft *m = &r->model_drafts[i];
        bool is_open = m->is_damaged || m->has_damaged_rule;
        for (size_t k = 0; k < m->model->rule_count; k++)
            is_open = is_open || !m->rules[k].is_deny;
        if (is_open)
            continue;
        diag *d = diag_add(
            r->arena, r->diags, DIAG_CLOSED_MODEL, m->model->span,
            "the model '%.*s' has no @@allow rule and is closed: reads are "
            "empty, writes are refused",
            STR_ARG(m->model->name));
        diag_help(r->arena, d,
                  "open it with a rule such as @@allow('read', true)");
    }
}
