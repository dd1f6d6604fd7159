#include "core/validation_check.h"

#include "base/assert.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/utf8.h"
#include "core/text_rule.h"

static validation_answer answer(bool has_passed) {
    return has_passed ? VALIDATION_PASSED : VALIDATION_FAILED;
}

static size_t count_items(arena *a, str text) {
    const json *tree = NULL;
    return json_parse(a, text, &tree) == NULL ? tree->count : 0;
}

static bool has_length(arena *a, const field *f, const validation *rule,
                       const value *v) {
    size_t count = f->is_list ? count_items(a, v->text) : utf8_count(v->text);
    return count >= rule->least && count <= rule->most;
}

static bool is_within(arena *a, const field *f, const validation *rule,
                      const value *v) {
    int order = decimal_compare(condition_eval_decimal(a, f, v), rule->text);
    return rule->kind == VALIDATION_GT    ? order > 0
           : rule->kind == VALIDATION_GTE ? order >= 0
           : rule->kind == VALIDATION_LT  ? order < 0
                                          : order <= 0;
}

static validation_answer matches(arena *a, const validation *rule, str text) {
    switch (regex_match(a, rule->pattern, text)) {
    case REGEX_YES:
        return VALIDATION_PASSED;
    case REGEX_NO:
        return VALIDATION_FAILED;
    case REGEX_TOO_COSTLY:
        return VALIDATION_TOO_COSTLY;
    }
    PANIC("no such answer");
}

static bool contains(str text, str part) {
    return memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
}

static validation_answer check(arena *a, const field *f, const validation *rule,
                               const value *v) {
    switch (rule->kind) {
    case VALIDATION_LENGTH:
        return answer(has_length(a, f, rule, v));
    case VALIDATION_GT:
    case VALIDATION_GTE:
    case VALIDATION_LT:
    case VALIDATION_LTE:
        return answer(is_within(a, f, rule, v));
    case VALIDATION_EMAIL:
        return answer(text_rule_is_email(v->text));
    case VALIDATION_URL:
        return answer(text_rule_is_url(v->text));
    case VALIDATION_DATETIME:
        return answer(text_rule_is_datetime(a, v->text));
    case VALIDATION_REGEX:
        return matches(a, rule, v->text);
    case VALIDATION_STARTS_WITH:
        return answer(str_starts_with(v->text, rule->text));
    case VALIDATION_ENDS_WITH:
        return answer(str_ends_with(v->text, rule->text));
    case VALIDATION_CONTAINS:
        return answer(contains(v->text, rule->text));
    case VALIDATION_TRIM:
    case VALIDATION_LOWER:
    case VALIDATION_UPPER:
    case VALIDATION_CONDITION:
    case VALIDATION_CHECK:
    case VALIDATION_STATES:
    case VALIDATION_EXACTLY_ONE:
    case VALIDATION_AT_MOST_ONE:
    case VALIDATION_AT_LEAST_ONE:
        return VALIDATION_PASSED;
    }
    PANIC("no such rule");
}

validation_answer validation_check(arena *a, const field *f,
                                   const validation *rule, const value *v) {
    arena_place before = arena_mark(a);
    validation_answer out = check(a, f, rule, v);
    arena_rewind(a, before);
    return out;
}
