#include "database/migrate/plan.h"

#include "base/assert.h"
#include "database/migrate/plan_builder.h"

enum { STEP_MAX = 64 * 1024 * 1024 };

static const str RISK_TITLES[] = {
    [RISK_DATA_LOSS] = STR_INIT("data loss"),
    [RISK_LIKELY_RENAME] = STR_INIT("likely rename"),
    [RISK_REQUIRED_WITHOUT_DEFAULT] = STR_INIT("required without default"),
    [RISK_MAY_FAIL] = STR_INIT("may fail"),
    [RISK_LOCKS] = STR_INIT("locks"),
};

str plan_risk_title(plan_risk risk) {
    return RISK_TITLES[risk];
}

const plan *plan_make(arena *a, const structure *from, const structure *to,
                      plan_options options) {
    ASSERT(from->engine == to->engine);
    plan_builder b = {
        .a = a,
        .from = from,
        .to = to,
        .options = options,
        .sql = buf_new(STEP_MAX),
    };
    if (to->engine == ENGINE_SQLITE)
        lite_plan_build(&b);
    else
        pg_plan_build(&b);
    buf_free(&b.sql);

    plan *p = arena_new_array(a, plan, 1);
    *p = (plan){
        .engine = to->engine,
        .steps = b.steps,
        .step_count = b.step_count,
        .warnings = b.warnings,
        .warning_count = b.warning_count,
    };
    return p;
}

bool plan_is_empty(const plan *p) {
    return p->step_count == 0;
}

bool plan_has_risk(const plan *p, plan_risk risk) {
    for (size_t i = 0; i < p->warning_count; i++)
        if (p->warnings[i].risk == risk)
            return true;
    return false;
}

/* A comment ends with its line, so line ends in names become blanks. */
static void print_comment(buf *out, const char *start, str text) {
    buf_append(out, str_of(start));
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        buf_append_char(out, c == '\n' || c == '\r' ? ' ' : c);
    }
    buf_append_char(out, '\n');
}

static void print_warnings(buf *out, const plan *p) {
    for (size_t i = 0; i < p->warning_count; i++) {
        buf_printf(out, "-- %.*s", STR_ARG(RISK_TITLES[p->warnings[i].risk]));
        print_comment(out, ": ", p->warnings[i].sentence);
    }
    if (p->warning_count > 0)
        buf_append_char(out, '\n');
}

void plan_print_sql(buf *out, const plan *p) {
    bool is_outside = false;
    print_warnings(out, p);
    for (size_t i = 0; i < p->step_count; i++) {
        const plan_step *step = &p->steps[i];
        if (i > 0)
            buf_append_char(out, '\n');
        if (step->is_outside_transaction != is_outside) {
            is_outside = step->is_outside_transaction;
            buf_append(out, is_outside ? STR(PLAN_OUTSIDE) : STR(PLAN_INSIDE));
            buf_append(out, STR("\n\n"));
        }
        print_comment(out, "-- ", step->title);
        buf_append(out, step->sql);
    }
}
