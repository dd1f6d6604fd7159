#include "core/validation_report.h"

#include <inttypes.h>

#include "base/assert.h"
#include "base/json.h"
#include "schema/state_machine.h"

enum { DETAILS_MAX = 256 * 1024 };

void validation_report_add(validation_report *r, size_t row, const field *about,
                           const validation *rule, bool is_too_costly) {
    r->count++;
    if (r->listed == VALIDATION_REPORT_MAX)
        return;
    validation_problem problem = {row, about, rule, is_too_costly};
    ARENA_PUSH(r->arena, r->problems, r->listed, problem);
}

static const char *plural(uint64_t n) {
    return n == 1 ? "" : "s";
}

static str length_message(arena *a, const field *about,
                          const validation *rule) {
    const char *what =
        about != NULL && about->is_list ? "element" : "character";
    if (rule->least == rule->most)
        return arena_printf(a, "must have exactly %" PRIu64 " %s%s",
                            rule->least, what, plural(rule->least));
    if (rule->most == UINT64_MAX)
        return arena_printf(a, "must have at least %" PRIu64 " %s%s",
                            rule->least, what, plural(rule->least));
    if (rule->least == 0)
        return arena_printf(a, "must have at most %" PRIu64 " %s%s", rule->most,
                            what, plural(rule->most));
    return arena_printf(a, "must have %" PRIu64 " to %" PRIu64 " %ss",
                        rule->least, rule->most, what);
}

static str quoted(arena *a, const char *before, str text) {
    return arena_printf(a, "%s \"%.*s\"", before, STR_ARG(text));
}

static str condition_message(arena *a, const validation *rule) {
    source_span span = rule->condition->span;
    str text = str_slice(span.source->text, span.from, span.to);
    return arena_printf(a, "must be such that %.*s", STR_ARG(text));
}

static str bound_message(arena *a, const char *what, str bound) {
    return arena_printf(a, "must be %s %.*s", what, STR_ARG(bound));
}

static str list_columns(arena *a, const validation *rule) {
    str list = {0};
    for (size_t i = 0; i < rule->column_count; i++)
        list = arena_printf(a, "%.*s%s%.*s", STR_ARG(list), i > 0 ? ", " : "",
                            STR_ARG(rule->columns[i]->column));
    return list;
}

static str count_message(arena *a, const char *count, const validation *rule) {
    str columns = list_columns(a, rule);
    return arena_printf(a, "must have %s one of %.*s set", count,
                        STR_ARG(columns));
}

static str states_message(arena *a, const validation *rule) {
    const state_machine *machine = rule->about->model->states;
    while (machine->field != rule->about)
        machine++;
    return state_machine_refusal(a, machine, STATE_NONE, STATE_NONE);
}

str validation_report_message(arena *a, const field *about,
                              const validation *rule) {
    if (!str_is_empty(rule->message))
        return rule->message;
    switch (rule->kind) {
    case VALIDATION_LENGTH:
        return length_message(a, about, rule);
    case VALIDATION_GT:
        return bound_message(a, "greater than", rule->text);
    case VALIDATION_GTE:
        return bound_message(a, "at least", rule->text);
    case VALIDATION_LT:
        return bound_message(a, "less than", rule->text);
    case VALIDATION_LTE:
        return bound_message(a, "at most", rule->text);
    case VALIDATION_EMAIL:
        return STR("must be an e-mail address");
    case VALIDATION_URL:
        return STR("must be an http or https URL");
    case VALIDATION_DATETIME:
        return STR("must be a date and time such as 2024-01-31T12:00:00Z");
    case VALIDATION_REGEX:
        return arena_printf(a, "must match /%.*s/", STR_ARG(rule->text));
    case VALIDATION_STARTS_WITH:
        return quoted(a, "must start with", rule->text);
    case VALIDATION_ENDS_WITH:
        return quoted(a, "must end with", rule->text);
    case VALIDATION_CONTAINS:
        return quoted(a, "must contain", rule->text);
    case VALIDATION_CONDITION:
    case VALIDATION_CHECK:
        return condition_message(a, rule);
    case VALIDATION_STATES:
        return states_message(a, rule);
    case VALIDATION_EXACTLY_ONE:
        return count_message(a, "exactly", rule);
    case VALIDATION_AT_MOST_ONE:
        return count_message(a, "at most", rule);
    case VALIDATION_AT_LEAST_ONE:
        return count_message(a, "at least", rule);
    case VALIDATION_TRIM:
    case VALIDATION_LOWER:
    case VALIDATION_UPPER:
        break;
    }
    PANIC("transforms refuse nothing");
}

static str problem_message(const validation_report *r,
                           const validation_problem *p) {
    if (p->is_too_costly)
        return STR("takes too long to be matched against the pattern");
    return validation_report_message(r->arena, p->about, p->rule);
}

static void write_constraint(buf *out, const validation *rule) {
    buf_append(out, STR(",\"constraint\":"));
    json_write_string(out, rule->constraint);
    buf_append(out, STR(",\"columns\":["));
    for (size_t i = 0; i < rule->column_count; i++) {
        buf_append(out, i > 0 ? STR(",") : STR(""));
        json_write_string(out, rule->columns[i]->column);
    }
    buf_append_char(out, ']');
}

static void write_problem(const validation_report *r, buf *out,
                          const validation_problem *p) {
    buf_append_char(out, '{');
    if (r->has_rows)
        buf_printf(out, "\"row\":%zu,", p->row + 1);
    buf_append(out, STR("\"column\":"));
    if (p->about != NULL)
        json_write_string(out, p->about->column);
    else
        buf_append(out, STR("null"));
    buf_append(out, STR(",\"rule\":"));
    json_write_string(out, validation_name(p->rule->kind));
    buf_append(out, STR(",\"message\":"));
    json_write_string(out, problem_message(r, p));
    if (!str_is_empty(p->rule->constraint))
        write_constraint(out, p->rule);
    buf_append_char(out, '}');
}

static str details(const validation_report *r) {
    CLEANUP(buf_free) buf out = buf_new(DETAILS_MAX);
    buf_append_char(&out, '[');
    for (size_t i = 0; i < r->listed; i++) {
        size_t before = out.len;
        if (i > 0)
            buf_append_char(&out, ',');
        write_problem(r, &out, &r->problems[i]);
        if (out.is_overflown) {
            out.len = before;
            break;
        }
    }
    buf_append_char(&out, ']');
    return arena_copy(r->arena, buf_str(&out));
}

static str subject(const validation_report *r, const validation_problem *p) {
    str table = r->model->table;
    if (r->model->is_shape)
        return arena_printf(r->arena, "the call of \"%.*s\"", STR_ARG(table));
    return r->has_rows ? arena_printf(r->arena, "row %zu of \"%.*s\"",
                                      p->row + 1, STR_ARG(table))
                       : arena_printf(r->arena, "the new row of \"%.*s\"",
                                      STR_ARG(table));
}

/* A message of the application's may be a sentence by itself. */
static str sentence(const validation_report *r, const validation_problem *p) {
    arena *a = r->arena;
    str message = problem_message(r, p);
    bool is_ours = str_is_empty(p->rule->message) || p->is_too_costly;
    str column = p->about != NULL ? p->about->column : STR("it");
    if (is_ours)
        return arena_printf(a, "%.*s %.*s", STR_ARG(column), STR_ARG(message));
    return p->about == NULL ? message
                            : arena_printf(a, "%.*s: %.*s", STR_ARG(column),
                                           STR_ARG(message));
}

err *validation_report_end(const validation_report *r) {
    if (r->count == 0)
        return NULL;
    arena *a = r->arena;
    str where = subject(r, &r->problems[0]);
    str what = sentence(r, &r->problems[0]);
    str more = r->count > 1 ? arena_printf(a, " (and %zu more)", r->count - 1)
                            : (str){0};
    err *e = err_new(a, ERR_CHECK_VIOLATION, "%.*s is not valid: %.*s%.*s",
                     STR_ARG(where), STR_ARG(what), STR_ARG(more));
    return err_with_details(e, details(r));
}

err *validation_report_explain(arena *a, const model *m, err *e) {
    if (e == NULL || str_is_empty(e->constraint))
        return e;
    for (size_t i = 0; i < m->validation_count; i++) {
        const validation *rule = &m->validations[i];
        if (!str_equal(rule->constraint, e->constraint))
            continue;
        validation_report report = validation_report_new(a, m);
        validation_report_add(&report, 0, rule->about, rule, false);
        return validation_report_end(&report);
    }
    return e;
}
